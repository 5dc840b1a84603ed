"""The application: the API first, then the page, in one FastAPI app that opens the studio and closes it."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from imagestudio.api.router import add_api
from imagestudio.settings import Settings
from imagestudio.studio import Studio
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
            app.state.studio = studio
            yield

    # The reference is our own (api/docs.py): FastAPI's pages load their scripts from elsewhere.
    app = FastAPI(title="Image Studio", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    # No other site may read answers. It also keeps Gradio from adding a laxer policy of its own.
    app.add_middleware(CORSMiddleware, allow_origins=())
    add_api(app)
    if with_page:
        _mount_page(app, settings)
    return app


def _mount_page(app: FastAPI, settings: Settings) -> None:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # it counts at import
    import gradio as gr

    from imagestudio.ui import build_ui, look

    def get_studio() -> Studio:
        studio: Studio = app.state.studio
        return studio

    page = build_ui(get_studio, settings)
    # Only launch() sets this, and without it Gradio lets a request name any file that the server can read.
    page.has_launched = True
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
