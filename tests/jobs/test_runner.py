"""Every way a provider can go wrong: named, with whether money was spent, and never bought twice."""

import pytest

from imagestudio.studio.service import Studio
from tests.jobs.conftest import Emulator

GOOGLE, BFL, FAL = "imagen-4-fast", "flux-2-pro", "sd-3.5"

# word, model, the job's ending, the public code, charged, a detail, how often it was submitted
TROUBLES = [
    ("refuse", GOOGLE, "failed", "CONTENT_REFUSED", "unknown", {"stage": "prompt"}, 1),
    ("refuse", BFL, "failed", "CONTENT_REFUSED", "unknown", {"stage": "prompt"}, 1),
    ("refuse", FAL, "failed", "CONTENT_REFUSED", "unknown", {"stage": "prompt"}, 1),
    ("refuse-image", GOOGLE, "failed", "CONTENT_REFUSED", "unknown", {"stage": "image"}, 1),
    ("refuse-image", BFL, "failed", "CONTENT_REFUSED", "unknown", {"stage": "image"}, 1),
    ("refuse-image", FAL, "failed", "CONTENT_REFUSED", "yes", {"stage": "image"}, 1),
    pytest.param(
        *("rate-limit", GOOGLE, "failed", "RATE_LIMIT_EXCEEDED", "no", {"retryAfter": 2}, 3),
        marks=pytest.mark.slow,
    ),
    pytest.param(*("rate-limit", BFL, "failed", "RATE_LIMIT_EXCEEDED", "no", {}, 3), marks=pytest.mark.slow),
    pytest.param(*("rate-limit", FAL, "failed", "RATE_LIMIT_EXCEEDED", "no", {}, 3), marks=pytest.mark.slow),
    ("out-of-credits", BFL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "out_of_credits"}, 1),
    ("out-of-credits", FAL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "out_of_credits"}, 1),
    ("fail", GOOGLE, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("fail", BFL, "failed", "PROVIDER_ERROR", "unknown", {}, 1),
    ("fail", FAL, "failed", "PROVIDER_ERROR", "no", {}, 1),
    pytest.param(
        *("unavailable", GOOGLE, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "busy"}, 3),
        marks=pytest.mark.slow,
    ),
    pytest.param(
        *("unavailable", BFL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "busy"}, 3),
        marks=pytest.mark.slow,
    ),
    pytest.param(
        *("unavailable", FAL, "failed", "MODEL_UNAVAILABLE", "no", {"reason": "busy"}, 3),
        marks=pytest.mark.slow,
    ),
    ("crash", GOOGLE, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("crash", BFL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("crash", FAL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("drop", GOOGLE, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("drop", BFL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("drop", FAL, "uncertain", "PROVIDER_ERROR", "unknown", {}, 1),
    ("truncate", BFL, "failed", "PROVIDER_ERROR", "yes", {}, 1),
    ("truncate", FAL, "failed", "PROVIDER_ERROR", "yes", {}, 1),
    ("odd-status", GOOGLE, "failed", "PROVIDER_ERROR", "unknown", {}, 1),
]


@pytest.mark.parametrize(("word", "model", "status", "code", "charged", "detail", "submits"), TROUBLES)
async def test_trouble_is_named(
    studio: Studio,
    emulator: Emulator,
    word: str,
    model: str,
    status: str,
    code: str,
    charged: str,
    detail: dict[str, object],
    submits: int,
) -> None:
    job = await studio.submit("generate", {"prompt": f"a hill demo:{word}", "model": model})
    job = await studio.wait(job.id, 60)
    assert (job.status, job.charged, job.files) == (status, charged, ())
    assert job.error
    assert job.error.code == code
    assert job.error.details | detail == job.error.details
    assert job.error.details["charged"] == charged
    assert len(emulator.submits) == submits
    assert not emulator.faults()


@pytest.mark.parametrize("model", [GOOGLE, BFL, FAL])
@pytest.mark.parametrize("word", ["expire", "lie"])
async def test_trouble_that_can_be_mended_brings_the_picture(
    studio: Studio, emulator: Emulator, word: str, model: str
) -> None:
    job = await studio.submit("generate", {"prompt": f"a hill demo:{word}", "model": model})
    job = await studio.wait(job.id, 60)
    assert job.status == "succeeded", job.error
    assert len(job.files) == len(emulator.submits) == 1
    file, path = await studio.file(job.files[0].id)
    assert file.mime_type in ("image/png", "image/jpeg")
    assert path.stat().st_size == file.bytes


@pytest.mark.parametrize("model", [BFL, FAL])
async def test_an_undocumented_status_is_no_reason_to_lose_a_picture(
    studio: Studio, emulator: Emulator, model: str
) -> None:
    job = await studio.submit("generate", {"prompt": "a hill demo:odd-status", "model": model})
    job = await studio.wait(job.id, 60)
    assert job.status == "succeeded", job.error
    assert len(emulator.submits) == 1
