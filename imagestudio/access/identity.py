"""Who a request is, by the first rule that applies."""

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from imagestudio.access.api_keys import ConfiguredKeys, KeyRing, KeyRings, key_of
from imagestudio.access.cookie import Cookies, Session, new_session
from imagestudio.access.paths import CALLS, MCP, OWNING, REST, path_of
from imagestudio.access.rate_limit import UNPROVEN, neighbourhood_of, network_of
from imagestudio.access.session_end import SessionEnds
from imagestudio.core.errors import InvalidApiKey
from imagestudio.core.messages import Message
from imagestudio.core.secret_file import read_or_create_secret
from imagestudio.core.settings import Settings
from imagestudio.core.turns import NEIGHBOURHOOD, Asker
from imagestudio.core.visitor import LOCAL, NOBODY, Visitor

OwnKeys = Callable[[Headers, str | None], Mapping[str, SecretStr]]
"""The provider keys that come with a request, or are held for an owner. Raises `StudioError`."""
Login = Callable[[Headers], "LoggedIn | None"]
"""Whoever is logged in elsewhere, by the request's cookies."""
OWNER_DIGITS = 32
"""Hex digits that tell owners apart: 128 bits."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who is logged in, and since when, in seconds since 1970; 0 where that is not known."""

    visitor: Visitor
    since: float


@dataclass(frozen=True, slots=True)
class Identified:
    """Who a request is, and the session that its browser has or is to be given."""

    visitor: Visitor
    session: Session | None = None


class Identity:
    """Knows who a request is. `public`: strangers can reach the studio."""

    def __init__(
        self,
        *,
        public: bool,
        secret: bytes,
        cookies: Cookies,
        ring: KeyRing,
        ends: SessionEnds,
        own_keys: OwnKeys,
        login: Login,
    ) -> None:
        self._public = public
        self._secret = secret
        self._own_keys = own_keys
        self._login = login
        self.cookies = cookies
        self.ends = ends
        self.ring = ring

    async def many(self) -> bool:
        """Whether visitors are told apart. Else whoever gets through is the one who sits at the machine."""
        return self._public or await self.ring.has_keys()

    async def identify(self, request: HTTPConnection) -> Identified:
        """Who this is. Raises `InvalidApiKey`, or what refuses a provider key."""
        identified = await self._identify(request) if await self.many() else Identified(LOCAL)
        return replace(identified, visitor=self._equipped(identified.visitor, request))

    def stranger(self, request: HTTPConnection) -> Visitor:
        """Nobody, of whom only the network is known."""
        return self._equipped(NOBODY, request)

    def of_call(self, request: HTTPConnection, session_hash: str | None) -> Visitor:
        """The owner of a Gradio call that nothing else identifies. Whoever made the hash up can come back."""
        if not session_hash:
            return NOBODY
        return self._equipped(self._hashed("session_hash", session_hash), request)

    async def _identify(self, request: HTTPConnection) -> Identified:
        headers = request.headers
        secure = request.scope["scheme"] == "https"
        session = await self.ends.living(self.cookies.read(headers, secure=secure))
        if (key := key_of(headers)) and await self.ring.has_keys():
            holder = await self.ring.find(key)
            if holder is None:
                raise InvalidApiKey(Message("access.bad_key"))
            return Identified(holder)
        if session and session.key and (holder := await self.ring.holder(session.key)):
            return Identified(holder, session)
        login = self._login(headers)
        if login and await self.ends.is_living(login.visitor.owner, login.since):
            return Identified(login.visitor, session)
        if session:
            return Identified(_browser(session), session)
        if REST.match(path_of(request.scope)) and await self.ring.has_keys():
            return Identified(NOBODY)
        return self._newcomer(request)

    def _newcomer(self, request: HTTPConnection) -> Identified:
        path, headers = path_of(request.scope), request.headers
        if CALLS.match(path):
            return Identified(NOBODY)
        if MCP.fullmatch(path) and (mcp := headers.get("mcp-session-id")):
            return Identified(self._hashed("mcp", mcp))
        if keys := self._own_keys(headers, None):
            secrets = "\n".join(f"{name}:{keys[name].get_secret_value()}" for name in sorted(keys))
            return Identified(self._hashed("keys", secrets))
        if OWNING.fullmatch(path):
            session = new_session()
            return Identified(_browser(session), session)
        return Identified(NOBODY)

    def _network(self, address: str) -> str:
        neighbourhood = _keyed_hash(self._secret, "neighbourhood", neighbourhood_of(address))
        network = _keyed_hash(self._secret, "network", network_of(address))
        return neighbourhood[:NEIGHBOURHOOD] + network[:NEIGHBOURHOOD]

    def _hashed(self, purpose: str, text: str) -> Visitor:
        return Visitor(f"session:{_keyed_hash(self._secret, purpose, text)}", "session")

    def _equipped(self, visitor: Visitor, request: HTTPConnection) -> Visitor:
        """The same, with what they bring: their keys, and the network that they come from."""
        if visitor.kind in UNPROVEN and request.client:
            visitor = replace(visitor, network=self._network(request.client.host))
        if visitor.kind == "nobody":
            return visitor
        keys = self._own_keys(request.headers, visitor.owner)
        return replace(visitor, keys={**visitor.keys, **keys}) if keys else visitor


def _browser(session: Session) -> Visitor:
    return Visitor(f"session:{session.id}", "session")


def visitor_of(scope: Scope) -> Visitor:
    """Who a request is, once it was identified. Raises the `StudioError` that refused it."""
    state = scope["state"]
    if refusal := state.get("refusal"):
        raise refusal
    visitor: Visitor = state["visitor"]
    return visitor


def asker_of(scope: Scope) -> Asker:
    """Who a request is, waiting for a turn, whether or not they are served then."""
    visitor: Visitor = scope["state"]["visitor"]
    return visitor.asker


async def open_identity(
    settings: Settings,
    clock: Callable[[], float],
    ends: SessionEnds,
    *rings: KeyRing,
    own_keys: OwnKeys | None = None,
    login: Login | None = None,
) -> Identity:
    """Who requests are, by the keys of the settings and of further `rings`. The data folder exists."""
    secrets = await _server_secrets(settings.secret_key, settings.data_dir.absolute() / "secret-key")
    return Identity(
        public=settings.public,
        # The oldest: who is known by a hash only stays who they are while it is in the list.
        secret=secrets[-1],
        cookies=Cookies(secrets, clock, settings.prefix),
        ring=KeyRings(ConfiguredKeys(settings.api_keys), *rings),
        ends=ends,
        own_keys=own_keys or _no_keys,
        login=login or _nobody,
    )


def _no_keys(headers: Headers, owner: str | None) -> Mapping[str, SecretStr]:
    return {}


def _nobody(headers: Headers) -> LoggedIn | None:
    return None


async def _server_secrets(configured: Sequence[SecretStr], path: Path) -> list[bytes]:
    """Those of the settings, newest first, else one that is made at first use and kept in `path`."""
    if configured:
        return [secret.get_secret_value().encode() for secret in configured]
    return [(await asyncio.to_thread(read_or_create_secret, path)).encode()]


def _keyed_hash(secret: bytes, purpose: str, text: str) -> str:
    """128 bits in hex that only this studio can compute. One `purpose` tells nothing about another's."""
    return hmac.digest(secret, f"{purpose}:{text}".encode("utf-8", "replace"), "sha256").hex()[:OWNER_DIGITS]
