"""The sandbox: three providers, and a router to one of them, under path prefixes of one ASGI app."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from imagestudio.sandbox.bfl import Bfl
from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.drawing import Wish, paint
from imagestudio.sandbox.fal import Fal
from imagestudio.sandbox.google import Google
from imagestudio.sandbox.huggingface import HuggingFace
from imagestudio.sandbox.journal import Journal, Recorder
from imagestudio.sandbox.tasks import Easel, Pace


def create_sandbox(
    clock: Callable[[], float] = time.time,
    speed: float = 1.0,
    imagen: bool = False,
    journal: bool = False,
    paint: Callable[[Wish], bytes] = paint,
) -> Starlette:
    """An app that answers as the providers document, under `/google`, `/bfl`, `/fal` and
    `/huggingface`.

    `speed` is how long a run takes in terms of the usual second or so: 2 doubles it, with 0 everything
    is ready at once. `clock` gives seconds since the epoch. `imagen` serves the Imagen models that were
    shut down. `app.state.journal` has every request and `app.state.bill` every charge; `journal` also
    serves the two as JSON at `/_sandbox/journal` and `/_sandbox/bill`. `paint` draws, in a thread.
    """
    pace, easel, bill, requests = Pace(clock, speed), Easel(paint), Bill(clock), Journal()
    routes: list[Mount | Route] = [
        Mount("/google", routes=Google(pace, easel, bill, imagen).routes()),
        Mount("/bfl", routes=Bfl(pace, easel, bill).routes()),
        Mount("/fal", routes=Fal(pace, easel, bill).routes()),
        Mount("/huggingface", routes=HuggingFace(pace, easel, bill).routes()),
    ]
    if journal:
        routes += [Route("/_sandbox/journal", _journal), Route("/_sandbox/bill", _bill)]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Recorder, journal=requests, clock=clock)],
        exception_handlers={HTTPException: _http_error},
    )
    app.state.journal, app.state.bill = requests, bill
    return app


async def _journal(request: Request) -> Response:
    # Escaped, because a recorded body may hold what can't be encoded.
    text = json.dumps([asdict(entry) for entry in request.app.state.journal])
    return Response(text, media_type="application/json")


async def _bill(request: Request) -> Response:
    return JSONResponse([asdict(charge) for charge in request.app.state.bill])


async def _http_error(request: Request, error: Exception) -> Response:
    """Unknown paths and methods, as FastAPI would answer them."""
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
