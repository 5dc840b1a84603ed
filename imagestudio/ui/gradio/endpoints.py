"""Registers the five functions with Gradio, which serves them to gradio_client and MCP."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import gradio as gr
from gradio.events import api

from imagestudio.core.errors import StudioError
from imagestudio.core.log import log_fault
from imagestudio.core.settings import Settings
from imagestudio.ui.gradio.callers import Count
from imagestudio.ui.gradio.tools import JobFailed, Tools, public_message


class Refused(gr.Error):
    """A refusal as Gradio's callers see it: one line that starts with the public code."""

    def __init__(self, message: str) -> None:
        super().__init__(message, print_exception=False)
        self.text = message

    def __str__(self) -> str:
        return self.text


def register(tools: Tools, count: Count) -> None:
    """Add the public endpoints to the page that is being built. Each call is counted first."""
    for name, function in (
        ("generate", tools.generate_image),
        ("edit", tools.edit_image),
        ("models", tools.list_models),
        ("job", tools.get_job),
        ("cancel", tools.cancel_job),
    ):
        api(_refusing(function, count), api_name=name, concurrency_limit=None)


def _refusing(function: Callable[..., Awaitable[Any]], count: Count) -> Callable[..., Awaitable[Any]]:
    @wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            for value in (*args, *kwargs.values()):
                if isinstance(value, gr.Request):
                    count(value)
            return await function(*args, **kwargs)
        except StudioError as error:
            raise Refused(public_message(error)) from None
        except JobFailed as error:
            raise Refused(str(error)) from None
        except Exception as error:
            raise Refused(public_message(log_fault(error))) from None

    return call


def origin(request: gr.Request, settings: Settings) -> str:
    """Scheme, host and prefix that absolute addresses begin with."""
    if settings.public_url:
        return settings.public_url
    return (
        str(request.request.base_url).rstrip("/") + settings.root_path.rstrip("/") if request.request else ""
    )
