"""The login with Hugging Face, which is Gradio's: `static/bar.js` offers it in the page's language.

Relies on `gr.LoginButton`, with which Gradio serves the login, on its `load_event_to_attach`, and on
gradio/oauth.py, which puts what the provider says into a session cookie of Starlette's SessionMiddleware:
base64 of JSON, signed with a time by itsdangerous. The key is made of the client's secret.
"""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Collection
from typing import Any

import gradio as gr
from itsdangerous import BadData, TimestampSigner
from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.access.cookie import values
from imagestudio.access.identity import LoggedIn
from imagestudio.core.units import DAY_S
from imagestudio.core.visitor import Visitor

COOKIE = "session"
AGE_S = 14 * DAY_S
"""How long SessionMiddleware takes a cookie for good."""
LONGEST_NAME = 50
PAYING = "inference-api"
"""The scope of tokens that pay for models (hub/spaces-oauth in Hugging Face's documentation)."""


def build() -> None:
    """Make Gradio serve the login, which it does where its button is in the page."""
    # Not shown: it tells from its own English text whether it signs in or out. Its load event would be a
    # public endpoint, and a tool for agents.
    gr.LoginButton(visible=False).load_event_to_attach = None


class HuggingFaceLogin:
    """Knows who is logged in. `users` are whom the host chose, by their account's name in any case."""

    def __init__(self, secret: SecretStr, users: Collection[str], clock: Callable[[], float]) -> None:
        key = hashlib.sha256(f"{secret.get_secret_value()}-v4".encode()).hexdigest()
        self._signer = TimestampSigner(key)
        self._users = {user.lower() for user in users}
        self._clock = clock

    def __call__(self, headers: Headers) -> LoggedIn | None:
        """The account of a request; None where nobody is logged in, or not any more."""
        accounts = (self._account(value) for value in values(headers, COOKIE))
        return next((account for account in accounts if account), None)

    def _account(self, cookie: str) -> LoggedIn | None:
        try:
            session = json.loads(b64decode(self._signer.unsign(cookie, max_age=AGE_S)))
            login = session["oauth_info"]
            name, expires_at = login["userinfo"]["preferred_username"], login["expires_at"]
        except (BadData, ValueError, KeyError, TypeError):
            return None
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or expires_at < self._clock():
            return None
        visitor = Visitor(
            f"huggingface:{name.lower()}",
            "huggingface",
            trusted=name.lower() in self._users,
            keys=_token(login),
            name=name,
        )
        lasts = login.get("expires_in")
        return LoggedIn(visitor, expires_at - lasts if isinstance(lasts, int | float) else 0.0)


def _token(login: dict[str, Any]) -> dict[str, SecretStr]:
    """The account's token, where it was asked whether this studio may run models on its bill: else it could
    pay for nothing."""
    token, scope = login.get("access_token"), login.get("scope")
    if isinstance(token, str) and isinstance(scope, str) and PAYING in scope.split():
        return {"huggingface": SecretStr(token)}
    return {}
