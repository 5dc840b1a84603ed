"""fal's queue: one POST, a status to follow or be pushed, then the result.

By fal.ai/docs ("Queue"). The answer's own URLs are the only ones to use: which part of the endpoint they keep
differs from one model to another.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, ClassVar

import httpx

from imagestudio.catalog.spec import Route
from imagestudio.core.errors import ProviderFailed, StudioError
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest
from imagestudio.net import Download
from imagestudio.providers import fal_errors, problems
from imagestudio.providers.base import (
    Call,
    Cancellation,
    KeyCheck,
    Outcome,
    Pending,
    Report,
    Ticket,
    ask_of_key,
    ignore,
)
from imagestudio.providers.body import build_body, encode_source
from imagestudio.providers.fal_reasons import Reasons, most_telling, of_answer
from imagestudio.providers.fal_result import completed, listed
from imagestudio.providers.fal_status import Finished, QueueStatus, pushed, read_status
from imagestudio.providers.http import Answer, Garbled, Transient, Wire, read_url, same_origin

DOMAIN = "fal.run"
PLATFORM = "https://api.fal.ai"
PRICED = "fal-ai/qwen-image"
"""An endpoint that has a price: any would do."""
PRESETS = {
    "1:1": "square_hd",
    "3:4": "portrait_4_3",
    "4:3": "landscape_4_3",
    "9:16": "portrait_16_9",
    "16:9": "landscape_16_9",
}
"""fal's names for sizes: it takes no ratio by its numbers."""
SIDES = ("width", "height", "aspect_ratio")


