"""The page's own addresses, under /visitor: for whoever its cookie says, and from its own pages only.

They are no part of the API: where that asks for a key, the page has none.
"""

from imagestudio.api.page import bulk as keeping
from imagestudio.api.page import comparisons as comparing
from imagestudio.api.page import downloads as taking
from imagestudio.api.page import files, keys, library, prompts
from imagestudio.api.page import jobs as again
from imagestudio.api.page import me as who

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
