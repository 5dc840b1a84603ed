"""Whose call it is: the page's, gradio_client's or an agent's. All three are identified by the same
middleware; programs without cookie or key are told apart by the name of their Gradio session."""

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from imagestudio.access.identity import Identity, visitor_of
from imagestudio.access.rate_limit import RateLimiter
from imagestudio.api.deps import address_of
from imagestudio.core.errors import Unauthorized
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import Visitor
from imagestudio.studio.service import Studio


class Callers:
    """Knows them by their requests. `app` has the identity, the rates and the studio once it runs."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    def studio(self, request: HTTPConnection | None, session_hash: str | None = None) -> Studio:
        """The studio as a caller sees it; nobody's without a request. Raises what refused the caller."""
        studio: Studio = self._app.state.studio
        return studio.seen_by(self._visitor(request, session_hash)) if request else studio

    def count(self, request: HTTPConnection | None, session_hash: str | None = None) -> None:
        """Count a call that does something against its caller's limit. Raises `RateLimited` beyond it."""
        if request is None:
            return
        rates: RateLimiter = self._app.state.rates
        client = request.client
        allowance = rates.take(self._visitor(request, session_hash), client.host if client else None)
        if allowance and allowance.refused:
            raise allowance.refusal()

    def origin(self, request: HTTPConnection | None) -> str:
        """Scheme, host and prefix that absolute addresses begin with."""
        return address_of(request, self._settings) if request else self._settings.public_address or ""

    def _visitor(self, request: HTTPConnection, session_hash: str | None) -> Visitor:
        identity: Identity = self._app.state.identity
        visitor = visitor_of(request.scope)
        if visitor.kind == "nobody":
            visitor = identity.of_call(request, session_hash)
        if visitor.kind == "nobody":
            raise Unauthorized(Message("gradio.no_session"))
        return visitor
