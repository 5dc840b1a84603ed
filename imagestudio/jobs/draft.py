"""From a request to a job that is ready to keep: checked, its source picture in, its price worked out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import ModelSpec, Route
from imagestudio.catalog.validation import ValidRequest, validate
from imagestudio.core.errors import InvalidParameter, MissingField, ModelUnavailable
from imagestudio.core.ids import new_id
from imagestudio.core.job import CallRecord, Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest, InputImage, Task, shorten
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.payers import Choice, Payers
from imagestudio.jobs.provider_pool import Lines
from imagestudio.jobs.sources import Source, Sources
from imagestudio.jobs.webhooks.target import Receivers
from imagestudio.providers.base import Call, Provider
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore

DEMO = Message("demo")


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that came in the request itself."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, the origin of this studio as they see it, and how they want a picture to be taken."""

    visitor: Visitor
    origin: str | None = None
    fit: bool = False
    """Whether a picture is brought down to what the model takes, rather than refused."""

    @property
    def owner(self) -> str:
        """Whose the job and its pictures are."""
        return self.visitor.owner


@dataclass(frozen=True, slots=True)
class Draft:
    """A job that is ready to keep, and what it takes to run it."""

    job: Job
    calls: tuple[Call, ...]
    key: SecretStr | None = field(repr=False)
    """The key that the job is lent; None where it needs none of its visitor's."""
    source: Source | None = None
    """Its picture to edit."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Turns requests into jobs. Sends nothing, and keeps nothing but the source picture."""

    store: JobStore
    files: Files
    sources: Sources
    receivers: Receivers
    payers: Payers
    lines: Lines
    imagen_route: str
    clock: Callable[[], float]

    def route(self, spec: ModelSpec, controls: Mapping[str, Any]) -> Route:
        """The upstream that would serve these controls now."""
        return spec.route(controls, self.imagen_route)

    def missing(self, visitor: Visitor, spec: ModelSpec) -> ModelUnavailable | None:
        """Why a visitor can't run the model now; None where they can."""
        try:
            self.payers.choose(visitor, spec, self.route(spec, {}))
        except ModelUnavailable as error:
            return error
        return None

    def estimate(
        self, spec: ModelSpec, controls: Mapping[str, Any], pixels: int | None = None
    ) -> float | None:
        """USD of a run as far as the sources tell, else None. `pixels` are the source picture's."""
        one = self.route(spec, controls).price.per_image(
            _pixels(spec, controls, pixels), controls.get("image_size")
        )
        return None if one is None else round(one * controls.get("num_images", 1), 6)

    async def draft(
        self, task: Task, fields: Mapping[str, Any], upload: Upload | None, asker: Asker
    ) -> Draft:
        """The job and its calls, ready to send, or (`job.dry_run`) only to show. Raises what refuses it."""
        checked = validate(task, fields)
        spec = checked.spec
        route = self.route(spec, checked.controls)
        choice = self.payers.choose(asker.visitor, spec, route)
        await self._replaced(checked.replaces, asker.owner)
        if checked.webhook_url is not None:
            await self.receivers.check(checked.webhook_url, asker.origin)
        source = await self._source(checked, upload, asker)
        file = source.file if source else None
        request = GenerationRequest(task, spec.id, checked.prompt, checked.controls, self._input(file))
        try:
            calls = await self.lines.chosen(choice, spec.provider).prepare(route, request)
        except Exception:
            await self._let_go(source)
            raise
        if checked.dry_run:
            await self._let_go(source)
        job = self._job(task, checked, route, calls, file, asker, choice)
        if file is not None and upload is not None:
            job.asked["image"] = _upload_view(file, checked.dry_run)
        if source is not None and source.notice is not None:
            job = replace(job, warnings=(*job.warnings, source.notice))
        return Draft(job, calls, choice.key, source)

    async def drop(self, draft: Draft) -> None:
        """The job was not kept: let go of what came with it."""
        await self._let_go(draft.source)

    async def _let_go(self, source: Source | None) -> None:
        if source is not None:
            await self.sources.let_go(source)

    async def prepare(self, provider: Provider, job: Job) -> tuple[Call, ...]:
        """A kept job's calls once more, for those that were not sent yet."""
        spec = MODELS[job.model]
        source = await self.store.get_file(job.input_file) if job.input_file else None
        request = GenerationRequest(job.task, job.model, job.prompt, job.controls, self._input(source))
        return await provider.prepare(self.route(spec, job.controls), request)

    async def _replaced(self, job_id: str | None, owner: str) -> None:
        if job_id is None:
            return
        job = await self.store.get(job_id)
        if job is None or job.owner != owner:
            raise InvalidParameter(Message("job.replaces_unknown"), field="replaces")

    async def _source(self, checked: ValidRequest, upload: Upload | None, asker: Asker) -> Source | None:
        how = self.route(checked.spec, checked.controls).image
        if how is None:
            return None
        if upload is not None and checked.image_url is not None:
            raise InvalidParameter(Message("source.two"), field="image_url")
        keep, fit = not checked.dry_run, asker.fit
        if upload is not None:
            return await self.sources.from_bytes(
                upload.data, checked.spec, how, asker.owner, keep=keep, fit=fit
            )
        if checked.image_url is None:
            raise MissingField(Message("source.missing"), field="image_url")
        return await self.sources.from_url(
            checked.image_url, checked.spec, how, asker.owner, keep=keep, fit=fit
        )

    def _input(self, file: StoredFile | None) -> InputImage | None:
        if file is None:
            return None
        return InputImage(self.files.path(file.name), file.mime_type, file.width, file.height)

    def _job(
        self,
        task: Task,
        checked: ValidRequest,
        route: Route,
        calls: tuple[Call, ...],
        source: StoredFile | None,
        asker: Asker,
        choice: Choice,
    ) -> Job:
        spec, controls, job_id = checked.spec, checked.controls, new_id()
        base, demo = self.lines.base_url(choice.payer, spec.provider), choice.payer == "nobody"
        area = source.width * source.height if source else None
        most = route.price.at_most(_pixels(spec, controls, area), controls.get("image_size"))
        reserved = round(most * controls.get("num_images", 1) / len(calls), 6)
        return Job(
            id=job_id,
            owner=asker.owner,
            task=task,
            status="queued",
            model=spec.id,
            provider=spec.provider,
            served_by=route.served_by,
            demo=demo,
            payer=choice.payer,
            guest=choice.guest,
            created_at=self.clock(),
            asked={name: shorten(value) for name, value in checked.asked.items()},
            prompt=checked.prompt,
            controls=controls,
            response_format=checked.response_format,
            input_file=source.id if source else None,
            estimated_usd=self.estimate(spec, controls, area),
            warnings=(*((DEMO,) if demo else ()), *((route.notice,) if route.notice else ())),
            replaces=checked.replaces,
            webhook_url=checked.webhook_url,
            origin=asker.origin,
            dry_run=checked.dry_run,
            calls=tuple(
                CallRecord(job_id, position, base + call.endpoint, shorten(call.body), reserved)
                for position, call in enumerate(calls)
            ),
        )


def repeated(job: Job) -> dict[str, Any]:
    """The fields of a kept job's request, as a new one that names it. Long ones were kept shortened, and
    its source picture is a file of the studio's now."""
    asked = {name: value for name, value in job.asked.items() if name not in ("image", "image_url")}
    if job.input_file is not None:
        asked["image_url"] = f"/api/v1/image/files/{job.input_file}"
    if job.webhook_url is not None:
        asked["webhook_url"] = job.webhook_url
    return asked | {"prompt": job.prompt, "model": job.model, "replaces": job.id}


def _upload_view(source: StoredFile, dry_run: bool) -> str:
    if dry_run:
        return f"{source.mime_type}, {source.width} x {source.height}, {source.bytes} bytes; not kept"
    return f"/api/v1/image/files/{source.id}"


def _pixels(spec: ModelSpec, controls: Mapping[str, Any], source: int | None) -> int | None:
    size = spec.size(controls)
    return size[0] * size[1] if size else source
