"""From a request to a job that is kept and runs, or to the refusal; the same request twice is one job.

Validate, choose who pays, bring the picture to edit, prepare the calls, price them, keep the job, start it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from imagestudio.catalog.spec import ModelSpec, Route, SourceImage
from imagestudio.catalog.validation import ValidRequest, validate
from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import IdempotencyConflict, InvalidParameter, MissingField, NotFound, StudioError
from imagestudio.core.ids import new_id
from imagestudio.core.job import CallRecord, Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest, Task, fingerprint
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.payers import Choice, JobKeys, Payers
from imagestudio.jobs.provider_pool import ProviderPool
from imagestudio.jobs.sources import GIVEN, SourcePicture, SourcePictures
from imagestudio.jobs.webhooks.target import Receivers
from imagestudio.jobs.worker import Worker
from imagestudio.providers.base import Call
from imagestudio.store.accounts import Accounts
from imagestudio.store.budget import Budget
from imagestudio.store.concurrency import ConcurrencyLimit
from imagestudio.store.database import Database
from imagestudio.store.files import Files
from imagestudio.store.jobs import ANY_JOB, IdempotencyKey, JobStore, KeyTaken
from imagestudio.store.leases import Leases
from imagestudio.store.retention import Retention

DEMO = Message("demo")
LONGEST = 1000
"""Characters of a string that are recorded whole."""
HEAD = 60
AGAIN = "\nagain "
"""What the keys begin with that requests have of themselves, and nobody can give: see `Submission.join`."""
JOIN_S = 600.0
"""Seconds after its end that a job is what the same request asks for."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that came in the request itself."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """A request as it came in, who asks, and how."""

    task: Task
    fields: Mapping[str, Any]
    visitor: Visitor
    upload: Upload | None = None
    idempotency_key: str | None = None
    origin: str | None = None
    """Of this studio, as whoever asks sees it."""
    fit: bool = False
    """Whether a picture is brought down to what the model takes, rather than refused."""
    join: bool = False
    """Whether the same request a little earlier, of the same owner, is this one: its answer was lost, say."""

    @property
    def dry_run(self) -> bool:
        """Whether the job is only to be shown."""
        return self.fields.get("dry_run") is True


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request's job, and whether an earlier request began it."""

    job: Job
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Submitter:
    """Takes in everybody's requests."""

    store: JobStore
    database: Database
    files: Files
    sources: SourcePictures
    receivers: Receivers
    payers: Payers
    keys: JobKeys
    pool: ProviderPool
    leases: Leases
    worker: Worker
    retention: Retention
    concurrency: ConcurrencyLimit
    budget: Budget
    accounts: Accounts
    imagen_route: str
    clock: Callable[[], float]
    on_checkpoint: OnCheckpoint = ignore_checkpoint

    async def submit(self, request: Submission) -> Submitted:
        """Accept a request; see `Studio.submit`."""
        if request.dry_run or (request.idempotency_key is None and not request.join):
            return Submitted(await self._submit_new(request, ()))
        mark = await _fingerprint(request)
        again = IdempotencyKey(f"{AGAIN}{mark}", mark)
        if request.idempotency_key is None:
            return await self._submit_once(request, again, ())
        # Whoever asks for it once more without the key is given the job of the newest one.
        others = (replace(again, former=ANY_JOB),) if request.join else ()
        return await self._submit_once(request, IdempotencyKey(request.idempotency_key, mark), others)

    async def _submit_once(
        self, request: Submission, key: IdempotencyKey, others: tuple[IdempotencyKey, ...]
    ) -> Submitted:
        """The job that the key stands for, or a new one that it stands for from now on, as `others` do."""
        known, former = await self._find_known(request.visitor, key)
        if known:
            return Submitted(known, joined=True)
        try:
            return Submitted(await self._submit_new(request, (replace(key, former=former), *others)))
        except (KeyTaken, StudioError):
            # The same request may have come twice at once: whatever stops the second, the first is its job.
            known, _ = await self._find_known(request.visitor, key)
            if known:
                return Submitted(known, joined=True)
            raise

    async def _find_known(self, visitor: Visitor, key: IdempotencyKey) -> tuple[Job | None, str | None]:
        """The job that a key stands for, or else the id of the one that it is to stand for no more."""
        row = await self.store.find_key(visitor.owner, key.value)
        if row is None:
            return None, None
        if row[0] != key.fingerprint:
            raise IdempotencyConflict(Message("job.key_reused"), job_id=row[1])
        job = await self.store.get(row[1])
        if key.value.startswith(AGAIN):
            return (job, None) if job and self._is_still_meant(job, visitor) else (None, row[1])
        if job is not None and job.gone is not None:
            raise NotFound(job.why_gone, job_id=job.id)
        return job, None

    def _is_still_meant(self, job: Job, visitor: Visitor) -> bool:
        """Whether the same request once more asks for this job: it is under way or has just ended. What cost
        nothing and brought nothing is tried again; what was stopped or deleted, or only a demo, is wanted
        anew."""
        if job.demo != self.payers.is_demo(visitor):
            return False
        if not job.ended:
            return True
        if job.gone is not None or job.status == "canceled" or (job.status, job.charged) == ("failed", "no"):
            return False
        return self.clock() < (job.finished_at or job.created_at) + JOIN_S

    async def _submit_new(self, request: Submission, keys: tuple[IdempotencyKey, ...]) -> Job:
        if not request.dry_run:
            await self._check_capacity(request.visitor, request.task)
        checked = validate(request.task, request.fields)
        spec, route = checked.spec, self.route(checked.spec, checked.controls)
        choice = self.payers.choose(request.visitor, spec, route)
        if checked.replaces is not None:
            await self._check_replaced(checked.replaces, request.visitor)
        if checked.webhook_url is not None:
            await self.receivers.check(checked.webhook_url, request.origin, request.visitor.asker)
        source = await self._bring_source(checked, route.image, request) if route.image else None
        try:
            image = self.files.input_image(source.file) if source else None
            provider = self.pool.connect_payer(choice, spec.provider).provider
            calls = await provider.prepare(
                route, GenerationRequest(request.task, spec.id, checked.prompt, checked.controls, image)
            )
            job = self._build_job(request, checked, route, choice, source, calls)
        except Exception:
            await self._release(source)
            raise
        if job.dry_run:
            await self._release(source)
            return await self.accounts.warn_of_budget(job, request.visitor.caps)
        # Kept is started, also for whoever hangs up meanwhile.
        await asyncio.shield(self._keep_and_start(job, calls, keys, choice, source, request.visitor))
        return job

    async def _keep_and_start(
        self,
        job: Job,
        calls: tuple[Call, ...],
        keys: tuple[IdempotencyKey, ...],
        choice: Choice,
        source: SourcePicture | None,
        visitor: Visitor,
    ) -> None:
        with self.worker.starting(job.id):
            await self._save(job, keys, choice, source, visitor)
            self.worker.start(job, calls)

    async def _check_capacity(self, visitor: Visitor, task: Task) -> None:
        """Refuse what would be refused anyway. What counts is the transaction that adds the job. Raises
        `RateLimited` or `ModelUnavailable`."""
        await self.retention.admit(visitor)
        if task == "edit":  # a picture of megabytes would be brought here and kept for nothing
            await self.concurrency.check_now(self.database, visitor.asker, visitor.caps)

    async def _check_replaced(self, job_id: str, visitor: Visitor) -> None:
        job = await self.store.get(job_id)
        if job is None or job.owner != visitor.owner:
            raise InvalidParameter(Message("job.replaces_unknown"), field="replaces")

    async def _bring_source(
        self, checked: ValidRequest, how: SourceImage, request: Submission
    ) -> SourcePicture:
        """The picture to edit."""
        if request.upload is not None and checked.image_url is not None:
            raise InvalidParameter(Message("source.two", **GIVEN), field="image_url")
        target = (checked.spec, how, request.visitor.asker)
        keep, fit = not checked.dry_run, request.fit
        if request.upload is not None:
            return await self.sources.from_bytes(request.upload.data, *target, keep=keep, fit=fit)
        if checked.image_url is None:
            raise MissingField(Message("source.missing", **GIVEN), field="image_url")
        return await self.sources.from_url(
            checked.image_url, *target, keep=keep, fit=fit, origin=request.origin
        )

    async def _release(self, source: SourcePicture | None) -> None:
        if source is not None:
            await self.sources.release(source)

    def _build_job(
        self,
        request: Submission,
        checked: ValidRequest,
        route: Route,
        choice: Choice,
        source: SourcePicture | None,
        calls: tuple[Call, ...],
    ) -> Job:
        spec, controls, job_id, now = checked.spec, checked.controls, new_id(), self.clock()
        base, demo = self.pool.base_url(choice.payer, spec.provider), choice.payer == "nobody"
        file = source.file if source else None
        area = file.width * file.height if file else None
        most = route.price.at_most(_pixels(spec, controls, area), controls.get("image_size"))
        reserved = round(most * controls.get("num_images", 1) / len(calls), 6)
        asked = {name: _shorten(value) for name, value in checked.asked.items()}
        if file is not None and request.upload is not None:
            asked["image"] = _describe_upload(file, checked.dry_run)
        notices = (DEMO if demo else None, route.notice, source.notice if source else None)
        return Job(
            id=job_id,
            owner=request.visitor.owner,
            task=request.task,
            status="queued",
            model=spec.id,
            provider=spec.provider,
            served_by=route.served_by,
            demo=demo,
            payer=choice.payer,
            guest=choice.guest,
            network=request.visitor.network,
            created_at=now,
            asked=asked,
            prompt=checked.prompt,
            controls=controls,
            response_format=checked.response_format,
            input_file=file.id if file else None,
            estimated_usd=self.estimate(spec, controls, area),
            warnings=tuple(notice for notice in notices if notice is not None),
            replaces=checked.replaces,
            webhook_url=checked.webhook_url,
            origin=request.origin,
            dry_run=checked.dry_run,
            worker=self.leases.worker,
            lease=1,
            lease_until=now + self.leases.length_s,
            calls=tuple(
                CallRecord(job_id, position, base + call.endpoint, _shorten(call.body), reserved)
                for position, call in enumerate(calls)
            ),
        )

    def route(self, spec: ModelSpec, controls: Mapping[str, Any]) -> Route:
        """The upstream that would serve these controls now."""
        return spec.route(controls, self.imagen_route)

    def estimate(
        self, spec: ModelSpec, controls: Mapping[str, Any], pixels: int | None = None
    ) -> float | None:
        """USD of a run as far as the sources tell, else None. `pixels` are the source picture's."""
        one = self.route(spec, controls).price.per_image(
            _pixels(spec, controls, pixels), controls.get("image_size")
        )
        return None if one is None else round(one * controls.get("num_images", 1), 6)

    async def _save(
        self,
        job: Job,
        keys: tuple[IdempotencyKey, ...],
        choice: Choice,
        source: SourcePicture | None,
        visitor: Visitor,
    ) -> None:
        """Keep the job with its share of every limit, and lend it the key that pays for it."""
        sealed = self.keys.seal(job.id, choice.key)
        try:
            await self.store.add(job, keys, self.budget, self.concurrency, caps=visitor.caps, sealed=sealed)
        except Exception:
            await self._release(source)
            raise
        self.on_checkpoint(Checkpoint.KEPT_JOB, job.id)
        self.keys.hold(job.id, choice.key)


