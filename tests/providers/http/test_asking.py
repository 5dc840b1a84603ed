"""Polls, streams and downloads: free to repeat, and careful with the key."""

from pathlib import Path
from typing import Any

import pytest

from imagestudio.core.errors import ProviderFailed
from imagestudio.providers.http import Transient
from tests.tables import rows

ENDLESS = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"
ANSWERED = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@rows(
    "url",
    [
        "http://localhost:{port}/task",
        "https://127.0.0.1:{port}/task",
        "http://127.0.0.1:1/task",
        "http://127.0.0.1:{port}@evil.example/task",
        "//127.0.0.1/task",
        "/task",
        "http://[/task",
        "",
    ],
)
async def test_the_key_goes_to_no_other_address(site: Any, wire_to: Any, url: str) -> None:
    wire, foreign = wire_to(), url.format(port=site.port)
    with pytest.raises(ProviderFailed) as caught:
        await wire.get(foreign)
    assert caught.value.message == (
        "Acme named an address outside its own hosts; the studio does not follow it."
    )
    with pytest.raises(ProviderFailed):
        async with wire.stream(foreign, timeout_s=1.0):
            pass
    assert site.requests == []


@rows(
    "steps",
    [("close",), ("reset",), (b"nonsense\r\n\r\n", "close"), ("wait",)],
)
async def test_a_poll_that_breaks_can_be_asked_again(site: Any, wire_to: Any, steps: Any) -> None:
    site.then(*steps)
    site.then(*steps)  # A GET is free, and may be repeated below us.
    with pytest.raises(Transient) as caught:
        await wire_to().get(f"{site.url}/task", timeout_s=0.2)
    assert str(caught.value).startswith("Acme could not be asked: ")


async def test_another_method_goes_out_as_named(site: Any, wire_to: Any) -> None:
    site.then(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}")
    assert (await wire_to().get(f"{site.url}/task/cancel", method="PUT")).status == 202
    assert site.requests[0][0] == "PUT /task/cancel HTTP/1.1"


async def test_a_stream_is_read_as_it_comes(site: Any, wire_to: Any) -> None:
    site.then(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\ndata: one\n", b"data: two\n")
    async with wire_to().stream(f"{site.url}/stream", timeout_s=5.0) as response:
        assert [line async for line in response.aiter_lines()] == ["data: one", "data: two"]
    assert site.requests[0][1]["accept"] == "text/event-stream"


async def test_a_download_carries_no_key(site: Any, wire_to: Any, tmp_path: Path) -> None:
    site.then(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 3\r\n\r\npng")
    got = await wire_to().download(f"{site.url}/picture.png", tmp_path / "picture")
    assert ((tmp_path / "picture").read_bytes(), got.size, got.content_type) == (b"png", 3, "image/png")
    assert "authorization" not in site.requests[0][1]


async def test_a_poll_is_not_redirected_either(site: Any, wire_to: Any) -> None:
    site.then(b"HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\ncontent-length: 0\r\n\r\n")
    assert (await wire_to().get(f"{site.url}/task")).status == 302


async def test_no_cookie_is_kept(site: Any, wire_to: Any) -> None:
    site.then(b"HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 2\r\n\r\n{}")
    site.then(ANSWERED)
    wire = wire_to()
    await wire.submit("/paint", {})
    await wire.get(f"{site.url}/task")
    assert ["cookie" in headers for _, headers, _ in site.requests] == [False, False]


async def test_an_answer_that_drips_has_an_end(site: Any, wire_to: Any) -> None:
    """No single read of it waits long."""
    site.then(ENDLESS, "drip")
    with pytest.raises(Transient):
        await wire_to().get(f"{site.url}/task", timeout_s=0.2)
