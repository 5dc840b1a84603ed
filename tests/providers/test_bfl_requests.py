"""What goes out to Black Forest Labs: the whole body of every model and control, and where the key may go."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.catalog import MODELS
from imagestudio.core.request import InputImage
from imagestudio.providers.base import Call
from imagestudio.providers.bfl import Bfl
from tests.tables import rows

PRO, KLEIN, PRO_1 = "/v1/flux-2-pro", "/v1/flux-2-klein-4b", "/v1/flux-pro-1.1"
KONTEXT = "/v1/flux-kontext-pro"
SIZE = {"width": 1280, "height": 704}

GENERATE = [
    (model, endpoint, controls)
    for model, endpoint in [("flux-2-pro", PRO), ("flux-2-klein", KLEIN), ("flux-1.1-pro", PRO_1)]
    for controls in [{}, {"seed": 0}, SIZE, {**SIZE, "seed": 4_294_967_295}]
]
EDIT = [("flux-kontext", KONTEXT, controls) for controls in [{}, {"seed": 7}]]


def test_every_model_of_theirs_is_asked_here() -> None:
    theirs = {model.id for model in MODELS.values() if model.provider == "bfl"}
    assert {model for model, *_ in GENERATE + EDIT} == theirs


@rows(("model", "endpoint", "controls"), GENERATE)
async def test_only_what_was_asked_is_sent(
    wire_for: Any, ask: Any, model: str, endpoint: str, controls: dict[str, Any]
) -> None:
    bfl, _ = wire_for(Bfl)
    assert await bfl.prepare(*ask(model, **controls)) == (
        Call(endpoint, {"prompt": "A red cup", **controls}),
    )


@pytest.mark.parametrize(("model", "endpoint", "controls"), EDIT)
async def test_the_source_picture_goes_as_bare_base64(
    wire_for: Any, ask: Any, source: InputImage, model: str, endpoint: str, controls: dict[str, Any]
) -> None:
    bfl, _ = wire_for(Bfl)
    picture = base64.b64encode(source.path.read_bytes()).decode()
    body = {"prompt": "A red cup", "input_image": picture, **controls}
    assert await bfl.prepare(*ask(model, image=source, **controls)) == (Call(endpoint, body),)


async def test_a_submit_carries_the_body_as_prepared_and_the_key_in_its_header_only(
    wire_for: Any, ask: Any
) -> None:
    bfl, server = wire_for(Bfl)
    server.answer("POST", PRO, 200, "bfl/submitted.json")
    (call,) = await bfl.prepare(*ask("flux-2-pro", **SIZE, seed=42))
    await bfl.submit(call)
    (sent,) = server.sent
    assert (sent.url, sent.json) == (f"https://api.bfl.ai{PRO}", {"prompt": "A red cup", **SIZE, "seed": 42})
    assert sent.headers["x-key"] == server.key
    assert [name for name, value in sent.headers.items() if server.key in value] == ["x-key"]


async def test_there_is_nothing_to_cancel_with(wire_for: Any) -> None:
    bfl, server = wire_for(Bfl)
    ending = await bfl.cancel({"id": "1", "poll_url": "https://api.us1.bfl.ai/v1/get_result?id=1"})
    assert (ending.charged, str(ending.text)) == (
        "unknown",
        "Black Forest Labs can't stop a task. The studio stops waiting for it; it will probably be charged.",
    )
    assert server.sent == []


async def test_a_download_carries_no_key(wire_for: Any, tmp_path: Path) -> None:
    bfl, server = wire_for(Bfl, "http://127.0.0.1:9000/bfl")
    url = "http://127.0.0.1:9000/delivery/cup.jpeg?sig=c2ln"
    server.answer("GET", url, 200, httpx.ByteStream(b"picture"), {"content-type": "image/jpeg"})
    download = await bfl.download(url, tmp_path / "cup")
    assert (download.size, download.content_type) == (7, "image/jpeg")
    assert (tmp_path / "cup").read_bytes() == b"picture"
    assert not [name for name, value in server.sent[0].headers.items() if server.key in value]


@rows(
    "url",
    [
        "https://api.bfl.ai/v1/get_result?id=1",
        "https://api.bfl.ai:443/v1/get_result?id=1",
        "https://API.EU1.BFL.AI/v1/get_result?id=1",
        "https://api.us3.bfl.ai/v1/get_result?id=1",
    ],
)
def test_the_key_may_go_to_the_regional_hosts(url: str) -> None:
    assert Bfl.owns(url, "https://api.bfl.ai")


@rows(
    "url",
    [
        "http://api.bfl.ai/v1/get_result?id=1",
        "http://api.us1.bfl.ai/v1/get_result?id=1",
        "https://api.us1.bfl.ai:8443/v1/get_result?id=1",
        "https://bfl.ai/v1/get_result?id=1",
        "https://notbfl.ai/v1/get_result?id=1",
        "https://api.notbfl.ai/v1/get_result?id=1",
        "https://api.bfl.ai.evil.com/v1/get_result?id=1",
        "https://api.bfl.ai@evil.com/v1/get_result?id=1",
        "https://me:word@api.bfl.ai/v1/get_result?id=1",
        "https://evil.com\\.bfl.ai/",
        "https://api.bfl.ai\\@evil.com/",
        "https://evil.com%2f.bfl.ai/",
        "https://evil.com;.bfl.ai/",
        "https://evil.com#.bfl.ai/",
        "https://evil.com?.bfl.ai/",
        "https://evil.com/.bfl.ai/",
        "https://.bfl.ai/",
        "https://api.bfl.ai./",
        "https://[::1].bfl.ai/",
        "https://[bad/",
        "https://api.bfl.ai:port/",
        "https://api.bfl.ai/\ud800",
        "https://api.us1.bfl.ai/\n",
        "//api.bfl.ai/v1/get_result",
        "/v1/get_result?id=1",
        "file:///etc/hosts",
        "",
    ],
)
def test_the_key_goes_nowhere_else(url: str) -> None:
    assert not Bfl.owns(url, "https://api.bfl.ai")


@rows(
    ("url", "owned"),
    [
        ("http://127.0.0.1:9000/us1/v1/get_result?id=1", True),
        ("http://127.0.0.1:9001/us1/v1/get_result?id=1", False),
        ("https://127.0.0.1:9000/us1/v1/get_result?id=1", False),
        ("http://me:word@127.0.0.1:9000/", False),
        ("https://api.us1.bfl.ai/v1/get_result?id=1", False),
    ],
)
def test_a_gateways_key_goes_to_the_gateway_only(url: str, owned: bool) -> None:
    assert Bfl.owns(url, "http://127.0.0.1:9000/bfl") is owned