async def _fingerprint(request: Submission) -> str:
    upload = request.upload.data if request.upload else None
    return await asyncio.to_thread(fingerprint, request.task, request.fields, upload)


def fields_to_repeat(job: Job) -> dict[str, Any]:
    """The fields of a kept job's request, as a new one that names it. Long ones were kept shortened, and
    its source picture is a file of the studio's now."""
    asked = {name: value for name, value in job.asked.items() if name not in ("image", "image_url")}
    if job.input_file is not None:
        asked["image_url"] = f"/api/v1/image/files/{job.input_file}"
    if job.webhook_url is not None:
        asked["webhook_url"] = job.webhook_url
    return asked | {"prompt": job.prompt, "model": job.model, "replaces": job.id}


def _describe_upload(file: StoredFile, dry_run: bool) -> str:
    if dry_run:
        return f"{file.mime_type}, {file.width} x {file.height}, {file.bytes} bytes; not kept"
    return f"/api/v1/image/files/{file.id}"


def _pixels(spec: ModelSpec, controls: Mapping[str, Any], source: int | None) -> int | None:
    size = spec.size(controls)
    return size[0] * size[1] if size else source


def _shorten(value: Any) -> Any:
    """A JSON value with its long strings cut to their beginning and their length."""
    match value:
        case str() if len(value) > LONGEST:
            return f"{value[:HEAD]}… ({len(value)} characters)"
        case dict():
            return {key: _shorten(item) for key, item in value.items()}
        case list():
            return [_shorten(item) for item in value]
    return value
