"""Other sites' pages: they change nothing in the name of whoever looks at them, and read nothing."""

import functools
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from imagestudio.api.middleware.cross_site import CrossSiteGuard
from imagestudio.core.settings import Settings, SettingsError, load_settings
from tests.api.conftest import API, Open
from tests.public import Open as Public
from tests.tables import rows

LISTED = "https://app.example"
CHANGING = [
    ("POST", "/api/v1/image/generate"),
    ("DELETE", "/api/v1/image/jobs/x"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/call/generate"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/mcp/"),
    ("PUT", "/visitor/keys"),
    ("PUT", "/visitor/access"),
    ("POST", "/nowhere"),
]


class Reached:
    """An app that keeps what gets to it."""

    def __init__(self) -> None:
        self.requests: list[dict[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@functools.cache
def loaded(**settings: Any) -> Settings:
    return load_settings(settings)


async def asked(
    method: str, path: str, headers: dict[str, str], *, scheme: str = "http", **settings: Any
) -> tuple[int, Reached]:
    reached = Reached()
    app = CrossSiteGuard(reached, loaded(**settings))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"{scheme}://studio.example:7860"
    ) as client:
        answer = await client.request(method, path, headers={"Cookie": "imagestudio=x", **headers})
    return answer.status_code, reached


FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://studio.example:7860"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://studio.example"},
    {"Origin": "http://studio.example:7861"},
    {"Origin": "http://studio.example:7860.evil.example"},
    {"Origin": "https://evil.example", "Referer": "http://studio.example:7860/"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site", "Authorization": "Basic YTpi"},
]
OWN: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.example"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://studio.example:7860"},
    {"Origin": "HTTP://Studio.Example:7860"},
    {"Origin": "https://public.example", "X-Forwarded-Host": "public.example"},
]


@rows(("method", "path"), CHANGING)
@rows("headers", FOREIGN)
async def test_other_sites_change_nothing(method: str, path: str, headers: dict[str, str]) -> None:
    status, reached = await asked(method, path, headers)
    assert (status, reached.requests) == (403, [])


@rows("headers", OWN)
async def test_our_own_page_and_programs_do(headers: dict[str, str]) -> None:
    for method, path in CHANGING:
        status, reached = await asked(method, path, headers)
        assert status == 204
        assert reached.requests[0][b"cookie"] == b"imagestudio=x"


async def test_the_public_address_is_our_own() -> None:
    public = {"IMAGESTUDIO_PUBLIC_URL": "https://public.example/studio"}
    assert (await asked("POST", "/x", {"Origin": "https://public.example"}, **public))[0] == 204
    assert (await asked("POST", "/x", {"Origin": "https://public.example"}))[0] == 403


async def test_a_page_that_came_over_http_is_none_of_ours_at_https() -> None:
    for scheme, came, status in (
        ("https", "http", 403),
        ("https", "https", 204),
        ("http", "https", 204),
        ("http", "ws", 403),
    ):
        origin = {"Origin": f"{came}://studio.example:7860"}
        assert (await asked("POST", "/x", origin, scheme=scheme))[0] == status
    public = {"IMAGESTUDIO_PUBLIC_URL": "https://studio.example:7860"}
    assert (await asked("POST", "/x", {"Origin": "http://studio.example:7860"}, **public))[0] == 403


@rows("key", [{"X-API-Key": "k"}, {"Authorization": "bearer k"}])
async def test_a_key_in_a_header_lets_other_sites_in_and_their_cookies_not(key: dict[str, str]) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    status, reached = await asked("POST", "/api/v1/image/generate", {**foreign, **key})
    assert status == 204
    assert b"cookie" not in reached.requests[0]


async def test_a_listed_site_calls_without_cookies() -> None:
    listed = {"IMAGESTUDIO_CORS_ORIGINS": LISTED}
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": LISTED}
    for method in ("POST", "GET"):
        status, reached = await asked(method, "/api/v1/image/generate", foreign, **listed)
        assert status == 204
        assert b"cookie" not in reached.requests[0]
    other = {"Sec-Fetch-Site": "cross-site", "Origin": f"{LISTED}.evil.example"}
    assert (await asked("POST", "/x", other, **listed))[0] == 403


async def test_a_link_from_elsewhere_opens_the_page_as_its_visitor() -> None:
    _, reached = await asked("GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert reached.requests[0][b"cookie"] == b"imagestudio=x"


@rows("origins", ["*", "app.example", "https://app.example/", "https://app.example/x", "null"])
def test_a_setting_that_is_no_origin_is_refused(origins: str) -> None:
    with pytest.raises(SettingsError, match=r"^IMAGESTUDIO_CORS_ORIGINS: takes origins"):
        load_settings({"IMAGESTUDIO_CORS_ORIGINS": origins})


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "x-api-key,content-type",
}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_listed_site_reads_answers_and_never_with_credentials(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_CORS_ORIGINS=f"{LISTED}, https://other.example:8443") as api:
        preflight = await api.options(f"{API}/generate", headers={"Origin": LISTED, **PREFLIGHT})
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == LISTED
        assert preflight.headers["access-control-allow-headers"] == "x-api-key,content-type"
        plain = await api.get(f"{API}/models", headers={"Origin": LISTED})
        assert plain.headers["access-control-allow-origin"] == LISTED
        exposed = plain.headers["access-control-expose-headers"]
        assert {"X-Request-Id", "Mcp-Session-Id"} <= set(exposed.split(", "))
        for answer in (preflight, plain):
            assert "access-control-allow-credentials" not in answer.headers
            assert answer.headers["vary"].startswith("Origin")
        for origin in ("https://evil.example", "null", f"{LISTED}:444", "http://app.example"):
            headers = {"Origin": origin}
            refused = await api.options(f"{API}/generate", headers={**headers, **PREFLIGHT})
            assert refused.status_code == 400
            for answer in (refused, await api.get(f"{API}/models", headers=headers)):
                assert "access-control-allow-origin" not in answer.headers


@pytest.mark.slow
def test_by_default_no_other_site_reads_anything_of_gradios(public: Public) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/mcp/schema", "/static/x"):
        for origin in ("https://evil.example", "null", "http://localhost:3000"):
            headers = {"Origin": origin}
            for answer in (
                httpx.get(f"{public.url}{path}", headers=headers),
                httpx.options(f"{public.url}{path}", headers={**headers, **PREFLIGHT}),
            ):
                assert "access-control-allow-origin" not in answer.headers, (path, origin)
                assert "access-control-allow-credentials" not in answer.headers
