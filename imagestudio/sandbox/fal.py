"""fal's queue: submit anything, follow the returned URLs, and read the outcome at the last of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.cutting import Dropped
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.fal_answers import result, snapshot, ticket
from imagestudio.sandbox.fal_endpoints import ENDPOINTS, app_of
from imagestudio.sandbox.fal_errors import CANCELLED, platform, refused_at_the_door, text_error
from imagestudio.sandbox.fal_runs import Run, plan
from imagestudio.sandbox.files import Shelf, base_url, delivered
from imagestudio.sandbox.script import duration_s, words_in
from imagestudio.sandbox.tasks import TICK_S, Easel, Pace, Queue, Task

FILE_LIFE_S = 7 * 24 * 3600.0
QUEUED_UNTIL = 0.2


class Fal:
    """The queue under its path prefix, and the host of its files."""

    def __init__(self, pace: Pace, easel: Easel, bill: Bill) -> None:
        self._pace, self._bill = pace, bill
        self._shelf = Shelf(pace.clock, FILE_LIFE_S)
        self._queue: Queue[Run] = Queue(pace, easel, self._shelf)

    def routes(self) -> list[Route]:
        request = "/{owner}/{app}/requests/{id}"
        return [
            Route("/v1/models/pricing", self.pricing),
            Route("/files/{token}/{name}", self.file),
            Route(request + "/status/stream", self.stream),
            Route(request + "/status", self.status),
            Route(request + "/cancel", self.cancel, methods=["PUT"]),
            Route(request, self.response),
            Route("/{endpoint:path}", self.submit, methods=["POST"]),
        ]

    async def submit(self, request: Request) -> Response:
        endpoint = request.path_params["endpoint"]
        if fault := _key_fault(request):
            return fault
        if endpoint not in ENDPOINTS:
            return text_error(404, f"Application {app_of(endpoint)!r} not found")
        try:
            body = json.loads(await request.body())
        except ValueError:
            return platform(400, "The body is not JSON.", "bad_request").answer()
        prompt = body.get("prompt") if isinstance(body, dict) else None
        words = words_in(prompt) if isinstance(prompt, str) else frozenset()
        if fault := refused_at_the_door(words, broke="broke" in request.headers["authorization"]):
            return fault
        run, wishes = await plan(endpoint, ENDPOINTS[endpoint], body, words)
        return self._accept(request, run, wishes, words)

    def _accept(self, request: Request, run: Run, wishes: list[Wish], words: frozenset[str]) -> Response:
        id = str(uuid4())
        pixels = sum(wish.width * wish.height for wish in wishes)
        self._queue.accept(id, run, words, duration_s(words, pixels), wishes)
        if wishes:
            self._bill.add("fal", run.endpoint, id, run.usd)
        if "demo:drop" in words:
            return Dropped()
        urls = ticket(base_url(request), run.endpoint, id)
        body = {"status": "IN_QUEUE", **urls, "queue_position": 1}
        return JSONResponse(body, headers={"x-fal-request-id": id})

    async def status(self, request: Request) -> Response:
        if fault := _key_fault(request):
            return fault
        task = self._find(request)
        if task is None:
            return _not_found()
        return JSONResponse(await self._state(request, task))

    async def stream(self, request: Request) -> Response:
        if fault := _key_fault(request):
            return fault
        task = self._find(request)
        if task is None:
            return _not_found()
        return StreamingResponse(self._events(request, task), media_type="text/event-stream")

    async def _events(self, request: Request, task: Task[Run]) -> AsyncIterator[str]:
        """An event at each change, the last when the run is over."""
        last: dict[str, Any] = {}
        while last.get("status") != "COMPLETED":
            state = await self._state(request, task)
            if state != last:
                yield f"data: {json.dumps(state)}\n\n"
                last = state
                continue
            await asyncio.sleep(TICK_S)

    async def _state(self, request: Request, task: Task[Run]) -> dict[str, Any]:
        progress = await self._progress(task)
        task.looked_at += 1
        logs = request.query_params.get("logs") in ("1", "true")
        state = snapshot(base_url(request), task, progress, QUEUED_UNTIL, logs)
        if "demo:odd-status" in task.words and task.looked_at == 1:
            state["status"] = "SANDBOX_ODD_STATUS"
        return state

    async def response(self, request: Request) -> Response:
        if fault := _key_fault(request):
            return fault
        task = self._find(request)
        if task is None:
            return _not_found()
        if await self._progress(task) < 1:
            return text_error(400, "Request is still in progress")
        if task.about.failure:
            return task.about.failure.answer()
        return await asyncio.to_thread(result, base_url(request), task, self._queue.pictures(task))

    async def cancel(self, request: Request) -> Response:
        """Ends a run that still waits; one that has started may finish, and here it does."""
        if fault := _key_fault(request):
            return fault
        task = self._find(request)
        if task is None:
            return JSONResponse({"status": "NOT_FOUND"}, 404)
        progress = await self._progress(task)
        if progress >= 1:
            return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
        if progress < QUEUED_UNTIL:
            task.about.failure = CANCELLED
            self._bill.cancel(task.id)
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)

    async def pricing(self, request: Request) -> Response:
        """The platform API's prices (fal.ai/docs, "Pricing"), for valid keys only."""
        if _key_fault(request):
            return JSONResponse({"error": {"type": "authorization_error", "message": "Invalid key"}}, 401)
        asked = request.query_params.get("endpoint_id", "").split(",")
        prices = [
            {"endpoint_id": name, "unit_price": 0.02, "unit": "image", "currency": "USD"}
            for name in asked
            if name in ENDPOINTS
        ]
        return JSONResponse({"prices": prices, "next_cursor": None, "has_more": False})

    async def file(self, request: Request) -> Response:
        picture = self._shelf.fetch(request.path_params["token"])
        return delivered(picture) if picture else text_error(404, "File not found")

    async def _progress(self, task: Task[Run]) -> float:
        return 1.0 if task.about.failure is CANCELLED else await self._queue.progress(task)

    def _find(self, request: Request) -> Task[Run] | None:
        """The run, if it is asked for under its own app."""
        path = request.path_params
        task = self._queue.find(path["id"])
        return task if task and app_of(task.about.endpoint) == f"{path['owner']}/{path['app']}" else None


def _not_found() -> Response:
    return text_error(404, "Request not found")


def _key_fault(request: Request) -> Response | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Key" or not key.strip() or "invalid" in key:
        return text_error(401, "Cannot access application. Authentication is required.")
    return None
