"""What Google answers, in types: loose about what we don't use, strict about what we do.

Fields by ai.google.dev/api/generate-content and the Imagen guide; errors are google.rpc.Status in JSON.
"""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any

import pybase64
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from imagestudio.core.errors import ContentRefused, StudioError
from imagestudio.core.messages import Message
from imagestudio.providers import problems
from imagestudio.providers.base import Completed, InlinePicture

TITLE = "Google"
DECLINED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    }
)
"""Finish reasons that are moderation."""
NO_REASON = Message("reason.none")
ENDED = {
    "STOP": Message("reason.stopped"),
    "MAX_TOKENS": Message("reason.token_limit"),
    "LANGUAGE": Message("reason.language"),
    "OTHER": NO_REASON,
    "IMAGE_OTHER": NO_REASON,
    "NO_IMAGE": Message("reason.no_image"),
    "MALFORMED_RESPONSE": Message("reason.malformed"),
    "FINISH_REASON_UNSPECIFIED": NO_REASON,
}
"""The other documented finish reasons that a picture can end with."""


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        """Both mean the same in the JSON form of protocol buffers."""
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class _Data(_Wire):
    data: str


class _Part(_Wire):
    text: str | None = None
    inline_data: _Data | None = None
    thought: bool = False
    """A draft on the way to the picture."""


class _Content(_Wire):
    parts: list[_Part] = []


class _Candidate(_Wire):
    content: _Content = _Content()
    finish_reason: str = ""
    finish_message: str = ""


class _Feedback(_Wire):
    block_reason: str | None = None


class _Generated(_Wire):
    candidates: list[_Candidate] = []
    prompt_feedback: _Feedback = _Feedback()


class _Prediction(_Wire):
    bytes_base64_encoded: str | None = None
    rai_filtered_reason: str | None = None


class _Predicted(_Wire):
    predictions: list[_Prediction] = []


def generated(answer: Any, _: dict[str, Any]) -> Completed:
    """The pictures of a `:generateContent` answer. Raises `ValidationError` for one of another shape, and
    the `StudioError` of one without a picture."""
    read = _Generated.model_validate(answer)
    parts = [part for one in read.candidates for part in one.content.parts if not part.thought]
    pictures = tuple(_picture(part.inline_data.data) for part in parts if part.inline_data)
    if pictures:
        return Completed(pictures)
    if reason := read.prompt_feedback.block_reason:
        raise problems.refused(TITLE, stage="prompt", charged="unknown", reason=reason)
    if not read.candidates:
        raise problems.undocumented(TITLE, Message("odd.nothing"))
    raise _ended(read.candidates[0], " ".join(part.text for part in parts if part.text))


def _ended(candidate: _Candidate, text: str) -> StudioError:
    """Why a candidate has no picture."""
    reason = candidate.finish_reason
    if reason in DECLINED:
        return problems.refused(TITLE, stage="image", charged="unknown", reason=reason)
    if reason and reason not in ENDED:
        return problems.undocumented(TITLE, Message("odd.finish", finish=problems.sentence(reason)))
    if words := text or candidate.finish_message:
        why = Message("reason.in_words", text=problems.sentence(words))
    elif reason:
        why = Message("reason.finish", reason=ENDED[reason], finish=reason)
    else:
        why = Message("reason.finish_missing", reason=NO_REASON)
    return problems.failed(TITLE, why, "unknown")


def predicted(answer: Any, body: dict[str, Any]) -> Completed:
    """The samples of a `:predict` answer, and a refusal for each that the filter took out: those come as a
    reason, or are just not there, down to an answer of `{}` (genkit-ai/genkit#1446)."""
    read = _Predicted.model_validate(answer)
    encoded = [one.bytes_base64_encoded for one in read.predictions if one.bytes_base64_encoded]
    reasons = [one.rai_filtered_reason or "" for one in read.predictions if not one.bytes_base64_encoded]
    unsaid = body["parameters"]["sampleCount"] - len(encoded) - len(reasons)
    refused = tuple(_filtered(reason) for reason in reasons + [""] * unsaid)
    if not encoded:
        raise refused[0]
    return Completed(tuple(_picture(one) for one in encoded), refused)


def _filtered(reason: str) -> ContentRefused:
    text = problems.sentence(reason).rstrip(".") if reason else ""
    return problems.refused(TITLE, stage="image", charged="unknown", reason=text)


def salvaged(answer: Any) -> Completed | None:
    """The pictures in an answer of a shape that is not documented; None where there are none."""
    pictures = tuple(_picture(text) for text in _encoded(answer))
    return Completed(pictures) if pictures else None


def _encoded(answer: Any) -> Iterator[str]:
    """What stands where pictures do, however deep."""
    waiting = [answer]
    while waiting:
        match waiting.pop():
            case {"thought": True}:
                continue
            case {"inlineData": {"data": str(text)}} | {"bytesBase64Encoded": str(text)} if text:
                yield text
            case dict(fields):
                waiting += reversed(fields.values())
            case list(items):
                waiting += reversed(items)


def _picture(encoded: str) -> InlinePicture:
    """Base64 in either alphabet, padded or not. What is none is passed on as it came: it may have been paid
    for."""
    text = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        # The standard library takes ten times as long, and nothing else runs meanwhile.
        return InlinePicture(pybase64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        return InlinePicture(encoded.encode(errors="replace"))


class _Detail(_Wire):
    reason: str | None = None
    retry_delay: str | None = None


def _each_readable(details: Any) -> list[_Detail]:
    """Each by itself: one of another shape hides no other."""
    found = []
    for detail in details if isinstance(details, list) else ():
        with suppress(ValidationError):
            found.append(_Detail.model_validate(detail))
    return found


class Error(_Wire):
    """The `error` of a failed call; empty where the body is something else."""

    message: str = ""
    status: str = ""
    details: Annotated[list[_Detail], BeforeValidator(_each_readable)] = []

    @property
    def reason(self) -> str:
        """The ErrorInfo's reason, "" where there is none."""
        return next((detail.reason for detail in self.details if detail.reason), "")

    @property
    def retry_after(self) -> float | None:
        """RetryInfo's delay in seconds: "2s", "1.5s"."""
        for detail in self.details:
            if match := re.fullmatch(r"(\d{1,6}(?:\.\d{1,9})?)s", detail.retry_delay or ""):
                return float(match[1])
        return None


def error_of(answer: Any) -> Error:
    """Read an error body. One that is not Google's reads as an empty `Error`."""
    try:
        return Error.model_validate(answer["error"])
    except (ValidationError, TypeError, KeyError):
        return Error()
