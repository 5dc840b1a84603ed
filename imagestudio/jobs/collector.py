"""Brings a completed call's pictures to disk: without the key, byte for byte, durable, measured."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import stamina

from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import InternalError, ProviderFailed
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.media import formats as media
from imagestudio.net import FetchError
from imagestudio.providers.base import Completed, InlinePicture, Provider, RemotePicture
from imagestudio.store.files import Files

DOWNLOAD_TRIES = 3
REMOTE_STORE_S, INLINE_STORE_S = 3.0, 30.0
"""How long storing is tried: short where the provider has the picture too, long where it has not."""
PASSING = frozenset({"unreachable", "timeout", "status"})


class Clock(Protocol):
    """Seconds since the epoch."""

    def __call__(self) -> float: ...


class AskAgain(Exception):
    """The file can't be had under this address: ask the provider for it again. `error` if that fails too."""

    def __init__(self, error: ProviderFailed) -> None:
        super().__init__(error.message)
        self.error = error


class NotStored(Exception):
    """The picture is made, and this machine can't keep it now; it can be fetched again."""

    def __init__(self, error: InternalError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Collector:
    """One for all jobs."""

    files: Files
    clock: Clock
    on_checkpoint: OnCheckpoint = ignore_checkpoint

    async def collect(self, provider: Provider, job: Job, call: int, outcome: Completed) -> list[StoredFile]:
        """The pictures, on disk and synced, in the provider's order. Raises `AskAgain` or `NotStored`."""
        files: list[StoredFile] = []
        try:
            for position, picture in enumerate(outcome.pictures):
                file = await self._one(provider, job, picture)
                files.append(replace(file, job_id=job.id, call=call, position=position))
        except (FetchError, media.NotAnImage, media.TooManyPixels) as error:
            await self._forget(files)
            raise AskAgain(_lost(provider.title, error.text)) from error
        except OSError as error:
            await self._forget(files)
            raise NotStored(log_fault(error, _not_stored(provider.title, error), charged="yes")) from error
        return files

    async def _one(self, provider: Provider, job: Job, picture: InlinePicture | RemotePicture) -> StoredFile:
        inline = isinstance(picture, InlinePicture)
        async for attempt in stamina.retry_context(
            on=_passes,
            attempts=None if inline else DOWNLOAD_TRIES,
            timeout=INLINE_STORE_S if inline else REMOTE_STORE_S,
            wait_initial=0.2,
            wait_max=2.0,
        ):
            with attempt:
                incoming = self.files.temporary_path()
                try:
                    checksum = await self._bring(provider, picture, incoming)
                    self.on_checkpoint(Checkpoint.DOWNLOADED, job.id)
                    at = self.clock()
                    stored = await self.files.save(incoming, "result", job.owner, at, checksum)
                except BaseException:
                    await self.files.drop(incoming)
                    raise
        return stored

    async def _bring(
        self, provider: Provider, picture: InlinePicture | RemotePicture, incoming: Path
    ) -> str | None:
        """Write the picture to a temporary file. Its checksum where that was made on the way."""
        if isinstance(picture, RemotePicture):
            return (await provider.download(picture.url, incoming)).sha256
        await self.files.write(incoming, picture.data)
        return None

    async def _forget(self, files: list[StoredFile]) -> None:
        for file in files:
            await self.files.remove(file.name)


def _passes(error: Exception) -> bool:
    """What a moment may mend: the way there, or room on the disk."""
    return isinstance(error, OSError) or (isinstance(error, FetchError) and error.reason in PASSING)


def _lost(title: str, reason: Message) -> ProviderFailed:
    return ProviderFailed(
        Message("run.not_brought", title=title, reason=reason, money=Message("money.yes")), charged="yes"
    )


def _not_stored(title: str, error: OSError) -> Message:
    reason = error.strerror or type(error).__name__
    return Message("fault.not_stored", title=title, reason=reason)
