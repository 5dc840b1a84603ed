"""Calls of Gradio's API, read before Gradio reads them: whose session it is, which files it names, and
whether its values are enough.

Relies on the addresses of calls (`queue/join`, `call/NAME`, `call/v2/NAME`, `cancel`, `reset`), on `data`,
whose values are in the order of the endpoint's parameters, and on `App.get_blocks` and `Blocks.fns`, which
have each endpoint's function and `api_name`.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from inspect import signature
from typing import Any

import gradio as gr
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from imagestudio.access.paths import path_of
from imagestudio.api.bodies import SMALL, parse_object
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import BadRequest, StudioError
from imagestudio.core.messages import Message
from imagestudio.ui.gradio.file_exchange import Exchange, own_files
from imagestudio.ui.gradio.sessions import Sessions, holder_of

CALL = re.compile(r"/gradio_api/(queue/join|cancel|reset/?|call/.+)")
BY_PLACE = re.compile(r"/gradio_api/call/([^/]+)/?")
WITHOUT_SESSION = re.compile(r"/gradio_api/call/v2/.+")
HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]+)")
STREAM = "/gradio_api/queue/data"
GRADIOS_OWN = ("batched", "simple_format", "request")
"""Fields that Gradio sets itself, and would believe a caller."""

log = logging.getLogger(__name__)


class CallGuard:
    """In front of Gradio's app."""

    def __init__(self, app: ASGIApp, sessions: Sessions, exchange: Exchange) -> None:
        self._app = app
        self._sessions = sessions
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve calls that hold together; everything else passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        posted = path_of(scope) if scope["method"] == "POST" else ""
        is_call = CALL.fullmatch(posted) is not None
        try:
            if is_call:
                scope, receive = await self._check(scope, receive)
            else:
                self._sessions.check(_session_of(scope), holder_of(scope))
        except (StudioError, ClientDisconnect) as error:
            refused = error if isinstance(error, StudioError) else BadRequest(Message("request.cut_short"))
            await refusal(scope, refused)(scope, receive, send)
            return
        await _serve(self._app, scope, receive, send, is_call=is_call)

    async def _check(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """The call as Gradio shall see it. Raises `BadRequest` or `NotFound`."""
        data = await Request(scope, receive).body()
        if len(data) > SMALL:
            session, body = await asyncio.to_thread(self._rewrite, scope, data)
        else:
            session, body = self._rewrite(scope, data)
        self._sessions.check(session, holder_of(scope))
        length = (b"content-length", str(len(body)).encode())
        headers = [
            pair for pair in scope["headers"] if pair[0] not in (b"content-length", b"transfer-encoding")
        ]
        return {**scope, "headers": [*headers, length]}, replay(body, receive)

    def _rewrite(self, scope: Scope, data: bytes) -> tuple[object, bytes]:
        call, session = parse_object(data), None
        if not WITHOUT_SESSION.fullmatch(path_of(scope)):
            session = call.get("session_hash")
            call = {name: value for name, value in call.items() if name not in GRADIOS_OWN}
        if match := BY_PLACE.fullmatch(path_of(scope)):
            refuse_short(scope["app"].get_blocks(), match[1], call.get("data"))
        return session, json.dumps(own_files(call, self._exchange, holder_of(scope))).encode()


def _session_of(scope: Scope) -> str | None:
    path = path_of(scope)
    if match := HEARTBEAT.fullmatch(path):
        return match[1]
    if path == STREAM:
        return QueryParams(scope["query_string"]).get("session_hash")
    return None


def replay(body: bytes, receive: Receive) -> Receive:
    """Gives a whole body in place of the one that was read."""
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replayed() -> Event:
        return next(parts, None) or await receive()

    return replayed


async def _serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, is_call: bool) -> None:
    has_begun = False

    async def forward(message: Event) -> None:
        nonlocal has_begun
        has_begun = True
        await send(message)

    try:
        await app(scope, receive, forward)
    except Exception as error:
        what = f"{type(error).__name__} in {path_of(scope)}"
        if has_begun and scope["method"] == "GET":
            # So Gradio ends the stream of a call that it does not know, after it has said that.
            log.info("a stream of Gradio's ended: %s", what)
            await send({"type": "http.response.body", "body": b""})
        elif is_call and not has_begun:
            # Nothing of a call runs here: it is read, and queued. What Gradio stumbles over is in the call.
            log.warning("Gradio could not read a call: %s", what)
            unreadable = BadRequest(Message("gradio.unreadable"))
            await refusal(scope, unreadable)(scope, receive, send)
        else:
            raise


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
