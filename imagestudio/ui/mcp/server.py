"""The MCP server: the `mcp` SDK's own, with the studio's tools.

It keeps no session between two requests. Hosts, other sites' pages, sizes and identity are checked by the
same middlewares as everywhere (`api/middleware/stack.py`).
"""

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from imagestudio.api.bodies import read_in_turn
from imagestudio.api.middleware.body_limits import PICTURE
from imagestudio.api.middleware.error_response import refusal
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import BadRequest, NotFound, StudioError
from imagestudio.core.messages import Message
from imagestudio.ui.callers import Callers
from imagestudio.ui.gradio.call_guard import replay
from imagestudio.ui.gradio.file_exchange import Exchange, own_files
from imagestudio.ui.gradio.sessions import holder_of
from imagestudio.ui.locale import EN
from imagestudio.ui.mcp.answers import Content, content_of, refusal_of
from imagestudio.ui.mcp.arguments import read_arguments
from imagestudio.ui.mcp.messages import check_message
from imagestudio.ui.mcp.progress import Teller
from imagestudio.ui.mcp.schema import INLINE, describe
from imagestudio.ui.mcp.session import with_session
from imagestudio.ui.tool_values import LONGEST_WAIT_S
from imagestudio.ui.tools import Caller, Picture, Started, ToolError, Tools, refused_in_a_line

PATH = "/gradio_api/mcp/"
"""Where Gradio has its own server: the address that agents know."""
MOST_BYTES = 3 * PICTURE
"""Of a body that was written anew: one character of three bytes is an escape of six, one of two is, too."""


