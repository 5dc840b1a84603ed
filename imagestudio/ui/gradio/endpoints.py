"""Registers the tools with Gradio, which serves them to gradio_client.

Relies on `gradio.events.api`, which makes an endpoint of a function: its parameters from the signature, its
text from the docstring, and the request for the parameter that is annotated with `gr.Request`.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import gradio as gr
from gradio.events import api

from imagestudio.ui.callers import Callers
from imagestudio.ui.gradio.file_exchange import Exchange
from imagestudio.ui.gradio.sessions import holder_of
from imagestudio.ui.tools import (
    AGENTS_ONLY,
    FILE,
    Caller,
    Picture,
    Run,
    Started,
    ToolError,
    Tools,
    UploadedFile,
    refused_in_a_line,
)


class Refused(gr.Error):
    """A refusal as Gradio's callers see it: one line that starts with the public code."""

    def __init__(self, message: str) -> None:
        super().__init__(message, print_exception=False)
        self.text = message

    def __str__(self) -> str:
        return self.text


def register(tools: Tools, callers: Callers, exchange: Exchange, sync_timeout_s: float) -> None:
    """Add the public endpoints to the page that is being built. Each call is counted first, and a run is
    waited for so long."""

    async def finished(answer: Any, caller: Caller) -> Any:
        return await tools.ended(answer, caller, sync_timeout_s) if isinstance(answer, Started) else answer

    for api_name, function in tools.by_api_name().items():
        api(_endpoint(function, finished, callers, exchange), api_name=api_name, concurrency_limit=None)


def _endpoint(
    function: Callable[..., Awaitable[Any]],
    finished: Callable[[Any, Caller], Awaitable[Any]],
    callers: Callers,
    exchange: Exchange,
) -> Callable[..., Awaitable[Any]]:
    async def run(request: gr.Request, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        connection, session = request.request, request.session_hash
        holder = holder_of(connection.scope) if connection else None
        callers.count(connection, session)
        caller = Caller(
            callers.studio(connection, session),
            callers.origin(connection),
            lambda address: exchange.find(address, holder),
        )
        answer = await finished(await function(caller, *args, **kwargs), caller)
        return _as_files(answer, exchange, holder)

    @wraps(function)
    async def call(request: gr.Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return await refused_in_a_line(run(request, args, kwargs))
        except ToolError as error:
            raise Refused(str(error)) from None

    _describe(call, function)
    return call


def _describe(call: Callable[..., Any], function: Callable[..., Any]) -> None:
    """Give the endpoint the tool's signature, as Gradio reads it: the request in the caller's place, and
    pictures as files."""
    signature = inspect.signature(function)
    _, *parameters = (each for each in signature.parameters.values() if each.name not in AGENTS_ONLY)
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    answer = signature.return_annotation
    if answer == Run:
        answer = tuple[list[UploadedFile], dict[str, Any]]
    public = signature.replace(parameters=[request, *parameters], return_annotation=answer)
    call.__signature__ = public  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in public.parameters.values()}


def _as_files(answer: Any, exchange: Exchange, holder: str | None) -> Any:
    """The tool's answer, in which each picture is lent to its caller as a file."""
    if not isinstance(answer, tuple):
        return answer
    pictures, job = answer
    return [_lent(picture, exchange, holder) for picture in pictures], job


def _lent(picture: Picture, exchange: Exchange, holder: str | None) -> UploadedFile:
    file, path = picture.file, picture.path
    return UploadedFile(
        path=exchange.lend(path, holder),
        orig_name=path.name,
        mime_type=file.mime_type,
        size=file.bytes,
        meta={"_type": FILE},
    )