class Fal:
    """Submits to the queue and follows the URLs of the answer, which are the ticket."""

    title: ClassVar[str] = fal_errors.TITLE
    base_url: ClassVar[str] = "https://queue.fal.run"
    key_variables: ClassVar[tuple[str, ...]] = ("FAL_KEY",)
    key_page: ClassVar[str] = "https://fal.ai/dashboard/keys"
    # fal's queue never refuses, it lets wait. The bound is ours: each task followed may hold a connection.
    max_active: ClassVar[int] = 200
    answers_inline: ClassVar[bool] = False

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @staticmethod
    def auth(key: str) -> dict[str, str]:
        """The `Authorization` header, with fal's own scheme: `Bearer` is refused."""
        return {"authorization": f"Key {key}"}

    @staticmethod
    def owns(url: str, base_url: str) -> bool:
        """The base's own origin; for the vendor's base also its other https hosts."""
        try:
            target = read_url(url)
        except httpx.InvalidURL:
            return False
        # A user name in the URL would become an `Authorization` of its own.
        if target.userinfo:
            return False
        if same_origin(url, base_url):
            return True
        return _is_vendors(read_url(base_url)) and (_is_vendors(target) or same_origin(url, PLATFORM))

    async def check_key(self) -> KeyCheck:
        """By a price at fal's platform API (fal.ai/docs, "Pricing"), which it tells to valid keys only. That
        has a host of its own; a base URL that is not fal's is asked itself."""
        base = self._wire.base_url
        host = PLATFORM if _is_vendors(read_url(base)) else base
        return await ask_of_key(self._wire, f"{host}/v1/models/pricing?endpoint_id={PRICED}")

    async def prepare(self, route: Route, request: GenerationRequest) -> tuple[Call, ...]:
        """One call. The source picture goes as a data URI: fal can't reach the studio's own files."""
        body = build_body(route, {"prompt": request.prompt, **_with_fal_size(request.controls)})
        if request.image and route.image:
            body[route.image.field] = await encode_source(request.image, route.image)
        return (Call(route.endpoint, body, route.former_endpoints),)

    async def submit(self, call: Call) -> Outcome:
        """Send it once. An endpoint answered with 404 took nothing, so its former spellings may follow."""
        endpoint, *former = call.endpoint, *call.former_endpoints
        answer = await self._wire.submit(endpoint, call.body)
        while answer.status == 404 and former:
            endpoint = former.pop(0)
            answer = await self._wire.submit(endpoint, call.body)
        if not 200 <= answer.status < 300:
            raise fal_errors.submit_failure(answer, self._wire.key_variable, endpoint)
        return self._accepted(answer)

    def _accepted(self, answer: Answer) -> Pending:
        match answer.json:
            case {"request_id": str(task), "status_url": str(status), "response_url": str(response)} if task:
                if not (self._is_ours(status) and self._is_ours(response)):
                    raise problems.lost(fal_errors.TITLE, Message("odd.task_outside", task=task[:80]))
                ticket = {"id": task, "status_url": status, "response_url": response}
                cancel = answer.json.get("cancel_url")
                if isinstance(cancel, str) and self._is_ours(cancel):
                    ticket["cancel_url"] = cancel
                now = read_status(ticket, answer.json)
                return now if isinstance(now, Pending) else Pending(ticket)
        raise problems.lost(fal_errors.TITLE, Message("odd.undocumented"))

    def _is_ours(self, url: str) -> bool:
        return self.owns(url, self._wire.base_url)

    async def poll(self, ticket: Ticket, *, patience: float = 0.0, report: Report = ignore) -> Outcome:
        """Look at the status, or let it be pushed for up to `patience` seconds; fetch what is finished."""
        now = await self._watch(ticket, patience, report) if patience > 0 else None
        now = now or await self._look(ticket)
        return now if isinstance(now, Pending) else await self._result(ticket, now.reasons)

    async def _watch(self, ticket: Ticket, patience: float, report: Report) -> QueueStatus | None:
        """Where the task stands by the stream, within `patience` seconds; None where it did not tell."""
        latest: QueueStatus | None = None
        stream = pushed(self._wire, ticket.get("status_url", ""), patience)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), aclosing(stream):
                async for body in stream:
                    now = read_status(ticket, body)
                    if now is None or isinstance(now, Finished):
                        return now
                    if now != latest:
                        report(now)
                    latest = now
            return None
        return latest

    async def _look(self, ticket: Ticket) -> QueueStatus:
        answer = await self._wire.get(ticket.get("status_url", ""))
        now = read_status(ticket, answer.json)
        if isinstance(now, Finished) or (now and 200 <= answer.status < 300):
            return now
        raise fal_errors.status_failure(answer, self._wire.key_variable)

    async def _result(self, ticket: Ticket, earlier: Reasons) -> Outcome:
        answer = await self._wire.get(ticket.get("response_url", ""))
        if fal_errors.unfinished(answer):
            return Pending(ticket)
        if not 200 <= answer.status < 300 or (answer.json is None and not earlier):
            raise fal_errors.result_failure(answer, self._wire.key_variable, earlier)
        reasons = most_telling(of_answer(answer), earlier)
        if reasons and not listed(answer.json):
            raise fal_errors.ended(reasons, answer.status)
        try:
            return await completed(answer.json)
        except ProviderFailed as error:
            raise Garbled(error) from error

    async def cancel(self, ticket: Ticket) -> Cancellation:
        """Ask to stop it. fal takes a waiting task back; one that runs may still finish."""
        try:
            answer = await self._wire.get(ticket.get("cancel_url", ""), method="PUT")
        except (Transient, StudioError):
            return Cancellation("unknown", Message("cancel.not_asked", title=self.title))
        return _cancellation(answer)

    async def download(self, url: str, destination: Path) -> Download:
        """Bring the file, without the key: fal's result files are public."""
        return await self._wire.download(url, destination)


def _cancellation(answer: Answer) -> Cancellation:
    status = answer.json.get("status") if isinstance(answer.json, dict) else None
    match answer.status, status:
        case (202, _) | (200, "CANCELLATION_REQUESTED"):
            return Cancellation("unknown", Message("cancel.asked", title=Fal.title))
        case 400, "ALREADY_COMPLETED":
            return Cancellation("yes", Message("cancel.finished", title=Fal.title))
        case 404, _:
            return Cancellation("unknown", Message("cancel.unknown_task", title=Fal.title))
        case code, _:
            return Cancellation("unknown", Message("cancel.not_stopped", title=Fal.title, status=code))


def _is_vendors(url: httpx.URL) -> bool:
    named = url.host == DOMAIN or url.host.endswith(f".{DOMAIN}")
    return url.scheme == "https" and url.port is None and named


def _with_fal_size(controls: Mapping[str, Any]) -> dict[str, Any]:
    """The controls, their size as one value of fal's. Pixels win over a ratio, which agrees."""
    renamed = {name: value for name, value in controls.items() if name not in SIDES}
    match controls:
        case {"width": width, "height": height}:
            renamed["width"] = {"width": width, "height": height}
        case {"aspect_ratio": ratio}:
            renamed["aspect_ratio"] = PRESETS[ratio]
    return renamed
