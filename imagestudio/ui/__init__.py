"""The page, and the endpoints of gradio_client and MCP."""

from imagestudio.ui.look import look, script_checksum
from imagestudio.ui.page import build_ui

__all__ = ["build_ui", "look", "script_checksum"]
