"""The five functions that gradio_client and MCP call. Their docstrings are what an agent reads.

What they answer is the studio's own: `ui/gradio/endpoints.py` hands pictures over as Gradio's files,
`ui/mcp.py` as image content.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypedDict, TypeGuard, TypeVar, get_args

from imagestudio.api.views import model_view
from imagestudio.core.errors import InvalidImage, InvalidParameter, StudioError
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.jobs.document import dry_run_document, job_document
from imagestudio.jobs.sources import GIVEN
from imagestudio.studio.service import Studio, Upload

FILE = "gradio.FileData"
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
    """Who calls a tool: `studio` as they see it, the `origin` that addresses begin with for them, and where
    the file is that they have uploaded under a name."""

    studio: Studio
    origin: str
    uploaded: Callable[[object], Path | None]


Answer = tuple[list[Picture], dict[str, Any]]


class ToolError(Exception):
    """A call that brought nothing. The message is one line that starts with the public code."""


class Tools:
    """The five functions, over the studio. A run is waited for so long."""

    def __init__(self, sync_timeout_s: float) -> None:
        self._sync_timeout_s = sync_timeout_s

    def by_name(self) -> dict[str, tuple[str, Callable[..., Awaitable[Any]]]]:
        """Each tool's function and Gradio's name for it, by the name that agents call it."""
        return {
            "generate_image": ("generate", self.generate_image),
            "edit_image": ("edit", self.edit_image),
            "list_models": ("models", self.list_models),
            "get_job": ("job", self.get_job),
            "cancel_job": ("cancel", self.cancel_job),
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
    ) -> Answer:
        """Draw pictures from a text prompt. Each run may cost money: list_models tells the prices.

        Set only what the model takes (list_models tells); anything else is refused by name, nothing is
        dropped in silence. A run that takes too long to wait for comes back unfinished, with its job's
        status "queued" or "running": ask get_job for it later instead of starting it again.

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
        return await self._run("generate", fields, None, caller)

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
    ) -> Answer:
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

        Returns:
            the pictures as files, and the job with what was asked, what was sent, cost and warnings
        """
        if image is not None and image_url is not None:
            raise InvalidParameter(Message("source.two", **GIVEN), field="image_url")
        upload = None
        if isinstance(image, str):
            image_url = image  # An MCP client can't upload: what it gives is an address.
        elif image is not None:
            path = caller.uploaded(image["path"]) if is_file(image) else None
            upload = Upload(await asyncio.to_thread(read_upload, path))
        fields = {
            "prompt": prompt,
            "image_url": image_url,
            "model": model,
            "seed": seed,
            "dry_run": dry_run or None,
            "webhook_url": webhook_url,
        }
        return await self._run("edit", fields, upload, caller)

    async def list_models(self, caller: Caller, task: Task | None = None) -> list[dict[str, Any]]:
        """List the models: what each takes, costs and is good at, and whether it can run now.

        Args:
            task: "generate" or "edit" for the models of one task. Left out: all.

        Returns:
            the models, each with its controls as JSON Schema
        """
        if task not in (None, *get_args(Task)):
            raise InvalidParameter(Message("tool.task"), field="task", allowed=list(get_args(Task)))
        studio = caller.studio
        return [model_view(studio, view) for view in studio.models(task)]

    async def get_job(
        self, caller: Caller, job_id: str, look_again: bool = False, run_again: bool = False
    ) -> Answer:
        """Look at a job: how it goes, and its pictures once it has succeeded. Free, unless run_again is set.

        A job that brought no picture names in its "offers" what can be done about it.

        Args:
            job_id: The "id" of a job that generate_image or edit_image gave.
            look_again: true to ask the provider once more what became of it. Free of charge.
            run_again: true to run an ended job's request again, as a new job that may cost money.

        Returns:
            the pictures as files, and the job
        """
        studio = caller.studio
        if look_again and run_again:
            raise InvalidParameter(Message("tool.look_or_run"), field="run_again")
        if look_again:
            return await self._ended(await studio.look_again(_id(job_id)), caller)
        if run_again:
            job = await studio.run_again(_id(job_id), origin=caller.origin)
            return await self._ended(job, caller)
        return await self._answer(await studio.job(_id(job_id)), caller)

    async def cancel_job(self, caller: Caller, job_id: str) -> dict[str, Any]:
        """Stop a job. Its warnings say whether it is charged all the same. An ended job stays as it is.

        Args:
            job_id: The "id" of a job that generate_image or edit_image gave.

        Returns:
            the job
        """
        return await self._job(await caller.studio.cancel(_id(job_id)), caller)

    async def _run(self, task: Task, fields: dict[str, Any], upload: Upload | None, caller: Caller) -> Answer:
        job = await caller.studio.submit(task, fields, upload=upload, origin=caller.origin)
        return ([], dry_run_document(job)) if job.dry_run else await self._ended(job, caller)

    async def _ended(self, job: Job, caller: Caller) -> Answer:
        job = await caller.studio.wait(job.id, self._sync_timeout_s)
        if job.error is not None:
            raise ToolError(f"{job.error.code}: {job.error.text} (job {job.id})")
        return await self._answer(job, caller)

    async def _answer(self, job: Job, caller: Caller) -> Answer:
        return [await self._picture(file, caller) for file in job.pictures], await self._job(job, caller)

    async def _job(self, job: Job, caller: Caller) -> dict[str, Any]:
        # The pictures come as files: the job names them by url, whatever the provider's own habit.
        return job_document(job, caller.origin)

    async def _picture(self, file: StoredFile, caller: Caller) -> Picture:
        _, path = await caller.studio.file(file.id)
        return Picture(file, path)


def is_file(image: object) -> TypeGuard[UploadedFile]:
    """Whether a caller's value names a file as Gradio's clients do."""
    if not isinstance(image, dict) or "path" not in image:
        return False
    meta = image.get("meta")
    return isinstance(meta, dict) and meta.get("_type") == FILE


def read_upload(path: Path | None) -> bytes:
    """The bytes of an uploaded file. Blocking. Raises `InvalidImage` where there is none."""
    try:
        return path.read_bytes() if path else _no_file()
    except OSError:
        return _no_file()


def _no_file() -> NoReturn:
    raise InvalidImage(Message("tool.image_not_uploaded"))


def _id(job_id: object) -> str:
    if not isinstance(job_id, str):
        raise InvalidParameter(Message("tool.job_id_text"), field="job_id", allowed="string")
    return job_id


async def refused_in_a_line(call: Awaitable[T]) -> T:
    """What a call brings. Raises nothing but `ToolError`; the reason of a fault goes to the log."""
    try:
        return await call
    except ToolError:
        raise
    except StudioError as error:
        raise ToolError(public_message(error)) from None
    except Exception as error:
        raise ToolError(public_message(log_fault(error))) from None


def public_message(error: StudioError) -> str:
    """A refusal in one line that starts with its code."""
    return f"{error.code}: {error.message}"
