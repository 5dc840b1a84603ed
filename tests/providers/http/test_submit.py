"""A submit, and what a broken connection means for money."""

import asyncio
from typing import Any

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey

from imagestudio.core.errors import ProviderFailed, ProviderTimeout, SubmitLost
from imagestudio.providers.http import MAX_ANSWER, Wire
from imagestudio.providers.transport import never_sent
from tests.tables import rows

ANSWERED = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
BROKEN = (
    "The connection to Acme broke before its answer came. It may have been accepted and charged, so it is "
    "not sent again by itself."
)
LATE = (
    "Acme did not answer in time. It may have been accepted and charged, so it is not sent again by itself."
)


async def lost(wire: Wire) -> ProviderFailed | ProviderTimeout:
    with pytest.raises(SubmitLost) as caught:
        await wire.submit("/paint", {"prompt": "A cup"})
    return caught.value.error


async def test_a_submit_is_one_post_with_the_key(site: Any, wire_to: Any) -> None:
    site.then(b'HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\nx-id: 7\r\n\r\n{"id": 7}')
    answer = await wire_to().submit("/paint", {"prompt": "A c\u00fcp"})
    assert (answer.status, answer.json, answer.text, answer.headers["x-id"]) == (
        202,
        {"id": 7},
        '{"id": 7}',
        "7",
    )
    ((line, headers, body),) = site.requests
    assert (line, body) == ("POST /paint HTTP/1.1", '{"prompt":"A c\u00fcp"}'.encode())
    assert (headers["authorization"], headers["content-type"]) == ("Key test-key-3f9a", "application/json")


async def test_a_refused_connection_sent_nothing(wire_to: Any) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(ProviderFailed) as caught:
        await wire_to(f"http://127.0.0.1:{port}").submit("/paint", {})
    assert caught.value.charged == "no"
    assert caught.value.message == (
        "Acme could not be reached. Nothing was sent, nothing was charged. Try again."
    )


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(("close",), id="closed without an answer"),
        pytest.param(("reset",), id="reset without an answer"),
        pytest.param((b"HTTP/1.1 200 OK\r\ncontent-le", "close"), id="closed in the head"),
        pytest.param((b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "close"), id="closed in the body"),
        pytest.param((b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "reset"), id="reset in the body"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}", "close"), id="closed in a chunk"
        ),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}", "close"), id="no chunk length"
        ),
        pytest.param((b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "close"), id="not HTTP"),
        pytest.param((b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}", "close"), id="no length"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",), id="not gzip"
        ),
    ],
)
async def test_a_connection_that_breaks_after_sending_may_have_cost(
    site: Any, wire_to: Any, steps: tuple[bytes | str, ...]
) -> None:
    site.then(*steps)
    error = await lost(wire_to())
    assert (error.message, error.charged, len(site.requests)) == (BROKEN, "unknown", 1)


async def test_a_kept_connection_that_closes_is_not_used_to_send_again(site: Any, wire_to: Any) -> None:
    site.then(ANSWERED)
    site.then("close")
    site.then(ANSWERED)
    wire = wire_to()
    await wire.submit("/paint", {"n": 1})
    error = await lost(wire)
    assert (error.message, site.connections) == (BROKEN, 1)
    assert [body for _, _, body in site.requests] == [b'{"n":1}', b'{"prompt":"A cup"}']


@pytest.mark.parametrize(
    "steps",
    [("wait",), (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "wait")],
)
async def test_an_answer_that_does_not_come_in_time_may_have_cost(
    site: Any, wire_to: Any, steps: tuple[bytes | str, ...]
) -> None:
    site.then(*steps)
    error = await lost(wire_to(submit_timeout_s=0.2))
    assert isinstance(error, ProviderTimeout)
    assert (error.message, error.charged, len(site.requests)) == (LATE, "unknown", 1)


async def test_an_endless_answer_is_not_read_to_its_end(site: Any, wire_to: Any) -> None:
    megabyte = b" " * 2**20
    site.then(b"HTTP/1.1 200 OK\r\n\r\n", *[megabyte] * (MAX_ANSWER // 2**20 + 1), "wait")
    assert (await lost(wire_to())).message == BROKEN


async def test_a_cancelled_submit_stays_cancelled(site: Any, wire_to: Any) -> None:
    site.then("wait")
    task = asyncio.create_task(wire_to().submit("/paint", {}))
    await site.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_redirect_is_an_answer_and_not_followed(site: Any, wire_to: Any) -> None:
    site.then(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n")
    answer = await wire_to().submit("/paint", {})
    assert (answer.status, answer.json, len(site.requests)) == (307, None, 1)


async def test_hundreds_of_requests_at_once(site: Any, wire_to: Any) -> None:
    for _ in range(300):
        site.then(ANSWERED)
    wire = wire_to()
    answers = await asyncio.gather(*(wire.submit("/paint", {"n": n}) for n in range(300)))
    assert [answer.status for answer in answers] == [200] * 300
    assert sorted(body for _, _, body in site.requests) == sorted(b'{"n":%d}' % n for n in range(300))


def failure(kind: type[Exception], cause: Exception | None = None) -> Exception:
    error = kind("failed")
    error.__cause__ = cause
    return error


CONNECTION = ConnectionKey("acme.example", 443, True, True, None, None, None)
UNRESOLVED = aiohttp.ClientConnectorDNSError(CONNECTION, OSError("no such name"))


@rows(
    ("error", "unsent"),
    [
        (failure(httpx.ConnectError, UNRESOLVED), True),
        (failure(httpx.ConnectTimeout, aiohttp.ConnectionTimeoutError()), True),
        (failure(httpx.ConnectTimeout, aiohttp.ServerDisconnectedError()), False),
        (failure(httpx.ConnectTimeout, aiohttp.ClientOSError()), False),
        (failure(httpx.ReadTimeout, aiohttp.SocketTimeoutError()), False),
        (failure(httpx.ConnectError), True),
        (failure(httpx.PoolTimeout), True),
        (failure(httpx.WriteError), False),
        (failure(ValueError), False),
    ],
)
def test_the_cause_tells_whether_anything_left(error: Exception, unsent: bool) -> None:
    assert never_sent(error) is unsent
