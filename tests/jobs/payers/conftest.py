"""A studio without keys of its own, and visitors with theirs. Every key is marked."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from imagestudio.core.job import Job
from imagestudio.core.settings import load_settings
from imagestudio.core.visitor import Visitor
from imagestudio.sandbox.journal import Entry, account_of
from imagestudio.studio.service import Studio
from tests.fresh import data_folder
from tests.jobs.conftest import KEYS, Emulator, emulator
from tests.opened import open_studio

__all__ = ["emulator"]

GOOGLE, BFL, FAL = "imagen-4-fast", "flux-2-pro", "sd-3.5"
SMALL = {"width": 256, "height": 256}
SECRET = "s" * 20 + "0123456789abcdef"
SPACE = {"SPACE_ID": "ann/studio"}
SERVER = {name: account_of(key) for name, key in zip(("google", "bfl", "fal"), KEYS.values(), strict=True)}


class Open(Protocol):
    def __call__(self, **settings: Any) -> AbstractAsyncContextManager[Studio]: ...


@pytest.fixture
def open_with(emulator: Emulator, tmp_path: Path) -> Open:
    """Opens the studio with further settings, always on the same folder."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Studio]:
        origins = {
            f"IMAGESTUDIO_{short}_BASE_URL": f"{emulator.url}/{name}"
            for short, name in (("GOOGLE", "google"), ("BFL", "bfl"), ("FAL", "fal"), ("HF", "huggingface"))
        }
        folder = {"IMAGESTUDIO_DATA_DIR": data_folder(tmp_path / "data")}
        async with open_studio(load_settings({**origins, **folder, **settings})) as studio:
            yield studio

    return opened


def visitor(name: str, providers: Iterable[str] = ("google", "bfl", "fal"), **values: Any) -> Visitor:
    """Somebody with a marked key for each of these."""
    prefix = {"huggingface": "hf_"}
    keys = {of: SecretStr(f"{prefix.get(of, '')}marked-{name}-{of}-key") for of in providers}
    return Visitor(f"session:{name}", "session", keys=keys, **values)


def accounts(entries: Iterable[Entry]) -> Counter[str | None]:
    """Whose keys came, and how often."""
    return Counter(entry.account for entry in entries)


def account(name: str, provider: str) -> str:
    prefix = "hf_" if provider == "huggingface" else ""
    return account_of(f"{prefix}marked-{name}-{provider}-key")


async def run(studio: Studio, model: str = BFL, prompt: str = "a hill", **fields: Any) -> Job:
    job = await studio.submit("generate", {"prompt": prompt, "model": model, **fields})
    return await studio.wait(job.id, 60)
