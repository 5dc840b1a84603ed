"""Values of attributes and of CSS, each kept as it is or left out."""

import re
from collections.abc import Iterator

from imagestudio.svg.allowed import FUNCTIONS, PROPERTIES

MAX_VALUE = 20_000
"""Characters of a value other than a path or a list of points."""
MAX_RULES = 500

COORDINATES = re.compile(r"[0-9\s.,eE+\-MmZzLlHhVvCcSsQqTtAa]*")
NAME = r"[A-Za-z_À-\U0010ffff][\w.:\-]{0,199}"
POINTER = re.compile(rf"\s*#({NAME})\s*")
CALL = re.compile(r"([A-Za-z_\-][\w\-]*)\s*\(")
REFERENCE = re.compile(rf"""url\(\s*(["']?)#({NAME})\1\s*\)""", re.IGNORECASE)
# Escapes and comments can hide a word from whoever reads on; the rest begins something that no value holds.
HIDING = re.compile(r"[\\{}<>@]|/\*")
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
SELECTOR = re.compile(rf"\s*[.#]?{NAME}\s*")


def pointed(value: str) -> str | None:
    """The id that an `href` names; None where it names anything else."""
    match = POINTER.fullmatch(value)
    return match[1] if match else None


def references(value: str) -> list[str]:
    """The ids that the `url(#id)`s of a value name."""
    return [match[2] for match in REFERENCE.finditer(value)]


def is_safe(name: str, value: str) -> bool:
    """Whether a value may stand: it names nothing outside, and calls nothing that is not known."""
    if name in ("d", "points"):
        return COORDINATES.fullmatch(value) is not None
    if len(value) > MAX_VALUE or HIDING.search(value):
        return False
    calls = {match[1] for match in CALL.finditer(REFERENCE.sub("", value))}
    return calls <= FUNCTIONS - {"url"} and value.count("(") == value.count(")")


def declarations(text: str) -> dict[str, str]:
    """The declarations that may stand, of a `style` attribute or between a rule's braces."""
    kept = {}
    for part in text.split(";"):
        name, _, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name in PROPERTIES and value and is_safe(name, value):
            kept[name] = value
    return kept


def written(kept: dict[str, str]) -> str:
    """Declarations as CSS."""
    return ";".join(f"{name}:{value}" for name, value in kept.items())


def rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of a style sheet that may stand: of plain selectors, at most `MAX_RULES` of them. A sheet
    with rules about rules, such as @import and @font-face, or with escapes, has none."""
    text = COMMENT.sub(" ", sheet)
    if "@" in text or "\\" in text or "<" in text:
        return
    for count, match in enumerate(RULE.finditer(text)):
        if count == MAX_RULES:
            return
        selectors = [part.strip() for part in match[1].split(",") if SELECTOR.fullmatch(part)]
        kept = {name: value for name, value in declarations(match[2]).items() if _is_light(name, value)}
        if selectors and kept:
            yield ", ".join(selectors), kept


def _is_light(name: str, value: str) -> bool:
    # A rule may count for every element, so it may name paint and nothing that takes a layer each time.
    return name in ("fill", "stroke") or not references(value)
