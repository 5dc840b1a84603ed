"""A request's path, and which ones make an owner of their caller."""

import re

from starlette.types import Scope

REST = re.compile(r"/api/v1/")
CALLS = re.compile(r"/gradio_api/(queue/join|call/|run/|api/)")
"""Gradio's: without a cookie their owner is the call's own session_hash."""
MCP = re.compile(r"/gradio_api/mcp(/.*)?")
OWNING = re.compile(r"/|/config|/visitor(/.*)?|/api/v1/.*|/gradio_api/mcp(/.*)?")
"""Where a caller who is nobody yet is given a session. Health, reference and static files need none."""


def path_of(scope: Scope) -> str:
    """The path below the prefix that the studio is served under."""
    path: str = scope["path"]
    prefix = scope.get("root_path", "").rstrip("/")
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path
