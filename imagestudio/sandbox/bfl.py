"""Black Forest Labs: submit a task, poll its own URL, download from a signed address."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from imagestudio.sandbox.bfl_inputs import Refused, Submission, read_submission
from imagestudio.sandbox.bfl_models import ENDPOINTS, MEGAPIXEL, Endpoint
from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.cutting import Dropped
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.files import Shelf, base_url, delivered
from imagestudio.sandbox.script import CRASH_PAGE, duration_s, words_in
from imagestudio.sandbox.tasks import Easel, Pace, Queue, Task

REGION = "us1"
"""Tasks live in a region: asked for anywhere else they are not found."""

FILE_LIFE_S = 600.0
FIRST_CREDITS = 100_000.0

PENDING_UNTIL, REASONING_UNTIL = 0.2, 0.4


@dataclass(frozen=True, slots=True)
class Run:
    """What a poll has to tell of a task."""

    endpoint: str
    prompt: str
    seed: int


class Bfl:
    """The API under its path prefix."""

    def __init__(self, pace: Pace, easel: Easel, bill: Bill) -> None:
        self._pace, self._bill = pace, bill
        self._shelf = Shelf(pace.clock, FILE_LIFE_S)
        self._queue: Queue[Run] = Queue(pace, easel, self._shelf)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/credits", self.credits),
            Route("/v1/get_result", self.result_elsewhere),
            Route(f"/{REGION}/v1/get_result", self.result),
            Route("/delivery/results/{name}", self.file),
            Route("/v1/{endpoint}", self.submit, methods=["POST"]),
        ]

    async def submit(self, request: Request) -> Response:
        name = request.path_params["endpoint"]
        if fault := _key_fault(request, required=True):
            return fault
        endpoint = ENDPOINTS.get(name)
        if endpoint is None:
            return _detail(404, "Not Found")
        try:
            submission = await read_submission(endpoint, await request.body())
        except Refused as refused:
            return refused.answer
        words = words_in(submission.inputs.prompt_text())
        if fault := self._door(request, name, endpoint, words):
            return fault
        return self._accept(request, name, endpoint, submission, words)

    def _door(
        self, request: Request, name: str, endpoint: Endpoint, words: frozenset[str]
    ) -> Response | None:
        """The answer to a task that is not taken, None for one that is."""
        if "demo:crash" in words:
            return HTMLResponse(CRASH_PAGE, 502)
        if "demo:unavailable" in words:
            return _detail(503, "The service is temporarily unavailable.")
        if "demo:out-of-credits" in words or "broke" in request.headers["x-key"]:
            return _detail(402, "Insufficient credits.")
        running = self._queue.running()
        same = [task for task in running if task.about.endpoint == name]
        crowded = len(running) >= 24 or len(same) >= endpoint.active_limit
        if "demo:rate-limit" in words or crowded:
            return _detail(429, f"Rate limit: at most {endpoint.active_limit} active tasks.")
        return None

    def _accept(
        self, request: Request, name: str, endpoint: Endpoint, submission: Submission, words: frozenset[str]
    ) -> Response:
        inputs, id = submission.inputs, str(uuid4())
        seed = secrets.randbelow(2**32) if inputs.seed is None else inputs.seed
        width, height = inputs.size(submission.source_size)
        prompt = inputs.prompt_text()
        wish = Wish(prompt, width, height, seed, inputs.output_format, submission.source)
        unpictured = words & {"demo:fail", "demo:refuse", "demo:refuse-image"}
        seconds = duration_s(words, width * height)
        self._queue.accept(id, Run(name, prompt, seed), words, seconds, [] if unpictured else [wish])
        cost = endpoint.cost(width * height, submission.source_pixels)
        self._bill.add("bfl", name, id, round(cost / 100, 6))
        if "demo:drop" in words:
            return Dropped()
        if inputs.webhook_url:
            # The sandbox calls nobody: it gives the documented answer and leaves the delivery out.
            return JSONResponse({"id": id, "status": "Pending", "webhook_url": inputs.webhook_url})
        return JSONResponse(
            {
                "id": id,
                "polling_url": f"{base_url(request)}/{REGION}/v1/get_result?id={id}",
                "cost": cost,
                "input_mp": round(submission.source_pixels / MEGAPIXEL, 2),
                "output_mp": round(width * height / MEGAPIXEL, 2),
            }
        )

    async def result(self, request: Request) -> Response:
        if fault := _key_fault(request, required=False):
            return fault
        task = self._queue.find(request.query_params.get("id", ""))
        if task is None:
            return await self.result_elsewhere(request)
        progress = await self._queue.progress(task)
        task.looked_at += 1
        if "demo:odd-status" in task.words and task.looked_at == 1:
            return _polled(task.id, "Sandbox Odd Status")
        if progress < 1:
            return self._unfinished(task, progress)
        return self._finished(request, task)

    async def result_elsewhere(self, request: Request) -> Response:
        """200 is the only documented code for it."""
        return _polled(request.query_params.get("id", ""), "Task not found")

    def _unfinished(self, task: Task[Run], progress: float) -> Response:
        if progress < PENDING_UNTIL:
            return _polled(task.id, "Pending")
        if "demo:refuse" in task.words:
            return _moderated(task.id, "Request Moderated")
        if progress < REASONING_UNTIL:
            return _polled(task.id, "Reasoning")
        return _polled(task.id, "Generating", progress=round(progress, 2))

    def _finished(self, request: Request, task: Task[Run]) -> Response:
        if "demo:refuse" in task.words:
            return _moderated(task.id, "Request Moderated")
        if "demo:refuse-image" in task.words:
            return _moderated(task.id, "Content Moderated")
        if "demo:fail" in task.words:
            return _polled(task.id, "Error", details={"error": "The task failed while generating."})
        picture = self._queue.pictures(task)[0]
        query = f"se={int(picture.ends_at)}&sig={picture.token}"
        result = {
            "sample": f"{base_url(request)}/delivery/results/{picture.name}?{query}",
            "prompt": task.about.prompt,
            "seed": task.about.seed,
            "start_time": task.accepted_at,
            "end_time": task.ends_at,
            "duration": task.duration_s,
        }
        return _polled(task.id, "Ready", result=result)

    async def file(self, request: Request) -> Response:
        picture = self._shelf.fetch(request.query_params.get("sig", ""))
        if picture is None or picture.name != request.path_params["name"]:
            return PlainTextResponse("The signature is not valid, or has expired.", 403)
        return delivered(picture)

    async def credits(self, request: Request) -> Response:
        if fault := _key_fault(request, required=True):
            return fault
        left = FIRST_CREDITS - self._bill.spent("bfl") * 100
        broke = "broke" in request.headers["x-key"]
        return JSONResponse({"credits": 0.0 if broke else round(max(0.0, left), 4)})


def _polled(id: str, status: str, **more: Any) -> Response:
    empty = {"result": None, "progress": None, "details": None, "preview": None}
    return JSONResponse({"id": id, "status": status, **empty, **more})


def _moderated(id: str, status: str) -> Response:
    return _polled(id, status, details={"Moderation Reasons": ["Safety Filter"]})


def _key_fault(request: Request, required: bool) -> Response | None:
    key = request.headers.get("x-key", "")
    if "invalid" in key or (required and not key):
        return _detail(403, "Not authenticated")
    return None


def _detail(status: int, text: str) -> JSONResponse:
    return JSONResponse({"detail": text}, status)
