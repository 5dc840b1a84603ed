"""The application: the API first, then the page, in one FastAPI app that opens the studio and closes it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from imagestudio.access.api_keys import StoredKeys
from imagestudio.access.identity import Login, open_identity
from imagestudio.access.rate_limit import RateLimiter
from imagestudio.access.session_end import SessionEnds
from imagestudio.api.metrics import add_metrics
from imagestudio.api.middleware.stack import guard
from imagestudio.api.router import add_api
from imagestudio.core.data_dir import UnusableData, inspect_folder
from imagestudio.core.settings import Settings, prepare_gradio
from imagestudio.server.wiring import open_host
from imagestudio.studio.host import Host

Opening = Callable[[Settings], AbstractAsyncContextManager[Host]]


def create_app(settings: Settings, *, with_page: bool = True, opening: Opening = open_host) -> FastAPI:
    """The whole studio. Without the page Gradio, which takes seconds to import, is left alone.

    `opening` opens the studio that the app serves, and closes it at the end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _remember_unusable(app), opening(settings) as host:
            app.state.place = await asyncio.to_thread(
                inspect_folder, settings.data_dir, bool(settings.space_id)
            )
            app.state.identity = await open_identity(
                settings,
                time.time,
                SessionEnds(host.ended_sessions, time.time),
                StoredKeys(host.api_keys, time.time),
                own_keys=host.vault.own_keys,
                login=_gradios_login(settings) if with_page else None,
            )
            app.state.host = host
            app.state.studio = host.studio
            yield

    # The reference is our own (api/docs.py): FastAPI's pages load their scripts from elsewhere.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.state.rates = RateLimiter(settings.rate, time.monotonic)
    add_api(app)
    add_metrics(app)
    if with_page:
        _mount_page(app, settings)
    guard(app, settings)
    return app


@asynccontextmanager
async def _remember_unusable(app: FastAPI) -> AsyncIterator[None]:
    """Keeps why a start failed on its data, for whoever tells it (`server/serve.py`)."""
    try:
        yield
    except UnusableData as error:
        app.state.unusable = error
        raise


def _mount_page(app: FastAPI, settings: Settings) -> None:
    prepare_gradio(settings.data_dir)  # before it is imported
    from imagestudio.ui.gradio.mount import mount_page

    mount_page(app, settings)


def _gradios_login(settings: Settings) -> Login | None:
    if not settings.logins or not settings.oauth_client_secret:
        return None
    from imagestudio.ui.gradio.login import HuggingFaceLogin

    return HuggingFaceLogin(settings.oauth_client_secret, settings.hf_users, time.time)
