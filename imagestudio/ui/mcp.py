"""The MCP server of agents: the `mcp` SDK's own, with the studio's five tools.

It keeps no session between two requests. Hosts, other sites' pages, sizes and identity are checked by the
same middlewares as everywhere (`api/middleware/stack.py`).
"""

import asyncio
import base64
import html
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from jsonschema import Draft202012Validator
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from imagestudio.api.bodies import parse_object, read_in_turn
from imagestudio.api.middleware.body_limits import PICTURE
from imagestudio.api.middleware.error_response import refusal
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import (
    BadRequest,
    InvalidParameter,
    MissingField,
    StudioError,
    UnsupportedParameter,
)
from imagestudio.core.messages import Message
from imagestudio.ui.callers import Callers
from imagestudio.ui.gradio.call_guard import replay
from imagestudio.ui.gradio.file_exchange import Exchange, own_files
from imagestudio.ui.gradio.sessions import holder_of
from imagestudio.ui.locale import EN
from imagestudio.ui.tools import Caller, Picture, ToolError, Tools, refused_in_a_line

PATH = "/gradio_api/mcp/"
"""Where Gradio has its own server: the address that agents know."""
STEP_S = 5
"""Seconds between two messages to a client that wants to be told of the progress."""
MOST_BYTES = 3 * PICTURE
"""Of a body that was written anew: one character of three bytes is an escape of six, one of two is, too."""
CALLER = "caller"
"""The parameter of each tool that is nobody's to give."""
METHODS = frozenset(each.model_fields["method"].default for each in get_args(types.ClientRequestType))
"""What agents may ask."""
TYPES = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}

Content = types.ContentBlock
Tool = Callable[..., Awaitable[Any]]


