"""Hugging Face's router in front of fal, and the Hub's whoami.

By huggingface_hub's client: pictures from a prompt in one blocking call, edits through fal's queue, which
`_subdomain=queue` names in the query of every call. Tickets hold fal's own URLs, which want fal's own key.
"""

import asyncio
import json
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.cutting import Dropped
from imagestudio.sandbox.fal_answers import result, snapshot, ticket
from imagestudio.sandbox.fal_endpoints import ENDPOINTS, app_of
from imagestudio.sandbox.fal_errors import platform, refused_at_the_door, text_error
from imagestudio.sandbox.fal_runs import Run, plan
from imagestudio.sandbox.files import Shelf, base_url, delivered
from imagestudio.sandbox.script import duration_s, words_in
from imagestudio.sandbox.tasks import Easel, Pace, Queue, Task

FILE_LIFE_S = 7 * 24 * 3600.0
QUEUED_UNTIL = 0.2
FALS_QUEUE = "https://queue.fal.run"
ROUTED = {
    "fal-ai/stable-diffusion-v35-large": False,
    "fal-ai/qwen-image": False,
    "fal-ai/qwen-image-edit": True,
}
"""fal's endpoints that the Hub maps; whether they are image-to-image, and so go through the queue."""


class HuggingFace:
    """Router and Hub under one path prefix, and the host of the files."""

    def __init__(self, pace: Pace, easel: Easel, bill: Bill) -> None:
        self._pace, self._bill = pace, bill
        self._shelf = Shelf(pace.clock, FILE_LIFE_S)
        self._queue: Queue[Run] = Queue(pace, easel, self._shelf)

    def routes(self) -> list[Route]:
        request = "/fal-ai/{owner}/{app}/requests/{id}"
        return [
            Route("/api/whoami-v2", self.whoami),
            Route("/files/{token}/{name}", self.file),
            Route(request + "/status", self.status),
            Route(request, self.response),
            Route("/fal-ai/{endpoint:path}", self.submit, methods=["POST"]),
        ]

    async def whoami(self, request: Request) -> Response:
        return _token_fault(request) or JSONResponse({"type": "user", "name": "sandbox"})

    async def submit(self, request: Request) -> Response:
        endpoint, queued = request.path_params["endpoint"], _in_queue(request)
        if fault := _token_fault(request):
            return fault
        if ROUTED.get(endpoint) is not queued:
            return _error(404, "Not Found")
        try:
            body = json.loads(await request.body())
        except ValueError:
            return platform(400, "The body is not JSON.", "bad_request").answer()
        prompt = body.get("prompt") if isinstance(body, dict) else None
        words = words_in(prompt) if isinstance(prompt, str) else frozenset()
        if "demo:out-of-credits" in words or "broke" in request.headers["authorization"]:
            return _error(402, "You have exceeded your monthly included credits for Inference Providers.")
        if fault := refused_at_the_door(words, broke=False):
            return fault
        task, seconds = await self._accept(endpoint, body, words)
        if "demo:drop" in words:
            return Dropped()
        if queued:
            urls = ticket(FALS_QUEUE, endpoint, task.id)
            return JSONResponse({"status": "IN_QUEUE", **urls, "queue_position": 0})
        await self._pace.spend(seconds)
        await asyncio.wait([task.drawing])
        return await self._answer(request, task)

    async def _accept(self, endpoint: str, body: Any, words: frozenset[str]) -> tuple[Task[Run], float]:
        run, wishes = await plan(endpoint, ENDPOINTS[endpoint], body, words)
        pixels = sum(wish.width * wish.height for wish in wishes)
        seconds = duration_s(words, pixels)
        task = self._queue.accept(str(uuid4()), run, words, seconds, wishes)
        if wishes:
            self._bill.add("huggingface", endpoint, task.id, run.usd)
        return task, seconds

    async def status(self, request: Request) -> Response:
        if fault := _token_fault(request):
            return fault
        task = self._find(request)
        if task is None:
            return text_error(404, "Request not found")
        progress = await self._queue.progress(task)
        return JSONResponse(snapshot(FALS_QUEUE, task, progress, QUEUED_UNTIL, logs=False))

    async def response(self, request: Request) -> Response:
        if fault := _token_fault(request):
            return fault
        task = self._find(request)
        if task is None:
            return text_error(404, "Request not found")
        if await self._queue.progress(task) < 1:
            return text_error(400, "Request is still in progress")
        return await self._answer(request, task)

    async def _answer(self, request: Request, task: Task[Run]) -> Response:
        if task.about.failure:
            return task.about.failure.answer()
        return await asyncio.to_thread(result, base_url(request), task, self._queue.pictures(task))

    async def file(self, request: Request) -> Response:
        picture = self._shelf.fetch(request.path_params["token"])
        return delivered(picture) if picture else text_error(404, "File not found")

    def _find(self, request: Request) -> Task[Run] | None:
        """The run, if it is asked for under its own app, in the queue."""
        path = request.path_params
        task = self._queue.find(path["id"]) if _in_queue(request) else None
        return task if task and app_of(task.about.endpoint) == f"{path['owner']}/{path['app']}" else None


def _in_queue(request: Request) -> bool:
    return request.query_params.get("_subdomain") == "queue"


def _token_fault(request: Request) -> Response | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token.startswith("hf_") or "invalid" in token:
        return _error(401, "Invalid username or password.")
    return None


def _error(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status)
