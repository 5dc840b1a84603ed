"""Every way a provider can go wrong: named, with whether money was spent, and never bought twice."""

import pytest

from imagestudio.core.job import Job
from imagestudio.studio.service import Studio
from tests.jobs.conftest import Emulator
from tests.tables import rows

GOOGLE, BFL, FAL = "imagen-4-fast", "flux-2-pro", "sd-3.5"

Trouble = tuple[str, str, str, str, str, dict[str, object], int]
"""Word, model, the job's ending, the public code, charged, a detail, how often it was submitted."""
TROUBLES: list[Trouble] = [
    ("refuse", GOOGLE, "failed", "CONTENT_REFUSED", "unknown", {"stage": "prompt"}, 1),
    ("refuse", BFL, "failed", "CONTENT_REFUSED", "unknown", {"stage": "prompt"}, 1),
    ("refuse", FAL, "failed", "CONTENT_REFUSED", "unknown", {"stage": "prompt"}, 1),
    ("refuse-image", GOOGLE, "failed", "CONTENT_REFUSED", "unknown", {"stage": "image"}, 1),
    ("refuse-image", BFL, "failed", "CONTENT_REFUSED", "unknown", {"stage": "image"}, 1),
    ("refuse-image", FAL, "failed", "CONTENT_REFUSED", "yes", {"stage": "image"}, 1),
    ("fail", GOOGLE, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("fail", BFL, "failed", "PROVIDER_ERROR", "unknown", {}, 1),
    ("fail", FAL, "failed", "PROVIDER_ERROR", "no", {}, 1),
    ("crash", GOOGLE, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("crash", BFL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("crash", FAL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("drop", GOOGLE, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("drop", BFL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("drop", FAL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("truncate", BFL, "failed", "PROVIDER_ERROR", "yes", {}, 1),
    ("truncate", FAL, "failed", "PROVIDER_ERROR", "yes", {}, 1),
    ("odd-status", GOOGLE, "failed", "PROVIDER_ERROR", "unknown", {}, 1),
    # Nothing more is sent where the credits are gone: so these come last.
    ("out-of-credits", BFL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "out_of_credits"}, 1),
    ("out-of-credits", FAL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "out_of_credits"}, 1),
]
BUSY: list[Trouble] = [
    ("rate-limit", GOOGLE, "failed", "RATE_LIMIT_EXCEEDED", "no", {"retryAfter": 2}, 3),
    ("rate-limit", BFL, "failed", "RATE_LIMIT_EXCEEDED", "no", {}, 3),
    ("rate-limit", FAL, "failed", "RATE_LIMIT_EXCEEDED", "no", {}, 3),
    ("unavailable", GOOGLE, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "busy"}, 3),
    ("unavailable", BFL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "busy"}, 3),
    ("unavailable", FAL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "busy"}, 3),
]
"""Tried again after a pause, which holds up the provider's next call: each has a studio of its own."""


async def ended(studio: Studio, emulator: Emulator, word: str, model: str) -> Job:
    """A job that meets such trouble. What was sent before is forgotten."""
    emulator.app.state.journal.clear()
    job = await studio.submit("generate", {"prompt": f"a hill demo:{word}", "model": model})
    return await studio.wait(job.id, 60)


async def meet(studio: Studio, emulator: Emulator, trouble: Trouble) -> None:
    """The job ends as the row says."""
    word, model, status, code, charged, detail, submits = trouble
    job = await ended(studio, emulator, word, model)
    assert (job.status, job.charged, job.files) == (status, charged, ())
    assert job.error
    assert job.error.code == code
    assert job.error.details | detail == job.error.details
    assert job.error.details["charged"] == charged
    assert len(emulator.submits) == submits
    assert not emulator.faults()


@rows("trouble", TROUBLES)
async def test_trouble_is_named(studio: Studio, emulator: Emulator, trouble: Trouble) -> None:
    await meet(studio, emulator, trouble)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", BUSY)
async def test_a_busy_provider_is_named(studio: Studio, emulator: Emulator, trouble: Trouble) -> None:
    await meet(studio, emulator, trouble)


@rows("model", [GOOGLE, BFL, FAL])
@rows("word", ["expire", "lie"])
async def test_trouble_that_can_be_mended_brings_the_picture(
    studio: Studio, emulator: Emulator, word: str, model: str
) -> None:
    job = await ended(studio, emulator, word, model)
    assert job.status == "succeeded", job.error
    assert len(job.files) == len(emulator.submits) == 1
    file, path = await studio.file(job.files[0].id)
    assert file.mime_type in ("image/png", "image/jpeg")
    assert path.stat().st_size == file.bytes


@rows("model", [BFL, FAL])
async def test_an_undocumented_status_is_no_reason_to_lose_a_picture(
    studio: Studio, emulator: Emulator, model: str
) -> None:
    job = await ended(studio, emulator, "odd-status", model)
    assert job.status == "succeeded", job.error
    assert len(emulator.submits) == 1
