"""Which address a request was meant for, whatever proxies made of it."""

from typing import Any

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.api.deps import address_of
from imagestudio.api.middleware.address import Forwarded, MeantHost
from imagestudio.core.settings import load_settings
from tests.tables import rows

PROXY, STRANGER = "10.0.0.2", "203.0.113.9"
HERE = "http://127.0.0.1:7860"
BARE = {"IMAGESTUDIO_PUBLIC_URL": "https://studio.example"}
WHOLE = {"IMAGESTUDIO_PUBLIC_URL": "https://studio.example/studio"}
PORT = {"IMAGESTUDIO_PUBLIC_URL": "https://studio.example:8443"}
UNDER = {"GRADIO_ROOT_PATH": "/studio"}
FOR = {"X-Forwarded-For": STRANGER}


async def seen(
    settings: dict[str, str], url: str, headers: dict[str, str], client: str = PROXY
) -> tuple[str, str, str]:
    """Where a request came to, as what is behind sees it: its address, path and client."""

    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        at = str(request.base_url).rstrip("/")
        known = [at, path_of(scope), request.client.host if request.client else ""]
        await PlainTextResponse("\n".join(known))(scope, receive, send)

    loaded = load_settings(settings)
    app = Forwarded(MeantHost(tell, loaded), loaded)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(client, 5))) as sender:
        answer = await sender.get(url, headers=headers)
    address, path, came_from = answer.text.split("\n")
    return address, path, came_from


@rows(
    ("settings", "url", "headers", "address", "path"),
    [
        ({}, f"{HERE}/x", {}, HERE, "/x"),
        # A prefix, taken off by the proxy or not.
        (UNDER, f"{HERE}/x", {}, f"{HERE}/studio", "/x"),
        (UNDER, f"{HERE}/studio/x", {}, f"{HERE}/studio", "/x"),
        (UNDER, f"{HERE}/studio/", {}, f"{HERE}/studio", "/"),
        (UNDER, f"{HERE}/studios/x", {}, f"{HERE}/studio", "/studios/x"),
        (WHOLE, "http://studio.example/x", {}, "https://studio.example/studio", "/x"),
        (WHOLE, "http://studio.example/studio/x", {}, "https://studio.example/studio", "/x"),
        (BARE | UNDER, "http://studio.example/x", {}, "https://studio.example/studio", "/x"),
        ({}, f"{HERE}/x", {"X-Forwarded-Prefix": "/studio/"}, f"{HERE}/studio", "/x"),
        ({}, f"{HERE}/studio/x", {"X-Forwarded-Prefix": "/studio"}, f"{HERE}/studio", "/x"),
        (UNDER, f"{HERE}/x", {"X-Forwarded-Prefix": "/other"}, f"{HERE}/studio", "/x"),
        ({}, f"{HERE}/x", {"X-Forwarded-Prefix": '/a/../"><script>'}, HERE, "/x"),
        ({}, f"{HERE}/x", {"X-Forwarded-Prefix": "//evil.example"}, HERE, "/x"),
        # TLS that ends at the proxy, which says so, or does not.
        (BARE, "http://studio.example/x", {}, "https://studio.example", "/x"),
        ({}, "http://a.example/x", {"X-Forwarded-Proto": "https"}, "https://a.example", "/x"),
        ({}, "http://a.example/x", {"X-Forwarded-Host": "b.example, c.example"}, "http://b.example", "/x"),
        # A name that came without its port.
        (PORT, "http://studio.example/x", {}, "https://studio.example:8443", "/x"),
        (PORT, "http://studio.example:9/x", {}, "http://studio.example:9", "/x"),
        # Host as the proxy calls the studio.
        (BARE, f"{HERE}/x", {"Origin": "https://studio.example"}, "https://studio.example", "/x"),
        (BARE, f"{HERE}/x", FOR, "https://studio.example", "/x"),
        (BARE, "http://172.17.0.2:7860/x", FOR, "https://studio.example", "/x"),
        (BARE | UNDER, f"{HERE}/x", FOR, "https://studio.example/studio", "/x"),
        # Whoever asks the machine itself, or by another of its names, is there.
        (BARE, f"{HERE}/x", {}, HERE, "/x"),
        (BARE, f"{HERE}/x", {"Origin": HERE} | FOR, HERE, "/x"),
        (BARE, "http://b.example/x", FOR, "http://b.example", "/x"),
    ],
)
async def test_a_request_is_where_its_browser_is(
    settings: dict[str, str], url: str, headers: dict[str, str], address: str, path: str
) -> None:
    found, at, _ = await seen(settings, url, headers)
    assert (found, at) == (address, path)


async def test_only_proxies_are_believed() -> None:
    said = FOR | {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "b.example", "X-Forwarded-Prefix": "/p"}
    assert await seen({}, "http://a.example/x", said) == ("https://b.example/p", "/x", STRANGER)
    assert await seen({}, "http://a.example/x", said, "198.51.100.7") == (
        "http://a.example",
        "/x",
        "198.51.100.7",
    )


@rows(
    ("settings", "address"),
    [
        (BARE, "https://studio.example"),
        (BARE | UNDER, "https://studio.example/studio"),
        (BARE | {"GRADIO_ROOT_PATH": "studio/"}, "https://studio.example/studio"),
        (WHOLE, "https://studio.example/studio"),
        (WHOLE | UNDER, "https://studio.example/studio"),
        (WHOLE | {"GRADIO_ROOT_PATH": ""}, "https://studio.example/studio"),
        (BARE | {"GRADIO_ROOT_PATH": "https://proxy.example/a/b/"}, "https://studio.example/a/b"),
        ({"GRADIO_ROOT_PATH": "https://Proxy.example:443/a/"}, "https://proxy.example/a"),
        (UNDER, f"{HERE}/studio"),
        ({}, HERE),
        ({"GRADIO_SERVER_NAME": "::1"}, "http://[::1]:7860"),
        ({"GRADIO_SERVER_NAME": "[::1]"}, "http://[::1]:7860"),
    ],
)
def test_the_settings_tell_one_address(settings: dict[str, Any], address: str) -> None:
    loaded = load_settings(settings)
    assert loaded.origin == address
    request = Request(
        {"type": "http", "path": "/", "headers": [], "server": ("a.example", 1), "scheme": "http"}
    )
    assert address_of(request, loaded) == (loaded.public_address or "http://a.example:1")


async def test_the_prefix_without_its_slash_leads_to_the_page() -> None:
    app = Forwarded(FastAPI(), load_settings(UNDER))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE) as client:
        answer = await client.get("/studio?a=b")
    assert (answer.status_code, answer.headers["location"]) == (307, "/studio/?a=b")
