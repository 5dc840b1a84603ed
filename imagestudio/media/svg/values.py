"""Values of attributes and of CSS, each kept as it is or left out."""

import re
from collections.abc import Iterator

from imagestudio.media.svg.allowlist import FUNCTIONS, PROPERTIES

MAX_VALUE = 20_000
"""Characters of a value other than a path or a list of points."""
MAX_SHEET = 200_000
"""Characters of a style sheet."""
MAX_RULES, MAX_SELECTORS = 500, 20

COORDINATES = re.compile(r"[0-9\s.,eE+\-MmZzLlHhVvCcSsQqTtAa]*")
NAME = r"[A-Za-z_À-\U0010ffff][\w.:\-]{0,199}"
POINTER = re.compile(rf"\s*#({NAME})\s*")
NO_NAME = re.compile(r"[^\w\-]")
REFERENCE = re.compile(rf"""url\(\s*(["']?)#({NAME})\1\s*\)""", re.IGNORECASE)
# Escapes and comments can hide a word from whoever reads on; the rest begins something that no value holds.
HIDING = re.compile(r"[\\{}<>@]|/\*")
SELECTOR = re.compile(rf"\s*[.#]?{NAME}\s*")


def target_of(value: str) -> str | None:
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
    rest = REFERENCE.sub("", value)
    return set(_function_names(rest)) <= FUNCTIONS and rest.count("(") == rest.count(")")


def _function_names(value: str) -> Iterator[str]:
    """What stands before each bracket."""
    for before in value.split("(")[:-1]:
        yield NO_NAME.split(before.rstrip())[-1]


def declarations(text: str) -> dict[str, str]:
    """The declarations that may stand, of a `style` attribute or between a rule's braces."""
    declared = {}
    for part in text.split(";") if len(text) <= MAX_VALUE else ():
        name, _, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name in PROPERTIES and value and is_safe(name, value):
            declared[name] = value
    return declared


def to_css(declared: dict[str, str]) -> str:
    """Declarations as CSS."""
    return ";".join(f"{name}:{value}" for name, value in declared.items())


def rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of a style sheet that may stand: of plain selectors, at most `MAX_RULES` of them. A
    longer sheet, and one with rules about rules, such as @import, or with escapes, has none."""
    if len(sheet) > MAX_SHEET:
        return
    text = "".join(_without_comments(sheet))
    if "@" in text or "\\" in text or "<" in text:
        return
    for rule in text.split("}")[:MAX_RULES]:
        before, _, inside = rule.partition("{")
        selectors = [part.strip() for part in before.split(",") if SELECTOR.fullmatch(part)]
        declared = {name: value for name, value in declarations(inside).items() if _is_light(name, value)}
        if declared and 0 < len(selectors) <= MAX_SELECTORS:
            yield ", ".join(selectors), declared


def _without_comments(sheet: str) -> Iterator[str]:
    at = 0
    while (begin := sheet.find("/*", at)) >= 0:
        yield sheet[at:begin]
        end = sheet.find("*/", begin + 2)
        at = len(sheet) if end < 0 else end + 2
    yield sheet[at:]


def _is_light(name: str, value: str) -> bool:
    # A rule may count for every element, so it may name paint and nothing that takes a layer each time.
    return name in ("fill", "stroke") or not references(value)
