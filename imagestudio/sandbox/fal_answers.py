"""The bodies of fal's queue: the ticket, the status, the result."""

import base64
from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse

from imagestudio.sandbox.fal_endpoints import app_of
from imagestudio.sandbox.fal_runs import Run
from imagestudio.sandbox.files import Picture
from imagestudio.sandbox.tasks import Task

LOGGED_STEPS = 4


def ticket(base: str, endpoint: str, id: str) -> dict[str, Any]:
    """The request's id and URLs; of the endpoint they keep the first two segments."""
    url = f"{base}/{app_of(endpoint)}/requests/{id}"
    return {
        "request_id": id,
        "response_url": url,
        "status_url": f"{url}/status",
        "cancel_url": f"{url}/cancel",
    }


def snapshot(base: str, task: Task[Run], progress: float, queued_until: float, logs: bool) -> dict[str, Any]:
    """The status at this progress. There is no failed status: an error is told beside COMPLETED."""
    state = {"status": "IN_PROGRESS", **ticket(base, task.about.endpoint, task.id), "logs": None}
    if progress < queued_until:
        return {**state, "status": "IN_QUEUE", "queue_position": 1 if progress < queued_until / 2 else 0}
    if logs:
        state["logs"] = _logs(task, progress)
    if progress < 1:
        return state
    state |= {"status": "COMPLETED", "metrics": {"inference_time": round(task.duration_s, 3)}}
    failure = task.about.failure
    if failure and failure.error_type:
        state |= {"error": failure.error, "error_type": failure.error_type}
    return state


def _logs(task: Task[Run], progress: float) -> list[dict[str, Any]]:
    steps = range(1, int(progress * LOGGED_STEPS) + 1)
    return [
        {
            "message": f"{step * 100 // LOGGED_STEPS}%",
            "level": "INFO",
            "source": "USER",
            "timestamp": _iso(task.accepted_at + task.duration_s * step / LOGGED_STEPS),
        }
        for step in steps
    ]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def result(base: str, task: Task[Run], pictures: list[Picture]) -> JSONResponse:
    run = task.about
    shape = _image if run.spec.answer == "images" else _file
    body: dict[str, Any] = {"images": [shape(base, run, picture) for picture in pictures]}
    if run.spec.answer != "files":
        body["seed"] = run.seed
    if run.spec.answer == "images":
        body |= {
            "prompt": run.prompt,
            "timings": {"inference": round(task.duration_s, 3)},
            "has_nsfw_concepts": [run.nsfw for _ in pictures],
        }
    return JSONResponse(body, headers={"x-fal-request-id": task.id})


def _file(base: str, run: Run, picture: Picture) -> dict[str, Any]:
    return {
        "url": _url(base, run, picture),
        "content_type": picture.declared_type,
        "file_name": picture.name,
        "file_size": picture.declared_size,
    }


def _image(base: str, run: Run, picture: Picture) -> dict[str, Any]:
    (width, height), lie = run.size, 2 if "demo:lie" in picture.words else 1
    return {
        "url": _url(base, run, picture),
        "width": width * lie,
        "height": height * lie,
        "content_type": picture.declared_type,
    }


def _url(base: str, run: Run, picture: Picture) -> str:
    if run.sync_mode and picture.data is not None:
        return f"data:{picture.content_type};base64,{base64.b64encode(picture.data).decode()}"
    return f"{base}/files/{picture.token}/{picture.name}"
