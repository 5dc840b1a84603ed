"""One fault in one stage of a run, and nothing else wrong: state, code, charge and offers.

Whatever can be asked again for nothing is, and a single fault loses no picture; a submit whose answer was
lost is never sent again.
"""

import asyncio
import errno
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.core.checkpoints import Checkpoint
from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.cutting import CUT, Dropped
from tests.fresh import data_folder
from tests.jobs.conftest import BFL, FAL, GOOGLE, KEYS, paint, serve
from tests.opened import open_studio
from tests.tables import rows

pytestmark = pytest.mark.slow

PAGE = "<html>One moment, please.</html>"
HALF = "half"
AT_ONCE = 12
BUSY = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "busy"}, "detail": "busy"}
FAULTS: dict[str, ASGIApp | str] = {
    "cut": Dropped(),
    "half": HALF,
    "page": HTMLResponse(PAGE),
    "nothing": Response(),
    "{}": JSONResponse({}),
    "[]": JSONResponse([]),
    "302": RedirectResponse("https://elsewhere.example/"),
    "401": JSONResponse({"detail": "x"}, 401),
    "402": JSONResponse({"detail": "x"}, 402),
    "403": HTMLResponse(PAGE, 403),
    "404": JSONResponse({"detail": "x"}, 404),
    "429": JSONResponse({"detail": "x"}, 429, {"retry-after": "0"}),
    "500": HTMLResponse(PAGE, 500),
    "503": JSONResponse(BUSY, 503),
    "504": HTMLResponse(PAGE, 504),
}


@dataclass(frozen=True)
class End:
    """How a job ends."""

    status: str
    code: str = ""
    charged: str = "yes"
    offers: tuple[str, ...] = ()
    submits: int = 1


MADE = End("succeeded")
LATER = End("succeeded", submits=2)
LOST = End("uncertain", "PROVIDER_ERROR", "unknown", ("run_again",))
REFUSED = End("failed", "PROVIDER_ERROR", "no", ("run_again",))
UNAVAILABLE = End("failed", "MODEL_UNAVAILABLE", "no", ("run_again",))
BOTH = ("look_again", "run_again")
KEPT = End("failed", "PROVIDER_ERROR", "unknown", BOTH)
KEYLESS = End("failed", "MODEL_UNAVAILABLE", "unknown", BOTH)
NO_ROOM = End("failed", "INTERNAL_ERROR", "yes", BOTH)
PAID = End("failed", "PROVIDER_ERROR", "yes", BOTH)

Row = tuple[str, str, str, End]
SUBMIT: dict[str, End] = {
    **dict.fromkeys(("cut", "half", "page", "nothing", "[]", "302", "500", "504"), LOST),
    **dict.fromkeys(("401", "402", "403"), UNAVAILABLE),
    **dict.fromkeys(("429", "503"), LATER),
    "404": REFUSED,
}
ONCE = ("cut", "half", "page", "nothing", "{}", "302", "403", "429", "500")
ONE: list[Row] = [
    *((model, "submit", fault, end) for model in (GOOGLE, BFL, FAL) for fault, end in SUBMIT.items()),
    *((model, "poll", fault, MADE) for model in (BFL, FAL) for fault in ONCE),
    *((FAL, "result", fault, MADE) for fault in ONCE),
    *((model, "file", fault, MADE) for model in (BFL, FAL) for fault in (*ONCE, "401", "404", "503")),
    # What the provider says of the ticket is believed at once, and the ticket is kept.
    (BFL, "poll", "401", KEYLESS),
    (BFL, "poll", "402", KEYLESS),
    (BFL, "poll", "404", KEPT),
    (FAL, "result", "401", KEYLESS),
    (FAL, "result", "404", KEPT),
]
"""A fault that comes once."""
FOR_GOOD: list[Row] = [
    *((model, "file", fault, PAID) for model in (BFL, FAL) for fault in ("404", "half", "nothing")),
    *((FAL, "poll", fault, end) for fault, end in {"401": KEYLESS, "404": KEPT}.items()),
]
"""A fault that stays."""


def stage_of(scope: Scope) -> str:
    """What a request asks a provider for."""
    path = scope["path"]
    if scope["method"] == "POST":
        return "submit"
    if "/delivery/" in path or "/files/" in path:
        return "file"
    return "poll" if "get_result" in path or "/status" in path else "result"


@dataclass
class Faulty:
    """In front of the emulator: answers a stage's first requests with a fault."""

    stage: str
    fault: ASGIApp | str
    left: int
    app: ASGIApp = field(default_factory=partial(create_sandbox, speed=0, paint=paint))
    asked: Counter[str] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stage = stage_of(scope)
        self.asked[stage] += 1
        if stage != self.stage or not self.left:
            await self.app(scope, receive, send)
            return
        self.left -= 1
        if not isinstance(self.fault, str):
            await self.fault(scope, receive, send)
            return

        async def cut_short(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            body = message["body"]
            await send({**message, "body": body[: len(body) // 2], "more_body": True})
            await send(dict(CUT))

        await self.app(scope, receive, cut_short)


async def end_of(folder: Path, model: str, faulty: Faulty, **opening: Any) -> End:
    """How a job of a studio of its own ends that meets it."""
    async with serve(faulty) as url:
        origins = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{url}/{name}" for name in ("google", "bfl", "fal")
        }
        data = {"IMAGESTUDIO_DATA_DIR": data_folder(folder)}
        async with open_studio(load_settings({**KEYS, **origins, **data}), **opening) as studio:
            job = await studio.submit("generate", {"prompt": "a hill", "model": model})
            job = await studio.wait(job.id, 60)
    assert bool(job.pictures) == (job.status == "succeeded")
    assert job.error is None or job.error.details["charged"] == job.charged
    code = job.error.code if job.error else ""
    return End(job.status, code, job.charged, job.offers, faulty.asked["submit"])


async def all_met(folder: Path, table: list[Row], times: int) -> None:
    """Every row ends as it says, each in a studio of its own; some at a time, for they mostly wait."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def met(number: int, row: Row) -> End:
        model, stage, fault, _ = row
        async with turns:
            return await end_of(folder / str(number), model, Faulty(stage, FAULTS[fault], times))

    ends = await asyncio.gather(*(met(number, row) for number, row in enumerate(table)))
    assert [(*row[:3], end) for row, end in zip(table, ends, strict=True)] == table


async def test_a_fault_that_comes_once(tmp_path: Path) -> None:
    await all_met(tmp_path, ONE, 1)


async def test_a_fault_that_stays(tmp_path: Path) -> None:
    await all_met(tmp_path, FOR_GOOD, 10**6)


@rows("model", [BFL, FAL])
async def test_a_disk_that_is_full(tmp_path_factory: Any, model: str) -> None:
    def full(step: Checkpoint, what: str) -> None:
        if step is Checkpoint.SYNCED_FILE:
            raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path_factory.mktemp("full") / "data"
    assert await end_of(folder, model, Faulty("none", HALF, 0), on_checkpoint=full) == NO_ROOM
