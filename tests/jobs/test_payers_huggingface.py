"""A Hugging Face token pays for what its router takes: whole bodies, rebuilt addresses, no stray key."""

from dataclasses import asdict
from typing import Any

import pytest

from imagestudio.core.job import Job
from imagestudio.sandbox.journal import Entry
from imagestudio.studio.service import Studio, Upload
from tests.jobs.conftest import BFL, FAL, KEYS, Emulator, Open, account, accounts, png, run, visitor

pytestmark = pytest.mark.slow

ANN = visitor("ann", ["huggingface"])
TOKEN = account("ann", "huggingface")


def wire(entries: list[Entry]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(entry.method, entry.path, entry.query) for entry in entries]


async def edit(studio: Studio, prompt: str = "add a hat") -> Job:
    fields = {"prompt": prompt, "model": "qwen-image-edit"}
    job = await studio.submit("edit", fields, upload=Upload(png()))
    return await studio.wait(job.id, 60)


@pytest.mark.parametrize(
    ("model", "endpoint", "fields", "body"),
    [
        (FAL, "stable-diffusion-v35-large", {}, {"prompt": "a hill"}),
        (
            "qwen-image",
            "qwen-image",
            {"width": 512, "height": 256},
            {"prompt": "a hill", "image_size": {"width": 512, "height": 256}},
        ),
        (
            "qwen-image",
            "qwen-image",
            {"aspect_ratio": "16:9"},
            {"prompt": "a hill", "image_size": "landscape_16_9"},
        ),
    ],
)
async def test_pictures_come_in_one_blocking_call(
    open_with: Open,
    emulator: Emulator,
    model: str,
    endpoint: str,
    fields: dict[str, Any],
    body: dict[str, Any],
) -> None:
    async with open_with() as studio:
        job = await run(studio.seen_by(ANN), model, **fields)
    assert (job.status, job.payer, job.charged) == ("succeeded", "huggingface", "yes")
    path = f"/huggingface/fal-ai/fal-ai/{endpoint}"
    assert job.calls[0].endpoint == f"{emulator.url}{path}"
    submit, download = emulator.requests
    assert (submit.method, submit.path, submit.query, submit.body) == ("POST", path, (), body)
    assert submit.account == TOKEN
    assert (download.path.startswith("/huggingface/files/"), download.has_key) == (True, False)
    assert not emulator.faults()


async def test_an_edit_goes_through_the_queue_at_addresses_of_the_routers(
    open_with: Open, emulator: Emulator
) -> None:
    async with open_with() as studio:
        job = await edit(studio.seen_by(ANN))
    assert (job.status, len(job.files)) == ("succeeded", 1)
    submit, *polls, result, download = emulator.requests
    assert (submit.method, submit.path) == ("POST", "/huggingface/fal-ai/fal-ai/qwen-image-edit")
    assert isinstance(submit.body, dict)
    assert submit.body.pop("image_url").startswith("data:image/png;base64,")
    assert submit.body == {"prompt": "add a hat"}
    assert job.calls[0].ticket
    asked = f"/huggingface/fal-ai/fal-ai/qwen-image-edit/requests/{job.calls[0].ticket['id']}"
    assert set(wire(polls)) == {("GET", f"{asked}/status", ("_subdomain",))}
    assert wire([result]) == [("GET", asked, ("_subdomain",))]
    assert accounts([submit, *polls, result]).keys() == {TOKEN}
    assert not download.has_key
    assert not emulator.faults()


@pytest.mark.parametrize(
    ("word", "status", "code", "charged"),
    [
        ("refuse", "failed", "CONTENT_REFUSED", "unknown"),
        ("refuse-image", "failed", "CONTENT_REFUSED", "yes"),
        ("out-of-credits", "failed", "MODEL_UNAVAILABLE", "no"),
        ("fail", "failed", "PROVIDER_ERROR", "no"),
        ("unavailable", "failed", "PROVIDER_ERROR", "no"),
        ("crash", "uncertain", "PROVIDER_ERROR", "unknown"),
        ("drop", "uncertain", "PROVIDER_ERROR", "unknown"),
    ],
)
async def test_trouble_is_named(
    open_with: Open, emulator: Emulator, word: str, status: str, code: str, charged: str
) -> None:
    async with open_with() as studio:
        for job in (
            await run(studio.seen_by(ANN), FAL, f"a hill demo:{word}"),
            await edit(studio.seen_by(ANN), f"a hill demo:{word}"),
        ):
            assert job.error
            assert (job.status, job.error.code, job.charged) == (status, code, charged), job.error
    assert len(emulator.submits) == 2


async def test_a_token_that_is_refused_is_named_by_its_header(open_with: Open) -> None:
    async with open_with() as studio:
        job = await run(studio.seen_by(visitor("invalid", ["huggingface"])), FAL)
    assert job.error
    assert job.error.details == {"reason": "bad_key", "set": "X-HF-Token", "charged": "no"}
    assert "Hugging Face did not accept the key" in str(job.error.text)


async def test_other_models_are_the_studios_to_pay_where_it_may(open_with: Open, emulator: Emulator) -> None:
    async with open_with(**KEYS) as studio:
        ann = studio.seen_by(ANN)
        payers = {model: (await run(ann, model)).payer for model in (BFL, FAL, "recraft-v4")}
    assert payers == {BFL: "studio", FAL: "huggingface", "recraft-v4": "studio"}


async def test_an_edit_is_taken_up_by_the_next_start_with_its_ticket(
    open_with: Open, emulator: Emulator
) -> None:
    secret = {"IMAGESTUDIO_SECRET_KEY": "0123456789abcdef" * 2}
    async with open_with(**secret) as studio:
        ann = studio.seen_by(ANN)
        fields = {"prompt": "add a hat demo:slow", "model": "qwen-image-edit"}
        asked = await ann.submit("edit", fields, upload=Upload(png()))
        async for job, _ in ann.watch(asked.id, every_s=0.02):
            if job.calls[0].state == "accepted":
                break
    async with open_with(**secret) as studio:
        job = await studio.seen_by(ANN).wait(asked.id, 60)
    assert job.status == "succeeded", job.error
    assert len(emulator.submits) == 1
    assert "hf_" not in str([asdict(entry) for entry in emulator.requests])
