"""How Google refuses: keys, models, and what the words in a prompt ask for."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from imagestudio.sandbox.google_wire import TYPES, failure, invalid
from imagestudio.sandbox.script import CRASH_PAGE


def key_fault(request: Request) -> JSONResponse | None:
    """None for a good key."""
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    key = request.headers.get("x-goog-api-key", "")
    if not key:
        return failure(
            403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers. Please use an API key."
        )
    if "invalid" in key:
        reason = {
            "@type": TYPES + "ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        }
        return invalid("API key not valid. Please pass a valid API key.", reason)
    return None


def unknown_model(model: str, method: str) -> JSONResponse:
    return failure(
        404,
        "NOT_FOUND",
        f"models/{model} is not found for API version v1beta, or is not supported for {method}. "
        "Call ListModels to see the list of available models and their supported methods.",
    )


def retired_model(model: str, successor: str) -> JSONResponse:
    return failure(
        404,
        "NOT_FOUND",
        f"This model models/{model} is no longer available. "
        f"Please update your code to use models/{successor}.",
    )


def no_credits() -> JSONResponse:
    # Seen in public reports of 2026; Google's pages document only the status.
    return failure(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.")


def refused_at_the_door(words: frozenset[str]) -> Response | None:
    """The answer to a request that is never taken up, None for one that is."""
    if "demo:crash" in words:
        return HTMLResponse(CRASH_PAGE, 502)
    if "demo:unavailable" in words:
        return failure(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
    if "demo:rate-limit" in words:
        wait = {"@type": TYPES + "RetryInfo", "retryDelay": "2s"}
        return failure(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", wait)
    if "demo:out-of-credits" in words:
        return no_credits()
    return None


def run_failed() -> JSONResponse:
    return failure(500, "INTERNAL", "An internal error has occurred. Please retry.")
