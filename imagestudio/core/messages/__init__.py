"""Every sentence that the studio says to people, by its id: refusals, warnings, reasons to wait.

A `Message` is an id and what stands in its sentence; `en.py` and `de.py` have the sentences, in one order.
Whoever shows a message renders it in the reader's language: `PROGRAM`, or the page's own. It is
stored as id and parameters, so that it can be read in any language later.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Union

from imagestudio.core.messages.de import DE
from imagestudio.core.messages.en import EN

Param = Union[str, int, float, "Message", Sequence["Param"]]
"""A list is shown with commas, or by the formats `or` and `and` with the language's words between its parts;
a number by Python's formats, as the language writes numbers; by `usd` as a price."""

DEPTH = 6
"""Messages within messages, at most, where they are read from outside."""


@dataclass(frozen=True, init=False)
class Message:
    """Something said to people. A message may stand in another; a parameter `why` is its gist."""

    id: str
    params: Mapping[str, Param]

    def __init__(self, id: str, /, **params: Param) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "params", params)

    def __hash__(self) -> int:
        return hash(self.id)

    def __str__(self) -> str:
        return render(self)

    def filled(self, **params: Param) -> "Message":
        """The same message with more parameters."""
        return Message(self.id, **{**self.params, **params})

    @property
    def gist(self) -> "Message":
        """The message without what it says of money and of ways on."""
        why = self.params.get("why")
        return why if isinstance(why, Message) else self


@dataclass(frozen=True, slots=True)
class Language:
    """A language's sentences by id, and how it writes numbers and lists."""

    sentences: Mapping[str, str]
    decimal: str
    thousands: str
    either: str
    both: str

    def number(self, text: str) -> str:
        """A number that Python wrote, as the language writes it."""
        return text.translate({ord(","): self.thousands, ord("."): self.decimal})


LANGUAGES: Mapping[str, Language] = {
    "en": Language(EN, decimal=".", thousands=",", either=" or ", both=" and "),
    "de": Language(DE, decimal=",", thousands=".", either=" oder ", both=" und "),
}
ENGLISH = "en"
PROGRAM = "program"
"""What programs read: English, in which a field has the name that its caller writes."""
FIELD = "field."
"""What the ids of fields' names begin with: among people the labels of the page."""
_NAMES = {id: id.removeprefix(FIELD) for id in EN if id.startswith(FIELD)}
_READ: Mapping[str, Language] = {
    **LANGUAGES,
    PROGRAM: replace(LANGUAGES[ENGLISH], sentences={**EN, **_NAMES}),
}


def field_name(name: str) -> "Message | str":
    """What a field is called, as a part of a message."""
    return Message(FIELD + name) if FIELD + name in EN else name


def plain(text: str) -> Message:
    """Words of somebody else's, or of an older studio: the same in every language."""
    return Message("plain", text=text)


def render(message: Message, language: str = PROGRAM) -> str:
    """The sentence. A message that this version does not know, or has less for, is shown by its id."""
    into = _READ[language]
    try:
        return _Formatter(language).vformat(into.sentences[message.id], (), message.params)
    except (KeyError, ValueError, TypeError):
        return message.id


class _Formatter(string.Formatter):
    def __init__(self, language: str) -> None:
        self._name, self._language = language, _READ[language]

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case Message():
                return render(value, self._name)
            case list() | tuple():
                between = {"or": self._language.either, "and": self._language.both}.get(format_spec, ", ")
                return between.join(self.format_field(part, "") for part in value)
            case int() | float() if format_spec == "usd":
                return f"${value:.4g}"
            case int() | float() if format_spec:
                return self._language.number(format(value, format_spec))
        return format(value, format_spec)


def to_json(message: Message) -> dict[str, Any]:
    """As it is stored."""
    return {"id": message.id, "params": {name: _value(param) for name, param in message.params.items()}}


def from_json(stored: Any) -> Message:
    """What `to_json` stored. Anything else, such as the plain sentence of an older studio, stays as it is."""
    return _read(stored, DEPTH)


def _value(param: Param) -> Any:
    if isinstance(param, Message):
        return to_json(param)
    return [_value(part) for part in param] if isinstance(param, list | tuple) else param


def _read(stored: Any, depth: int) -> Message:
    match stored:
        case {"id": str(id), "params": dict(params)} if depth:
            return Message(id, **{str(name): _param(value, depth - 1) for name, value in params.items()})
    return plain(stored if isinstance(stored, str) else "…")


def _param(stored: Any, depth: int) -> Param:
    if isinstance(stored, dict):
        return _read(stored, depth)
    if isinstance(stored, list):
        return [_param(part, depth - 1) for part in stored] if depth > 0 else "…"
    return stored if isinstance(stored, str | int | float) else "…"


def language_for(accept_language: str) -> str:
    """The language that a browser's `Accept-Language` (RFC 9110, 12.5.4) ranks first of those that there are;
    English where it names none."""
    ranked = sorted(filter(None, map(_choice, accept_language.split(","))), key=lambda choice: -choice[0])
    return next((name for quality, name in ranked if quality > 0 and name in LANGUAGES), ENGLISH)


def _choice(text: str) -> tuple[float, str] | None:
    name, _, parameters = text.strip().lower().partition(";")
    quality = parameters.strip().removeprefix("q=") if parameters else "1"
    try:
        return float(quality), name.strip().partition("-")[0]
    except ValueError:
        return None
