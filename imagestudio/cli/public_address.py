"""What visitors are told the studio's address is: found out as a visitor would, through that very address."""

from collections.abc import AsyncIterator

import httpx

from imagestudio.core.settings import Settings

TIMEOUT_S = 10
HOST_HEADER = "Let the proxy pass on the header Host (nginx: proxy_set_header Host $http_host)."
NOT_SET = "taken from each request, as IMAGESTUDIO_PUBLIC_URL is not set"


async def try_out(settings: Settings) -> AsyncIterator[str]:
    """What came of asking there, in lines."""
    address = settings.public_address
    if address is None:
        yield f"told: {NOT_SET}"
        return
    yield f"REST, MCP, webhooks and links are told: {address}"
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as visitor:
        try:
            health = await visitor.get(f"{address}/api/health")
            if problem := _problem(health):
                yield f"{address}/api/health: {problem}"
                return
            root = (await visitor.get(f"{address}/config")).json()["root"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            why = "no answer" if isinstance(error, httpx.TransportError) else "no answer of a studio's"
            yield f"{address}: {why} ({type(error).__name__}). Start studio and proxy, then check again."
            return
    if root == address:
        yield "tried through it: page and gradio_client are told the same"
    else:
        yield f"tried through it: gradio_client is told {root}. {HOST_HEADER}"


def _problem(answer: httpx.Response) -> str | None:
    """Why it is not the studio's own answer; None where it is."""
    if "IMAGESTUDIO_ALLOWED_HOSTS" in answer.text:
        return f"the studio refuses the host that it is asked for. {HOST_HEADER}"
    if answer.is_redirect:
        return (
            f"leads elsewhere, to {answer.headers['location']}. Set IMAGESTUDIO_PUBLIC_URL to that address."
        )
    if answer.status_code in (502, 503, 504):
        return f"the proxy does not reach the studio (HTTP {answer.status_code}). Start it, then check again."
    try:
        is_ours = answer.json()["status"] == "ok"
    except (ValueError, KeyError, TypeError):
        is_ours = False
    if is_ours:
        return None
    return (
        f"something else answers (HTTP {answer.status_code}). Compare the path with what the proxy hands on."
    )
