"""Which messages the package uses, and where: read from its source."""

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from imagestudio.core.errors import StudioError
from imagestudio.core.messages import EN, Message, Param
from tests.source import FILES, PACKAGE, source

OWN = PACKAGE / "core" / "messages"


def placeholders(sentence: str) -> dict[str, str]:
    """What a sentence fills in, each with its format."""
    parts = string.Formatter().parse(sentence)
    return {name: spec or "" for _, name, spec, _ in parts if name}


def example(id: str) -> Message:
    """The message with something in each of its places."""
    return Message(id, **{name: _value(name, spec) for name, spec in placeholders(EN[id]).items()})


def _value(name: str, spec: str) -> Param:
    if spec in ("or", "and"):
        return [f"one {name}", f"another {name}"]
    return 7 if spec else f"the {name}"


def kinds(root: type[StudioError] = StudioError) -> list[type[StudioError]]:
    """All kinds of error."""
    below = [kind for child in root.__subclasses__() for kind in kinds(child)]
    return sorted({root, *below}, key=lambda kind: kind.code)


def files() -> list[Path]:
    """The package's modules, the sandbox and the sentences themselves aside."""
    return [path for path in FILES if "sandbox" not in path.parts and OWN not in path.parents]


def calls() -> Iterator[tuple[Path, str, ast.Call]]:
    """Every call, by the name of what is called."""
    for path in files():
        for name, node in source(path).calls:
            yield path, name, node


def raised(kind: type[StudioError]) -> set[str]:
    """The messages that errors of a kind are made with, where they stand in the same call."""
    return _raised().get(kind.__name__) or {"fault"}


@cache
def _raised() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for _, name, node in calls():
        for argument in node.args[:1]:
            found.setdefault(name, set()).update(_ids(argument))
    return found


def _ids(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id="Message"), args=[ast.Constant(value=str(id))]):
            yield id
