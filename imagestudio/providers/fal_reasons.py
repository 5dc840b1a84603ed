"""What fal gives as its reason, in any of the forms it has.

By fal.ai/docs ("Errors", "Request errors"): a model's `detail` is a list of `{"loc", "msg", "type"}`, the
queue's is a text beside `error_type`, which also stands in the `X-Fal-Error-Type` header, and a finished
status holds `error` and `error_type`. Not every endpoint follows the format yet, says fal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagestudio.providers.http import Answer

REASON_MAX = 300
"""Longest text of theirs that our sentences carry, in characters."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that went wrong: fal's `type` is for code, the text for people."""

    type: str
    text: str
    at: tuple[str, ...] = ()
    """Where in the request, outermost first."""

    def __str__(self) -> str:
        if self.at:
            return f"{'.'.join(self.at)}: {self.text}"
        return f"{self.text} ({self.type})" if self.text and self.type else self.text or self.type


Reasons = tuple[Reason, ...]


def of_answer(answer: Answer) -> Reasons:
    """The reasons in an answer; none where it gives none that can be read."""
    return of_body(answer.json, answer.headers.get("x-fal-error-type", ""))


def of_body(body: Any, error_type: str = "") -> Reasons:
    """The reasons in a JSON body. `error_type` is what the header said, for a body that does not."""
    if not isinstance(body, dict):
        return ()
    kind = body.get("error_type")
    kind = _one_line(kind) if isinstance(kind, str) else ""
    candidates = (_read(body.get(name), kind or error_type) for name in ("detail", "error", "message"))
    return next(filter(None, candidates), (Reason(kind, ""),) if kind else ())


def most_telling(*candidates: Reasons) -> Reasons:
    """The first with a type that code can branch on, else the first that says anything."""
    typed = (reasons for reasons in candidates if any(reason.type for reason in reasons))
    return next(typed, next(filter(None, candidates), ()))


def sentence(reasons: Reasons) -> str:
    """All of them as one line that ends with a full stop."""
    line = "; ".join(map(str, reasons))
    line = line if len(line) <= REASON_MAX else line[: REASON_MAX - 1] + "…"
    return f"{line.rstrip('.')}."


def _read(value: Any, kind: str) -> Reasons:
    match value:
        case str() if text := _one_line(value):
            return (Reason(kind, text),)
        case {"msg": str()}:
            return (_item(value),)
        case list():
            return tuple(_item(part) for part in value if isinstance(part, dict) and _says_something(part))
    return ()


def _says_something(item: Mapping[str, Any]) -> bool:
    return any(isinstance(item.get(name), str) and item[name] for name in ("msg", "type"))


def _item(item: Mapping[str, Any]) -> Reason:
    """One entry of a `detail` list. Its `input` and `ctx` may echo the whole request and are not kept."""
    kind, text, loc = item.get("type"), item.get("msg"), item.get("loc")
    steps = [str(step) for step in loc if isinstance(step, str | int)] if isinstance(loc, list) else []
    return Reason(
        type=kind if isinstance(kind, str) else "",
        text=_one_line(text) if isinstance(text, str) else "",
        at=tuple(_one_line(step) for step in steps if step != "body"),
    )


def _one_line(text: str) -> str:
    # A lone surrogate is valid JSON and can be neither stored nor sent.
    line = " ".join(text.encode(errors="replace").decode().split())
    return line if len(line) <= REASON_MAX else line[: REASON_MAX - 1] + "…"
