"""What answers look like: `{"success": true, "data": …}` or a `problems.problem`."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """JSON as valid UTF-8, whatever the strings hold: half a surrogate pair becomes a question mark."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        with suppress(orjson.JSONEncodeError):  # half a surrogate pair, or a very large number
            return orjson.dumps(content)
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


async def job_answer(job: Mapping[str, Any]) -> Json:
    """The answer that shows a job. With pictures in it it is written in a thread: they have megabytes."""
    if any("base64" in image for image in job["images"]):
        return await asyncio.to_thread(success, job)
    return success(job)


def success(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
    """The answer to a request that was served."""
    return Json({"success": True, "data": data}, status, headers)
