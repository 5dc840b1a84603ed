"""The life of jobs: restarts, cancels, deadlines, keys that make a retry safe."""

import asyncio
import base64
from pathlib import Path

import pytest

from imagestudio.core.errors import IdempotencyConflict, InvalidImage, MissingField, NotFound
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import NOBODY, Visitor
from imagestudio.studio.service import Studio, Upload
from tests.jobs.conftest import Emulator, png
from tests.opened import open_studio

pytestmark = pytest.mark.slow

SLOW = "a hill demo:slow"
SMALL = {"width": 256, "height": 256}


async def until_submitted(studio: Studio, job_id: str) -> None:
    async for job, _ in studio.watch(job_id, every_s=0.02):
        if job.calls[0].state == "accepted":
            return
    raise AssertionError("the job ended before it was accepted")


@pytest.mark.parametrize("model", ["flux-2-pro", "sd-3.5"])
async def test_a_stop_in_mid_run_is_taken_up_at_the_next_start(
    settings: Settings, emulator: Emulator, model: str
) -> None:
    async with open_studio(settings) as studio:
        job = await studio.submit("generate", {"prompt": SLOW, "model": model})
        await until_submitted(studio, job.id)
    async with open_studio(settings) as studio:
        job = await studio.wait(job.id, 60)
    assert job.status == "succeeded", job.error
    assert len(job.files) == len(emulator.submits) == 1


async def test_a_submit_under_way_comes_to_its_answer_before_the_studio_stops(
    settings: Settings, emulator: Emulator
) -> None:
    async with open_studio(settings) as studio:
        job = await studio.submit("generate", {"prompt": SLOW, "model": "imagen-4-fast"})
        while not emulator.submits:
            await asyncio.sleep(0.01)
    async with open_studio(settings) as studio:
        job = await studio.job(job.id)
    assert (job.status, len(job.files)) == ("succeeded", 1)


async def test_what_was_queued_is_sent_after_a_restart(settings: Settings, emulator: Emulator) -> None:
    async with open_studio(settings) as studio:
        jobs = [await studio.submit("generate", {"prompt": SLOW, **SMALL}) for _ in range(30)]
        # Black Forest Labs takes 24 at once: the others wait here.
        while len(emulator.submits) < 24:
            await asyncio.sleep(0.01)
    async with open_studio(settings) as studio:
        ended = await asyncio.gather(*(studio.wait(job.id, 60) for job in jobs))
    assert {job.status for job in ended} == {"succeeded"}
    assert len(emulator.submits) == 30


@pytest.mark.pace(1.0)
async def test_what_can_no_longer_be_sent_fails_once_and_free_of_charge(
    settings: Settings, emulator: Emulator
) -> None:
    async with open_studio(settings) as studio:
        for _ in range(24):  # as many as Black Forest Labs takes at once
            await studio.submit("generate", {"prompt": SLOW, **SMALL})
        fields = {"prompt": "x", "model": "flux-kontext"}
        edit = await studio.submit("edit", fields, upload=Upload(png()))
        while len(emulator.submits) < 24:
            await asyncio.sleep(0.01)
        _, source = await studio.file(edit.input_file or "")
    source.unlink()
    async with open_studio(settings) as studio:
        edit = await studio.wait(edit.id, 60)
    assert (edit.status, edit.charged, edit.calls[0].state) == ("failed", "no", "failed")
    assert edit.error
    assert edit.error.code == "INTERNAL_ERROR"
    assert len(emulator.submits) == 24


@pytest.mark.pace(0.3)
@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("flux-2-pro", "Black Forest Labs"),
        ("sd-3.5", "fal.ai"),
        ("imagen-4-fast", "on its way to Google"),
    ],
)
async def test_cancel_tells_the_truth_and_keeps_a_picture_that_arrives(
    studio: Studio, emulator: Emulator, model: str, sentence: str
) -> None:
    job = await studio.submit("generate", {"prompt": SLOW, "model": model})
    sent = "submitting" if model == "imagen-4-fast" else "accepted"
    while (await studio.job(job.id)).calls[0].state != sent or not emulator.submits:
        await asyncio.sleep(0.01)
    waiter = asyncio.create_task(studio.wait(job.id, 60))
    canceled = await studio.cancel(job.id)
    assert canceled.status == "canceled"
    assert any(sentence in str(warning) for warning in canceled.warnings)
    assert (await waiter).status == "canceled"
    while (job := await studio.job(job.id)).calls[0].finished_at is None:
        await asyncio.sleep(0.02)
    assert job.status == "canceled"
    assert bool(job.files) == (job.calls[0].state == "succeeded")
    assert (await studio.cancel(job.id)).warnings == canceled.warnings


async def test_what_is_canceled_while_it_waits_is_never_sent(studio: Studio, emulator: Emulator) -> None:
    running = [await studio.submit("generate", {"prompt": SLOW, **SMALL}) for _ in range(24)]
    waiting = await studio.submit("generate", {"prompt": SLOW, **SMALL})
    canceled = await studio.cancel(waiting.id)
    assert canceled.status == "canceled"
    assert canceled.calls[0].state in ("dropped", "submitting", "accepted")
    was_sent = canceled.calls[0].state != "dropped"
    assert canceled.charged == ("unknown" if was_sent else "no")
    await asyncio.gather(*(studio.wait(job.id, 60) for job in running))
    assert len(emulator.submits) == 24 + was_sent


