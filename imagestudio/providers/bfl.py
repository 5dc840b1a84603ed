"""Black Forest Labs' asynchronous API: one POST, then polling until a URL is ready.

By docs.bfl.ai and its OpenAPI. The task's own URL is the only place to poll: it names the region that holds
the task, and other hosts may not know it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import httpx

from imagestudio.catalog.spec import Route
from imagestudio.core.errors import Charged, StudioError
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest
from imagestudio.net import Download
from imagestudio.providers import bfl_errors, problems
from imagestudio.providers.base import (
    Call,
    Cancellation,
    Completed,
    KeyCheck,
    Outcome,
    Pending,
    RemotePicture,
    Report,
    Ticket,
    ask_of_key,
    ignore,
)
from imagestudio.providers.body import build_body, encode_source, read_seed
from imagestudio.providers.http import Answer, Garbled, Wire, read_url, same_origin

# Plain names only: what else a URL may hold before the domain, clients read differently.
VENDORS_HOST = re.compile(rb"([a-z0-9-]+\.)+bfl\.ai")
USD_PER_CREDIT = 0.01
CREDITS_MAX = 1_000_000
"""A `cost` outside 0 to this is not a cost."""

FINAL = ("Ready", "Request Moderated", "Content Moderated", "Error", "Failed", "Task not found")
UNFINISHED = ("Pending", "Reasoning", "Generating")


class Bfl:
    """Submits to the base URL, polls where the answer says. A ticket is the id, the poll URL and the cost
    in credits, where the submit told one."""

    title: ClassVar[str] = bfl_errors.TITLE
    base_url: ClassVar[str] = "https://api.bfl.ai"
    key_variables: ClassVar[tuple[str, ...]] = ("BFL_API_KEY",)
    key_page: ClassVar[str] = "https://dashboard.bfl.ai"
    max_active: ClassVar[int] = bfl_errors.MAX_ACTIVE
    answers_inline: ClassVar[bool] = False

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @staticmethod
    def auth(key: str) -> dict[str, str]:
        """The `x-key` header."""
        return {"x-key": key}

    @staticmethod
    def owns(url: str, base_url: str) -> bool:
        """The base's own origin; for the vendor's base also its regional hosts, no fixed list."""
        target = _web_url(url)
        if target is None or target.userinfo:
            return False
        return same_origin(url, base_url) or (_is_vendors(read_url(base_url)) and _is_vendors(target))

    async def check_key(self) -> KeyCheck:
        """By the balance (docs.bfl.ai, `GET /v1/credits`)."""
        return await ask_of_key(self._wire, f"{self._wire.base_url}/v1/credits", refused=(401, 403))

    async def prepare(self, route: Route, request: GenerationRequest) -> tuple[Call, ...]:
        """One call: one picture a task."""
        body = build_body(route, {"prompt": request.prompt, **request.controls})
        if request.image and route.image:
            body[route.image.field] = await encode_source(request.image, route.image)
        return (Call(route.endpoint, body),)

    async def submit(self, call: Call) -> Outcome:
        """Send it once. A task without a poll URL that we may ask is lost to us, though perhaps paid."""
        answer = await self._wire.submit(call.endpoint, call.body)
        if not 200 <= answer.status < 300:
            raise bfl_errors.submit_failure(answer, self._wire.key_variable)
        match answer.json:
            case {"id": str(task), "polling_url": str(poll_url)} if task:
                if not self.owns(poll_url, self._wire.base_url):
                    raise problems.lost(self.title, Message("odd.task_outside", task=f"{task!r:.80}"))
                credits = _credits(answer.json)
                cost = {} if credits is None else {"cost": str(credits)}
                return Pending({"id": task, "poll_url": poll_url, **cost}, cost_usd=_usd(credits))
            case {"id": str(task)} if task:
                raise problems.lost(self.title, Message("odd.task_without_poll", task=f"{task!r:.80}"))
        raise problems.lost(self.title, Message("odd.nothing_described", status=answer.status))

    async def poll(self, ticket: Ticket, *, patience: float = 0.0, report: Report = ignore) -> Outcome:
        """Look once: nothing is pushed, so `patience` and `report` are not used."""
        answer = await self._wire.get(ticket.get("poll_url", ""))
        body = answer.json if isinstance(answer.json, dict) else {}
        match _status(answer, body):
            case "Ready":
                return self._ready(ticket, body)
            case "Request Moderated":
                raise _settled(bfl_errors.moderated("prompt", body, _charged(body)), body)
            case "Content Moderated":
                raise _settled(bfl_errors.moderated("image", body, _charged(body)), body)
            case ("Error" | "Failed") as status:
                raise _settled(bfl_errors.ended(status, body, _charged(body)), body)
            case "Task not found":
                raise bfl_errors.unknown_task()
            case "Pending":
                return Pending(
                    ticket, progress=_number(body.get("progress"), 1), cost_usd=_cost(ticket, body)
                )
        raise bfl_errors.poll_failure(answer, self._wire.key_variable)

    def _ready(self, ticket: Ticket, body: Mapping[str, Any]) -> Completed:
        match body:
            case {"result": {"sample": str(sample)} as result} if _web_url(sample):
                seed = read_seed(result)
                return Completed((RemotePicture(sample),), cost_usd=_cost(ticket, body), seed=seed)
        raise Garbled(problems.undocumented(self.title, Message("odd.no_picture_url")))

    async def cancel(self, ticket: Ticket) -> Cancellation:
        """There is no way to cancel; nothing is sent."""
        return Cancellation("unknown", Message("cancel.bfl", title=self.title))

    async def download(self, url: str, destination: Path) -> Download:
        """Bring the file, without the key. The URL is signed and documented to live ten minutes."""
        return await self._wire.download(url, destination)


def _status(answer: Answer, body: Mapping[str, Any]) -> str:
    """The ending that the body tells, "Pending" for a task under way, empty where the HTTP status must speak.

    Clients of FLUX 3 meet failed tasks as HTTP 422 or 503, so an ending counts under any code. There the
    loose spelling needs an id beside it: a gateway's own page may say {"status": "error"} as well.
    """
    text = body.get("status")
    if not isinstance(text, str) or not text:
        return ""
    ok = 200 <= answer.status < 300
    known = next((status for status in FINAL + UNFINISHED if _letters(status) == _letters(text)), None)
    if known in FINAL and (ok or body.get("id") or text == known):
        return known
    # New statuses have appeared without notice, none of them final: wait on, up to the job's deadline.
    return "Pending" if ok or (known and answer.status == 422) else ""


def _letters(status: str) -> str:
    return "".join(filter(str.isalpha, status)).lower()


def _number(value: Any, most: float) -> float | None:
    """A number from 0 to `most`, None for anything else: no figure is worth losing a paid task over."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        return float(value)
    return None


