"""The service. Page, REST, gradio_client and MCP all call these methods; none of them knows a provider."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS, KeyVault
from imagestudio.catalog import MODELS, models_for
from imagestudio.catalog.spec import ModelSpec, Route
from imagestudio.core.errors import InvalidParameter, ModelUnavailable, NotFound
from imagestudio.core.job import Job, Progress, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.core.turns import Asker
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.cancel import Canceler
from imagestudio.jobs.look_again import Reopener
from imagestudio.jobs.payers import Payers
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.provider_pool import ProviderPool
from imagestudio.jobs.sources import SourcePictures
from imagestudio.jobs.submit import Submission, Submitted, Submitter, Upload, fields_to_repeat
from imagestudio.jobs.webhooks.delivery import Webhooks
from imagestudio.media.export.conversion import Conversion
from imagestudio.media.export.pack import Item
from imagestudio.media.export.recipe import Recipe
from imagestudio.providers.base import KeyCheck
from imagestudio.store.accounts import Accounts, Report
from imagestudio.store.budget import Balance
from imagestudio.store.deletion import Deleted, Deletion
from imagestudio.store.files import Files
from imagestudio.store.jobs import EVERY_JOB, JobFilter, JobStore
from imagestudio.store.library import Filter, LibraryEntry, LibraryStore
from imagestudio.store.pictures import Pictures
from imagestudio.store.shares import Shares
from imagestudio.store.thumbnails import Thumbnails
from imagestudio.store.usage import GroupBy
from imagestudio.studio.downloads import Downloads, Export


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model, how it would be served now, and what is missing if it can't run."""

    spec: ModelSpec
    route: Route
    can_run: bool
    set: str | None
    missing: Message | None


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything that one visitor can ask of the studio. `seen_by` gives the same studio to another."""

    visitor: Visitor
    _webhooks: Webhooks
    _thumbnails: Thumbnails
    _vault: KeyVault
    _payers: Payers
    _shares: Shares
    _library: LibraryStore
    _downloads: Downloads
    _store: JobStore
    _files: Files
    _sources: SourcePictures
    _submitter: Submitter
    _reopener: Reopener
    _canceler: Canceler
    _hub: ProgressHub
    _accounts: Accounts
    _pool: ProviderPool
    _pictures: Pictures
    _deletion: Deletion

    def seen_by(self, visitor: Visitor) -> "Studio":
        """The studio as another visitor sees it. They share everything but what is theirs."""
        return replace(self, visitor=visitor)

    @property
    def demo(self) -> bool:
        """Whether what this visitor runs now is drawn by the sandbox."""
        return self._payers.is_demo(self.visitor)

    @property
    def demo_forced(self) -> bool:
        """Whether the studio is a demo for everybody, whatever keys they bring."""
        return self._payers.sandbox == "on"

    @property
    def withholds_keys(self) -> bool:
        """Whether the server has provider keys, and they do not serve this visitor."""
        return bool(self._payers.server) and not self.demo_forced and not self._payers.may_spend(self.visitor)

    def models(self, task: Task | None = None) -> list[ModelView]:
        """The catalog, of one task or of both."""
        return [self.model(spec.id) for spec in (models_for(task) if task else MODELS.values())]

    def model(self, model_id: str) -> ModelView:
        """One model as it would be served now."""
        spec = MODELS[model_id]
        route = self._submitter.route(spec, {})
        try:
            self._payers.choose(self.visitor, spec, route)
        except ModelUnavailable as error:
            return ModelView(spec, route, False, error.details["set"], error.text)
        return ModelView(spec, route, True, None, None)

    def estimate(
        self, model_id: str, controls: Mapping[str, Any], image_pixels: int | None = None
    ) -> float | None:
        """USD that a run will cost as far as the sources tell; None where they don't."""
        return self._submitter.estimate(MODELS[model_id], controls, image_pixels)

    async def submit(
        self,
        task: Task,
        fields: Mapping[str, Any],
        *,
        upload: Upload | None = None,
        idempotency_key: str | None = None,
        origin: str | None = None,
        fit: bool = False,
    ) -> Job:
        """Accept a request as a job, durably, and start it. Raises the `StudioError` that refuses it.

        The same key with the same request gives the same job, however often and however concurrently.
        With `dry_run` among the fields the job is only shown: it is not kept, nothing is sent, and the key
        is left alone. To `fit`, a picture too large for the model is brought down, and the job says so.
        """
        request = Submission(task, fields, self.visitor, upload, idempotency_key, origin, fit)
        return (await self._submitter.submit(request)).job

    async def submit_or_join(
        self,
        task: Task,
        fields: Mapping[str, Any],
        *,
        upload: Upload | None = None,
        idempotency_key: str | None = None,
        origin: str | None = None,
    ) -> Submitted:
        """As `submit`. Without a key, the same request gives the same job for as long as that is under way,
        and for ten minutes more, unless it failed free of charge or was canceled."""
        request = Submission(task, fields, self.visitor, upload, idempotency_key, origin, join=True)
        return await self._submitter.submit(request)

    async def check_picture(self, data: bytes) -> None:
        """Whether a model could edit this picture. Raises `InvalidImage`; nothing is kept."""
        await self._sources.check(data, self.visitor.asker)

    async def job(self, job_id: str) -> Job:
        """A job of this owner's. Raises `NotFound`, with the reason where it was deleted."""
        job = await self._owned(job_id)
        if job.gone is not None:
            raise NotFound(job.why_gone, job_id=job_id)
        return job

    async def _owned(self, job_id: str) -> Job:
        job = await self._store.get(job_id)
        if job is None or job.owner != self.visitor.owner:
            raise NotFound(Message("job.unknown"), job_id=job_id if job_id.isalnum() else None)
        return job

    async def jobs(
        self, limit: int = 50, before: str | None = None, filters: JobFilter = EVERY_JOB
    ) -> list[Job]:
        """Jobs, newest first, older than the job `before`."""
        return await self._store.page(self.visitor.owner, limit, before, filters)

    async def busy(self) -> bool:
        """Whether a job of this owner's is under way."""
        return await self._store.has_unfinished(self.visitor.owner)

    def progress(self, job_id: str) -> Progress | None:
        """How far a running job is, in words; None once it has ended."""
        return self._hub.get(job_id)

    async def wait(self, job_id: str, timeout_s: float) -> Job:
        """The job once it has ended, or as it stands after `timeout_s`. Losing the waiter changes nothing."""
        return await self.outcome(await self.job(job_id), timeout_s)

    async def outcome(self, job: Job, timeout_s: float) -> Job:
        """As `wait`, for a job that is at hand. One that runs here costs no look at the database."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                ending = None if self._hub.closing else self._hub.completion(job.id)
                if ending and (ended := await asyncio.shield(ending)):
                    return ended
                async for now, _ in self.watch(job.id):
                    job = now
        return job if job.ended else await self.job(job.id)

    async def watch(
        self, job_id: str, *, every_s: float = 1.0
    ) -> AsyncGenerator[tuple[Job, Progress | None]]:
        """The job at each change of its progress, and each `every_s`, up to and with its ending, or until the
        process ends."""
        while True:
            bell = self._hub.subscribe(job_id)
            job = await self.job(job_id)
            yield job, None if job.ended else self._hub.get(job_id)
            if job.ended or self._hub.closing:
                return
            try:
                async with asyncio.timeout(every_s):
                    await bell.wait()
            except TimeoutError:
                continue

    async def report(
        self, group_by: GroupBy, since: float | None = None, until: float | None = None
    ) -> Report:
        """What this visitor's jobs cost; see `Accounts.report`."""
        return await self._accounts.report(self._payers.spender(self.visitor), group_by, since, until)

    async def spent_today(self) -> float:
        """What this visitor's jobs of today (UTC) cost; see `Accounts.spent_today`."""
        return await self._accounts.spent_today(self._payers.spender(self.visitor))

    async def balances(self) -> list[Balance]:
        """Where the limits on this visitor's spending stand now."""
        return await self._accounts.balances(self._payers.spender(self.visitor))

    async def cancel(self, job_id: str) -> Job:
        """Stop a job and say what that means for money. A picture that arrives all the same is kept."""
        job = await self.job(job_id)
        if job.ended:
            return job
        await self._canceler.cancel(job)
        return await self.job(job_id)

    async def delete_job(self, job_id: str) -> Job:
        """Delete an ended job with its pictures; for a day it can be brought back. Doing it again changes
        nothing. Raises `InvalidParameter` where it has not ended."""
        job = await self._owned(job_id)
        if not await self._deletion.delete_job(self.visitor.owner, job_id):
            if not job.ended:
                raise InvalidParameter(Message("job.not_ended"), field="job_id", job_id=job_id)
            if job.gone not in (None, "binned"):
                raise NotFound(job.why_gone, job_id=job_id)
        return await self._owned(job_id)

    async def restore_job(self, job_id: str) -> Job:
        """Bring a job back that this visitor deleted less than a day ago, and what went with it."""
        if not await self._deletion.restore_job(self.visitor.owner, job_id):
            job = await self._owned(job_id)
            if job.gone is not None:
                late = job.gone == "binned"
                raise NotFound(Message("job.restore_too_late") if late else job.why_gone, job_id=job_id)
        return await self.job(job_id)

    async def delete_everything(self) -> Deleted:
        """Delete all jobs and pictures of this visitor, and forget their keys; for a day all but those can be
        brought back. Raises `InvalidParameter` where a job has not ended."""
        deleted = await self._deletion.delete_all(self.visitor.owner)
        self.forget_keys()
        return deleted

    async def restore_everything(self) -> Deleted:
        """Bring back all that this visitor deleted less than a day ago."""
        return await self._deletion.restore_all(self.visitor.owner)

    async def look_again(self, job_id: str) -> Job:
        """Ask the provider once more what became of a job's tickets: free, and never a new submit.

        The job runs again; where it is being looked at already, that goes on. Raises `InvalidParameter` where
        there is no ticket to ask about, `ModelUnavailable` where the provider's key is missing.
        """
        job = await self.job(job_id)
        await self._reopener.look_again(job, self.visitor)
        return await self.job(job_id)

    async def run_again(
        self, job_id: str, *, idempotency_key: str | None = None, origin: str | None = None
    ) -> Job:
        """An ended job's request as a new job that names the old one. It is paid for like any other."""
        task, fields = await self._request_to_repeat(job_id)
        return await self.submit(task, fields, idempotency_key=idempotency_key, origin=origin)

    async def run_again_or_join(
        self, job_id: str, *, idempotency_key: str | None = None, origin: str | None = None
    ) -> Submitted:
        """As `run_again`, and joins as `submit_or_join` does."""
        task, fields = await self._request_to_repeat(job_id)
        return await self.submit_or_join(task, fields, idempotency_key=idempotency_key, origin=origin)

    async def _request_to_repeat(self, job_id: str) -> tuple[Task, dict[str, Any]]:
        job = await self.job(job_id)
        if not job.ended:
            raise InvalidParameter(Message("job.not_ended"), field="job_id", job_id=job.id)
        return job.task, fields_to_repeat(job)

    async def resend_webhook(self, job_id: str) -> str:
        """Send a job's ending to its webhook once more, as a new message; its id. Raises
        `InvalidParameter`."""
        return await self._webhooks.resend(await self.job(job_id))

    async def file(self, file_id: str) -> tuple[StoredFile, Path]:
        """A stored picture and where it lies. Raises `NotFound`, with the reason where it was deleted."""
        file = await self._pictures.find(self.visitor.owner, file_id)
        return file, self.path(file)

    async def set_favourite(self, file_id: str, on: bool) -> StoredFile:
        """Make a picture a favourite, which is never deleted by itself, or an ordinary one again."""
        return await self._pictures.set_favourite(self.visitor.owner, file_id, on)

    async def delete_file(self, file_id: str) -> StoredFile:
        """Delete a picture; for a day it can be brought back."""
        return await self._pictures.delete(self.visitor.owner, file_id)

    async def restore_file(self, file_id: str) -> StoredFile:
        """Bring a picture back that this visitor deleted less than a day ago."""
        return await self._pictures.restore(self.visitor.owner, file_id)

    def path(self, file: StoredFile) -> Path:
        """Where a stored picture that is at hand lies."""
        return self._files.path(file.name)

    async def thumbnail(self, file_id: str) -> tuple[StoredFile, Path]:
        """A picture, and where a small WebP of it lies. Raises `NotFound` where it can't be shown, too."""
        file, _ = await self.file(file_id)
        return file, await self._thumbnails.thumbnail(file, await self._looking_at(file))

    async def preview(self, file_id: str) -> tuple[StoredFile, Path]:
        """A picture, and where a WebP of it lies that fills a page. Raises as `thumbnail` does."""
        file, _ = await self.file(file_id)
        return file, await self._thumbnails.preview(file, await self._looking_at(file))

    async def drawing(self, file_id: str) -> Path:
        """Where an SVG lies that looks like a drawing and only draws. Raises as `thumbnail` does."""
        file, _ = await self.file(file_id)
        return await self._thumbnails.drawing(file, await self._looking_at(file))

    async def _looking_at(self, file: StoredFile) -> Asker:
        """The visitor, who goes first where the picture was paid for."""
        job = await self._store.get(file.job_id) if file.job_id and file.kind == "result" else None
        return replace(self.visitor.asker, paid=True) if job and job.payer != "nobody" else self.visitor.asker

    async def library_page(
        self, filters: Filter, limit: int, *, before: int | None = None, after: int | None = None
    ) -> list[LibraryEntry]:
        """Up to `limit` of this visitor's pictures, newest first, between two places."""
        return await self._library.page(self.visitor.owner, filters, limit, before=before, after=after)

    async def count_library(self, filters: Filter, at_most: int) -> int:
        """How many pictures there are, counted up to `at_most`."""
        return await self._library.count(self.visitor.owner, filters, at_most)

    async def edit_family(self, file_id: str) -> list[Job]:
        """The jobs that made a picture, those before it, and every edit of any of those."""
        return await self._library.edit_family(self.visitor.owner, file_id)

    async def share(self, file_id: str) -> str:
        """Open a picture to everybody who has the link: its token, the same until `unshare`."""
        file, _ = await self.file(file_id)
        return await self._shares.get_or_create(file)

    async def unshare(self, file_id: str) -> None:
        """Close the link of a picture, for good: a later one has another token."""
        file, _ = await self.file(file_id)
        await self._shares.revoke(file)

    async def share_token(self, file_id: str) -> str | None:
        """The token under which a picture is open; None where it is not."""
        file, _ = await self.file(file_id)
        return await self._shares.get(file)

    async def shared_file(self, token: str) -> tuple[StoredFile, Path]:
        """The picture that a token opens, anybody's. Raises `NotFound`."""
        file = await self._shares.find(token)
        if file is None:
            raise NotFound(Message("shared.nothing"))
        return file, self.path(file)

    async def export(
        self, job: Job, file: StoredFile, conversion: Conversion | None, recipe: Recipe | None
    ) -> Export:
        """A picture of a job to take away: see `Downloads.export`."""
        return await self._downloads.export(job, file, conversion, recipe, self.visitor.asker)

    async def export_losses(
        self, file: StoredFile, conversion: Conversion | None, recipe: Recipe | None
    ) -> tuple[str, ...]:
        """What an `export` is not any more, or does not hold: see `Downloads.losses`."""
        return await self._downloads.losses(file, conversion, recipe, self.visitor.asker)

    def zip_item(self, job: Job, file: StoredFile, recipe: Recipe | None) -> Item:
        """A picture of a job for a zip, as it came, its recipe beside it."""
        return self._downloads.item(job, file, recipe)

    def available_keys(self) -> dict[str, bool]:
        """Of which providers a key of the visitor's own is at hand: held, or brought by this request."""
        return {name: name in self.visitor.keys for name in OWN_KEYS}

    def held_keys(self) -> dict[str, bool]:
        """Of which providers the studio holds a key of the visitor's now."""
        keys = self._vault.keys(self.visitor.owner)
        return {name: name in keys for name in OWN_KEYS}

    async def hold_keys(self, keys: Mapping[str, SecretStr | None]) -> dict[str, KeyCheck]:
        """Hold these keys for the visitor, by provider; None forgets one. What each provider says of its key,
        by a call that costs nothing: a key that is refused is not held, one that could not be checked is.
        Raises `InvalidParameter` where the studio takes no keys."""
        if self.demo_forced:
            raise InvalidParameter(Message("studio.demo_for_all"))
        offered = {name: key for name, key in keys.items() if key is not None}
        answers = await asyncio.gather(
            *(self._pool.connect_visitor(name, key).provider.check_key() for name, key in offered.items())
        )
        checks = dict(zip(offered, answers, strict=True))
        for name, key in keys.items():
            if checks.get(name) != "refused":
                self._vault.keep(self.visitor.owner, name, key)
        return checks

    def forget_keys(self) -> None:
        """Hold no provider key of the visitor's any more."""
        self._vault.forget(self.visitor.owner)


__all__ = ["ModelView", "Studio", "Submitted", "Upload"]
