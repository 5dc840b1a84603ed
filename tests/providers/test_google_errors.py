"""Google's failures: what each means, and whether it may have cost."""

from typing import Any

import httpx
import pytest

from imagestudio.core.errors import (
    ContentRefused,
    ModelUnavailable,
    ProviderFailed,
    ProviderTimeout,
    RateLimited,
    SubmitLost,
)
from imagestudio.providers.base import Call
from imagestudio.providers.google import Google
from tests.tables import rows

PREDICT = "/v1beta/models/imagen-4.0-generate-001:predict"


@pytest.fixture
def submit(wire_for: Any) -> Any:
    """Submit a call that fails with this answer."""

    async def fail(status: int, answer: Any = None, headers: Any = None) -> Any:
        google, server = wire_for(Google)
        server.answer("POST", PREDICT, status, answer, headers)
        return await google.submit(Call(PREDICT, {"parameters": {"sampleCount": 1}}))

    return fail


def said(status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"status": status, "message": message, "details": list(details)}}


async def test_a_bad_field_is_rejected_in_googles_words(submit: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(400, "google/bad_field.json")
    assert caught.value.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": (
            'Google rejected the request: Invalid JSON payload received. Unknown name "seed" at '
            "'parameters': Cannot find field. You were not charged."
        ),
        "details": {"charged": "no"},
    }


async def test_a_refused_prompt_comes_as_a_bad_request(submit: Any) -> None:
    with pytest.raises(ContentRefused) as caught:
        await submit(400, "google/refused_prompt.json")
    assert caught.value.details == {"stage": "prompt", "charged": "no"}
    assert caught.value.message.endswith("Sending it again will not help; reword it. You were not charged.")
    assert "contains sensitive words" in caught.value.message


@rows(
    "message",
    [
        "The prompt was blocked for safety reasons.",
        "This request goes against our usage policies",
        "The prompt could not be submitted.",
        "Your input violates the terms.",
        "Filtered by Responsible AI practices.",
    ],
)
async def test_the_wordings_of_a_refused_prompt(submit: Any, message: str) -> None:
    with pytest.raises(ContentRefused) as caught:
        await submit(400, said("INVALID_ARGUMENT", message))
    assert caught.value.details == {"stage": "prompt", "charged": "no"}


@rows(
    ("status", "message"),
    [
        ("INVALID_ARGUMENT", "Invalid value at 'parameters.safetySetting'."),
        ("INVALID_ARGUMENT", "Field violations: sampleCount."),
        ("FAILED_PRECONDITION", "User location is not supported by this policy."),
    ],
)
async def test_other_bad_requests_are_no_refusals(submit: Any, status: str, message: str) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(400, said(status, message))
    assert caught.value.message == f"Google rejected the request: {message} You were not charged."


@rows(
    ("status", "answer"),
    [
        (400, "google/bad_key.json"),
        (401, "google/unauthenticated.json"),
        (403, "google/no_key.json"),
        (401, b""),
        (403, b"<html>Forbidden</html>"),
    ],
)
async def test_a_key_that_is_not_accepted_names_its_variable(submit: Any, status: int, answer: Any) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await submit(status, answer)
    assert caught.value.as_dict() == {
        "code": "MODEL_UNAVAILABLE",
        "message": "Google did not accept the key. Check GEMINI_API_KEY. You were not charged.",
        "details": {"reason": "bad_key", "set": "GEMINI_API_KEY", "charged": "no"},
    }


async def test_a_retired_model_is_called_retired(submit: Any) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await submit(404, "google/retired.json")
    assert caught.value.details == {"reason": "retired", "charged": "no"}
    assert caught.value.message == (
        "Google no longer serves imagen-4.0-generate-001. Choose another model. You were not charged."
    )


@rows(
    ("answer", "words"),
    [
        ("google/unknown_model.json", "is not found for API version v1beta"),
        ("google/unknown_entity.json", "Requested entity was not found."),
        (b"404 page not found", "404 page not found."),
    ],
)
async def test_another_404_is_not_a_retirement(submit: Any, answer: Any, words: str) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(404, answer)
    assert words in caught.value.message
    assert caught.value.charged == "no"


