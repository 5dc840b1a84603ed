"""Values that a call of Gradio's API gives by their places: enough of them, or it is refused."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import gradio as gr

from imagestudio.core.errors import BadRequest


def refuse_short(page: gr.Blocks, api_name: str, data: object) -> None:
    """Raises `BadRequest`, which names the inputs, where there are fewer values than the endpoint has inputs.

    Gradio would queue the call, and end it with an error that says nothing.
    """
    endpoint = next((event for event in page.fns.values() if event.api_name == api_name), None)
    if endpoint is None or endpoint.fn is None or not isinstance(data, list):
        return
    inputs = _inputs(endpoint.fn)
    if len(data) >= len(inputs):
        return
    raise BadRequest(
        f"/{api_name} takes {len(inputs)} values here, in this order: {', '.join(inputs)}. "
        f"Missing: {', '.join(inputs[len(data) :])}. Give null for what is to be left out, or call "
        f"/gradio_api/call/v2/{api_name}, which takes values by their names.",
        allowed=inputs,
    )


def _inputs(function: Callable[..., Any]) -> list[str]:
    parameters = signature(function).parameters.values()
    return [each.name for each in parameters if each.annotation is not gr.Request]