@pytest.mark.pace(1.0)
async def test_the_deadline_ends_a_job_and_keeps_its_ticket(settings: Settings) -> None:
    hasty = settings.model_copy(update={"job_timeout_s": 0.2})
    async with open_studio(hasty) as studio:
        job = await studio.submit("generate", {"prompt": SLOW, "model": "flux-2-pro", **SMALL})
        job = await studio.wait(job.id, 60)
    assert job.error
    assert (job.status, job.error.code, job.charged) == ("failed", "PROVIDER_TIMEOUT", "unknown")
    assert job.calls[0].ticket


async def test_fifty_concurrent_duplicates_are_one_job(studio: Studio, emulator: Emulator) -> None:
    fields = {"prompt": "one hill", "seed": 4}
    jobs = await asyncio.gather(*(studio.submit("generate", fields, idempotency_key="k") for _ in range(50)))
    assert len({job.id for job in jobs}) == 1
    await studio.wait(jobs[0].id, 60)
    assert (await studio.submit("generate", dict(reversed(fields.items())), idempotency_key="k")).id == jobs[
        0
    ].id
    assert len(emulator.submits) == 1
    with pytest.raises(IdempotencyConflict):
        await studio.submit("generate", {"prompt": "another hill"}, idempotency_key="k")


async def test_an_idempotency_key_outlives_a_restart(settings: Settings, emulator: Emulator) -> None:
    async with open_studio(settings) as studio:
        first = await studio.submit("generate", {"prompt": "x"}, idempotency_key="k")
        await studio.wait(first.id, 60)
    async with open_studio(settings) as studio:
        assert (await studio.submit("generate", {"prompt": "x"}, idempotency_key="k")).status == "succeeded"
    assert len(emulator.submits) == 1


async def test_others_jobs_and_files_are_not_found(studio: Studio) -> None:
    ann, bob = (studio.seen_by(Visitor(name, "key", trusted=True)) for name in ("ann", "bob"))
    job = await ann.wait((await ann.submit("generate", {"prompt": "x"})).id, 60)
    for other in (bob, studio.seen_by(NOBODY), studio):
        with pytest.raises(NotFound):
            await other.job(job.id)
        with pytest.raises(NotFound):
            await other.file(job.files[0].id)
        with pytest.raises(NotFound):
            await other.cancel(job.id)
        assert await other.jobs() == []


async def test_a_picture_of_the_studios_own_can_be_edited(studio: Studio, emulator: Emulator) -> None:
    made = await studio.wait((await studio.submit("generate", {"prompt": "x"})).id, 60)
    url = f"http://127.0.0.1:7860/api/v1/image/files/{made.files[0].id}"
    job = await studio.submit("edit", {"prompt": "warmer", "image_url": url, "model": "flux-kontext"})
    job = await studio.wait(job.id, 60)
    assert job.status == "succeeded", job.error
    _, path = await studio.file(made.files[0].id)
    assert emulator.submits[-1].body == {
        "prompt": "warmer",
        "input_image": base64.b64encode(path.read_bytes()).decode(),
    }


async def test_a_data_uri_is_shortened_where_it_is_shown(studio: Studio, tmp_path: Path) -> None:
    noise = base64.b64encode(png((400, 300))).decode()
    url = f"data:image/png;base64,{noise}"
    job = await studio.submit("edit", {"prompt": "warmer", "image_url": url})
    assert job.asked["image_url"].endswith(f"({len(url)} characters)")
    assert job.calls[0].body["image_url"].endswith("characters)")
    assert (await studio.wait(job.id, 60)).status == "succeeded"


@pytest.mark.parametrize(
    "image_url",
    [
        "data:image/png;base64,not!base64",
        "data:text/plain,hello",
        "data:image/png;base64,",
        "http://127.0.0.1:1/x.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "nonsense",
        "http://[::1",
        "/api/v1/image/files/" + "0" * 32,
    ],
)
async def test_a_source_that_is_no_picture_is_refused_before_anything_is_sent(
    studio: Studio, emulator: Emulator, image_url: str
) -> None:
    with pytest.raises(InvalidImage) as caught:
        await studio.submit("edit", {"prompt": "x", "image_url": image_url})
    assert caught.value.details["field"] == "image_url"
    assert await studio.jobs() == []
    assert emulator.requests == []


async def test_uploads_are_checked(studio: Studio) -> None:
    for data in (
        b"",
        b"hello",
        png()[:60],
        png()[: len(png()) // 2],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ):
        with pytest.raises(InvalidImage):
            await studio.submit("edit", {"prompt": "x"}, upload=Upload(data))
    with pytest.raises(InvalidImage, match="pixels"):
        await studio.submit("edit", {"prompt": "x"}, upload=Upload(png((5000, 4001))))
    with pytest.raises(MissingField):
        await studio.submit("edit", {"prompt": "x"})