class McpServer:
    """Answers agents. Pictures go out as image content, all else as JSON. A run is waited for at most
    `sync_timeout_s`, and no longer than common clients wait for any answer."""

    def __init__(self, tools: Tools, callers: Callers, exchange: Exchange, sync_timeout_s: float) -> None:
        self._toolbox = tools
        self._callers = callers
        self._exchange = exchange
        self._wait_s = min(sync_timeout_s, LONGEST_WAIT_S)
        self._functions = tools.by_name()
        self._tools = {name: describe(name, function) for name, function in self._functions.items()}
        api_names = {function: name for name, function in tools.by_api_name().items()}
        self._schemas = [
            _schema(self._tools[name], api_names.get(function)) for name, function in self._functions.items()
        ]
        self._server = self._create_server()
        self._manager: StreamableHTTPSessionManager | None = None

    def routes(self) -> list[Route]:
        """Where it answers, and where it tells its tools to whoever does not speak MCP."""
        methods = ("GET", "POST", "DELETE")
        return [
            Route(PATH, self, methods=methods),
            Route(PATH.rstrip("/"), self, methods=methods),
            Route(f"{PATH}schema", self._answer_schema),
        ]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve for the length of the block."""
        self._manager = StreamableHTTPSessionManager(
            self._server, stateless=True, max_request_body_size=MOST_BYTES
        )
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Only what is JSON without doubt gets to the SDK."""
        if scope["method"] in ("GET", "HEAD"):
            await self._read(scope)(scope, receive, send)
            return
        if scope["method"] == "POST":
            try:
                body = await read_in_turn(Request(scope, receive), check_message)
            except (StudioError, ClientDisconnect) as error:
                refused = (
                    error if isinstance(error, StudioError) else BadRequest(Message("request.cut_short"))
                )
                await refusal(scope, refused)(scope, receive, send)
                return
            if isinstance(body, Response):
                await body(scope, receive, send)
                return
            receive, send = replay(body, receive), with_session(scope, body, send)
        if self._manager is None:
            raise RuntimeError("The MCP server is not open.")
        await self._manager.handle_request(scope, receive, send)

    def _read(self, scope: Scope) -> Response:
        if "text/event-stream" in Headers(scope=scope).get("accept", ""):
            # Nothing would ever come by that stream, and each would hold a connection.
            return refusal(scope, BadRequest(Message("mcp.no_stream")), 405, {"Allow": "POST"})
        return self._page(Request(scope))

    def _page(self, request: Request) -> Response:
        """What somebody reads who opens the address in a browser."""
        address = html.escape(f"{self._callers.origin(request)}{PATH}")
        names = "".join(f"<li><code>{name}</code></li>" for name in self._functions)
        return HTMLResponse(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{EN.title}: MCP</title>'
            f"<h1>{EN.title}: MCP</h1><p>This address is for agents. Give it to yours as a server that is "
            f"reached over streamable HTTP:</p><pre>{address}</pre><p>Its tools:</p><ul>{names}</ul></html>"
        )

    async def _answer_schema(self, request: Request) -> Response:
        selected = _selected(request)
        return JSONResponse([one for one in self._schemas if selected is None or one["name"] in selected])

    def _create_server(self) -> "Server[Any, Request]":
        server: Server[Any, Request] = Server(EN.title, instructions=str(Message("mcp.instructions")))

        async def list_tools() -> list[types.Tool]:
            selected = _selected(self._request)
            return [tool for name, tool in self._tools.items() if selected is None or name in selected]

        async def nothing() -> list[Any]:
            return []

        server.list_tools()(list_tools)
        # Its own way of calling a tool repeats what was given: in what it refuses, and in the log.
        server.request_handlers[types.CallToolRequest] = self._call
        # There are none, but clients ask.
        server.list_prompts()(nothing)
        server.list_resources()(nothing)
        server.list_resource_templates()(nothing)
        return server

    @property
    def _request(self) -> Request:
        request = self._server.request_context.request
        if request is None:
            raise ValueError("Tools are called over HTTP only.")
        return request

    async def _call(self, call: types.CallToolRequest) -> types.ServerResult:
        try:
            content = await refused_in_a_line(self._run(call.params.name, call.params.arguments or {}))
        except ToolError as error:
            return types.ServerResult(refusal_of(error))
        return types.ServerResult(types.CallToolResult(content=[*content]))

    async def _run(self, name: str, arguments: dict[str, Any]) -> list[Content]:
        request = self._request
        function, selected = self._functions.get(name), _selected(request)
        if function is None or (selected is not None and name not in selected):
            known = [each for each in self._functions if selected is None or each in selected]
            raise NotFound(
                Message("tool.unknown", name=excerpt(name), allowed=known), field="name", allowed=known
            )
        given = read_arguments(self._tools[name], arguments)
        original = given.pop(INLINE, None) == "original"
        holder = holder_of(request.scope)
        self._callers.count(request)
        caller = Caller(
            self._callers.studio(request),
            self._callers.origin(request),
            lambda address: self._exchange.find(address, holder),
            joins=True,
        )
        teller = Teller(self._server.request_context)
        answer = await teller.while_waiting(
            function(caller, **own_files(given, self._exchange, holder)), str(Message("mcp.checking"))
        )
        notes: list[str] = []
        if isinstance(answer, Started):
            notes = _notes_on(answer)
            answer = await self._finished(answer, caller, teller, notes)
        if isinstance(answer, tuple):
            pictures, job = answer
            return await content_of(pictures, [*notes, job], caller.studio, original=original)
        return await content_of([], answer if isinstance(answer, list) else [answer], caller.studio)

    async def _finished(
        self, started: Started, caller: Caller, teller: Teller, notes: list[str]
    ) -> tuple[list[Picture], dict[str, Any]]:
        """A run's answer, told of until then. Raises `ToolError` where it failed."""
        wait_s = self._wait_s if started.wait_s is None else min(self._wait_s, started.wait_s)
        job = started.job
        if wait_s and not job.ended:
            job = await teller.follow(job, caller.studio, wait_s)
        if not job.ended:
            notes.append(str(Message("mcp.not_ended", job=job.id)))
        try:
            pictures, document = await self._toolbox.outcome(replace(started, job=job), caller)
        except ToolError as error:
            raise ToolError(error.failure, " ".join([str(error), *notes])) from None
        return pictures, {**document, "joined": started.joined}


def _notes_on(started: Started) -> list[str]:
    return [str(Message("mcp.joined", job=started.job.id))] if started.joined else []


def _schema(tool: types.Tool, api_name: str | None) -> dict[str, Any]:
    meta = {"file_data_present": False, "mcp_type": "tool", "endpoint_name": api_name}
    return {"name": tool.name, "description": tool.description, "inputSchema": tool.inputSchema, "meta": meta}


def _selected(request: Request) -> list[str] | None:
    """The tools that a client named in the address (`?tools=get_job,cancel_job`); None for all."""
    names = request.query_params.get("tools")
    return None if names is None else names.split(",")
