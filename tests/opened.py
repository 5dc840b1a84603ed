"""A studio without a server around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from imagestudio.core.settings import Settings
from imagestudio.core.visitor import LOCAL
from imagestudio.server.wiring import open_host
from imagestudio.studio.service import Studio


@asynccontextmanager
async def open_studio(settings: Settings, *args: Any, **kwargs: Any) -> AsyncIterator[Studio]:
    """As whoever sits at its machine sees it. Takes what `open_host` takes."""
    async with open_host(settings, *args, **kwargs) as host:
        yield host.studio.seen_by(LOCAL)
