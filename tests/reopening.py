"""A studio on a clock that tests set, opened time and again, in front of the emulator of tests/api."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.settings import Settings, load_settings
from imagestudio.core.units import DAY_S
from imagestudio.server.create import create_app
from imagestudio.server.wiring import open_host
from imagestudio.studio.host import Host
from tests.api.conftest import ORIGIN
from tests.fresh import data_folder
from tests.jobs.conftest import KEYS, Emulator


@dataclass
class Clock:
    """Seconds since 1970, as a test has them."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += days * DAY_S


@pytest.fixture
def clock() -> Clock:
    return Clock()


Reopen = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def reopen(shared_emulator: Emulator, tmp_path: Path, clock: Clock) -> Reopen:
    """Opens the same studio, time and again, with the settings that are given."""
    origins = {
        f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{shared_emulator.url}/{name}"
        for name in ("google", "bfl", "fal")
    }

    def opening(settings: Settings) -> AbstractAsyncContextManager[Host]:
        return open_host(settings, clock)

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        here = {"IMAGESTUDIO_DATA_DIR": data_folder(tmp_path), "IMAGESTUDIO_ALLOWED_HOSTS": "studio.test"}
        known = {**KEYS, **origins, **here, **settings}
        app = create_app(load_settings(known), with_page=False, opening=opening)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client,
        ):
            yield client

    return opened
