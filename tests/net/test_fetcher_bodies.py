"""What may come back, how much of it, and how long it may take."""

import asyncio
import gzip
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from imagestudio.net import Fetcher, FetchError
from tests.tables import rows

if TYPE_CHECKING:
    from tests.net.conftest import World

OK = b"HTTP/1.1 200 OK\r\n"


@rows("status", ["204 No Content", "206 Partial", "403 Forbidden", "404 Not Found", "500 Oh"])
async def test_anything_but_200_is_no_picture(world: "World", status: str) -> None:
    world.site.answer("/a", b"" if status.startswith("204") else b"sorry", status=status)

    failure = await world.refused("http://pictures.example/a")
    assert (failure.reason, failure.status, str(failure)) == (
        "status",
        int(status[:3]),
        f"The host answered {status[:3]} instead of the file.",
    )


async def test_a_body_over_the_limit_is_not_read(world: "World") -> None:
    world.site.answer("/exact", b"x" * 1000)
    world.site.answer("/announced", b"", length=1001)
    world.site.pages["/unannounced"] = OK + b"connection: close\r\n\r\n" + b"x" * 1001
    world.site.answer("/gzip", gzip.compress(bytes(1001)), content_encoding="gzip")
    world.site.hangs = {"/announced", "/unannounced"}

    assert await world.fetcher.get("http://pictures.example/exact", max_bytes=1000) == b"x" * 1000
    for path in ("announced", "unannounced", "gzip"):
        failure = await world.refused(f"http://pictures.example/{path}", max_bytes=1000)
        assert failure.reason == "too_large"


async def test_the_time_limit_is_for_everything_together(world: "World") -> None:
    world.site.pages["/silent"] = b""
    world.site.answer("/stops", b"pic", length=7)
    world.site.hangs = {"/silent", "/stops"}

    for path in ("silent", "stops"):
        failure = await world.refused(f"http://pictures.example/{path}", timeout_s=0.05)
        assert failure.reason == "timeout"


async def test_a_byte_now_and_then_buys_no_time(world: "World") -> None:
    """No single read waits long: a limit on each would never end it."""
    world.site.answer("/drips", length=10**6)
    world.site.drips = {"/drips"}

    assert (await world.refused("http://pictures.example/drips", timeout_s=0.5)).reason == "timeout"


async def test_a_slow_name_server_is_within_the_time_limit() -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    fetcher = Fetcher(resolver=never)
    with pytest.raises(FetchError) as failure:
        await fetcher.get("http://pictures.example/a", timeout_s=0.05)
    assert failure.value.reason == "timeout"
    await fetcher.aclose()


@rows(
    ("answer", "reason"),
    [
        (OK + b"content-length: 7\r\n\r\npic", "truncated"),
        (OK + b"transfer-encoding: chunked\r\n\r\n3\r\npic\r\n", "truncated"),
        (OK + b"content-encoding: gzip\r\n\r\nnot gzip", "truncated"),
        (OK + b"content-encoding: br\r\n\r\nx", "status"),
        (OK + b"content-encoding: gzip, gzip\r\n\r\nx", "status"),
        (b"", "unreachable"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "unreachable"),
        (OK + b"content-length: -1\r\n\r\n", "unreachable"),
        (OK + b"content-length: " + b"9" * 5000 + b"\r\n\r\n", "unreachable"),
    ],
)
async def test_a_broken_answer_is_an_error_not_half_a_picture(
    world: "World", answer: bytes, reason: str
) -> None:
    world.site.pages["/a"] = answer

    assert (await world.refused("http://pictures.example/a")).reason == reason


@rows(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_host_that_compresses_unasked_is_understood(
    world: "World", encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    world.site.answer("/a.svg", pack(b"<svg/>" * 100), content_encoding=encoding)

    assert await world.fetcher.get("http://pictures.example/a.svg") == b"<svg/>" * 100
