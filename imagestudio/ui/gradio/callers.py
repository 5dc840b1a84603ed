"""Whose call it is that Gradio hands on: the page's, gradio_client's or an agent's."""

from collections.abc import Callable
from functools import partial

import gradio as gr
from fastapi import FastAPI

from imagestudio.access.identity import Identity
from imagestudio.access.middleware import visitor_of
from imagestudio.access.rate_limit import Rates
from imagestudio.core.errors import Unauthorized
from imagestudio.studio.service import Studio

StudioOf = Callable[[gr.Request], Studio]
Count = Callable[[gr.Request], None]


def callers(app: FastAPI) -> StudioOf:
    """Gives the studio as a caller sees it. `app` has the identity and the studio once it runs."""
    return partial(_studio_of, app)


def counter(app: FastAPI) -> Count:
    """Counts a call that does something against its caller's limit: it raises `RateLimited` beyond it."""
    return partial(_count, app)


def _count(app: FastAPI, request: gr.Request) -> None:
    if request.request is None:
        return
    rates: Rates = app.state.rates
    client = request.request.client
    allowance = rates.take(_studio_of(app, request).visitor, client.host if client else None)
    if allowance and allowance.refused:
        raise allowance.refusal()


def _studio_of(app: FastAPI, request: gr.Request) -> Studio:
    studio: Studio = app.state.studio
    identity: Identity = app.state.identity
    if request.request is None:
        return studio
    visitor = visitor_of(request.request.scope)
    if visitor.kind == "nobody":
        visitor = identity.of_call(request.request, request.session_hash)
    if visitor.kind == "nobody":
        raise Unauthorized("This call does not say whose it is. Send a session_hash, or an API key.")
    return studio.seen_by(visitor)
