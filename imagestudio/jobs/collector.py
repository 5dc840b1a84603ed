"""Brings a completed call's pictures to disk: without the key, byte for byte, durable, and then measured.

What was paid for is kept whatever is wrong with it. Only what is no picture at all is asked for again, and
kept all the same where it stays so.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import stamina

from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import InternalError, ProviderFailed
from imagestudio.core.ids import derived_id
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.media.formats import NotAnImage
from imagestudio.net import FetchError
from imagestudio.providers.base import Completed, InlinePicture, Provider, RemotePicture
from imagestudio.store.files import Files

DOWNLOAD_TRIES = 3
REMOTE_STORE_S, INLINE_STORE_S = 3.0, 600.0
"""How long storing is tried: short where the provider has the picture too, long where it has not."""
FINAL = frozenset({"too_large", "url"})
"""What is wrong with a file's address, or the file, for good."""
PASSING = frozenset({"unreachable", "timeout", "status"})


class Clock(Protocol):
    """Seconds since the epoch."""

    def __call__(self) -> float: ...


class NotStored(Exception):
    """The picture is made, and this machine can't keep it now."""

    def __init__(self, error: InternalError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class Collected:
    """What came of a call, over all tries."""

    title: str
    """The provider's."""
    has_ticket: bool
    """Whether the provider can be asked once more, later."""
    files: dict[int, StoredFile] = field(default_factory=dict)
    """By position: pictures, and what came in their places."""
    missing: dict[int, ProviderFailed] = field(default_factory=dict)
    """Why there is no picture at a position."""

    @property
    def is_complete(self) -> bool:
        """Whether another try would bring nothing more."""
        return self.missing.keys() <= self.files.keys()

    @property
    def in_order(self) -> list[StoredFile]:
        """The files, in the provider's order."""
        return [file for _, file in sorted(self.files.items())]

    @property
    def has_picture(self) -> bool:
        """Whether any came."""
        return any(file.kind == "result" for file in self.files.values())

    def miss_picture(self, position: int) -> None:
        """Something else came."""
        self._miss(position, Message("run.no_picture", title=self.title, money=Message("money.yes")))

    def miss(self, position: int, reason: Message, *, final: bool) -> None:
        """It did not come; where that is `final`, it never will."""
        name = "run.not_brought" if self.has_ticket and not final else "run.not_brought_lost"
        self._miss(position, Message(name, title=self.title, reason=reason, money=Message("money.yes")))

    def _miss(self, position: int, text: Message) -> None:
        self.missing[position] = ProviderFailed(text, charged="yes")


@dataclass(frozen=True, slots=True)
class Collector:
    """One for all jobs."""

    files: Files
    clock: Clock
    on_checkpoint: OnCheckpoint = ignore_checkpoint

    async def collect(
        self, provider: Provider, job: Job, call: int, outcome: Completed, into: Collected, *, last: bool
    ) -> None:
        """Bring what is not there yet to disk, synced. A remote file that is no picture is kept at the `last`
        try only: before, it may be a page of something between. Raises `NotStored`."""
        ids = [derived_id(job.id, call, position) for position in range(len(outcome.pictures))]
        there = {*into.files}
        into.missing = {position: error for position, error in into.missing.items() if position in there}
        try:
            # All of them, before anything looks into one: they are nowhere else.
            received = {
                position: await self._receive(ids[position], picture)
                for position, picture in enumerate(outcome.pictures)
                if isinstance(picture, InlinePicture) and position not in there
            }
            for position, picture in enumerate(outcome.pictures):
                if position in there:
                    continue
                try:
                    if isinstance(picture, RemotePicture):
                        file = await self._fetch(provider, job, ids[position], picture, keep_any=last)
                    else:
                        file = await self._keep(job, ids[position], received[position])
                except (FetchError, NotAnImage) as error:
                    final = isinstance(error, FetchError) and error.reason in FINAL
                    into.miss(position, error.text, final=final)
                    continue
                if file.kind == "leftover":
                    into.miss_picture(position)
                    if any(known.sha256 == file.sha256 for known in job.leftovers):
                        await self.files.remove(file.name)  # looking again brought the same
                        continue
                into.files[position] = replace(file, job_id=job.id, call=call, position=position)
        except OSError as error:
            problem = log_fault(error, _not_stored(error, into), charged="yes")
            raise NotStored(problem) from error

    async def _receive(self, file_id: str, picture: InlinePicture) -> Path:
        async for attempt in _patiently():
            with attempt:
                received = await self.files.receive(file_id, picture.data)
        return received

    async def _keep(self, job: Job, file_id: str, received: Path) -> StoredFile:
        async for attempt in _patiently():
            with attempt:
                self.on_checkpoint(Checkpoint.DOWNLOADED, job.id)
                try:
                    file = await self.files.keep_result(received, file_id, job.owner, self.clock())
                except NotAnImage:
                    file = await self.files.keep_leftover(received, job.owner, self.clock())
        return file

    async def _fetch(
        self, provider: Provider, job: Job, file_id: str, picture: RemotePicture, *, keep_any: bool
    ) -> StoredFile:
        async for attempt in stamina.retry_context(
            on=_passes, attempts=DOWNLOAD_TRIES, timeout=REMOTE_STORE_S, wait_initial=0.2, wait_max=2.0
        ):
            with attempt:
                incoming = self.files.temporary_path()
                try:
                    checksum = (await provider.download(picture.url, incoming)).sha256
                    self.on_checkpoint(Checkpoint.DOWNLOADED, job.id)
                    at = self.clock()
                    try:
                        file = await self.files.keep_result(incoming, file_id, job.owner, at, checksum)
                    except NotAnImage:
                        if not keep_any:
                            raise
                        file = await self.files.keep_leftover(incoming, job.owner, at)
                except BaseException:
                    await self.files.drop(incoming)
                    raise
        return file


def _patiently() -> Any:
    """Tries until there is room on the disk: what is nowhere else waits for it."""
    return stamina.retry_context(
        on=OSError, attempts=None, timeout=INLINE_STORE_S, wait_initial=0.2, wait_max=2.0
    )


def _passes(error: Exception) -> bool:
    """What a moment may mend: the way there, a page of something between, or room on the disk."""
    passing = isinstance(error, FetchError) and error.reason in PASSING
    return passing or isinstance(error, OSError | NotAnImage)


def _not_stored(error: OSError, into: Collected) -> Message:
    name = "fault.not_stored" if into.has_ticket else "fault.not_stored_lost"
    return Message(name, title=into.title, reason=error.strerror or type(error).__name__)
