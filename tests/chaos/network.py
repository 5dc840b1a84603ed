"""A network between the studio and the emulator that goes wrong by a seed, and remembers what came through.

What goes wrong with a submit hangs on the seed, the prompt and how often it came, so it can be repeated.
Nothing goes wrong more than twice in the same place: patience is always rewarded.
"""

import json
import random
from collections import Counter
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.sandbox.cutting import CUT
from tests.chaos.prompts import prompt_of

Fault = Literal["none", "429", "503", "500", "reset", "lost", "cut short"]
OF_A_SUBMIT: dict[Fault, int] = {"none": 90, "429": 5, "503": 1, "500": 1, "reset": 1, "lost": 2}
OF_A_LOOK: dict[Fault, int] = {"none": 70, "429": 8, "500": 8, "reset": 7, "lost": 7}
OF_A_FILE: dict[Fault, int] = {"none": 60, "500": 10, "reset": 10, "cut short": 20}
MOST = 2
OPEN_ENDED = frozenset({"500", "reset", "lost"})
"""After these a submit may have been accepted, as far as the studio can know."""

RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.1s"}


class Network:
    """ASGI middleware around the emulator. `seed` None: nothing goes wrong."""

    def __init__(self, app: ASGIApp, seed: int | None) -> None:
        self._app, self._seed = app, seed
        self._asked: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        """Submits that were answered with 200, by prompt."""
        self.left_open: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/_chaos":
            seen = {name: dict(getattr(self, name)) for name in ("accepted", "left_open", "faults")}
            await JSONResponse(seen)(scope, receive, send)
            return
        if scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        prompt = prompt_of(json.loads(body)) if scope["method"] == "POST" else None
        fault = self._fault(scope["path"], prompt)
        self.faults[fault] += 1
        if prompt is not None and fault in OPEN_ENDED:
            self.left_open[prompt] += 1
        await self._pass_on(scope, _replay(body, receive), send, fault, prompt)

    def _fault(self, path: str, prompt: str | None) -> Fault:
        place = prompt or path
        self._asked[place] += 1
        if self._seed is None or self._wrong[place] >= MOST:
            return "none"
        odds = (
            OF_A_SUBMIT if prompt else OF_A_FILE if "/delivery/" in path or "/files/" in path else OF_A_LOOK
        )
        # Tokens and ids are new in each run: what is asked for, and when, must not decide by its name.
        draw = random.Random(f"{self._seed} {prompt or len(self._asked)} {self._asked[place]}")
        fault = draw.choices(list(odds), list(odds.values()))[0]
        self._wrong[place] += fault != "none"
        return fault

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, fault: Fault, prompt: str | None
    ) -> None:
        if fault == "reset":
            await send(dict(CUT))
            return
        if answer := _answer(fault, scope["path"]):
            await answer(scope, receive, send)
            return
        cut = fault == "lost"

        async def forward(message: Message) -> None:
            nonlocal cut
            if prompt is not None and message.get("status") == 200:
                self.accepted[prompt] += 1
            if fault == "cut short" and message["type"] == "http.response.body" and not cut:
                half = message["body"][: len(message["body"]) // 2]
                await send({**message, "body": half, "more_body": True})
                cut = True
            elif not cut:
                await send(message)

        await self._app(scope, receive, forward)
        if cut:
            await send(dict(CUT))


def _answer(fault: Fault, path: str) -> Response | None:
    """The provider's own refusal, or a page of a gateway that knows nothing."""
    if fault == "500":
        return HTMLResponse("<h1>Internal Server Error</h1>", 500)
    if fault not in ("429", "503"):
        return None
    status = int(fault)
    if path.startswith("/google"):
        name = "RESOURCE_EXHAUSTED" if status == 429 else "UNAVAILABLE"
        details: list[Any] = [RETRY_INFO] if status == 429 else []
        error = {"code": status, "status": name, "message": "Come back later.", "details": details}
        return JSONResponse({"error": error}, status)
    return JSONResponse({"detail": "Come back later."}, status, {"retry-after": "0.1"})


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
