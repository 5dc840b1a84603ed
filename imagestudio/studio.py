"""The service. Page, REST, gradio_client and MCP all call these methods; none of them knows a provider."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagestudio.catalog import MODELS, models_for
from imagestudio.catalog.spec import ModelSpec, Route
from imagestudio.errors import IdempotencyConflict, MissingField, ModelUnavailable, NotFound
from imagestudio.fingerprint import fingerprint, shorten
from imagestudio.generation import GenerationRequest, InputImage, Task
from imagestudio.ids import new_id
from imagestudio.jobs import CallRecord, Job, Progress, StoredFile
from imagestudio.progress import Board
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import Call
from imagestudio.runner import Runner
from imagestudio.sources import Sources
from imagestudio.store.database import Database
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore, KeyTaken
from imagestudio.validation import Checked, check
from imagestudio.worker import Worker

DEMO_WARNING = "Demo: the built-in sandbox drew this. No provider was called and no money moved."
LOCAL_OWNER = "local"
DRAIN_S = 8.0
"""At the end, how long submits under way may take to their answers."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that came in the request itself."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model, how it would be served now, and what is missing if it can't run."""

    spec: ModelSpec
    route: Route
    can_run: bool
    set: str | None
    message: str | None


class Studio:
    """Everything that people can ask of the studio. Open it before use, close it after."""

    def __init__(
        self,
        *,
        database: Database,
        store: JobStore,
        files: Files,
        sources: Sources,
        board: Board,
        runners: Mapping[str, Runner],
        base_urls: Mapping[str, str],
        demo: bool,
        imagen_route: str,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._store = store
        self._files = files
        self._sources = sources
        self._board = board
        self._runners = runners
        self._base_urls = base_urls
        self._imagen_route = imagen_route
        self._clock = clock
        self.demo = demo
        self._worker = Worker(store=store, board=board, runners=runners, prepare=self._prepare, clock=clock)

    async def open(self) -> None:
        """Make the schema current and take up what an earlier process left."""
        await self._database.open()
        await self._files.open()
        await self._worker.start()

    async def close(self) -> None:
        """Stop. Submits under way come to their answers first; tickets are polled on at the next start."""
        await self._worker.stop(DRAIN_S)
        await self._database.close()

    def models(self, task: Task | None = None) -> list[ModelView]:
        """The catalog, of one task or of both."""
        return [self.model(spec.id) for spec in (models_for(task) if task else MODELS.values())]

    def model(self, model_id: str) -> ModelView:
        """One model as it would be served now."""
        spec = MODELS[model_id]
        route = spec.route({}, self._imagen_route)
        if spec.provider in self._runners:
            return ModelView(spec, route, True, None, None)
        variable = PROVIDERS[spec.provider].key_variables[0]
        message = f"{spec.name} needs a key of {PROVIDERS[spec.provider].title}. Set {variable}."
        return ModelView(spec, route, False, variable, message)

    def estimate(
        self, model_id: str, controls: Mapping[str, Any], image_pixels: int | None = None
    ) -> float | None:
        """USD that a run will cost as far as the sources tell; None where they don't."""
        spec = MODELS[model_id]
        size = spec.size(controls)
        pixels = size[0] * size[1] if size else image_pixels
        price = spec.route(controls, self._imagen_route).price
        one = price.per_image(pixels, controls.get("image_size"))
        return None if one is None else round(one * controls.get("num_images", 1), 6)

    async def submit(
        self,
        task: Task,
        fields: Mapping[str, Any],
        *,
        owner: str = LOCAL_OWNER,
        upload: Upload | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Accept a request as a job, durably, and start it. Raises the `StudioError` that refuses it.

        The same key with the same request gives the same job, however often and however concurrently.
        """
        print_of = await asyncio.to_thread(fingerprint, task, fields, upload.data if upload else None)
        if idempotency_key is not None and (job := await self._same(owner, idempotency_key, print_of)):
            return job
        checked = check(task, fields)
        if not (view := self.model(checked.spec.id)).can_run:
            raise ModelUnavailable(view.message or "", reason="missing_key", set=view.set, charged="no")
        source = await self._source(task, checked, upload, owner)
        job, calls = await self._new_job(task, checked, source, upload is not None, owner)
        try:
            await self._store.add(job, (idempotency_key, print_of) if idempotency_key else None)
        except KeyTaken:
            same = await self._same(owner, idempotency_key or "", print_of)
            return same or job
        self._worker.take(job, calls)
        return job

    async def _same(self, owner: str, key: str, print_of: str) -> Job | None:
        found = await self._store.by_key(owner, key)
        if found is None:
            return None
        if found[0] != print_of:
            raise IdempotencyConflict(
                "This Idempotency-Key was used with another request. Use a new key for a new request.",
                job_id=found[1],
            )
        return await self._store.get(found[1])

    async def _source(
        self, task: Task, checked: Checked, upload: Upload | None, owner: str
    ) -> StoredFile | None:
        how = checked.spec.route(checked.controls, self._imagen_route).image
        if how is None:
            return None
        if upload is not None:
            return await self._sources.from_bytes(upload.data, checked.spec, how, owner)
        if checked.image_url is None:
            raise MissingField("Give the picture to edit: image_url, or a file as image.", field="image_url")
        return await self._sources.from_url(checked.image_url, checked.spec, how, owner)

    async def _new_job(
        self, task: Task, checked: Checked, source: StoredFile | None, uploaded: bool, owner: str
    ) -> tuple[Job, tuple[Call, ...]]:
        spec, controls = checked.spec, checked.controls
        route = spec.route(controls, self._imagen_route)
        request = GenerationRequest(task, spec.id, checked.prompt, controls, self._input(source))
        calls = await self._runners[spec.provider].provider.prepare(route, request)
        job_id, base = new_id(), self._base_urls[spec.provider]
        asked = {name: shorten(value) for name, value in checked.asked.items()}
        if source is not None and uploaded:
            asked["image"] = f"/api/v1/image/files/{source.id}"
        warnings = [*([DEMO_WARNING] if self.demo else []), *([route.notice] if route.notice else [])]
        job = Job(
            id=job_id,
            owner=owner,
            task=task,
            status="queued",
            model=spec.id,
            provider=spec.provider,
            served_by=route.served_by,
            demo=self.demo,
            created_at=self._clock(),
            asked=asked,
            prompt=checked.prompt,
            controls=controls,
            response_format=checked.response_format,
            input_file=source.id if source else None,
            estimated_usd=self.estimate(spec.id, controls, source.width * source.height if source else None),
            warnings=tuple(warnings),
            calls=tuple(
                CallRecord(job_id, position, base + call.endpoint, shorten(call.body))
                for position, call in enumerate(calls)
            ),
        )
        return job, calls

    async def _prepare(self, job: Job) -> tuple[Call, ...]:
        spec = MODELS[job.model]
        source = await self._store.file(job.input_file) if job.input_file else None
        request = GenerationRequest(job.task, job.model, job.prompt, job.controls, self._input(source))
        route = spec.route(job.controls, self._imagen_route)
        return await self._runners[spec.provider].provider.prepare(route, request)

    def _input(self, file: StoredFile | None) -> InputImage | None:
        if file is None:
            return None
        return InputImage(self._files.path(file.name), file.mime_type, file.width, file.height)

    async def job(self, job_id: str, owner: str = LOCAL_OWNER) -> Job:
        """A job of this owner's. Raises `NotFound`."""
        job = await self._store.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("There is no job of that id.", job_id=job_id if job_id.isalnum() else None)
        return job

    async def jobs(self, owner: str = LOCAL_OWNER, limit: int = 50, before: str | None = None) -> list[Job]:
        """Jobs, newest first, older than the job `before`."""
        return await self._store.page(owner, limit, before)

    def progress(self, job_id: str) -> Progress | None:
        """How far a running job is, in words; None once it has ended."""
        return self._board.progress(job_id)

    async def wait(self, job_id: str, timeout_s: float, owner: str = LOCAL_OWNER) -> Job:
        """The job once it has ended, or as it stands after `timeout_s`. Losing the waiter changes nothing."""
        last = await self.job(job_id, owner)
        try:
            async with asyncio.timeout(timeout_s):
                async for job, _ in self.watch(job_id, owner, every_s=60):
                    last = job
        except TimeoutError:
            return await self.job(job_id, owner)
        return last

    async def watch(
        self, job_id: str, owner: str = LOCAL_OWNER, *, every_s: float = 1.0
    ) -> AsyncIterator[tuple[Job, Progress | None]]:
        """The job at each change of its progress, and each `every_s`, up to and with its ending."""
        while True:
            bell = self._board.bell(job_id)
            job = await self.job(job_id, owner)
            yield job, None if job.ended else self._board.progress(job_id)
            if job.ended:
                return
            try:
                async with asyncio.timeout(every_s):
                    await bell.wait()
            except TimeoutError:
                continue

    async def cancel(self, job_id: str, owner: str = LOCAL_OWNER) -> Job:
        """Stop a job and say what that means for money. A picture that arrives all the same is kept."""
        job = await self.job(job_id, owner)
        if job.ended:
            return job
        self._worker.unwanted(job_id)
        for call in job.calls:
            await self._store.change_call(call, ["planned"], state="dropped", finished_at=self._clock())
        await self._store.finish(job_id, "canceled", finished_at=self._clock())
        self._board.close(job_id)
        job = await self.job(job_id, owner)
        said = [await self._cancel_call(job, call) for call in job.calls]
        await self._store.warn(job_id, [*job.warnings, *dict.fromkeys(filter(None, said))])
        return await self.job(job_id, owner)

    async def _cancel_call(self, job: Job, call: CallRecord) -> str | None:
        runner = self._runners.get(job.provider)
        if call.state == "submitting" and runner:
            return (
                f"The request was on its way to {runner.provider.title}. It may be charged; "
                "a picture that arrives is kept."
            )
        if call.state != "accepted" or runner is None:
            return None
        canceled = await runner.provider.cancel(call.ticket or {})
        await self._store.change_call(call, ["accepted"], charged=canceled.charged)
        return canceled.message

    async def file(self, file_id: str, owner: str = LOCAL_OWNER) -> tuple[StoredFile, Path]:
        """A stored picture and where it lies. Raises `NotFound`."""
        file = await self._store.file(file_id)
        if file is None or file.owner != owner:
            raise NotFound("There is no file of that id.")
        return file, self._files.path(file.name)
