"""Which of Gradio's scripts and styles the page needs, told in the page itself: Gradio finds out step by
step, and much of the time until a page could be used was spent waiting for the next sixty small files.

Relies on the files' names, which have their contents' hashes in them: another version has others.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

LIST = Path(__file__).with_name("preloads.txt")
"""Names by what a page loaded before it could be used; a browser test holds it to that. Gradio's version is
pinned, and another one has other names: those that are not there are left out."""


@cache
def preloads() -> bytes:
    """Links that have them fetched at once."""
    there = files("gradio") / "templates" / "frontend" / "assets"
    return "".join(map(_link, (name for name in names() if (there / name).is_file()))).encode()


def names() -> list[str]:
    """The files' names, in the order in which they are needed."""
    return LIST.read_text().split()


def _link(name: str) -> str:
    how = 'rel="modulepreload"' if name.endswith(".js") else 'rel="preload" as="style"'
    return f'<link {how} href="assets/{name}" crossorigin>'
