"""What every provider does: prepare, submit, poll, cancel.

    prepare ─▶ Call ─▶ submit ─▶ Pending(ticket) ─▶ poll ─▶ … ─▶ Completed(pictures)
                          └────▶ Completed, where the provider answers at once

Submitting costs money and happens once; polling is free and always safe. An adapter holds all of a
provider's protocol, no model ids, no sleeping and no storage.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from imagestudio.catalog.spec import Route
from imagestudio.core.errors import Charged, StudioError
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest
from imagestudio.net import Download
from imagestudio.providers.http import Transient, Wire

CHECK_S = 10.0
"""How long a provider may take to say whether it takes a key."""

Ticket = Mapping[str, str]
"""The provider's own handle of an accepted task, as plain text: saved before anybody waits on it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One paid request, ready to send. The body is complete: what is shown is what goes out."""

    endpoint: str
    body: dict[str, Any]
    former_endpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A picture whose bytes came in the answer itself."""

    data: bytes


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """A picture that waits at a URL of the provider's, often for minutes only."""

    url: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted and not finished."""

    ticket: Ticket
    stage: Literal["queued", "running"] = "running"
    ahead: int | None = None
    """Tasks before this one in the provider's queue."""
    progress: float | None = None
    """0 to 1, where the provider tells."""
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """Finished: the pictures, and why others are not among them: held back by moderation, say."""

    pictures: tuple[InlinePicture | RemotePicture, ...]
    refused: tuple[StudioError, ...] = ()
    cost_usd: float | None = None
    """What the provider says it charged; None where it does not say."""
    seed: int | None = None
    """What the provider says it drew with; None where it does not say."""


Outcome = Pending | Completed
Report = Callable[[Pending], None]


def ignore(_: Pending) -> None:
    """A `Report` for callers who do not follow progress."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of a wish to cancel, and whether the task is still charged."""

    charged: Charged
    text: Message


KeyCheck = Literal["works", "refused", "unknown"]
"""unknown: the provider could not be asked, or did not tell."""


async def ask_of_key(wire: Wire, url: str, refused: Collection[int] = (401,)) -> KeyCheck:
    """What a GET that costs nothing tells of the key: taken (200), not taken (`refused`), or neither."""
    try:
        status = (await wire.get(url, timeout_s=CHECK_S)).status
    except (Transient, StudioError):
        return "unknown"
    return "works" if status == 200 else "refused" if status in refused else "unknown"


class Provider(Protocol):
    """One provider's protocol over its `Wire`."""

    title: ClassVar[str]
    """Its name for people."""
    base_url: ClassVar[str]
    """The vendor's own origin."""
    key_variables: ClassVar[tuple[str, ...]]
    """Environment variables that hold its key; the first is the one we name to people."""
    key_page: ClassVar[str]
    """Where people make a key."""
    max_active: ClassVar[int]
    """Tasks that may be under way at once."""
    answers_inline: ClassVar[bool]
    """Whether `response_format` auto means base64, as the product's specification has it for Google."""

    def __init__(self, wire: Wire) -> None: ...

    @staticmethod
    def auth(key: str) -> dict[str, str]:
        """The headers that carry the key."""
        ...

    @staticmethod
    def owns(url: str, base_url: str) -> bool:
        """Whether the key may go to this URL."""
        ...

    async def check_key(self) -> KeyCheck:
        """Whether the provider takes the key, by a call that costs nothing. Raises nothing."""
        ...

    async def prepare(self, route: Route, request: GenerationRequest) -> tuple[Call, ...]:
        """The calls that make what is asked, in order. Reads the source picture; sends nothing."""
        ...

    async def submit(self, call: Call) -> Outcome:
        """Send a call, once. Raises `StudioError` where the answer proves that nothing was accepted
        (`charged` "no"), `SubmitLost` where it may have been."""
        ...

    async def poll(self, ticket: Ticket, *, patience: float = 0.0, report: Report = ignore) -> Outcome:
        """Look at a task. May hold the line for up to `patience` seconds where the provider can push,
        telling `report` of each change. Raises `Transient`, or the `StudioError` that ended the task."""
        ...

    async def cancel(self, ticket: Ticket) -> Cancellation:
        """Ask the provider to stop a task."""
        ...

    async def download(self, url: str, destination: Path) -> Download:
        """Bring a remote picture to a file, without the key, bounded in size and time. Raises `FetchError`;
        its reason "gone" means that polling again may give a fresh URL."""
        ...
