"""Calls of Gradio's API, read before Gradio reads them: whose session it is, which files it names, and
whether its values are enough.

Relies on the addresses of calls (`queue/join`, `call/NAME`, `call/v2/NAME`, `cancel`, `reset`), on `data`,
whose values are in the order of the endpoint's parameters, and on `App.get_blocks` and `Blocks.fns`, which
have each event's function, `api_name`, `api_visibility` and `inputs`, whose `data_model` or `preprocess`
refuse what they don't take.
"""

import json
import logging
import re
from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from imagestudio.access.paths import path_of
from imagestudio.api.bodies import parse_object, read_in_turn
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import BadRequest, NotFound, StudioError, Unauthorized
from imagestudio.core.messages import Message
from imagestudio.ui.gradio.file_exchange import Exchange, own_files
from imagestudio.ui.gradio.sessions import Sessions, holder_of

CALL = re.compile(r"/gradio_api/(queue/join|cancel|reset/?|call/.+)")
JOIN = "/gradio_api/queue/join"
BY_NAME = re.compile(r"/gradio_api/call/(?:v2/)?([^/]+)/?")
BY_PLACE = re.compile(r"/gradio_api/call/([^/]+)/?")
WITHOUT_SESSION = re.compile(r"/gradio_api/call/v2/.+")
HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]+)")
STREAM = "/gradio_api/queue/data"
UNPROCESSABLE = 422
PUBLIC = "public"
WITHOUT_COOKIE = ("local", "huggingface")
"""Visitors whose page may come without a session of ours."""
TEXTS = (gr.Textbox,)
CHOSEN = (gr.Dropdown, gr.Radio, gr.Number)
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
        """The call as Gradio shall see it. Raises `StudioError`."""
        session, body = await read_in_turn(Request(scope, receive), partial(self._rewrite, scope))
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
        call = own_files(call, self._exchange, holder_of(scope))
        path, page = path_of(scope), scope["app"].get_blocks()
        if match := BY_NAME.fullmatch(path):
            endpoint = _endpoint(page, match[1])
            if endpoint and BY_PLACE.fullmatch(path):
                refuse_unfit(endpoint, call.get("data"))
        elif path == JOIN:
            refuse_unfit(_joined(page, call.get("fn_index"), scope), call.get("data"))
        return session, json.dumps(call).encode()


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
    has_begun = is_echo = False

    async def forward(message: Event) -> None:
        nonlocal has_begun, is_echo
        # What FastAPI says of a body that it can't read holds that body.
        if is_call and message["type"] == "http.response.start":
            is_echo = message["status"] == UNPROCESSABLE
        if not is_echo:
            has_begun = True
            await send(message)

    try:
        await app(scope, receive, forward)
        if is_echo:
            await refusal(scope, BadRequest(Message("gradio.unreadable")))(scope, receive, send)
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


def _endpoint(page: gr.Blocks, api_name: str) -> BlockFunction | None:
    """The public endpoint of that name; None where there is none, which Gradio says. Raises `NotFound` for
    what only the page may run."""
    found = [event for event in page.fns.values() if event.api_name == api_name]
    if found and found[0].api_visibility != PUBLIC:
        raise NotFound(Message("request.nothing_here"))
    return found[0] if found else None


def _joined(page: gr.Blocks, index: object, scope: Scope) -> BlockFunction:
    """What a call joins by its place in the page. Clients name the public endpoints so, and only the page's
    own visitor the rest. Raises `BadRequest` or `NotFound`."""
    event = page.fns.get(index) if type(index) is int else None
    if event is None or event.fn is None:
        raise BadRequest(Message("gradio.unreadable"))
    state = scope.get("state", {})
    if event.api_visibility == PUBLIC:
        if state.get("page_only"):
            # Told where the result would be: clients read it there.
            state.setdefault("refusal", Unauthorized(Message("access.key_asked")))
    elif state.get("session") is None and getattr(state.get("visitor"), "kind", None) not in WITHOUT_COOKIE:
        raise NotFound(Message("request.nothing_here"))
    return event


def refuse_unfit(event: BlockFunction, data: object) -> None:
    """Raises `BadRequest` where an endpoint can't take these values; none of them is in it.

    Gradio would queue the call, end it with an error that says nothing, and print the values.
    """
    if not isinstance(data, list) or len(data) > len(event.inputs):
        raise BadRequest(Message("gradio.unreadable"))
    if len(data) < len(event.inputs):
        if event.api_visibility == PUBLIC and event.fn is not None:
            raise _short(str(event.api_name), _inputs(event.fn), len(data))
        raise BadRequest(Message("gradio.unreadable"))
    if not all(map(_is_fit, event.inputs, data)):
        raise BadRequest(Message("gradio.unreadable"))


def _short(api_name: str, inputs: list[str], count: int) -> BadRequest:
    missing = inputs[count:]
    text = Message("gradio.positions", api_name=api_name, count=len(inputs), inputs=inputs, missing=missing)
    return BadRequest(text, allowed=inputs)


def _is_fit(block: Any, value: object) -> bool:
    """Whether a component takes this value, as far as it tells without reading a file."""
    if value is None:
        return True
    model = getattr(block, "data_model", None)
    if isinstance(block, TEXTS) and not isinstance(value, str):
        return False
    if isinstance(block, gr.Checkbox) and not isinstance(value, bool):
        return False
    try:
        if model is not None:
            model.model_validate(value, context={"validate_meta": True})
        elif isinstance(block, CHOSEN):
            block.preprocess(value)  # type: ignore[arg-type]
    except Exception:  # a component of Gradio's: it says in any way that it does not take this
        return False
    return True


def _inputs(function: Callable[..., Any]) -> list[str]:
    parameters = signature(function).parameters.values()
    return [each.name for each in parameters if each.annotation is not gr.Request]
