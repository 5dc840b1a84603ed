"""The functions that gradio_client and MCP call. Their docstrings are what an agent reads.

What they answer is the studio's own: `ui/gradio/endpoints.py` hands pictures over as Gradio's files,
`ui/mcp/` as image content. A run that was begun is `Started`; whoever calls waits for it as suits them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, TypedDict, TypeGuard, TypeVar, get_args
from urllib.parse import unquote

from imagestudio.api.params import period_end, period_start
from imagestudio.api.views import model_view
from imagestudio.catalog import MODELS
from imagestudio.catalog.validation import given
from imagestudio.core.errors import (
    Failure,
    IdempotencyConflict,
    InvalidImage,
    InvalidModel,
    InvalidParameter,
    NotFound,
    StudioError,
)
from imagestudio.core.job import Job, JobStatus, StoredFile
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.jobs.document import dry_run_document, job_document, job_summary
from imagestudio.jobs.sources import GIVEN
from imagestudio.store.jobs import JobFilter
from imagestudio.studio.service import Studio, Submitted, Upload
from imagestudio.ui.locale import EN
from imagestudio.ui.status_html import progress_text
from imagestudio.ui.tool_values import choice, id_of, key_of, seconds_of, whole

FILE = "gradio.FileData"
GRADIO_FILE, LONGEST_ADDRESS = "/gradio_api/file=", 8192
TASKS: tuple[Task, ...] = get_args(Task)
AGENTS_ONLY = frozenset({"idempotency_key", "wait_s"})
"""Parameters that agents have only: calls of Gradio are lists of values, which one more would break."""
USUALLY_LISTED, MOST_LISTED = 10, 50
T = TypeVar("T")


class UploadedFile(TypedDict):
    """A file, as Gradio's clients hand files over."""

    path: str
    orig_name: str
    mime_type: str
    size: int
    meta: dict[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the studio's, in its data folder."""

    file: StoredFile
    path: Path


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a tool: `studio` as they see it, the `origin` that addresses begin with for them, where the
    file is that they have uploaded under a name, and whether the same request once more `joins` its job."""

    studio: Studio
    origin: str
    uploaded: Callable[[object], Path | None]
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """A job to wait for, at most `wait_s` where that is given. `joined`: an earlier request began it."""

    job: Job
    joined: bool = False
    wait_s: float | None = None
    shows_error: bool = False
    """Whether a job that failed is an answer, not a failure of the call."""


Answer = tuple[list[Picture], dict[str, Any]]
Run = Answer | Started


class ToolError(Exception):
    """A call that brought nothing. The message is one line that starts with the public code."""

    def __init__(self, failure: Failure, line: str) -> None:
        super().__init__(line)
        self.failure = failure


class Tools:
    """The functions, over the studio."""

    def by_name(self) -> dict[str, Callable[..., Awaitable[Any]]]:
        """The tools of agents."""
        return {
            "generate_image": self.generate_image,
            "edit_image": self.edit_image,
            "list_models": self.list_models,
            "get_job": self.get_job,
            "list_jobs": self.list_jobs,
            "cancel_job": self.cancel_job,
        }

    def by_api_name(self) -> dict[str, Callable[..., Awaitable[Any]]]:
        """The endpoints of Gradio's clients."""
        return {
            "generate": self.generate_image,
            "edit": self.edit_image,
            "models": self.list_models,
            "job": self.get_job,
            "cancel": self.cancel_job,
        }

    async def generate_image(
        self,
        caller: Caller,
        prompt: str,
        model: str | None = None,
        width: int | None = None,
        height: int | None = None,
        aspect_ratio: str | None = None,
        num_images: int | None = None,
        image_size: str | None = None,
        seed: int | None = None,
        vector: bool | None = None,
        dry_run: bool = False,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Draw pictures from a text prompt. Each run may cost money: list_models tells the prices.

        Set only what the model takes (list_models tells); anything else is refused by name, nothing is
        dropped in silence. A run that takes too long to wait for comes back unfinished, with its job's
        status "queued" or "running": ask get_job for it later instead of starting it again. An answer that
        was lost is found with list_jobs.

        Args:
            prompt: What the picture shall show, 1 to 10000 characters.
            model: Id of a model that generates, as list_models names it. Left out: flux-2-pro.
            width: Width in pixels. Left out: the model's own.
            height: Height in pixels. Left out: the model's own.
            aspect_ratio: Shape, width to height: 1:1, 3:4, 4:3, 9:16 or 16:9.
            num_images: How many pictures, 1 to 4. Each is charged.
            image_size: Resolution class: 1K or 2K.
            seed: 0 to 4294967295. The same seed and settings give a similar picture.
            vector: true for an SVG drawing in place of a picture of pixels.
            dry_run: true to be told only what would be sent and what it would cost. Free; nothing is kept.
            webhook_url: A public http(s) address to post the job to when it has ended, signed.
            idempotency_key: Any text, new for each run that is wanted. The same key never pays twice.

        Returns:
            the pictures as files, and the job with what was asked, what was sent, cost and warnings
        """
        fields = {
            "prompt": prompt,
            "model": model,
            "width": width,
            "height": height,
            "aspect_ratio": aspect_ratio,
            "num_images": num_images,
            "image_size": image_size,
            "seed": seed,
            "vector": vector,
            "dry_run": dry_run or None,
            "webhook_url": webhook_url,
        }
        return await _start("generate", fields, None, idempotency_key, caller)

    async def edit_image(
        self,
        caller: Caller,
        prompt: str,
        image: UploadedFile | str | None = None,
        image_url: str | None = None,
        model: str | None = None,
        seed: int | None = None,
        dry_run: bool = False,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Change a picture as a text instruction says. Each run may cost money: list_models tells the prices.

        Give the picture either as a file or by its address, not both. A run that takes too long to wait
        for comes back unfinished: ask get_job for it later instead of starting it again.

        Args:
            prompt: What to change, 1 to 10000 characters.
            image: The picture as an uploaded file, or its address; PNG, JPEG, WebP, AVIF or GIF, up to 20 MB.
            image_url: The picture's address: http(s), a data URI, or the url of a picture of this studio.
            model: Id of a model that edits, as list_models names it. Left out: qwen-image-edit.
            seed: 0 to 4294967295, where the model takes one.
            dry_run: true to be told only what would be sent and what it would cost. Free; nothing is kept.
            webhook_url: A public http(s) address to post the job to when it has ended, signed.
            idempotency_key: Any text, new for each run that is wanted. The same key never pays twice.

        Returns:
            the pictures as files, and the job with what was asked, what was sent, cost and warnings
        """
        image, image_url = image or None, image_url or None
        if image is not None and image_url is not None:
            raise InvalidParameter(Message("source.two", **GIVEN), field="image_url")
        upload = None
        if isinstance(image, str):
            image_url = image  # An MCP client can't upload: what it gives is an address.
        elif image is not None:
            path = caller.uploaded(image["path"]) if is_file(image) else None
            upload = Upload(await asyncio.to_thread(read_upload, path))
        if image_url is not None and (lent := caller.uploaded(_gradio_path(image_url))):
            upload, image_url = Upload(await asyncio.to_thread(read_upload, lent)), None
        fields = {
            "prompt": prompt,
            "image_url": image_url,
            "model": model,
            "seed": seed,
            "dry_run": dry_run or None,
            "webhook_url": webhook_url,
        }
        try:
            return await _start("edit", fields, upload, idempotency_key, caller)
        except StudioError as error:
            if isinstance(image, str) and error.details.get("field") == "image_url":
                error.details["field"] = "image"  # as the caller wrote it
            raise

    async def list_models(self, caller: Caller, task: Task | None = None) -> list[dict[str, Any]]:
        """List the models: what each takes, costs and is good at, and whether it can run now.

        Args:
            task: "generate" or "edit" for the models of one task. Left out: all.

        Returns:
            the models, each with its controls as JSON Schema
        """
        studio = caller.studio
        return [model_view(studio, view) for view in studio.models(choice("task", task, TASKS))]

    async def get_job(
        self,
        caller: Caller,
        job_id: str,
        look_again: bool = False,
        run_again: bool = False,
        wait_s: int | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Look at a job: how it goes, and its pictures once it has succeeded. Free, unless run_again is set.

        A job that brought no picture names in its "offers" what can be done about it.

        Args:
            job_id: The "id" of a job, as generate_image, edit_image or list_jobs give it.
            look_again: true to ask the provider once more what became of it. Free of charge.
            run_again: true to run an ended job's request again, as a new job that may cost money.
            wait_s: Seconds to wait for the job's end, 0 to 50. Left out: it is told as it stands.
            idempotency_key: With run_again: any text, new for each run. The same key never pays twice.

        Returns:
            the pictures as files, and the job
        """
        studio, job_id = caller.studio, id_of(job_id)
        if look_again and run_again:
            raise InvalidParameter(Message("tool.look_or_run"), field="run_again")
        wait = seconds_of(wait_s)
        try:
            if look_again:
                return Started(await studio.look_again(job_id), wait_s=wait)
            if run_again:
                return await _start_again(job_id, key_of(idempotency_key), caller, wait)
            return Started(await studio.job(job_id), wait_s=wait or 0.0, shows_error=True)
        except NotFound as error:
            error.details["field"] = "job_id"
            raise

    async def list_jobs(
        self,
        caller: Caller,
        status: JobStatus | None = None,
        model: str | None = None,
        task: Task | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> dict[str, Any]:
        """List your jobs, newest first: look here for a run whose answer was lost, before you start it again.

        Args:
            status: Only jobs that stand so. Left out: all.
            model: Only jobs of this model, by its id.
            task: Only jobs of one task.
            since: Only jobs asked for at this date or date-time (ISO 8601, UTC) or later.
            until: Only jobs asked for up to this date, which is within, or before this date-time.
            limit: How many, 1 to 50. Left out: 10.
            before: Only jobs older than the one of this id, such as the last answer's "next_before".

        Returns:
            the jobs in short, each with the addresses of its pictures, and next_before where there are more
        """
        if model and model not in MODELS:
            raise InvalidModel(
                Message("model.unknown", allowed=list(MODELS)), field="model", allowed=list(MODELS)
            )
        filters = JobFilter(
            choice("status", status, get_args(JobStatus)),
            model or None,
            choice("task", task, TASKS),
            period_start(since or None, "since"),
            period_end(until or None, "until"),
        )
        most = whole("limit", limit, 1, MOST_LISTED) or USUALLY_LISTED
        jobs = await caller.studio.jobs(most + 1, id_of(before, "before") if before else None, filters)
        page = jobs[:most]
        return {
            "jobs": [self._listed(job, caller) for job in page],
            "next_before": page[-1].id if len(jobs) > most else None,
        }

    async def cancel_job(self, caller: Caller, job_id: str) -> dict[str, Any]:
        """Stop a job. Its warnings say whether it is charged all the same. An ended job stays as it is.

        Args:
            job_id: The "id" of a job, as generate_image, edit_image or list_jobs give it.

        Returns:
            the job
        """
        try:
            return job_document(await caller.studio.cancel(id_of(job_id)), caller.origin)
        except NotFound as error:
            error.details["field"] = "job_id"
            raise

    async def ended(self, started: Started, caller: Caller, timeout_s: float) -> Answer:
        """What a call is answered once its job has ended, or when it was waited for so long. Raises
        `ToolError` where the job failed."""
        job, wait_s = started.job, timeout_s if started.wait_s is None else min(timeout_s, started.wait_s)
        if wait_s and not job.ended:
            job = await caller.studio.outcome(job, wait_s)
        return await self.outcome(replace(started, job=job), caller)

    async def outcome(self, started: Started, caller: Caller) -> Answer:
        """The same for a job as it stands."""
        job = started.job
        if job.told_error is not None and not started.shows_error:
            failure = job.told_error.with_details(job_id=job.id)
            raise ToolError(failure, f"{failure.code}: {failure.text} (job {job.id})")
        return await self.answer(job, caller)

    async def answer(self, job: Job, caller: Caller) -> Answer:
        """A job with its pictures, which it names by url, whatever the provider's own habit."""
        pictures = [await self._picture(file, caller) for file in job.pictures]
        return pictures, job_document(job, caller.origin)

    def _listed(self, job: Job, caller: Caller) -> dict[str, Any]:
        summary = job_summary(job, caller.origin)
        if job.ended:
            return summary
        return {**summary, "progress": progress_text(job, caller.studio.progress(job.id), time.time(), EN)}

    async def _picture(self, file: StoredFile, caller: Caller) -> Picture:
        _, path = await caller.studio.file(file.id)
        return Picture(file, path)


async def _start(
    task: Task, fields: Mapping[str, Any], upload: Upload | None, key: str | None, caller: Caller
) -> Run:
    asked = given(fields)
    submit = caller.studio.submit_or_join if caller.joins else caller.studio.submit
    with _naming_key():
        job = await submit(task, asked, upload=upload, idempotency_key=key_of(key), origin=caller.origin)
    started = _started(job)
    return ([], dry_run_document(started.job)) if started.job.dry_run else started


async def _start_again(job_id: str, key: str | None, caller: Caller, wait_s: float | None) -> Started:
    studio = caller.studio
    run_again = studio.run_again_or_join if caller.joins else studio.run_again
    with _naming_key():
        job = await run_again(job_id, idempotency_key=key, origin=caller.origin)
    return replace(_started(job), wait_s=wait_s)


def _started(job: Job | Submitted) -> Started:
    return Started(job.job, job.joined) if isinstance(job, Submitted) else Started(job)


@contextmanager
def _naming_key() -> Iterator[None]:
    """A key that was used for another request is a fault of the field that it came in."""
    try:
        yield
    except IdempotencyConflict as error:
        error.details["field"] = "idempotency_key"
        raise


def is_file(image: object) -> TypeGuard[UploadedFile]:
    """Whether a caller's value names a file as Gradio's clients do."""
    if not isinstance(image, dict) or "path" not in image:
        return False
    meta = image.get("meta")
    return isinstance(meta, dict) and meta.get("_type") == FILE


def _gradio_path(url: object) -> str | None:
    """What Gradio calls a file that it handed out, by the file's address."""
    _, is_gradios, path = (
        url[:LONGEST_ADDRESS].partition(GRADIO_FILE) if isinstance(url, str) else ("", "", "")
    )
    return unquote(path) if is_gradios else None


def read_upload(path: Path | None) -> bytes:
    """The bytes of an uploaded file. Blocking. Raises `InvalidImage` where there is none."""
    try:
        return path.read_bytes() if path else _no_file()
    except OSError:
        return _no_file()


def _no_file() -> NoReturn:
    raise InvalidImage(Message("tool.image_not_uploaded"))


async def refused_in_a_line(call: Awaitable[T]) -> T:
    """What a call brings. Raises nothing but `ToolError`; the reason of a fault goes to the log."""
    try:
        return await call
    except ToolError:
        raise
    except StudioError as error:
        raise ToolError(error.failure, public_message(error)) from None
    except Exception as error:
        fault = log_fault(error)
        raise ToolError(fault.failure, public_message(fault)) from None


def public_message(error: StudioError) -> str:
    """A refusal in one line that starts with its code."""
    return f"{error.code}: {error.message}"
