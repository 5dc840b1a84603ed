"""How a fal task ends without a picture: every documented reason, and others."""

from typing import Any

import pytest

from imagestudio.core.errors import ContentRefused, ProviderFailed, ProviderTimeout, StudioError
from imagestudio.providers.base import Completed, RemotePicture
from tests.tables import rows

TASK = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"
TICKET = {"id": "7", "status_url": f"{TASK}/status", "response_url": TASK}
FAILED = "fal.ai could not make the picture:"
MAYBE = "The provider may have charged for it."
FREE = "Run again. You were not charged."


@rows(
    ("body", "stage"),
    [
        ("fal/refused_prompt.json", "prompt"),
        ("fal/refused_image.json", "image"),
        ({"detail": [{"loc": ["body", "image_url"], "type": "content_policy_violation"}]}, "prompt"),
        ({"detail": [{"loc": ["body", "image_urls", 0], "type": "content_policy_violation"}]}, "prompt"),
        ({"detail": [{"loc": None, "msg": None, "type": "content_policy_violation"}]}, "image"),
        ({"detail": "No", "error_type": "content_policy_violation"}, "image"),
        (
            {
                "detail": [
                    {"loc": ["body"], "msg": "x", "type": "value_error"},
                    {"type": "content_policy_violation"},
                ]
            },
            "image",
        ),
    ],
)
async def test_moderation_names_its_stage(fal_finished: Any, body: Any, stage: str) -> None:
    with pytest.raises(ContentRefused) as raised:
        await fal_finished(422, body).poll(TICKET)
    assert raised.value.details == {"stage": stage, "charged": "unknown"}
    assert raised.value.message.endswith(MAYBE)


VALIDATION = (
    "image_load_error",
    "image_too_small",
    "image_too_large",
    "file_download_error",
    "file_too_large",
    "greater_than",
    "greater_than_equal",
    "less_than",
    "less_than_equal",
    "multiple_of",
    "sequence_too_short",
    "sequence_too_long",
    "one_of",
    "feature_not_supported",
    "unsupported_image_format",
    "missing",
    "invented_tomorrow",
)


@rows("kind", VALIDATION)
async def test_a_validation_error_names_the_field(fal_finished: Any, kind: str) -> None:
    detail = [{"loc": ["body", "image_urls", 0], "msg": "It does not fit.", "type": kind, "input": "secret"}]
    with pytest.raises(ProviderFailed) as raised:
        await fal_finished(422, {"detail": detail}).poll(TICKET)
    assert raised.value.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": f"{FAILED} image_urls.0: It does not fit. {MAYBE}",
        "details": {"charged": "unknown"},
    }


async def test_all_validation_errors_are_told(fal_finished: Any) -> None:
    with pytest.raises(ProviderFailed) as raised:
        await fal_finished(422, "fal/validation.json").poll(TICKET)
    assert raised.value.message == (
        f"{FAILED} image_size.width: Input should be less than or equal to 14142; "
        f"prompt: Field required. {MAYBE}"
    )


@rows(
    ("status", "kind", "charged"),
    [
        (500, "internal_server_error", "no"),
        (500, "downstream_service_unavailable", "no"),
        (400, "downstream_service_error", "unknown"),
    ],
)
async def test_a_model_that_failed(fal_finished: Any, status: int, kind: str, charged: str) -> None:
    body = {"detail": [{"loc": ["body"], "msg": "Something broke", "type": kind}]}
    with pytest.raises(ProviderFailed) as raised:
        await fal_finished(status, body).poll(TICKET)
    ending = FREE if charged == "no" else MAYBE
    assert raised.value.message == f"{FAILED} Something broke ({kind}). {ending}"
    assert raised.value.details == {"charged": charged}


REQUEST_ERRORS = [
    (503, "runner_scheduling_failure", "no"),
    (503, "runner_disconnected", "no"),
    (503, "runner_connection_refused", "no"),
    (503, "runner_connection_error", "no"),
    (502, "runner_incomplete_response", "no"),
    (500, "runner_server_error", "no"),
    (500, "internal_error", "no"),
    (499, "client_disconnected", "unknown"),
    (499, "client_cancelled", "unknown"),
    (400, "bad_request", "unknown"),
]
TIMEOUTS = [(504, "request_timeout"), (504, "startup_timeout"), (503, "runner_connection_timeout")]


@rows(("status", "kind", "charged"), REQUEST_ERRORS)
async def test_a_request_error(fal_finished: Any, status: int, kind: str, charged: str) -> None:
    with pytest.raises(ProviderFailed) as raised:
        await fal_finished(status, {"detail": "It broke.", "error_type": kind}).poll(TICKET)
    ending = FREE if charged == "no" else MAYBE
    assert raised.value.message == f"{FAILED} It broke. ({kind}). {ending}"
    assert raised.value.details == {"charged": charged}


