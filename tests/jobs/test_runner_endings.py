"""What Black Forest Labs says at the end wins over what it said at the submit, whatever the end is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from imagestudio.core.settings import load_settings
from imagestudio.studio.service import Studio
from tests.fresh import data_folder
from tests.jobs.conftest import KEYS, serve
from tests.opened import open_studio

Ending = dict[str, Any]


@pytest.fixture
async def ending() -> Ending:
    """What every poll is answered."""
    return {"id": "task"}


@pytest.fixture
async def studio(ending: Ending, tmp_path: Path) -> AsyncIterator[Studio]:
    """In front of a provider that announces three credits."""

    async def submit(request: Request) -> JSONResponse:
        poll_url = str(request.base_url.replace(path="/poll"))
        return JSONResponse({"id": "task", "polling_url": poll_url, "cost": 3})

    async def poll(_: Request) -> JSONResponse:
        return JSONResponse(ending)

    routes = [Route("/v1/{model}", submit, methods=["POST"]), Route("/poll", poll)]
    async with serve(Starlette(routes=routes)) as url:
        settings = load_settings(
            {**KEYS, "IMAGESTUDIO_BFL_BASE_URL": url, "IMAGESTUDIO_DATA_DIR": data_folder(tmp_path / "data")}
        )
        async with open_studio(settings) as studio:
            yield studio


@pytest.mark.parametrize(
    ("said", "charged", "reported", "counted"),
    [
        ({"status": "Error"}, "unknown", 0.03, 0.03),
        ({"status": "Error", "cost": 2}, "yes", 0.02, 0.02),
        ({"status": "Failed", "cost": 5}, "yes", 0.05, 0.05),
        ({"status": "Content Moderated", "cost": 1.5}, "yes", 0.015, 0.015),
        ({"status": "Request Moderated", "cost": 0}, "no", 0.0, 0.0),
    ],
)
async def test_a_failure_counts_for_what_it_was_settled_at(
    studio: Studio, ending: Ending, said: Ending, charged: str, reported: float, counted: float
) -> None:
    ending |= said
    job = await studio.submit("generate", {"prompt": "a hill", "model": "flux-2-pro"})
    job = await studio.wait(job.id, 30)
    usage = (await studio.report("model")).total
    assert (job.status, job.charged, job.reported_usd) == ("failed", charged, reported)
    assert float(usage.charged_usd + usage.unknown_usd + usage.reserved_usd) == counted


async def test_an_offer_that_can_not_work_is_not_made(studio: Studio, ending: Ending) -> None:
    """Of a file at an address that the studio never opens there is nothing to look for again."""
    ending |= {"status": "Ready", "result": {"sample": "http://files.example/a.png"}}
    job = await studio.submit("generate", {"prompt": "a hill", "model": "flux-2-pro"})
    job = await studio.wait(job.id, 30)
    assert (job.status, job.charged, job.offers) == ("failed", "yes", ("run_again",))
    assert job.error
    assert "looking again" not in str(job.error.text)
