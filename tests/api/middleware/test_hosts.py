"""Requests for other hosts: a page that gives its own name our address gets nothing."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from imagestudio.api.middleware.hosts import TrustedHosts, allowed_hosts, host_name
from imagestudio.core.settings import SettingsError, load_settings
from imagestudio.server.create import create_app
from tests.fresh import data_folder
from tests.public import Open
from tests.tables import rows

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@rows(
    ("settings", "hosts"),
    [
        ({}, LOOPBACK),
        ({"GRADIO_SERVER_NAME": "192.168.0.5"}, (*LOOPBACK, "192.168.0.5")),
        ({"GRADIO_SERVER_NAME": "fe80::1"}, (*LOOPBACK, "[fe80::1]")),
        ({"GRADIO_SERVER_NAME": "0.0.0.0"}, ("*",)),
        (
            {"GRADIO_SERVER_NAME": "0.0.0.0", "IMAGESTUDIO_PUBLIC_URL": "https://Studio.example:8443/x"},
            (*LOOPBACK, "studio.example"),
        ),
        (
            {"GRADIO_SERVER_NAME": "0.0.0.0", "SPACE_ID": "a/b", "SPACE_HOST": "a-b.hf.space"},
            (*LOOPBACK, "a-b.hf.space"),
        ),
        ({"GRADIO_ROOT_PATH": "https://proxy.example/studio"}, (*LOOPBACK, "127.0.0.1", "proxy.example")),
        (
            {"GRADIO_SERVER_NAME": "::", "IMAGESTUDIO_ALLOWED_HOSTS": "A.example, *.b.example"},
            (*LOOPBACK, "a.example", "*.b.example"),
        ),
    ],
)
def test_which_hosts_are_ours(settings: dict[str, Any], hosts: tuple[str, ...]) -> None:
    assert allowed_hosts(load_settings(settings)) == tuple(dict.fromkeys(hosts))


@rows(
    ("header", "name"),
    [
        ("Studio.Example:7860", "studio.example"),
        ("studio.example.", "studio.example"),
        ("[::1]:80", "[::1]"),
        (" a.example", "a.example"),
        ("a.example:", None),
        ("a.example/b", None),
        ("user@a.example", None),
        ("a.example, b.example", None),
        ("http://a.example", None),
        ("", None),
    ],
)
def test_the_name_in_a_header(header: str, name: str | None) -> None:
    assert host_name(header) == name


@rows("hosts", ["http://a.example", "a.example/b", "a b", "*.*.c"])
def test_a_setting_that_is_no_name_is_refused(hosts: str) -> None:
    with pytest.raises(SettingsError, match=r"^IMAGESTUDIO_ALLOWED_HOSTS: takes names"):
        load_settings({"IMAGESTUDIO_ALLOWED_HOSTS": hosts})


EVERYWHERE = [
    ("GET", "/"),
    ("GET", "/config"),
    ("GET", "/api/health"),
    ("POST", "/api/v1/image/generate"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/mcp/"),
    ("GET", "/gradio_api/mcp/"),
    ("GET", "/static/x"),
    ("OPTIONS", "/api/v1/image/generate"),
]


@pytest.mark.slow
@rows(("method", "path"), EVERYWHERE)
@rows(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "studio.example.evil.example"},
        {"Host": "localhost.evil.example:7860"},
        {"Host": "127.0.0.1.evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Host": "studio.example, evil.example"},
        {"X-Forwarded-Host": ""},
    ],
)
def test_other_hosts_are_refused(public: Open, method: str, path: str, headers: dict[str, str]) -> None:
    answer = httpx.request(method, f"{public.url}{path}", headers=headers)
    assert answer.status_code == 400
    assert (
        "This studio does not answer for that host. Add its name to IMAGESTUDIO_ALLOWED_HOSTS." in answer.text
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "evil" not in answer.text


@pytest.mark.slow
def test_our_own_are_not(public: Open) -> None:
    for host in ("studio.example", "STUDIO.EXAMPLE:80", "localhost", "[::1]:7860", "127.0.0.1:1"):
        assert httpx.get(f"{public.url}/api/health", headers={"Host": host}).status_code == 200, host


@pytest.mark.slow
def test_nobody_tells_gradio_where_it_is(public: Open) -> None:
    answer = httpx.get(f"{public.url}/config", headers={"X-Gradio-Server": "http://evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.text


async def test_the_log_names_the_header_once(caplog: pytest.LogCaptureFixture) -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    settings = load_settings({"IMAGESTUDIO_PUBLIC_URL": "https://studio.example"})
    transport = httpx.ASGITransport(TrustedHosts(never, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://backend:7860") as proxy:
        answers = [await proxy.get("/") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {400}
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "let it pass on the header Host" in line
    assert "studio.example" in line
    assert "backend" not in line


EVERYWHERE = {"GRADIO_SERVER_NAME": "0.0.0.0"}


@pytest.mark.parametrize(
    ("address", "settings", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("[::1]", {}, 200),
        ("localhost", {}, 200),
        ("192.0.2.7", {}, 403),
        ("[2001:db8::7]", {}, 403),
        ("10.0.0.7", {}, 403),
        ("192.0.2.7", EVERYWHERE, 200),
    ],
)
async def test_who_comes_by_another_address_is_no_owner(
    tmp_path: Path, address: str, settings: dict[str, str], status: int
) -> None:
    app = create_app(
        load_settings({"IMAGESTUDIO_DATA_DIR": data_folder(tmp_path), **settings}), with_page=False
    )
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"http://{address}:7860") as client,
    ):
        # However it is called.
        answer = await client.get("/api/v1/image/jobs", headers={"Host": "localhost:7860"})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "FORBIDDEN"
        assert "GRADIO_SERVER_NAME" in answer.json()["error"]["message"]