async def test_a_quota_is_a_rate_limit_whatever_it_says_of_billing(submit: Any) -> None:
    with pytest.raises(RateLimited) as caught:
        await submit(429, "google/quota.json")
    assert caught.value.retry_after == 1.5
    assert caught.value.as_dict() == {
        "code": "RATE_LIMIT_EXCEEDED",
        "message": "Google is limiting requests. Run again in 2 s. You were not charged.",
        "details": {"retryAfter": 2, "charged": "no"},
    }


@rows(
    ("delay", "headers", "wait"),
    [
        ("2s", {}, 2.0),
        ("34.074824224s", {}, 34.074824224),
        ("2s", {"retry-after": "9"}, 2.0),
        ("soon", {"retry-after": "9"}, 9.0),
        ("", {"retry-after": "9"}, 9.0),
        ("-3s", {}, None),
        ("9" * 400 + "s", {}, None),
        ("", {}, None),
    ],
)
async def test_the_wait_is_read_from_details_then_header(
    submit: Any, delay: str, headers: dict[str, str], wait: float | None
) -> None:
    with pytest.raises(RateLimited) as caught:
        await submit(429, said("RESOURCE_EXHAUSTED", "Quota.", {"retryDelay": delay}), headers)
    assert caught.value.retry_after == wait


@rows("status", [405, 413, 422])
async def test_a_clear_refusal_costs_nothing(submit: Any, status: int) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(status, b"Not this.")
    said = "Google rejected the request: Not this. You were not charged."
    assert (caught.value.message, caught.value.charged) == (said, "no")


async def test_a_refusal_without_words_is_still_a_sentence(submit: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(400)
    assert caught.value.message == ("Google rejected the request: no reason given. You were not charged.")


async def test_an_overload_that_google_states_took_nothing(submit: Any) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await submit(503, "google/overloaded.json")
    assert caught.value.details == {"reason": "busy", "charged": "no"}


@rows(
    ("status", "answer"),
    [
        (500, "google/internal.json"),
        (504, "google/deadline.json"),
        (502, b"Bad Gateway"),
        (503, b"<html>upstream connect error</html>"),
        (503, {"error": "down"}),
        (503, {"error": {"status": 14, "message": "down"}}),
        (503, []),
        (599, None),
        (418, "google/bad_field.json"),
        (408, None),
        (302, None),
        (204, None),
        (201, "google/predicted.json"),
    ],
)
async def test_anything_else_may_have_been_accepted(submit: Any, status: int, answer: Any) -> None:
    with pytest.raises(SubmitLost) as caught:
        await submit(status, answer, {"location": "https://elsewhere.example/"})
    assert caught.value.error.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": (
            f"Google answered the submit with an unexplained HTTP {status}. It may have been accepted and "
            "charged, so it is not sent again by itself."
        ),
        "details": {"charged": "unknown"},
    }


@rows(
    "details",
    ["none", [5], [{"retryDelay": 5}], [{"reason": ["x"]}], {"reason": "API_KEY_INVALID"}],
)
async def test_details_of_another_shape_do_not_hide_the_status(submit: Any, details: Any) -> None:
    with pytest.raises(RateLimited) as caught:
        await submit(
            429, {"error": {"status": "RESOURCE_EXHAUSTED", "message": "Quota.", "details": details}}
        )
    assert caught.value.retry_after is None


async def test_a_key_that_google_repeats_is_not_passed_on(wire_for: Any) -> None:
    google, server = wire_for(Google)
    server.answer("POST", PREDICT, 400, said("INVALID_ARGUMENT", f"What is {server.key}?"))
    with pytest.raises(ProviderFailed) as caught:
        await google.submit(Call(PREDICT, {}))
    assert caught.value.message == "Google rejected the request: What is [key]? You were not charged."


async def test_control_characters_of_a_message_are_dropped(submit: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(400, b'{"error": {"message": "bad\\u0000 \\ud800 field\\n\\nhere"}}')
    assert caught.value.message == "Google rejected the request: bad  field here. You were not charged."


async def test_a_lost_answer_is_lost(submit: Any) -> None:
    with pytest.raises(SubmitLost) as caught:
        await submit(200, httpx.ReadTimeout("no answer"))
    assert isinstance(caught.value.error, ProviderTimeout)
    assert caught.value.error.charged == "unknown"


async def test_an_unreachable_google_was_sent_nothing(submit: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await submit(200, httpx.ConnectError("refused"))
    assert caught.value.charged == "no"
