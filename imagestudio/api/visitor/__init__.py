"""The page's own addresses, under /visitor: for whoever its cookie says, and from its own pages only.

They are no part of the API: where that asks for a key, the page has none.
"""

from imagestudio.api.visitor import (
    again,
    comparing,
    files,
    keeping,
    keys,
    library,
    prompts,
    taking,
    who,
)

ROUTERS = (
    who.router,
    keys.router,
    files.router,
    library.router,
    keeping.router,
    taking.router,
    again.router,
    prompts.router,
    comparing.router,
)

__all__ = ["ROUTERS"]