class McpServer:
    """Answers agents. Pictures go out as image content with the provider's own bytes, all else as JSON."""

    def __init__(self, tools: Tools, callers: Callers, exchange: Exchange) -> None:
        self._callers = callers
        self._exchange = exchange
        self._functions = {name: function for name, (_, function) in tools.by_name().items()}
        self._tools = {name: describe(name, function) for name, function in self._functions.items()}
        self._schemas = [
            _schema(self._tools[name], api_name) for name, (api_name, _) in tools.by_name().items()
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
        accepted = Headers(scope=scope).get("accept", "")
        if scope["method"] in ("GET", "HEAD") and "text/event-stream" not in accepted:
            await self._page(Request(scope))(scope, receive, send)
            return
        if scope["method"] == "POST":
            try:
                body = await read_in_turn(scope, _check, await Request(scope, receive).body())
            except (StudioError, ClientDisconnect) as error:
                refused = (
                    error if isinstance(error, StudioError) else BadRequest(Message("request.cut_short"))
                )
                await refusal(scope, refused)(scope, receive, send)
                return
            if isinstance(body, Response):
                await body(scope, receive, send)
                return
            receive = replay(body, receive)
        if self._manager is None:
            raise RuntimeError("The MCP server is not open.")
        await self._manager.handle_request(scope, receive, send)

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
        server: Server[Any, Request] = Server(EN.title)

        async def list_tools() -> list[types.Tool]:
            selected = _selected(self._request)
            return [tool for name, tool in self._tools.items() if selected is None or name in selected]

        async def nothing() -> list[Any]:
            return []

        server.list_tools()(list_tools)
        # Its own check of arguments repeats whole values in what it refuses.
        server.call_tool(validate_input=False)(self._call)
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

    async def _call(self, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        request = self._request
        try:
            call = refused_in_a_line(self._run(name, arguments, request))
            content = await asyncio.to_thread(_content, await self._with_progress(call))
            return types.CallToolResult(content=content)
        except ToolError as error:
            return types.CallToolResult(content=[_text(str(error))], isError=True)

    async def _run(self, name: str, arguments: dict[str, Any], request: Request) -> Any:
        function, selected = self._functions.get(name), _selected(request)
        if function is None or (selected is not None and name not in selected):
            raise ToolError(str(Message("tool.unknown", name=excerpt(name))))
        properties = self._tools[name].inputSchema["properties"]
        if unknown := next((argument for argument in arguments if argument not in properties), None):
            text = Message("tool.unknown_argument", name=name, argument=excerpt(unknown))
            raise UnsupportedParameter(text)
        _check_arguments(self._tools[name].inputSchema, arguments)
        holder = holder_of(request.scope)
        self._callers.count(request)
        caller = Caller(
            self._callers.studio(request),
            self._callers.origin(request),
            lambda address: self._exchange.find(address, holder),
        )
        return await function(caller, **own_files(arguments, self._exchange, holder))

    async def _with_progress(self, call: Awaitable[Any]) -> Any:
        """Wait, and tell a client that asked for it that the studio is still at it."""
        context = self._server.request_context
        token = context.meta.progressToken if context.meta else None
        if token is None:
            return await call
        task, step = asyncio.ensure_future(call), 0
        try:
            while not task.done():
                await context.session.send_progress_notification(
                    progress_token=token,
                    progress=step,
                    message="Working",
                    related_request_id=str(context.request_id),
                )
                step += 1
                await asyncio.wait({task}, timeout=STEP_S)
            return task.result()
        finally:
            task.cancel()


def _check_arguments(schema: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Raises what refuses arguments that a tool's schema does not describe, with an excerpt of the value."""
    if missing := next((field for field in schema.get("required", ()) if field not in arguments), None):
        raise MissingField(Message("tool.argument_missing", field=missing), field=missing)
    for field, value in arguments.items():
        described = schema["properties"][field]
        if not Draft202012Validator(described).is_valid(value):
            kinds = [each.get("type", "one of its choices") for each in described.get("anyOf", [described])]
            message = Message("tool.wrong_kind", field=field, kinds=kinds, value=excerpt(value))
            raise InvalidParameter(message, field=field)


def describe(name: str, function: Tool) -> types.Tool:
    """A tool as agents see it: from its signature, and its docstring's text, `Args` and `Returns`."""
    text, arguments, returns = _docstring(function)
    signature, hints = inspect.signature(function), get_type_hints(function)
    parameters = [each for each in signature.parameters.values() if each.name != CALLER]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            each.name: {**_json_type(hints[each.name]), "description": arguments[each.name]}
            for each in parameters
        },
    }
    if required := [each.name for each in parameters if each.default is inspect.Parameter.empty]:
        schema["required"] = required
    return types.Tool(name=name, description=f"{text} Returns: {returns}", inputSchema=schema)


def _docstring(function: Tool) -> tuple[str, dict[str, str], str]:
    doc = inspect.getdoc(function) or ""
    text, _, rest = doc.partition("\n\nArgs:\n")
    arguments, _, returns = rest.partition("\n\nReturns:\n")
    pairs = [line.strip().partition(": ") for line in arguments.splitlines()]
    return " ".join(text.split()), {name: value for name, _, value in pairs}, returns.strip()


def _json_type(hint: Any) -> dict[str, Any]:
    """The JSON Schema of a parameter's type."""
    if hint in TYPES:
        return {"type": TYPES[hint]}
    if is_typeddict(hint):
        fields = {name: _json_type(each) for name, each in get_type_hints(hint).items()}
        return {"type": "object", "properties": fields, "required": list(fields)}
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return {"enum": list(inner)}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": _json_type(inner[1])}
    if get_origin(hint) in (Union, UnionType):
        return {"anyOf": [_json_type(each) for each in inner]}
    raise TypeError(f"No JSON Schema is known for {hint}.")


def _schema(tool: types.Tool, api_name: str) -> dict[str, Any]:
    meta = {"file_data_present": False, "mcp_type": "tool", "endpoint_name": api_name}
    return {"name": tool.name, "description": tool.description, "inputSchema": tool.inputSchema, "meta": meta}


def _selected(request: Request) -> list[str] | None:
    """The tools that a client named in the address (`?tools=get_job,cancel_job`); None for all."""
    names = request.query_params.get("tools")
    return None if names is None else names.split(",")


def _check(body: bytes) -> bytes | Response:
    """The body as the SDK shall read it, or the answer to it: what the SDK can't read or does not await it
    writes into the log, values and all. Raises `StudioError` for what is no message."""
    call = parse_object(body)
    try:
        message = types.JSONRPCMessage.model_validate(call).root
    except ValidationError:  # the SDK would answer with all that it holds
        raise BadRequest(Message("mcp.unreadable")) from None
    if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
        return Response(status_code=202)  # nothing was asked
    known = types.ClientRequest if isinstance(message, types.JSONRPCRequest) else types.ClientNotification
    try:
        known.model_validate(message.model_dump(by_alias=True, mode="json", exclude_none=True))
    except ValidationError:
        return _unfit(message)
    return json.dumps(call).encode()


def _unfit(message: types.JSONRPCRequest | types.JSONRPCNotification) -> Response:
    """The answer to a message of a method that there is not, or with parameters that it does not take."""
    if isinstance(message, types.JSONRPCNotification):
        return Response(status_code=202)
    if message.method in METHODS:
        error = types.ErrorData(code=types.INVALID_PARAMS, message="Invalid request parameters")
    else:
        error = types.ErrorData(code=types.METHOD_NOT_FOUND, message="Method not found")
    answer = types.JSONRPCError(jsonrpc="2.0", id=message.id, error=error)
    return JSONResponse(answer.model_dump(mode="json", exclude_none=True))


def _content(answer: Any) -> list[Content]:
    """Blocking: it reads the pictures."""
    if isinstance(answer, Picture):
        data = base64.b64encode(answer.path.read_bytes()).decode()
        return [types.ImageContent(type="image", data=data, mimeType=answer.file.mime_type)]
    if isinstance(answer, Sequence):
        return [content for item in answer for content in _content(item)]
    return [_text(json.dumps(answer, ensure_ascii=False))]


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)
