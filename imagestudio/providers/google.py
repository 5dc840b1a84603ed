"""Google's Gemini API: one POST, and the pictures come in its answer.

Two methods make pictures, and the endpoint's suffix tells them apart: `:predict` (Imagen's contract, several
samples a call) and `:generateContent` (one picture a call). Neither has a job, a ticket or a URL.
"""

import asyncio
import re
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from imagestudio.catalog.spec import Route
from imagestudio.core.errors import StudioError, SubmitLost
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest
from imagestudio.net import Download
from imagestudio.providers import google_wire, problems
from imagestudio.providers.base import (
    Call,
    Cancellation,
    KeyCheck,
    Outcome,
    Report,
    Ticket,
    ask_of_key,
    ignore,
)
from imagestudio.providers.body import build_body
from imagestudio.providers.http import Answer, Wire, same_origin

READERS = {"predict": google_wire.predicted, "generateContent": google_wire.generated}

# How Google words a refused prompt, which comes as a plain INVALID_ARGUMENT (googleapis/js-genai#321).
POLICY = re.compile(
    r"\bsafety\b|\bpolic(y|ies)\b|could not be submitted|violat(es?|ed|ing)\b|responsible ai", re.IGNORECASE
)
RETIRED = "no longer available"
"""Only this wording means that a model has ended; a typing error in the id is a 404 as well."""


class Google:
    """Gemini API adapter: everything happens in `submit`."""

    title: ClassVar[str] = "Google"
    base_url: ClassVar[str] = "https://generativelanguage.googleapis.com"
    key_variables: ClassVar[tuple[str, ...]] = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    key_page: ClassVar[str] = "https://aistudio.google.com/apikey"
    max_active: ClassVar[int] = 16
    """Ours: Google's limits are per project and minute, and answered with 429."""
    answers_inline: ClassVar[bool] = True

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @staticmethod
    def auth(key: str) -> dict[str, str]:
        """The key in its header; the documented `?key=` would put it into logs."""
        return {"x-goog-api-key": key}

    @staticmethod
    def owns(url: str, base_url: str) -> bool:
        """The configured origin only: Google's answers name no other."""
        return same_origin(url, base_url)

    async def check_key(self) -> KeyCheck:
        """By the list of models (ai.google.dev/api/models), of which one is asked for. A key that is none is
        answered with 400, as everything else that is wrong with a request; here only the key can be."""
        url = f"{self._wire.base_url}/v1beta/models?pageSize=1"
        return await ask_of_key(self._wire, url, refused=(400, 401, 403))

    async def prepare(self, route: Route, request: GenerationRequest) -> tuple[Call, ...]:
        """One call, or one for each picture where the upstream has no field for their number."""
        body = build_body(route, {"prompt": request.prompt, **request.controls})
        calls = 1 if "num_images" in route.wire else request.control("num_images") or 1
        return (Call(route.endpoint, body, route.former_endpoints),) * calls

    async def submit(self, call: Call) -> Outcome:
        """Send a call and read its pictures. Raises as `Provider.submit` says, and the `StudioError` of an
        answer without pictures: Google documents no price for one, so its `charged` is "unknown"."""
        answer = await self._wire.submit(call.endpoint, call.body)
        if answer.status != 200:
            raise self._refusal(call, answer)
        read = READERS[call.endpoint.rpartition(":")[2]]
        try:
            # Checking and decoding megabytes of base64 would hold up everybody else.
            return await asyncio.to_thread(read, answer.json, call.body)
        except ValidationError as error:
            if (found := await asyncio.to_thread(google_wire.salvaged, answer.json)) is not None:
                return found
            where = ".".join(str(step) for step in error.errors()[0]["loc"])
            what = Message("odd.unreadable", where=where) if where else Message("odd.unreadable_whole")
            raise SubmitLost(problems.undocumented(self.title, what)) from None

    async def poll(self, ticket: Ticket, *, patience: float = 0.0, report: Report = ignore) -> Outcome:
        """There is nothing to poll: always `ProviderFailed`."""
        raise problems.undocumented(self.title, Message("odd.no_ticket"))

    async def cancel(self, ticket: Ticket) -> Cancellation:
        """There is nothing to stop a call with."""
        return Cancellation("unknown", Message("cancel.google"))

    async def download(self, url: str, destination: Path) -> Download:
        """Pictures come inline; this is here for the protocol's sake."""
        return await self._wire.download(url, destination)

    def _refusal(self, call: Call, answer: Answer) -> StudioError | SubmitLost:
        """What a failed submit means, by ai.google.dev/gemini-api/docs/troubleshooting."""
        error = google_wire.error_of(answer.json)
        reason = problems.sentence(error.message or answer.text)
        wait = error.retry_after or answer.retry_after
        match answer.status:
            case 402:
                return problems.out_of_credits(self.title)
            case 403 | 429 if problems.says_no_credit(f"{error.reason} {error.message}"):
                return problems.out_of_credits(self.title)
            case 400 if error.reason == "API_KEY_INVALID":
                return problems.bad_key(self.title, self._wire.key_variable)
            case 400 if error.status == "INVALID_ARGUMENT" and POLICY.search(error.message):
                return problems.refused(self.title, stage="prompt", charged="no", reason=reason.rstrip("."))
            case 401 | 403:
                return problems.bad_key(self.title, self._wire.key_variable)
            case 404 if RETIRED in error.message:
                return problems.retired(self.title, _model(call.endpoint))
            case 429:
                return problems.rate_limited(self.title, wait)
            case 400 | 404 | 405 | 413 | 422:
                return problems.rejected(self.title, reason)
            case 503 if error.status == "UNAVAILABLE":
                return problems.busy(self.title, wait)
            case status:
                return problems.unexplained(self.title, status)


def _model(endpoint: str) -> str:
    return endpoint.rpartition("/")[2].partition(":")[0]
