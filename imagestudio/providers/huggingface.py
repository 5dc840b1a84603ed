"""fal's models by way of Hugging Face's router, which puts them on the bill of whoever's token it is.

By huggingface_hub's client (`inference/_providers/fal_ai.py`, 2026-08-20). Pictures from a prompt are one
blocking POST to `/fal-ai/{fal's model}`, whose answer is fal's own result. Edits go to fal's queue, named in
the query; the URLs in its answer are fal's, and are asked through the router under the same path.
"""

from typing import ClassVar

import httpx

from imagestudio.catalog.spec import Route
from imagestudio.core.errors import StudioError, SubmitLost
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest
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
from imagestudio.providers.fal import Fal
from imagestudio.providers.fal_reasons import of_answer
from imagestudio.providers.fal_result import completed
from imagestudio.providers.http import Answer, Wire, read_url, same_origin

HUB = "https://huggingface.co"
PREFIX = "/fal-ai"
QUEUE = "?_subdomain=queue"


class HuggingFace(Fal):
    """Speaks fal's bodies to the router, with a Hugging Face token."""

    title: ClassVar[str] = "Hugging Face"
    base_url: ClassVar[str] = "https://router.huggingface.co"
    key_variables: ClassVar[tuple[str, ...]] = ()
    key_page: ClassVar[str] = "https://huggingface.co/settings/tokens"
    max_active: ClassVar[int] = 8
    """Ours: each blocking call holds a connection."""

    @staticmethod
    def auth(key: str) -> dict[str, str]:
        """The `Authorization` header, as a Bearer token."""
        return {"authorization": f"Bearer {key}"}

    @staticmethod
    def owns(url: str, base_url: str) -> bool:
        """The base's own origin; for the vendor's base also the Hub, which knows whose a token is."""
        try:
            if read_url(url).userinfo:
                return False
        except httpx.InvalidURL:
            return False
        return same_origin(url, base_url) or (
            same_origin(base_url, HuggingFace.base_url) and same_origin(url, HUB)
        )

    async def check_key(self) -> KeyCheck:
        """By the Hub's whoami. A base URL that is not the router's is asked itself."""
        base = self._wire.base_url
        host = HUB if same_origin(base, self.base_url) else base
        return await ask_of_key(self._wire, f"{host}/api/whoami-v2")

    async def prepare(self, route: Route, request: GenerationRequest) -> tuple[Call, ...]:
        """fal's own call, under the router's path."""
        if route.hub is None:
            raise problems.rejected(self.title, Message("reason.no_route", upstream=route.upstream))
        (call,) = await super().prepare(route, request)
        return (Call(f"{PREFIX}/{route.hub.path}{QUEUE if route.image else ''}", call.body),)

    async def submit(self, call: Call) -> Outcome:
        """Send it once. Without the queue the answer is the result."""
        answer = await self._wire.submit(call.endpoint, call.body)
        if not 200 <= answer.status < 300:
            raise _failure(answer, self._wire)
        return self._accepted(answer) if call.endpoint.endswith(QUEUE) else await completed(answer.json)

    def _accepted(self, answer: Answer) -> Pending:
        match answer.json:
            case {"request_id": str(task), "response_url": str(response)} if task:
                path = _path_of(response)
                if path is None:
                    raise problems.lost(fal_errors.TITLE, Message("odd.task_without_address", task=task[:80]))
                # The router takes fal's paths as they are, and only these: no cancel, no stream.
                url = f"{self._wire.base_url}{PREFIX}{path}"
                ticket = {
                    "id": task,
                    "status_url": f"{url}/status{QUEUE}",
                    "response_url": f"{url}{QUEUE}",
                }
                return Pending(ticket, "queued")
        raise problems.lost(fal_errors.TITLE, Message("odd.undocumented"))

    async def poll(self, ticket: Ticket, *, patience: float = 0.0, report: Report = ignore) -> Outcome:
        """Look once: the router pushes nothing, so `patience` and `report` are not used."""
        return await super().poll(ticket)

    async def cancel(self, ticket: Ticket) -> Cancellation:
        """The router documents no way; nothing is sent."""
        return Cancellation("unknown", Message("cancel.huggingface", title=self.title))


def _path_of(url: str) -> str | None:
    """The path of fal's own URL, which may name any host: only the router is asked."""
    try:
        path = read_url(url).raw_path.decode().partition("?")[0].rstrip("/")
    except (httpx.InvalidURL, ValueError):
        return None
    return path or None


def _failure(answer: Answer, wire: Wire) -> StudioError | SubmitLost:
    """What a failed call means. 401 to 403 and 429 are the router's own, and sent nothing on; what fal found
    wrong comes as fal's errors do, where a 422 may have cost something."""
    reasons = of_answer(answer)
    match answer.status:
        case 402:
            return problems.out_of_credits(wire.title)
        case 401 | 403 | 429 if any(problems.says_no_credit(reason.text) for reason in reasons):
            return problems.out_of_credits(wire.title)
        case 401 | 403:
            return problems.bad_key(wire.title, wire.key_variable)
        case 404 | 405 | 413:
            why = Message("reason.http_first", status=answer.status, reason=fal_errors.reason_of(reasons))
            return problems.rejected(wire.title, why)
        case 429:
            return problems.rate_limited(wire.title, answer.retry_after)
        case 400 | 422:
            return fal_errors.ended(reasons, answer.status)
        case status if status >= 500 and any(reason.type in fal_errors.FREE for reason in reasons):
            return fal_errors.ended(reasons, status)
    return problems.unexplained(wire.title, answer.status)