def _credits(body: Mapping[str, Any]) -> float | None:
    return _number(body.get("cost"), CREDITS_MAX)


def _usd(credits: float | None) -> float | None:
    return None if credits is None else round(credits * USD_PER_CREDIT, 6)


def _cost(ticket: Ticket, body: Mapping[str, Any]) -> float | None:
    """USD by the poll, which is settled, else by the submit."""
    credits = _credits(body)
    at_submit = ticket.get("cost")
    return _usd(float(at_submit) if credits is None and at_submit else credits)


def _settled(ending: StudioError, body: Mapping[str, Any]) -> StudioError:
    """The ending with what the poll says it cost. Where it says nothing, what the submit told stands."""
    ending.cost_usd = _usd(_credits(body))
    return ending


def _charged(body: Mapping[str, Any]) -> Charged:
    credits = _credits(body)
    if credits is None:
        return "unknown"
    return "yes" if credits else "no"


def _web_url(text: str) -> httpx.URL | None:
    try:
        url = read_url(text)
    except (httpx.InvalidURL, ValueError):  # ValueError: a lone surrogate
        return None
    return url if url.scheme in ("http", "https") and url.raw_host else None


def _is_vendors(url: httpx.URL) -> bool:
    return url.scheme == "https" and url.port is None and bool(VENDORS_HOST.fullmatch(url.raw_host))
