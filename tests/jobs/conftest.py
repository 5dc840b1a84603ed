"""A live studio, as far as it knows: its providers are the sandbox, served on a port of loopback.

And one without keys of its own, with visitors who bring theirs. Every key is marked.
"""

import asyncio
import functools
import io
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import uvicorn
from PIL import Image
from pydantic import SecretStr

from imagestudio.core.job import Job, Progress
from imagestudio.core.settings import Settings, load_settings
from imagestudio.core.visitor import Visitor
from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.journal import Entry, account_of
from imagestudio.sandbox.server import CuttingProtocol
from imagestudio.studio.service import Studio
from tests.fresh import data_folder
from tests.opened import open_studio

KEYS = {"GEMINI_API_KEY": "marked-google-key", "BFL_API_KEY": "marked-bfl-key", "FAL_KEY": "marked:fal-key"}


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>'


@functools.cache
def picture(width: int = 64, height: int = 64, kind: str = "png") -> bytes:
    """A plain picture file."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, kind)
    return buffer.getvalue()


def paint(wish: Wish) -> bytes:
    """Pictures that take no time."""
    return SVG if wish.format == "svg" else picture(wish.width, wish.height, wish.format)


@dataclass
class Emulator:
    """The strict emulator and what it saw."""

    url: str
    app: Any

    @property
    def requests(self) -> list[Entry]:
        return list(self.app.state.journal)

    @property
    def submits(self) -> list[Entry]:
        return [entry for entry in self.requests if entry.method == "POST"]

    @property
    def bill(self) -> Bill:
        bill: Bill = self.app.state.bill
        return bill

    def faults(self) -> list[Entry]:
        """Requests that no correct client would have sent, such as a key where it does not belong."""
        return [entry for entry in self.requests if entry.fault]


class _Server(uvicorn.Server):
    """One of several in this thread: each would put back the handlers of signals that it found, and leave
    those of a server that has ended, by which every stream of events takes itself for ended."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def serve(app: Any) -> AsyncIterator[str]:
    """An ASGI app on a free port of loopback."""
    config = uvicorn.Config(app, port=0, log_level="error", http=CuttingProtocol, lifespan="off")
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
async def emulator(request: pytest.FixtureRequest) -> AsyncIterator[Emulator]:
    """Ten times as fast as usual, unless the test is marked with another `pace`."""
    pace = request.node.get_closest_marker("pace")
    app = create_sandbox(speed=pace.args[0] if pace else 0.1, paint=paint)
    async with serve(app) as url:
        yield Emulator(url, app)


@pytest.fixture
def settings(emulator: Emulator, tmp_path: Path) -> Settings:
    origins = {
        f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{emulator.url}/{name}" for name in ("google", "bfl", "fal")
    }
    return load_settings({**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": data_folder(tmp_path / "data")})


@pytest.fixture
async def studio(settings: Settings) -> AsyncIterator[Studio]:
    async with open_studio(settings) as studio:
        yield studio


def png(size: tuple[int, int] = (64, 48)) -> bytes:
    return picture(*size)


SMALL = {"width": 256, "height": 256}


async def waiting(studio: Studio, job: Job) -> Progress:
    """How far a job is, once it waits."""
    async for _, progress in studio.watch(job.id, every_s=0.02):
        if progress is not None and progress.stage == "waiting":
            return progress
    raise AssertionError("it never waited")


GOOGLE, BFL, FAL = "imagen-4-fast", "flux-2-pro", "sd-3.5"
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
