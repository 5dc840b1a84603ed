"""Request bodies, built from what the catalog says about a route, and what answers say alike."""

import asyncio
import base64
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from imagestudio.catalog.spec import Route, SourceImage
from imagestudio.core.request import InputImage


def build_body(route: Route, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the route requires, and each value where the route wants it; nothing else.

    `values` go by public name. One without a place on the wire is not a field there (a flag that chose the
    route, a count that becomes several calls) and is left to the adapter.
    """
    body: dict[str, Any] = deepcopy(dict(route.fixed))
    for name, value in values.items():
        if path := route.wire.get(name):
            place(body, path, value)
    return body


def place(body: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a dotted path, making objects on the way; a number is a position in an existing list."""
    *parents, last = path.split(".")
    node: Any = body
    for name in parents:
        node = node[int(name)] if isinstance(node, list) else node.setdefault(name, {})
    node[int(last) if isinstance(node, list) else last] = value


async def encode_source(image: InputImage, how: SourceImage) -> str | list[str]:
    """The source picture as its field wants it: bare base64 or a data URI, alone or in a list of one."""
    encoded = await asyncio.to_thread(lambda: base64.b64encode(image.path.read_bytes()).decode())
    text = encoded if how.encoding == "base64" else f"data:{image.mime_type};base64,{encoded}"
    return [text] if how.in_list else text


def read_seed(answer: Mapping[str, Any]) -> int | None:
    """The seed that an answer names, where it is one that can be kept."""
    seed = answer.get("seed")
    return seed if type(seed) is int and 0 <= seed < 2**63 else None
