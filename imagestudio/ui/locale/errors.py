"""What the studio refuses and remarks, in the page's language. It says it in English itself; another language
goes by the public code and details of a refusal, and by the sentence of a remark. static/refusals.js does the
same for the page's scripts."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from imagestudio.core.units import usd
from imagestudio.ui.locale import Words

ASPECTS = ("reason", "stage", "charged")
"""Details whose value tells one refusal of a code from another."""


def told(error: Mapping[str, Any], words: Words) -> str | None:
    """A refusal in the page's language, without what it says of money; None where only English has a
    sentence. Of the sentences for its code the first is taken for which the details have everything."""
    values = _values(error["details"], words)
    for key in _keys(error["code"], error["details"]):
        template = words.service.get(key)
        if template is not None and names(template) <= values.keys():
            return template.format(**values)
    return None


def remark(sentence: str, words: Words) -> str | None:
    """A warning in the page's language; None where only English has one."""
    for english, template in words.sentences.items():
        if match := re.fullmatch(_pattern(english), sentence):
            return template.format(
                **{name: remark(part, words) or part for name, part in match.groupdict().items()}
            )
    return None


def names(template: str) -> set[str]:
    """What a text fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _keys(code: str, details: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{code}.{details[name]}" for name in ASPECTS if name in details)
    yield from (f"{code}.{name}" for name in ("allowed", "known", "id"))
    if "field" in details:
        yield f"{code}.{details['field']}"
    yield code


def _values(details: Mapping[str, Any], words: Words) -> dict[str, str]:
    values = {
        name: value if isinstance(value, str) else _number(name, value, words)
        for name, value in details.items()
        if isinstance(value, str | int | float)
    }
    if "field" in values:
        values["field"] = _fields(words).get(values["field"], values["field"])
    values.pop("allowed", None)
    if allowed := _allowed(details.get("allowed"), words):
        values["allowed"] = allowed
    return values


def _number(name: str, value: float, words: Words) -> str:
    return usd(value) if name.endswith("_usd") else words.number(value)


def _fields(words: Words) -> dict[str, str]:
    return {**words.labels, "prompt": words.prompt, "image_url": words.image, "model": words.model}


def _allowed(allowed: Any, words: Words) -> str | None:
    """What may be given, in words; None where that is not for people."""
    service = words.service
    if isinstance(allowed, list):
        return ", ".join(map(str, allowed))
    if not isinstance(allowed, dict) or not service:
        return None
    if "minimum" not in allowed:
        parts = [(f"allowed.{name}", {name: words.number(value)}) for name, value in allowed.items()]
        return ", ".join(service[key].format(**value) for key, value in parts if key in service) or None
    steps = "allowed.steps" if allowed["multipleOf"] > 1 else "allowed.range"
    said = service[steps].format(**allowed)
    if nearest := allowed.get("nearest"):
        said = service["allowed.nearest"].format(range=said, nearest=words.either.join(map(str, nearest)))
    return said


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, _, _ in parts)
