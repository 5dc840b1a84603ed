"""The tools as agents see them: made of the functions' signatures and docstrings.

Kept to what the strictest clients read: an object of plain properties, each with one type. What may be left
out is not required; that null and empty texts are taken for it is for `arguments.py` to know.
"""

import inspect
from collections.abc import Awaitable, Callable
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from mcp import types

from imagestudio.ui.tools import Run

Tool = Callable[..., Awaitable[Any]]

CALLER = "caller"
"""The parameter of each tool that is nobody's to give."""
INLINE = "inline"
"""What tools that answer with pictures take from agents only."""
INLINE_SCHEMA = {
    "type": "string",
    "enum": ["preview", "original"],
    "description": "preview: pictures small enough for every client (default). original: their own bytes.",
}
TYPES = {str: "string", int: "integer", bool: "boolean"}
READS: dict[str, Any] = {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False}
SPENDS: dict[str, Any] = {
    "readOnlyHint": False,
    "destructiveHint": False,
    "idempotentHint": False,
    "openWorldHint": True,
}
ANNOTATIONS = {
    "generate_image": types.ToolAnnotations(title="Generate pictures", **SPENDS),
    "edit_image": types.ToolAnnotations(title="Edit a picture", **SPENDS),
    "list_models": types.ToolAnnotations(title="List models", **READS),
    "get_job": types.ToolAnnotations(title="Look at a job", **SPENDS),  # it can run a job again
    "list_jobs": types.ToolAnnotations(title="List jobs", **READS),
    "cancel_job": types.ToolAnnotations(
        title="Cancel a job",
        readOnlyHint=False,
        destructiveHint=True,
        idempotentHint=True,
        openWorldHint=True,
    ),
}


def describe(name: str, function: Tool) -> types.Tool:
    """A tool: from its signature, and its docstring's text, `Args` and `Returns`."""
    text, arguments, returns = _docstring(function)
    signature, hints = inspect.signature(function), get_type_hints(function)
    parameters = [each for each in signature.parameters.values() if each.name != CALLER]
    properties = {
        each.name: {**_json_type(hints[each.name]), "description": arguments[each.name]}
        for each in parameters
    }
    if signature.return_annotation == Run:
        properties[INLINE] = INLINE_SCHEMA
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required := [each.name for each in parameters if each.default is inspect.Parameter.empty]:
        schema["required"] = required
    return types.Tool(
        name=name,
        title=ANNOTATIONS[name].title,
        description=f"{text} Returns: {returns}",
        inputSchema=schema,
        annotations=ANNOTATIONS[name],
    )


def _docstring(function: Tool) -> tuple[str, dict[str, str], str]:
    doc = inspect.getdoc(function) or ""
    text, _, rest = doc.partition("\n\nArgs:\n")
    arguments, _, returns = rest.partition("\n\nReturns:\n")
    pairs = [line.strip().partition(": ") for line in arguments.splitlines()]
    return " ".join(text.split()), {name: value for name, _, value in pairs}, returns.strip()


def _json_type(hint: Any) -> dict[str, Any]:
    """The JSON Schema of a parameter's type, None aside. Where a file may be given it is its address: agents
    have no other way to hand one over."""
    if hint in TYPES:
        return {"type": TYPES[hint]}
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if get_origin(hint) in (Union, UnionType):
        kinds = [each for each in get_args(hint) if each is not NoneType]
        return _json_type(str if str in kinds else kinds[0])
    raise TypeError(f"No JSON Schema is known for {hint}.")
