"""Whose Gradio session, uploads and answers something is."""

from starlette.types import Scope

from imagestudio.core.visitor import Kind

SURE: tuple[Kind, ...] = ("local", "key", "huggingface")


def holder_of(scope: Scope) -> str | None:
    """Who made a request, the same in all their requests; None for a program without cookie or key.

    What a program without either has made is open to whoever knows its name, which can't be guessed. It is
    the cookie's session that counts, not its owner: that changes when an API key is entered on the page.
    """
    state = scope.get("state", {})
    if session := state.get("session"):
        return f"session:{session.id}"
    visitor = state.get("visitor")
    return visitor.owner if visitor is not None and visitor.kind in SURE else None
