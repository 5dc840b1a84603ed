"""The cookie that makes a browser an owner: signed, so that nobody can make one up."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import Headers

from imagestudio.core.units import DAY_S

NAME = "imagestudio"
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
    """Reads and writes the cookie. Of several secrets the first signs, and each verifies."""

    def __init__(self, secrets: Sequence[bytes], clock: Callable[[], float]) -> None:
        oldest_first = list(reversed(secrets))  # itsdangerous signs with the last
        signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(oldest_first, salt="imagestudio.session", signer_kwargs=signer)
        self._clock = clock

    def read(self, headers: Headers) -> Session | None:
        """The session of a request; None where there is no cookie, or none that this studio signed."""
        for value in values(headers, NAME):
            try:
                content = self._serializer.loads(value)
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
        where = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
        return f"{NAME}={self._serializer.dumps(content)}; Max-Age={YEAR_S}; Path=/; HttpOnly; {where}"


def values(headers: Headers, name: str) -> list[str]:
    """Every value that a request's cookies give a name: a browser may send several."""
    pairs = [pair.partition("=") for pair in ";".join(headers.getlist("cookie")).split(";")]
    return [value.strip().strip('"') for key, _, value in pairs if key.strip() == name]
