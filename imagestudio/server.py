"""The application: the API first, then the page, in one FastAPI app that opens the studio and closes it."""

import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Mount

from imagestudio.access.middleware import Identifying
from imagestudio.access.opening import open_identity
from imagestudio.api.router import add_api
from imagestudio.settings import Settings
from imagestudio.studio import Studio
from imagestudio.visitor import NOBODY
from imagestudio.web import guard
from imagestudio.web.faults import answer_to_fault
from imagestudio.wiring import open_studio

MAX_UPLOAD = "20mb"

Opening = Callable[[Settings], AbstractAsyncContextManager[Studio]]


def create_app(settings: Settings, *, with_page: bool = True, opening: Opening = open_studio) -> FastAPI:
    """The whole studio. Without the page Gradio, which takes seconds to import, is left alone.

    `opening` opens the studio that the app serves, and closes it at the end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opening(settings) as studio:
            app.state.identity = await open_identity(settings, time.time)
            # A handler that forgets to ask whose request it is finds nobody's studio.
            app.state.studio = studio.seen_by(NOBODY)
            yield

    # The reference is our own (api/docs.py): FastAPI's pages load their scripts from elsewhere.
    app = FastAPI(title="Image Studio", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.add_middleware(Identifying)
    add_api(app)
    scripts = _mount_page(app, settings) if with_page else ()
    guard(app, settings, scripts)
    return app


def _mount_page(app: FastAPI, settings: Settings) -> Sequence[str]:
    """Serve the page. Returns the checksums of its own scripts."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # it counts at import
    import gradio as gr

    from imagestudio.ui import assets, build_ui, callers, look, script_checksum

    page = build_ui(callers(app), settings)
    # Only launch() sets this, and without it Gradio lets a request name any file that the server can read.
    page.has_launched = True
    app.router.routes.append(assets.route())
    # Last: what is mounted at / swallows every route added later.
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=settings.root_path or None,
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,  # the page brings its own
        app_kwargs={"lifespan": page.mcp_server_obj.lifespan} if page.mcp_server_obj else None,
        max_file_size=MAX_UPLOAD,
        **look(),
    )
    mounted = app.routes[-1]
    if isinstance(mounted, Mount) and isinstance(mounted.app, FastAPI):
        mounted.app.add_exception_handler(Exception, answer_to_fault)
    return (script_checksum(),)
