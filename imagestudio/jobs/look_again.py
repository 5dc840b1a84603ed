"""Asking providers once more what became of a job's tickets: free, and never a new submit."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.core.errors import InvalidParameter, ModelUnavailable
from imagestudio.core.job import OWN, Job
from imagestudio.core.messages import Message
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.payers import JobKeys, Payers, key_name
from imagestudio.jobs.provider_pool import ProviderPool
from imagestudio.jobs.worker import Worker
from imagestudio.providers import LINES
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases


@dataclass(frozen=True, slots=True)
class Reopener:
    """Reopens everybody's jobs."""

    store: JobStore
    leases: Leases
    worker: Worker
    payers: Payers
    keys: JobKeys
    pool: ProviderPool
    clock: Callable[[], float]

    async def look_again(self, job: Job, visitor: Visitor) -> None:
        """Reopen a job for a visitor. Raises `InvalidParameter` where there is nothing to look for, or
        nothing here can look, and `ModelUnavailable` where the key is missing."""
        await self.reopen(job.id, self._key(job, visitor))

    async def reopen(self, job_id: str, key: SecretStr | None, *, quietly: bool = False) -> None:
        """Poll a job's tickets once more, with the key that it is lent for that. `quietly`, it keeps its
        ending meanwhile. What can't be taken now, `Worker.take_up` takes."""
        sealed = None if quietly else self.keys.seal(job_id, key)
        if not await self.store.reopen(job_id, quietly=quietly, sealed=sealed):
            return
        if (job := await self.leases.claim(job_id, self.clock())) is not None:
            self.keys.hold(job_id, key)
            self.worker.start(job, None)

    async def fetch_again(self, since: float) -> None:
        """Poll for the pictures that are made and could not be stored here, submitted since then."""
        for job in await self.store.list_unstored(since, self.leases.payers):
            key = self.keys.get(job) if job.payer in OWN else None
            if key is None and job.payer in OWN:
                continue  # its owner can look at it again with the key
            # Quietly: while the disk is full, the job would begin and fail once in some seconds.
            await self.reopen(job.id, key, quietly=True)

    def _key(self, job: Job, visitor: Visitor) -> SecretStr | None:
        """The key of the visitor's that looking takes; None where it takes none of theirs."""
        if not job.can_look_again:
            raise InvalidParameter(_nothing_to_look_for(job), field="job_id")
        if job.payer not in self.payers.running:
            raise InvalidParameter(Message("job.was_demo" if job.demo else "job.was_live"), field="job_id")
        title = LINES[key_name(job)].title
        if job.payer in OWN:
            key, header = visitor.keys.get(key_name(job)) or self.keys.get(job), OWN_KEYS[key_name(job)]
            if key is None:
                raise ModelUnavailable(
                    Message("key.to_look_own", title=title, header=header),
                    reason="missing_key",
                    set=header,
                )
            return key
        if self.pool.connect(job) is None:
            variable = LINES[job.provider].key_variables[0]
            message = Message("key.to_look", title=title, variable=variable)
            raise ModelUnavailable(message, reason="missing_key", set=variable)
        return None


def _nothing_to_look_for(job: Job) -> Message:
    if job.status == "succeeded":
        return Message("job.has_pictures")
    if not job.ended:
        return Message("job.on_its_way")
    return Message("job.no_ticket")
