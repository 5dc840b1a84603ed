"""The MCP server: Gradio's, with calls that stay in the process, and answers that an agent can see."""

import asyncio
import base64
import inspect
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import gradio as gr
from gradio.mcp import GradioMCPServer
from mcp import types
from mcp.server import Server

from imagestudio.catalog.validation import shown
from imagestudio.core.errors import UnsupportedParameter
from imagestudio.ui.gradio.file_exchange import Exchange
from imagestudio.ui.gradio.holder import holder_of
from imagestudio.ui.gradio.tools import FILE, public_message

STEP_S = 5
"""Seconds between two messages to a client that wants to be told of the progress."""
OURS = "request"
"""The parameter that is the request itself, and nobody's to give."""

Content = types.TextContent | types.ImageContent


class StudioMcp(GradioMCPServer):
    """Pictures as image content with the provider's own bytes, everything else as JSON.

    Gradio's own answer would be the text of a Python list, with the pictures as paths. Its own call is an
    HTTP request to the address that the first request of all named as the server's, with the headers of every
    later one: whoever came first could have everybody's keys sent to a host of their choice.
    """

    def __init__(self, blocks: gr.Blocks, exchange: Exchange) -> None:
        self._exchange = exchange
        self._functions = {f"/{one.api_name}": one.fn for one in blocks.fns.values() if one.fn}
        super().__init__(blocks)

    def get_tool_to_endpoint(self) -> dict[str, str]:
        """The tools' names are the same everywhere: Gradio would put a Space's name before them."""
        self.tool_prefix = ""
        tools: dict[str, str] = super().get_tool_to_endpoint()
        return tools

    def create_mcp_server(self) -> Server:
        """Gradio's, whose calls are our own."""
        server: Server = super().create_mcp_server()
        server.call_tool()(self._call)
        return server

    async def _call(self, name: str, arguments: dict[str, Any]) -> list[Content]:
        request = self.mcp_server.request_context.request
        if request is None:
            raise ValueError("Tools are called over HTTP only.")
        answer = await self._with_progress(self._prepared(name, arguments, gr.Request(request)))
        return await asyncio.to_thread(lambda: list(self._contents(answer, holder_of(request.scope))))

    def _prepared(self, name: str, arguments: dict[str, Any], request: gr.Request) -> Awaitable[Any]:
        chosen = self.get_selected_tools_from_request()
        endpoint = self.tool_to_endpoint.get(name)
        if endpoint is None or (chosen is not None and name not in chosen):
            raise ValueError(f"There is no tool {shown(name)} here.")
        function: Callable[..., Awaitable[Any]] = self._functions[endpoint]
        taken = inspect.signature(function).parameters
        for argument in arguments:
            if argument not in taken or argument == OURS:
                error = UnsupportedParameter(f"{name} takes no {shown(argument)}.")
                raise ValueError(public_message(error))
        return function(**arguments, **({OURS: request} if OURS in taken else {}))

    async def _with_progress(self, call: Awaitable[Any]) -> Any:
        """Wait, and tell a client that asked for it that the studio is still at it."""
        context = self.mcp_server.request_context
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

    def _contents(self, value: Any, holder: str | None) -> Iterator[Content]:
        if isinstance(value, list | tuple):
            for item in value:
                yield from self._contents(item, holder)
        elif isinstance(value, dict) and value.get("meta") == {"_type": FILE}:
            if entry := self._exchange.find(value["path"], holder):
                data = base64.b64encode(entry.path.read_bytes()).decode()
                yield types.ImageContent(type="image", data=data, mimeType=value["mime_type"])
        else:
            yield types.TextContent(type="text", text=json.dumps(value, ensure_ascii=False))
