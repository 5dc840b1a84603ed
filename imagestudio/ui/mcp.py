"""The MCP server: Gradio's, with answers that an agent can see and read."""

import asyncio
import base64
import itertools
import json
from collections.abc import Awaitable, Iterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.mcp import GradioMCPServer
from gradio.state_holder import SessionState
from mcp import types

from imagestudio.api.tools import FILE

PROGRESS_S = 1.0
"""Seconds between the signs of life that an agent gets which asks for them."""


class StudioMcp(GradioMCPServer):
    """Pictures as image content with the provider's own bytes, everything else as JSON.

    Gradio's own answer would be the text of a Python list, with the pictures as paths. And it would call its
    own server through one client that all agents share, cookies and all: here a tool runs in this process,
    for whoever's request it is.
    """

    def get_tool_to_endpoint(self) -> dict[str, str]:
        """The tools' names are the same everywhere: Gradio would put a Space's name before them."""
        self.tool_prefix = ""
        tools: dict[str, str] = super().get_tool_to_endpoint()
        return tools

    def _get_or_create_client(self) -> Any:
        return _InProcess(self.blocks, gr.Request(request=self.mcp_server.request_context.request))

    async def _execute_tool_without_progress(self, job: Awaitable[list[Any]]) -> list[Any]:
        return await job

    async def _execute_tool_with_progress(self, job: Awaitable[Any], progress_token: str | int) -> Any:
        context = self.mcp_server.request_context
        task = asyncio.ensure_future(job)
        try:
            for step in itertools.count():
                await context.session.send_progress_notification(
                    progress_token=progress_token,
                    progress=step,
                    message="Working",
                    related_request_id=str(context.request_id),
                )
                await asyncio.wait({task}, timeout=PROGRESS_S)
                if task.done():
                    break
            return await task
        finally:
            task.cancel()

    def postprocess_output_data(
        self, data: Any, root_url: str
    ) -> list[types.TextContent | types.ImageContent]:
        """A function's results as the content that MCP sends."""
        return list(_contents(data))


class _InProcess:
    """Stands where Gradio has a client of its own server."""

    def __init__(self, blocks: gr.Blocks, request: gr.Request) -> None:
        self._blocks = blocks
        self._request = request

    async def submit(self, *args: Any, api_name: str, headers: Mapping[str, str]) -> list[Any]:
        """Run an endpoint. The request itself is at hand, so its `headers` need not be sent on."""
        named = (fn for fn in self._blocks.fns.values() if f"/{fn.api_name}" == api_name)
        output = await self._blocks.process_api(
            next(named), list(args), state=SessionState(self._blocks), request=self._request
        )
        data: list[Any] = output["data"]
        return data


def _contents(value: Any) -> Iterator[types.TextContent | types.ImageContent]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _contents(item)
    elif isinstance(value, dict) and value.get("meta") == {"_type": FILE}:
        data = base64.b64encode(Path(value["path"]).read_bytes()).decode()
        yield types.ImageContent(type="image", data=data, mimeType=value["mime_type"])
    else:
        yield types.TextContent(type="text", text=json.dumps(value, ensure_ascii=False))
