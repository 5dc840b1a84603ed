"""The MCP server: Gradio's, with answers that an agent can see and read."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradio.mcp import GradioMCPServer
from mcp import types

from imagestudio.api.tools import FILE


class StudioMcp(GradioMCPServer):
    """Pictures as image content with the provider's own bytes, everything else as JSON.

    Gradio's own answer would be the text of a Python list, with the pictures as paths.
    """

    def postprocess_output_data(
        self, data: Any, root_url: str
    ) -> list[types.TextContent | types.ImageContent]:
        """A function's results as the content that MCP sends."""
        return list(_contents(data))


def _contents(value: Any) -> Iterator[types.TextContent | types.ImageContent]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _contents(item)
    elif isinstance(value, dict) and value.get("meta") == {"_type": FILE}:
        data = base64.b64encode(Path(value["path"]).read_bytes()).decode()
        yield types.ImageContent(type="image", data=data, mimeType=value["mime_type"])
    else:
        yield types.TextContent(type="text", text=json.dumps(value, ensure_ascii=False))