@rows(("status", "kind", "charged"), REQUEST_ERRORS)
async def test_a_request_error_told_by_the_status_alone(
    fal_finished: Any, status: int, kind: str, charged: str
) -> None:
    told = {"status": "COMPLETED", "error": None, "error_type": kind}
    for answer, body in ((404, {"detail": "Not found"}), (200, {}), (503, b"<html>")):
        free = charged == "no" or answer == 503
        with pytest.raises(ProviderFailed) as raised:
            await fal_finished(answer, body, told).poll(TICKET)
        assert raised.value.message == f"{FAILED} {kind}. {FREE if free else MAYBE}"
        assert raised.value.details == {"charged": "no" if free else "unknown"}


@rows(("status", "kind"), TIMEOUTS)
async def test_a_request_that_ran_out_of_time(fal_finished: Any, status: int, kind: str) -> None:
    with pytest.raises(ProviderTimeout) as raised:
        await fal_finished(status, {"detail": "Too late", "error_type": kind}).poll(TICKET)
    assert raised.value.as_dict() == {
        "code": "PROVIDER_TIMEOUT",
        "message": f"fal.ai ran out of time before the picture was made: Too late ({kind}). "
        "You were not charged. Run again.",
        "details": {"charged": "no"},
    }


async def test_a_model_that_ran_out_of_time(fal_finished: Any) -> None:
    body = {"detail": [{"loc": ["body"], "msg": "Generation timed out", "type": "generation_timeout"}]}
    with pytest.raises(ProviderTimeout) as raised:
        await fal_finished(504, body).poll(TICKET)
    assert raised.value.details == {"charged": "no"}


async def test_the_type_may_stand_in_the_header(fal_finished: Any) -> None:
    headers = {"x-fal-error-type": "startup_timeout"}
    with pytest.raises(ProviderTimeout, match=r"No machine \(startup_timeout\)"):
        await fal_finished(503, {"detail": "No machine"}, headers=headers).poll(TICKET)


async def test_the_more_telling_reason_is_told(fal_finished: Any) -> None:
    told = "fal/completed_with_error.json"
    with pytest.raises(ProviderFailed, match=r"Runner disconnected \(runner_disconnected\)\. Run again\."):
        await fal_finished(503, {"detail": "Service unavailable"}, told).poll(TICKET)
    with pytest.raises(ContentRefused):
        await fal_finished(422, "fal/refused_prompt.json", told).poll(TICKET)


async def test_an_error_beside_a_picture_is_no_error(fal_finished: Any) -> None:
    done = await fal_finished(
        200, {"images": [{"url": "https://v3.fal.media/a.png"}]}, "fal/completed_with_error.json"
    ).poll(TICKET)
    assert done == Completed((RemotePicture("https://v3.fal.media/a.png"),))


@rows(
    ("status", "body", "message", "details"),
    [
        (
            401,
            "fal/no_access.json",
            f"fal.ai did not accept the key. Check FAL_KEY. {MAYBE}",
            {"reason": "bad_key", "set": "FAL_KEY"},
        ),
        (
            403,
            "fal/exhausted.json",
            f"The fal.ai account is out of credit. Top it up, then run again. {MAYBE}",
            {"reason": "out_of_credits"},
        ),
        (
            404,
            {"detail": "Request not found"},
            f"{FAILED} it no longer holds the result, about an hour after it was made. Run again. {MAYBE}",
            {},
        ),
        (418, None, f"{FAILED} HTTP 418 without a reason. {MAYBE}", {}),
        (422, b"Odd", f"{FAILED} HTTP 422 without a reason. {MAYBE}", {}),
        (422, {"detail": [None, {}, 7]}, f"{FAILED} HTTP 422 without a reason. {MAYBE}", {}),
        (422, {"detail": {"msg": "Odd", "type": 3}}, f"{FAILED} Odd. {MAYBE}", {}),
        (200, {"detail": "Odd \ud800 text"}, f"{FAILED} Odd ? text. {MAYBE}", {}),
    ],
)
async def test_other_endings(
    fal_finished: Any, status: int, body: Any, message: str, details: dict[str, Any]
) -> None:
    with pytest.raises(StudioError) as raised:
        await fal_finished(status, body).poll(TICKET)
    assert raised.value.message == message
    assert raised.value.details == {**details, "charged": "unknown"}


async def test_a_long_reason_is_cut(fal_finished: Any) -> None:
    body = {"detail": [{"loc": ["body", "prompt"], "msg": "word " * 200, "type": "missing"}] * 3}
    with pytest.raises(ProviderFailed) as raised:
        await fal_finished(422, body).poll(TICKET)
    assert len(raised.value.message) < 400
