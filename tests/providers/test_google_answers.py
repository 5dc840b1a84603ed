"""What Google answers with HTTP 200, and what each answer becomes."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from imagestudio.core.errors import ContentRefused, ProviderFailed, SubmitLost
from imagestudio.providers.base import Call, Completed, InlinePicture
from imagestudio.providers.google import Google
from tests.tables import rows

ANSWERS = Path(__file__).parent / "wire" / "google"
PREDICTED = json.loads((ANSWERS / "predicted.json").read_text())
PICTURE = base64.b64decode(PREDICTED["predictions"][0]["bytesBase64Encoded"])
GENERATE, PREDICT = "/v1beta/models/gemini-3-pro-image:generateContent", "/v1beta/models/imagen-x:predict"
FILTERED = (
    "Google made a picture and held it back (Unable to show generated images. All images were filtered out "
    "because they violated Google's Responsible AI practices. Support codes: 39322892). "
    "Another wording may pass. The provider may have charged for it."
)
FILTERED_SILENTLY = (
    "Google made a picture and held it back. Another wording may pass. The provider may have charged for it."
)


@pytest.fixture
def generate(wire_for: Any) -> Any:
    """Submit a `:generateContent` call that gets this answer."""

    async def submit(answer: Any) -> Any:
        google, server = wire_for(Google)
        server.answer("POST", GENERATE, 200, answer)
        return await google.submit(Call(GENERATE, {}))

    return submit


@pytest.fixture
def predict(wire_for: Any) -> Any:
    """Submit a `:predict` call for so many samples that gets this answer."""

    async def submit(answer: Any, samples: int = 1) -> Any:
        google, server = wire_for(Google)
        server.answer("POST", PREDICT, 200, answer)
        return await google.submit(Call(PREDICT, {"parameters": {"sampleCount": samples}}))

    return submit


def inline(data: str) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": data}}]}}]}


async def test_the_picture_is_taken_and_the_words_beside_it_are_not(generate: Any) -> None:
    assert await generate("google/generated.json") == Completed((InlinePicture(PICTURE),))


async def test_a_draft_is_not_the_picture(generate: Any) -> None:
    assert await generate("google/generated_with_thoughts.json") == Completed((InlinePicture(PICTURE),))


async def test_every_picture_of_every_candidate_counts(generate: Any) -> None:
    answer = {"candidates": inline("b25l")["candidates"] + inline("dHdv")["candidates"]}
    assert await generate(answer) == Completed((InlinePicture(b"one"), InlinePicture(b"two")))


@rows("data", ["-_-_Pz8", "+/+/Pz8=", "-_-_Pz8=", "+/+/Pz8"])
async def test_either_alphabet_is_read_padded_or_not(generate: Any, data: str) -> None:
    assert await generate(inline(data)) == Completed((InlinePicture(b"\xfb\xff\xbf??"),))


@rows("data", ["not base64!", "abcde", "pict\u00fcre"])
async def test_a_picture_that_is_not_base64_is_passed_on_as_it_came(generate: Any, data: str) -> None:
    """It may have been paid for."""
    assert await generate(inline(data)) == Completed((InlinePicture(data.encode()),))


@rows(
    "answer",
    [
        {"candidates": [{**inline("b25l")["candidates"][0], "finishReason": 5}]},
        {"candidates": [{"content": {"parts": {"inlineData": {"data": "b25l"}}}}]},
        {"predictions": [{"bytesBase64Encoded": "b25l"}], "candidates": {}},
        {"candidates": [{"content": {"parts": [
            {"thought": True, "inlineData": {"data": "dHdv"}}, {"inlineData": {"data": "b25l"}, "text": 5},
        ]}}]},
    ],
)  # fmt: skip
async def test_a_picture_in_an_answer_of_another_shape_is_taken(generate: Any, answer: Any) -> None:
    assert await generate(answer) == Completed((InlinePicture(b"one"),))


async def test_megabytes_come_through_whole(generate: Any) -> None:
    picture = bytes(range(256)) * 16_000
    assert await generate(inline(base64.b64encode(picture).decode())) == Completed((InlinePicture(picture),))


async def test_a_blocked_prompt_is_a_refusal_of_the_prompt(generate: Any) -> None:
    with pytest.raises(ContentRefused) as caught:
        await generate("google/blocked_prompt.json")
    assert caught.value.details == {"stage": "prompt", "charged": "unknown"}
    assert caught.value.message == (
        "Google refused this prompt or picture (PROHIBITED_CONTENT). Sending it again will not help; "
        "reword it. The provider may have charged for it."
    )


async def test_a_blocked_picture_is_a_refusal_of_the_picture(generate: Any) -> None:
    with pytest.raises(ContentRefused) as caught:
        await generate("google/blocked_image.json")
    assert caught.value.details == {"stage": "image", "charged": "unknown"}
    assert caught.value.message == (
        "Google made a picture and held it back (IMAGE_SAFETY). Another wording may pass. "
        "The provider may have charged for it."
    )


@rows(
    "reason",
    [
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    ],
)
async def test_every_moderation_reason_is_a_refusal(generate: Any, reason: str) -> None:
    with pytest.raises(ContentRefused, match=rf"\({reason}\)"):
        await generate({"candidates": [{"content": {}, "finishReason": reason}]})


@rows(
    ("reason", "why"),
    [
        ("STOP", "it finished without one. (finishReason STOP)"),
        (
            "MAX_TOKENS",
            "the answer reached its token limit first. Shorten the prompt. (finishReason MAX_TOKENS)",
        ),
        ("LANGUAGE", "it does not take the prompt's language. (finishReason LANGUAGE)"),
        ("OTHER", "it gave no reason. (finishReason OTHER)"),
        ("IMAGE_OTHER", "it gave no reason. (finishReason IMAGE_OTHER)"),
        (
            "NO_IMAGE",
            "it was expected to make one and did not. Ask for a picture in plain words. "
            "(finishReason NO_IMAGE)",
        ),
        ("MALFORMED_RESPONSE", "its model answered in a broken form. (finishReason MALFORMED_RESPONSE)"),
        ("FINISH_REASON_UNSPECIFIED", "it gave no reason. (finishReason FINISH_REASON_UNSPECIFIED)"),
        (None, "it gave no reason. (finishReason missing)"),
    ],
)
async def test_every_other_documented_ending_is_named(generate: Any, reason: str | None, why: str) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await generate({"candidates": [{"finishReason": reason}]})
    said = f"Google could not make the picture: {why} The provider may have charged for it."
    assert (caught.value.message, caught.value.charged) == (said, "unknown")


async def test_an_undocumented_ending_is_called_one(generate: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await generate({"candidates": [{"finishReason": "BORED"}]})
    assert caught.value.message == (
        "Google answered something undocumented: no picture, and finishReason BORED."
    )


async def test_words_in_place_of_a_picture_are_passed_on(generate: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await generate("google/generated_words.json")
    assert caught.value.message == (
        "Google could not make the picture: it answered in words: I can only describe the cup: it is red. "
        "The provider may have charged for it."
    )


async def test_many_words_are_cut(generate: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await generate({"candidates": [{"content": {"parts": [{"text": "word " * 4000}]}}]})
    assert len(caught.value.message) < 450
    assert "…" in caught.value.message


@rows("answer", [{}, {"candidates": []}, {"candidates": None, "promptFeedback": None}])
async def test_neither_a_picture_nor_a_reason_is_nonsense(generate: Any, answer: Any) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await generate(answer)
    assert caught.value.message == (
        "Google answered something undocumented: neither a picture nor a reason for its absence."
    )


@rows(
    ("answer", "where"),
    [
        (b"<html>", "the whole body"),
        (None, "the whole body"),
        ([], "the whole body"),
        ({"candidates": {}}, "candidates"),
        ({"candidates": ["x"]}, "candidates.0"),
        (
            {"candidates": [{"content": {"parts": [{"inlineData": {"data": 5}}]}}]},
            "candidates.0.content.parts.0.inlineData.data",
        ),
        (
            {"candidates": [{"content": {"parts": [{"inlineData": {}}]}}]},
            "candidates.0.content.parts.0.inlineData.data",
        ),
        ({"candidates": [{"finishReason": 5}]}, "candidates.0.finishReason"),
        ({"promptFeedback": "no"}, "promptFeedback"),
    ],
)
async def test_a_generated_answer_of_another_shape_is_lost(generate: Any, answer: Any, where: str) -> None:
    with pytest.raises(SubmitLost) as caught:
        await generate(answer)
    said = f"Google answered something undocumented: HTTP 200, unreadable at {where}."
    assert (caught.value.error.message, caught.value.error.charged) == (said, "unknown")


async def test_all_samples_come_in_order(predict: Any) -> None:
    assert await predict("google/predicted.json", 2) == Completed((InlinePicture(PICTURE),) * 2)


async def test_a_filtered_sample_is_a_refusal_beside_the_others(predict: Any) -> None:
    outcome = await predict("google/predicted_filtered.json", 2)
    assert outcome.pictures == (InlinePicture(PICTURE),)
    assert [one.as_dict() for one in outcome.refused] == [
        {"code": "CONTENT_REFUSED", "message": FILTERED, "details": {"stage": "image", "charged": "unknown"}}
    ]


async def test_each_missing_sample_is_a_refusal(predict: Any) -> None:
    outcome = await predict("google/predicted_filtered.json", 4)
    assert outcome.pictures == (InlinePicture(PICTURE),)
    assert [one.message for one in outcome.refused] == [FILTERED, FILTERED_SILENTLY, FILTERED_SILENTLY]


async def test_no_sample_left_is_a_refusal_with_its_reason(predict: Any) -> None:
    with pytest.raises(ContentRefused) as caught:
        await predict("google/predicted_all_filtered.json", 4)
    assert caught.value.message == FILTERED
    assert caught.value.details == {"stage": "image", "charged": "unknown"}


@pytest.mark.parametrize("answer", [{}, {"predictions": []}, {"predictions": None}, {"predictions": [{}]}])
async def test_no_predictions_at_all_is_a_refusal(predict: Any, answer: Any) -> None:
    with pytest.raises(ContentRefused) as caught:
        await predict(answer)
    assert caught.value.message == FILTERED_SILENTLY


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (b"OK", "the whole body"),
        ("", "the whole body"),
        ({"predictions": {}}, "predictions"),
        ({"predictions": [7]}, "predictions.0"),
        ({"predictions": [{"bytesBase64Encoded": ["x"]}]}, "predictions.0.bytesBase64Encoded"),
    ],
)
async def test_predictions_of_another_shape_are_lost(predict: Any, answer: Any, where: str) -> None:
    with pytest.raises(SubmitLost) as caught:
        await predict(b'""' if answer == "" else answer)
    assert caught.value.error.message == (
        f"Google answered something undocumented: HTTP 200, unreadable at {where}."
    )


async def test_there_is_nothing_to_poll(wire_for: Any) -> None:
    google, server = wire_for(Google)
    with pytest.raises(ProviderFailed) as caught:
        await google.poll({})
    assert (caught.value.charged, server.sent) == ("unknown", [])


async def test_there_is_nothing_to_cancel_with(wire_for: Any) -> None:
    google, server = wire_for(Google)
    ending = await google.cancel({})
    assert (ending.charged, str(ending.text)) == ("unknown", "Google cannot stop a call; it may be charged.")
    assert server.sent == []
