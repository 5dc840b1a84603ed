"""The page, and the endpoints of gradio_client and MCP."""

from imagestudio.ui.gradio.callers import callers
from imagestudio.ui.page import build_ui
from imagestudio.ui.theme import look, script_checksum

__all__ = ["build_ui", "callers", "look", "script_checksum"]
