"""Whatever a provider sends for the money is kept first, named then, and can be downloaded."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from imagestudio.core.settings import Settings, load_settings
from imagestudio.jobs.document import job_document
from imagestudio.net import Fetcher
from imagestudio.sandbox import create_sandbox
from imagestudio.store.library import Filter
from imagestudio.studio.service import Studio
from tests.bombs import rasters
from tests.fresh import data_folder
from tests.jobs.conftest import BFL, FAL, GOOGLE, paint, picture, run, serve, visitor
from tests.opened import open_studio
from tests.tables import rows

MODELS = (GOOGLE, BFL, FAL)
PAGE = b"<!doctype html><title>Oops</title>"
TEXT = rasters.chunk(b"tEXt", b"Comment\0hello")
SENT: dict[str, tuple[bytes, str, int | None]] = {
    "a large profile": (rasters.small(rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(3))), "image/png", 8),
    "a large text": (rasters.small(rasters.chunk(b"zTXt", b"x\0\0" + rasters.nothing(3))), "image/png", 8),
    "a text with a wrong checksum": (rasters.small(TEXT[:-4] + bytes(4)), "image/png", 8),
    "half a picture": (picture(64, 64)[:100], "image/png", 64),
    "more pixels than anybody decodes": (rasters.png(30_000, 30_000), "image/png", 30_000),
    "a kind that is not decoded here": (rasters.plain(8, 8, "TIFF"), "image/tiff", None),
    "a damaged drawing": (b"<svg width='8' height='9'/>", "image/svg+xml", None),
}


@asynccontextmanager
async def in_front_of(settings: Settings, app: Any, **changes: Any) -> AsyncIterator[Studio]:
    async with serve(app) as url:
        origins = {f"{name}_base_url": f"{url}/{name}" for name in ("google", "bfl", "fal")}
        async with open_studio(settings.model_copy(update={**origins, **changes})) as studio:
            yield studio


async def stored(studio: Studio, file_id: str) -> bytes:
    _, path = await studio.file(file_id)
    return path.read_bytes()


@rows("route", ["successor", "imagen"])
async def test_every_picture_is_stored_as_it_came(settings: Settings, route: Any) -> None:
    sandbox = create_sandbox(speed=0, paint=lambda wish: SENT[wish.prompt][0], imagen=True)
    models = MODELS if route == "successor" else (GOOGLE,)
    async with in_front_of(settings, sandbox, imagen_route=route) as studio:
        jobs = await asyncio.gather(*(run(studio, model, name) for model in models for name in SENT))
        for job in jobs:
            data, kind, width = SENT[job.prompt]
            assert (job.status, job.error) == ("succeeded", None), job.prompt
            (image,) = job_document(job, "http://here")["images"]
            assert (image["mimeType"], image["width"], image["bytes"]) == (kind, width, len(data)), job.prompt
            assert await stored(studio, image["id"]) == data


@pytest.mark.slow
async def test_what_is_no_picture_is_no_result_and_not_lost(settings: Settings) -> None:
    """The offers can work: where there is no ticket, nobody can look again."""
    sent = {"a page": PAGE, "nothing": b""}
    sandbox = create_sandbox(speed=0, paint=lambda wish: sent[wish.prompt])
    async with in_front_of(settings, sandbox) as studio:
        jobs = await asyncio.gather(*(run(studio, model, name) for model in MODELS for name in sent))
        again = [await studio.look_again(job.id) for job in jobs if "look_again" in job.offers]
        looked = [await studio.wait(job.id, 60) for job in again]
        for job in (*jobs, *looked):
            assert job.error
            assert (job.status, job.charged, job.error.code) == ("failed", "yes", "PROVIDER_ERROR")
            assert "It is kept as it came" in str(job.error.text)
            assert ("look_again" in job.offers) == (job.model != GOOGLE)
            view = job_document(job, "http://here")
            (kept,) = view["files"]
            assert (view["images"], kept["mimeType"]) == ([], "application/octet-stream")
            assert await stored(studio, kept["id"]) == sent[job.prompt]
        assert await studio.count_library(Filter(), 9) == 0
    assert len(looked) == 4


@pytest.mark.slow
async def test_so_it_is_by_way_of_hugging_face(tmp_path: Path) -> None:
    """Its answer is the result, so nobody can look again."""
    sandbox = create_sandbox(speed=0, paint=lambda wish: SENT.get(wish.prompt, (PAGE,))[0])
    async with serve(sandbox) as url:
        folder = data_folder(tmp_path / "data")
        router = {"IMAGESTUDIO_HF_BASE_URL": f"{url}/huggingface", "IMAGESTUDIO_DATA_DIR": folder}
        async with open_studio(load_settings(router)) as studio:
            ann = studio.seen_by(visitor("ann", ("huggingface",)))
            kept, left = [await run(ann, FAL, prompt) for prompt in ("a large profile", "a page")]
            assert (kept.payer, kept.status, kept.pictures[0].width) == ("huggingface", "succeeded", 8)
            assert (left.status, left.charged, left.offers) == ("failed", "yes", ("run_again",))
            assert await stored(ann, left.leftovers[0].id) == PAGE


async def test_one_of_four_that_is_no_picture_costs_no_other(settings: Settings) -> None:
    left = [PAGE]
    sandbox = create_sandbox(speed=0, paint=lambda wish: left.pop() if left else paint(wish), imagen=True)
    async with in_front_of(settings, sandbox, imagen_route="imagen") as studio:
        job = await run(studio, GOOGLE, num_images=4)
    assert (job.status, job.charged, len(job.pictures), len(job.leftovers)) == ("succeeded", "yes", 3, 1)
    assert any("It is kept as it came" in str(warning) for warning in job.warnings)


class Hiccup:
    """In front of the emulator: what is between gives the first two answers to questions for a file."""

    def __init__(self, app: Any, answer: Callable[[], Response]) -> None:
        self._app, self._answer = app, answer
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_file = "/files/" in scope["path"] or "/delivery/" in scope["path"]
        self.asked += is_file
        await (self._answer() if is_file and self.asked <= 2 else self._app)(scope, receive, send)


@pytest.mark.slow
@rows("model", [BFL, FAL])
async def test_a_page_in_place_of_a_file_is_asked_for_again(settings: Settings, model: str) -> None:
    hiccup = Hiccup(create_sandbox(speed=0, paint=paint), lambda: Response(PAGE))
    async with in_front_of(settings, hiccup) as studio:
        job = await run(studio, model)
    assert (job.status, job.error, job.leftovers) == ("succeeded", None, ())
    assert hiccup.asked == 3


@pytest.mark.slow
@rows("model", [BFL, FAL])
async def test_a_file_that_hardly_comes_is_asked_for_again(settings: Settings, model: str) -> None:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b"."
            await asyncio.sleep(0.02)

    hungry = Fetcher(starved_s=0.3)
    hiccup = Hiccup(create_sandbox(speed=0, paint=paint), lambda: StreamingResponse(drops()))
    async with serve(hiccup) as url:
        origins = {f"{name}_base_url": f"{url}/{name}" for name in ("bfl", "fal")}
        async with open_studio(settings.model_copy(update=origins), fetcher=hungry) as studio:
            job = await run(studio, model)
    await hungry.aclose()
    assert (job.status, job.error) == ("succeeded", None)
    assert hiccup.asked == 3
