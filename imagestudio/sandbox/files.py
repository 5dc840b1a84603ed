"""Result files: drawn pictures under addresses that hold a token, need no key and end some day."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from imagestudio.sandbox.cutting import Truncated

BUDGET_BYTES = 128 * 1024**2


@dataclass(eq=False, slots=True)
class Picture:
    """A drawn file. `data` is None once the shelf needed its room for newer ones."""

    data: bytes | None
    size: int
    """Bytes."""
    content_type: str
    words: frozenset[str]
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    ends_at: float = 0.0
    asked_for: bool = False

    @property
    def name(self) -> str:
        return f"{self.token[:12]}.{self.content_type.removeprefix('image/').removesuffix('+xml')}"

    @property
    def declared_type(self) -> str:
        return "image/gif" if "demo:lie" in self.words else self.content_type

    @property
    def declared_size(self) -> int:
        return self.size * 2 if "demo:lie" in self.words else self.size


class Shelf:
    """The pictures that can be fetched, by token; the least recently used make room for new ones."""

    def __init__(self, clock: Callable[[], float], lifetime_s: float, budget: int = BUDGET_BYTES) -> None:
        self._clock, self._lifetime_s, self._budget = clock, lifetime_s, budget
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._bytes = 0

    def put(self, data: bytes, content_type: str, words: frozenset[str]) -> Picture:
        picture = Picture(data, len(data), content_type, words)
        picture.ends_at = self._clock() + self._lifetime_s
        self._pictures[picture.token] = picture
        self._bytes += picture.size
        while self._bytes > self._budget and len(self._pictures) > 1:
            self.drop(next(iter(self._pictures.values())))
        return picture

    def renew(self, picture: Picture) -> None:
        """Gives a picture whose address has ended a new one; a living address stays."""
        if picture.data is None or self._clock() < picture.ends_at:
            return
        self._pictures.pop(picture.token, None)
        picture.token = secrets.token_hex(16)
        picture.ends_at = self._clock() + self._lifetime_s
        self._pictures[picture.token] = picture

    def drop(self, picture: Picture) -> None:
        if self._pictures.pop(picture.token, None):
            self._bytes -= picture.size
            picture.data = None

    def fetch(self, token: str) -> Picture | None:
        """The picture at a living address. `demo:expire` ends an address when it is first asked for."""
        picture = self._pictures.get(token)
        if picture is None:
            return None
        if "demo:expire" in picture.words and not picture.asked_for:
            picture.ends_at = self._clock()
        picture.asked_for = True
        if picture.ends_at <= self._clock():
            return None
        self._pictures.move_to_end(token)
        return picture


def delivered(picture: Picture) -> Response:
    """The file as its host sends it, or as the words in the prompt would have it."""
    kind = Truncated if "demo:truncate" in picture.words else Response
    return kind(picture.data, media_type=picture.declared_type)


def base_url(request: Request) -> str:
    """Scheme, host and path prefix as the request came, without a slash at the end."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
