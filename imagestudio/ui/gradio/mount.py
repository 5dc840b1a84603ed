"""Puts the page into the application: Gradio behind guards, and our own addresses in front of Gradio's.

Relies on `mount_gradio_app`, which mounts a FastAPI app as the last route and takes its lifespan in
`app_kwargs`; on the folder for uploads, `get_upload_folder`; and on `max_threads`, `state_session_capacity`,
`has_launched` and `mcp_server` of `Blocks`, which have no argument when the page is mounted.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from gradio.utils import get_upload_folder
from starlette.routing import Mount

from imagestudio.api.middleware.request import answer_to_fault
from imagestudio.core.settings import Settings
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.ui import assets
from imagestudio.ui.callers import Callers
from imagestudio.ui.gradio import file_routes as files
from imagestudio.ui.gradio.asset_cache import AssetCache
from imagestudio.ui.gradio.call_guard import CallGuard
from imagestudio.ui.gradio.file_exchange import Exchange, upload_bytes
from imagestudio.ui.gradio.head_injector import HeadInjector
from imagestudio.ui.gradio.route_allowlist import RouteAllowlist
from imagestudio.ui.gradio.sessions import Sessions
from imagestudio.ui.mcp.server import McpServer
from imagestudio.ui.page import build_ui
from imagestudio.ui.page_data import page_data
from imagestudio.ui.theme import look
from imagestudio.ui.tools import Tools

EVENTS_AT_ONCE = 400
"""A watching page holds one, a waiting caller another; Gradio's own limit is 40."""
EVENTS_WAITING = 1000
SESSIONS_HELD = 400
"""Sessions that Gradio holds a copy of the page for, 0.2 MB each: as many as events run at once. Its own
limit is 10,000, and each call of a program makes one. Ours keep nothing there: one that is let go is made
anew."""

EXPIRE_S = 3600.0


def mount_page(app: FastAPI, settings: Settings) -> None:
    """Serve the page at /, after everything that is there already."""
    exchange = app.state.exchange = Exchange(
        Path(get_upload_folder()) / "imagestudio", time.time, most_bytes=upload_bytes(settings)
    )
    callers, tools = Callers(app, settings), Tools()
    page, i18n = build_ui(callers, tools, settings, exchange)
    agents = McpServer(tools, callers, exchange, settings.sync_timeout_s)
    _prepare(page)

    @asynccontextmanager
    async def lifespan(gradio_app: FastAPI) -> AsyncIterator[None]:
        async with agents.open():
            await asyncio.to_thread(exchange.open)
            expiring = asyncio.create_task(_expire(exchange))
            yield
            expiring.cancel()
            await asyncio.to_thread(exchange.close)

    app.include_router(files.router)
    app.router.routes.extend([assets.route(), *agents.routes()])
    # Last: what is mounted at / swallows every route added later.
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path="",  # or it would read the variable itself: each request has its prefix already
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,  # the studio brings its own
        app_kwargs={"lifespan": lifespan},
        max_file_size=MAX_UPLOAD,
        i18n=i18n,
        **look(),
    )
    _guard(app, exchange, settings)


async def _expire(exchange: Exchange) -> None:
    while True:
        await asyncio.sleep(EXPIRE_S)
        await asyncio.to_thread(exchange.expire)


def _prepare(page: gr.Blocks) -> None:
    page.max_threads = EVENTS_AT_ONCE
    page.queue(max_size=EVENTS_WAITING, default_concurrency_limit=None)
    page.state_session_capacity = SESSIONS_HELD
    # Only launch() sets this; without it Gradio does not check that a file named in a request was uploaded.
    page.has_launched = True
    page.mcp_server = True  # its page about the API names the address


def _guard(app: FastAPI, exchange: Exchange, settings: Settings) -> None:
    mounted = app.routes[-1]
    if not isinstance(mounted, Mount) or not isinstance(mounted.app, FastAPI):
        raise TypeError("Gradio is not mounted where it was: see mount_gradio_app of this version.")
    mounted.app.add_exception_handler(Exception, answer_to_fault)
    mounted.app.add_middleware(AssetCache)
    # Last in is first asked: what is not open is not even read.
    mounted.app.add_middleware(CallGuard, sessions=Sessions(), exchange=exchange)
    mounted.app.add_middleware(RouteAllowlist, login=settings.logins)
    mounted.app.add_middleware(HeadInjector, data=page_data(settings))
