"""Google's Gemini API: keys, the list of models, and the way to the two methods that make pictures.

Synchronous: an answer holds its picture. Keys are checked before models, models before requests.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.google_faults import key_fault, no_credits, retired_model, unknown_model
from imagestudio.sandbox.google_gemini import GenerateContentMethod
from imagestudio.sandbox.google_imagen import PredictMethod
from imagestudio.sandbox.google_models import GEMINI, IMAGEN
from imagestudio.sandbox.script import Counter
from imagestudio.sandbox.tasks import Easel, Pace

Method = Callable[[str, bytes], Awaitable[Response]]


class Google:
    """The API under its path prefix; `imagen` brings the Imagen models back to life."""

    def __init__(self, pace: Pace, easel: Easel, bill: Bill, imagen: bool) -> None:
        counter = Counter()
        generate_content = GenerateContentMethod(pace, easel, bill, counter)
        predict = PredictMethod(pace, easel, bill, counter)
        self._methods: dict[str, tuple[Collection[str], Method]] = {
            "generateContent": (GEMINI, generate_content),
            "predict": (IMAGEN, predict),
        }
        self._imagen = imagen

    def routes(self) -> list[Route]:
        return [
            Route("/v1beta/models", self.models),
            Route("/v1beta/models/{model}", self.model),
            Route("/v1beta/models/{call}", self.call, methods=["POST"]),
        ]

    async def models(self, request: Request) -> Response:
        listed = [_entry(model, "generateContent") for model in GEMINI]
        if self._imagen:
            listed += [_entry(model, "predict") for model in IMAGEN]
        return key_fault(request) or JSONResponse({"models": listed})

    async def model(self, request: Request) -> Response:
        """One model; still 200 for a stopped one, as users saw it."""
        model = request.path_params["model"]
        if fault := key_fault(request):
            return fault
        if model in GEMINI or model in IMAGEN:
            return JSONResponse(_entry(model, "generateContent" if model in GEMINI else "predict"))
        return unknown_model(model, "get")

    async def call(self, request: Request) -> Response:
        model, _, method = request.path_params["call"].rpartition(":")
        if fault := key_fault(request):
            return fault
        if model in IMAGEN and not self._imagen:
            return retired_model(model, IMAGEN[model].successor)
        models, run = self._methods.get(method, ((), None))
        if run is None or model not in models:
            return unknown_model(model, method)
        if "broke" in request.headers["x-goog-api-key"]:
            return no_credits()
        return await run(model, await request.body())


def _entry(model: str, method: str) -> dict[str, Any]:
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model,
        "inputTokenLimit": 480 if method == "predict" else 65536,
        "outputTokenLimit": 8192,
        "supportedGenerationMethods": [method],
    }
