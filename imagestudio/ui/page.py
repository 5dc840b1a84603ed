"""The page: put together here, drawn in the other files."""

import json
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import gradio as gr

from imagestudio.catalog import MODELS
from imagestudio.core.errors import StudioError
from imagestudio.core.job import StoredFile
from imagestudio.core.settings import Settings
from imagestudio.core.units import DAY_S
from imagestudio.providers import PROVIDERS
from imagestudio.ui import edit_tab as edit
from imagestudio.ui import generate_tab as generate
from imagestudio.ui import header_html as header
from imagestudio.ui import result_html as results
from imagestudio.ui import run_panel as panel
from imagestudio.ui.callers import Callers
from imagestudio.ui.gradio import endpoints, login
from imagestudio.ui.gradio.file_exchange import Exchange
from imagestudio.ui.gradio.sessions import holder_of
from imagestudio.ui.locale import EN, texts_for
from imagestudio.ui.locale.i18n import Translator
from imagestudio.ui.run_view import Runs, Stopping
from imagestudio.ui.tools import Tools, public_message

KEEP_COPIES = (3600, DAY_S)
"""Seconds: how often Gradio looks for old copies and uploads in its cache, and their age then."""


def build_ui(
    callers: Callers,
    tools: Tools,
    settings: Settings,
    exchange: Exchange,
    clock: Callable[[], float] = time.time,
) -> tuple[gr.Blocks, gr.I18n]:
    """The page and the public endpoints, ready to mount, and the page's texts.

    Files that people upload and are handed are in the `exchange`.
    """
    runs_of = _runs_of(callers, clock, settings.public_address or "", exchange)
    t = Translator()
    demo: gr.Blocks
    with gr.Blocks(
        title=EN.title, fill_width=True, analytics_enabled=False, delete_cache=KEEP_COPIES
    ) as demo:
        gr.HTML(t(lambda texts: header.bar(settings, texts)), elem_classes=["header"])
        if settings.logins:
            login.build()
        with gr.Tabs(elem_classes=["tabs"]):
            with gr.Tab(t(lambda texts: texts.tabs["generate"]), id="generate"):
                one = generate.build(demo, runs_of, settings, t)
            with gr.Tab(t(lambda texts: texts.tabs["edit"]), id="edit"):
                other = edit.build(demo, runs_of, settings, t)
            with gr.Tab(t(lambda texts: texts.tabs["compare"]), id="compare"):
                # A place for the page's own modules: static/compare.js fills it.
                gr.HTML('<div id="compare" class="compare"></div>', padding=False)
            with gr.Tab(t(lambda texts: texts.tabs["library"]), id="library"):
                gr.HTML(_library(), padding=False)
        panel.share_spent(one, other)
        endpoints.register(tools, callers, exchange, settings.sync_timeout_s)
    return demo, t.i18n()


def _library() -> str:
    """A place for static/library.js, with the filters that it offers."""
    models = [{"id": spec.id, "name": spec.name} for spec in MODELS.values()]
    providers = [{"id": name, "name": provider.title} for name, provider in PROVIDERS.items()]
    choices = escape(json.dumps({"models": models, "providers": providers}))
    return f'<div id="library" class="library" data-choices="{choices}"></div>'


def _holder(request: gr.Request) -> str | None:
    return holder_of(request.request.scope) if request.request else None


def _address(exchange: Exchange, holder: str | None) -> results.Address:
    def address(file: StoredFile, path: Path) -> str:
        # A browser that keeps no cookies, as some do in frames, is nobody to /visitor.
        lent = f"gradio_api/file={quote(exchange.lend(path, None))}" if holder is None else None
        return lent or f"visitor/files/{file.id}"

    return address


def _runs_of(callers: Callers, clock: Callable[[], float], origin: str, exchange: Exchange) -> panel.RunsOf:
    stopping: Stopping = {}

    def runs_of(request: gr.Request) -> Runs:
        try:
            return Runs(
                callers.studio(request.request, request.session_hash),
                clock,
                origin,
                stopping,
                texts_for(request.headers.get("accept-language", "")),
                address=_address(exchange, _holder(request)),
                count=lambda: callers.count(request.request, request.session_hash),
            )
        except StudioError as error:
            raise endpoints.Refused(public_message(error)) from None

    return runs_of
