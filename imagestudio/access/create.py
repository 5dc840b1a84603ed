"""Puts the identity together, from the settings and the data folder."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.access.api_keys import ConfiguredKeys, KeyRing, KeyRings
from imagestudio.access.cookie import Cookies
from imagestudio.access.hashing import server_secret
from imagestudio.access.huggingface import HuggingFaceLogin
from imagestudio.access.identity import Identity, Login, OwnKeys
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import Visitor


async def open_identity(
    settings: Settings,
    clock: Callable[[], float],
    *rings: KeyRing,
    own_keys: OwnKeys | None = None,
) -> Identity:
    """Who requests are, by the keys of the settings and of further `rings`. The data folder exists."""
    secret = await server_secret(settings.secret_key, settings.data_dir.absolute() / "secret-key")
    return Identity(
        public=settings.public,
        secret=secret,
        cookies=Cookies(secret, clock),
        ring=KeyRings(ConfiguredKeys(settings.api_keys), *rings),
        own_keys=own_keys or _none_brought,
        login=_login(settings, clock),
    )


def _none_brought(headers: Headers, owner: str | None) -> Mapping[str, SecretStr]:
    return {}


def _login(settings: Settings, clock: Callable[[], float]) -> Login:
    if settings.logins and settings.oauth_client_secret:
        return HuggingFaceLogin(settings.oauth_client_secret, settings.hf_users, clock)
    return _not_logged_in


def _not_logged_in(headers: Headers) -> Visitor | None:
    return None
