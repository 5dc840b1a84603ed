"""Values that a call of Gradio's API gives by their places: enough of them, or it is refused."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import gradio as gr

from imagestudio.core.errors import BadRequest
from imagestudio.core.messages import Message


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
        Message(
            "gradio.positions",
            api_name=api_name,
            count=len(inputs),
            inputs=inputs,
            missing=inputs[len(data) :],
        ),
        allowed=inputs,
    )


def _inputs(function: Callable[..., Any]) -> list[str]:
    parameters = signature(function).parameters.values()
    return [each.name for each in parameters if each.annotation is not gr.Request]
