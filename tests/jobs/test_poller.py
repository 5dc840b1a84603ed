"""How often a provider is asked how a task stands."""

from typing import Any

import pytest
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from imagestudio.core.settings import Settings
from imagestudio.sandbox import create_sandbox
from imagestudio.studio.service import Studio
from tests.jobs.conftest import Emulator, paint, serve
from tests.opened import open_studio


def looks(emulator: Emulator) -> int:
    return sum(entry.method == "GET" and "get_result" in entry.path for entry in emulator.requests)


@pytest.mark.pace(1)
@pytest.mark.slow
async def test_black_forest_labs_is_asked_at_growing_intervals(studio: Studio, emulator: Emulator) -> None:
    job = await studio.wait((await studio.submit("generate", {"prompt": "a hill"})).id, 60)
    took = (job.finished_at or 0.0) - job.created_at
    assert job.status == "succeeded"
    # At once, and then never sooner than a tenth of a second after the last time.
    assert 1 < looks(emulator) <= 2 + took / 0.1


PAGE = "<html>One moment, please.</html>"
HICCUPS = (HTMLResponse(PAGE), Response(), HTMLResponse(PAGE, 403))


class Proxy:
    """In front of the emulator: answers the first looks itself, each as it should not be."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.left = list(HICCUPS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_look = scope["method"] == "GET" and (
            "get_result" in scope["path"] or "/requests/" in scope["path"]
        )
        if is_look and self.left:
            await self.left.pop(0)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["flux-2-pro", "sd-3.5"])
async def test_a_garbled_look_does_not_end_a_paid_job(settings: Settings, model: str) -> None:
    proxy = Proxy(create_sandbox(speed=0, paint=paint))
    async with serve(proxy) as url:
        origins = {"bfl_base_url": f"{url}/bfl", "fal_base_url": f"{url}/fal"}
        async with open_studio(settings.model_copy(update=origins)) as studio:
            job = await studio.submit("generate", {"prompt": "a hill", "model": model})
            job = await studio.wait(job.id, 60)
    assert proxy.left == []
    assert (job.status, job.error) == ("succeeded", None)
