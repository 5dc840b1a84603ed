"""What an agent gives a tool, read as models write it: null and an empty text are a field left out, and a
number or a flag may be a text that is exactly that."""

import re
from collections.abc import Mapping
from typing import Any

from mcp import types

from imagestudio.catalog.validation import excerpt, given, shown_name
from imagestudio.core.errors import InvalidParameter, MissingField, UnsupportedParameter
from imagestudio.core.messages import Message

WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,399})")
FLAGS = {"true": True, "false": False}
FILE_FIELDS = frozenset({"image"})
"""Where a file that was uploaded to Gradio may stand as an object."""


def read_arguments(tool: types.Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a tool. Raises the `StudioError` that names the field."""
    schema = tool.inputSchema
    properties: dict[str, dict[str, Any]] = schema["properties"]
    asked = given(arguments)
    for name in asked:
        if name not in properties:
            allowed = list(properties)
            raise UnsupportedParameter(
                Message("tool.unknown_argument", name=tool.name, argument=excerpt(name), allowed=allowed),
                field=shown_name(name),
                allowed=allowed,
            )
    for name in schema.get("required", ()):
        if name not in asked:
            raise MissingField(Message("tool.argument_missing", field=name), field=name)
    return {name: _read(name, value, properties[name]) for name, value in asked.items()}


def _read(name: str, value: Any, described: Mapping[str, Any]) -> Any:
    kind = described["type"]
    if kind == "integer" and (number := _whole(value)) is not None:
        return number
    if kind == "boolean":
        read = FLAGS.get(value) if isinstance(value, str) else value
        if isinstance(read, bool):
            return read
    if kind == "string" and (isinstance(value, str) or (name in FILE_FIELDS and isinstance(value, dict))):
        choices = described.get("enum")
        if choices is None or value in choices:
            return value
        raise InvalidParameter(
            Message("tool.choice", field=name, allowed=choices), field=name, allowed=list(choices)
        )
    message = Message("tool.wrong_kind", field=name, kinds=[kind], value=excerpt(value))
    raise InvalidParameter(message, field=name, allowed=kind)


def _whole(value: Any) -> int | None:
    """A whole number, of a number or of a text that is exactly one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value) if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value) else None
