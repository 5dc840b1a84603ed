"""The page, and the endpoints of gradio_client and MCP."""

from imagestudio.ui.callers import callers
from imagestudio.ui.look import look, script_checksum
from imagestudio.ui.page import build_ui

__all__ = ["build_ui", "callers", "look", "script_checksum"]
