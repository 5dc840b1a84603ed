"""From a request to a job that is kept and runs, or to the refusal; the same request twice is one job."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import IdempotencyConflict, StudioError
from imagestudio.core.job import Job
from imagestudio.core.messages import Message
from imagestudio.core.request import Task, fingerprint
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.admission import Admission
from imagestudio.jobs.draft import Asker, Draft, Intake, Upload
from imagestudio.jobs.job_keys import JobKeys
from imagestudio.jobs.worker import Worker
from imagestudio.store.accounts import Accounts
from imagestudio.store.budget import Budget
from imagestudio.store.jobs import IdempotencyKey, JobStore, KeyTaken


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Takes requests in, everybody's."""

    store: JobStore
    intake: Intake
    worker: Worker
    admission: Admission
    budget: Budget
    accounts: Accounts
    keys: JobKeys
    on_checkpoint: OnCheckpoint = ignore_checkpoint

    async def accept(
        self,
        task: Task,
        fields: Mapping[str, Any],
        upload: Upload | None,
        idempotency_key: str | None,
        asker: Asker,
    ) -> Job:
        """Accept a request; see `Studio.submit`."""
        visitor, dry_run = asker.visitor, fields.get("dry_run") is True
        key = await self._key(task, fields, upload, None if dry_run else idempotency_key)
        if key is not None and (same := await self._same(visitor, key)):
            return same
        try:
            return await self._begin(task, fields, upload, key, asker)
        except (KeyTaken, StudioError):
            # The same request may have come twice at once: whatever stops the second, the first is its job.
            if key is not None and (same := await self._same(visitor, key)):
                return same
            raise

    async def _begin(
        self,
        task: Task,
        fields: Mapping[str, Any],
        upload: Upload | None,
        key: IdempotencyKey | None,
        asker: Asker,
    ) -> Job:
        if fields.get("dry_run") is not True:
            await self.admission.expect(asker.visitor, task)
        draft = await self.intake.draft(task, fields, upload, asker)
        if draft.job.dry_run:
            return await self.accounts.warn_of_budget(draft.job, asker.visitor.caps)
        with self.worker.beginning(draft.job) as job:
            await self._keep(job, draft, key, asker.visitor)
            self.on_checkpoint(Checkpoint.KEPT_JOB, job.id)
            self.keys.hold(job.id, draft.key)
            self.worker.take(job, draft.calls)
        return job

    async def _keep(self, job: Job, draft: Draft, key: IdempotencyKey | None, visitor: Visitor) -> None:
        sealed, concurrency = self.keys.seal(job.id, draft.key), self.admission.concurrency
        try:
            await self.store.add(job, key, self.budget, concurrency, caps=visitor.caps, sealed=sealed)
        except Exception:
            await self.intake.drop(draft)
            raise

    async def _key(
        self, task: Task, fields: Mapping[str, Any], upload: Upload | None, value: str | None
    ) -> IdempotencyKey | None:
        if value is None:
            return None
        return IdempotencyKey(
            value, await asyncio.to_thread(fingerprint, task, fields, upload.data if upload else None)
        )

    async def _same(self, visitor: Visitor, key: IdempotencyKey) -> Job | None:
        found = await self.store.find_key(visitor.owner, key.value)
        if found is None:
            return None
        if found[0] != key.fingerprint:
            raise IdempotencyConflict(
                Message("job.key_reused"),
                job_id=found[1],
            )
        return await self.store.get(found[1])
