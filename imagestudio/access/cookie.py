"""The cookie that makes a browser an owner: signed, so that nobody can make one up."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import Headers

from imagestudio.core.units import DAY_S

NAME = "imagestudio"
SECURE_NAME = "__Host-imagestudio"
"""Over https. Browsers take a name that begins so from its very host only: another site of the same domain
can't give a visitor a session whose keys and pictures it would share."""
YEAR_S = 365 * DAY_S
RENEW_S = 30 * DAY_S
"""Seconds: how long a cookie counts, and the age from which a browser is given it anew."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie says. Nothing in it is secret: the signature is what can't be made up."""

    id: str
    key: str | None = None
    """The owner of the studio's API key that was entered on the page."""
    set: bool = False
    """Whether the browser is to be given it: it is new, or old."""
    given_at: float = field(default=0.0, compare=False)
    """When the cookie was given, in seconds since 1970."""


def new_session() -> Session:
    """A session of nobody's so far: 128 random bits."""
    return Session(secrets.token_hex(16), set=True)


class Cookies:
    """Reads and writes the cookie. Of several secrets the first signs, and each verifies. What is given
    over http counts over http only: it could be planted under the plain name. Under a prefix it has a name of
    its own, for another studio of the same host would overwrite it."""

    def __init__(self, secrets: Sequence[bytes], clock: Callable[[], float], prefix: str = "") -> None:
        self._end = prefix.replace("/", "-")
        oldest_first = list(reversed(secrets))  # itsdangerous signs with the last
        signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._plain, self._secure, self._former = (
            URLSafeSerializer(oldest_first, salt=salt, signer_kwargs=signer)
            for salt in ("imagestudio.session.http", "imagestudio.session.https", "imagestudio.session")
        )
        self._clock = clock

    def read(self, headers: Headers, *, secure: bool) -> Session | None:
        """The session of a request; None where there is no cookie, or none that this studio signed. One of
        before there were several names is taken once more, and given anew."""
        name, serializer = (SECURE_NAME, self._secure) if secure else (NAME, self._plain)
        if session := self._first(headers, name + self._end, serializer):
            return session
        former = self._first(headers, name, serializer) or self._first(headers, NAME, self._former)
        return replace(former, set=True) if former else None

    def _first(self, headers: Headers, name: str, serializer: URLSafeSerializer) -> Session | None:
        for value in values(headers, name):
            try:
                content = serializer.loads(value)
            except BadData:
                continue
            age = self._clock() - content["at"]
            if age < YEAR_S:
                return Session(content["id"], content["key"], set=age > RENEW_S, given_at=content["at"])
        return None

    def header(self, session: Session, *, secure: bool) -> str:
        """The value of the Set-Cookie header that gives it. Over https it also works in a frame on another
        site's page, as Spaces are shown; Partitioned keeps one site's frames apart from another's."""
        content = {"id": session.id, "key": session.key, "at": round(self._clock(), 3)}
        name, serializer = (SECURE_NAME, self._secure) if secure else (NAME, self._plain)
        return f"{name}{self._end}={serializer.dumps(content)}; Max-Age={YEAR_S}; {_where(secure)}"

    def former_ends(self, headers: Headers) -> str | None:
        """The value of the Set-Cookie header that takes the plain cookie from a browser that is at https
        now; None where it sent none."""
        name = NAME + self._end
        return f"{name}=; Max-Age=0; {_where(True)}" if values(headers, name) else None


def _where(secure: bool) -> str:
    return f"Path=/; HttpOnly; {'SameSite=None; Secure; Partitioned' if secure else 'SameSite=Lax'}"


def values(headers: Headers, name: str) -> list[str]:
    """Every value that a request's cookies give a name: a browser may send several."""
    pairs = [pair.partition("=") for pair in ";".join(headers.getlist("cookie")).split(";")]
    return [value.strip().strip('"') for key, _, value in pairs if key.strip() == name]
