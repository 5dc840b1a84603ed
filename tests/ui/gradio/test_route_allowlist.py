"""Gradio's addresses: each is open because it is needed, or closed."""

import httpx
import pytest

from imagestudio.ui.gradio.route_allowlist import is_open
from tests.public import Open, gradio_of, routes
from tests.tables import rows

pytestmark = pytest.mark.slow

OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/assets/x"),
    ("GET", "/config"),
    ("GET", "/config/"),
    ("GET", "/favicon.ico"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/app_id/"),
    ("GET", "/gradio_api/call/v2/x/x"),
    ("GET", "/gradio_api/call/x/x"),
    ("GET", "/gradio_api/heartbeat/x"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/info/"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/queue/status"),
    ("GET", "/manifest.json"),
    ("GET", "/pwa_icon"),
    ("GET", "/robots.txt"),
    ("GET", "/static/x"),
    ("GET", "/theme.css"),
    ("POST", "/gradio_api/call/v2/x"),
    ("POST", "/gradio_api/call/v2/x/"),
    ("POST", "/gradio_api/call/x"),
    ("POST", "/gradio_api/call/x/"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/reset/"),
}
"""Of the routes that Gradio has. A new version that has others makes the test fail, and somebody look."""


def test_of_gradios_routes_these_are_open(public: Open) -> None:
    table = set(routes(gradio_of(public.app)))
    assert {route for route in table if is_open(*route, login=False)} == OPEN
    assert len(table) > 70


def test_the_others_answer_as_if_they_were_not_there(public: Open) -> None:
    ours = {path for _, path in routes(public.app)} - {path for _, path in routes(gradio_of(public.app))}
    closed = [route for route in routes(gradio_of(public.app)) if route not in OPEN and route[1] not in ours]
    assert len(closed) > 40
    for method, path in closed:
        if path in ("/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/file=x"):
            continue  # served by the studio
        if path == "/openapi.json":
            continue  # the studio's own
        answer = httpx.request(method, f"{public.url}{path}", json={}, timeout=20)
        assert answer.status_code == 404, (method, path)
        assert method == "HEAD" or "There is nothing at this address." in answer.text, (method, path)


@rows(
    "path",
    [
        "/gradio_api/proxy=https://a.hf.space/x",
        "/gradio_api/run/generate",
        "/gradio_api//component_server",
        "/gradio_api/%63omponent_server",
        "/gradio_api/./component_server",
        "//gradio_api/component_server",
        "/static/../gradio_api/component_server",
        "/static/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "/assets/%2e%2e%2f%2e%2e%2froutes.py",
        "/static//etc/passwd",
        "/gradio_api/mcp/sse",
        "/gradio_api/mcp/messages/?session_id=x",
        "/monitoring/summary",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/stream/x/y/0/playlist-file",
        "/gradio_api/custom_component/x/client/y/z",
        "/svelte/x",
        "/login",
        "/logout",
    ],
)
def test_no_way_of_writing_it_opens_a_door(public: Open, path: str) -> None:
    for method in ("GET", "POST", "HEAD", "PUT"):
        request = httpx.Request(method, public.url, content=b"{}" if method == "POST" else None)
        request.url = request.url.copy_with(raw_path=path.encode())
        with httpx.Client(timeout=20) as client:
            answer = client.send(request)
        assert answer.status_code in (403, 404, 405), (method, path, answer.status_code)
        assert "import " not in answer.text
        assert "root:" not in answer.text


def test_login_has_its_own() -> None:
    for path in ("/login/huggingface", "/login/callback", "/logout"):
        assert not is_open("GET", path, login=False)
        assert is_open("GET", path, login=True)
        assert not is_open("POST", path, login=True)


@rows(
    ("path", "accept", "status", "kind"),
    [
        ("//", "text/html", 200, "text/html; charset=utf-8"),
        ("//gradio_api//info", "*/*", 200, "application/json"),
        ("//gradio_api/mcp/schema", "*/*", 200, "application/json"),
        ("/v1/images/generations", "application/json", 404, "application/json"),
        ("/nothing", "*/*", 404, "application/json"),
        ("/nothing", "text/html,application/xhtml+xml,*/*;q=0.8", 404, "text/plain; charset=utf-8"),
    ],
)
def test_slashes_and_unknown_addresses(public: Open, path: str, accept: str, status: int, kind: str) -> None:
    answer = httpx.get(f"{public.url}{path}", headers={"Accept": accept}, timeout=20)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    if (status, kind) == (404, "application/json"):
        assert answer.json()["error"]["code"] == "NOT_FOUND"
