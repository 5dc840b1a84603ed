"""A provider's result files, brought to disk."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from httpx_aiohttp import AiohttpTransport

from imagestudio.net import Download, Fetcher, FetchError

if TYPE_CHECKING:
    from tests.net.conftest import World

PUBLIC = "93.184.215.14"
OK = b"HTTP/1.1 200 OK\r\n"
CLIENTS = ["httpx", "aiohttp"]


@pytest.fixture(params=CLIENTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A provider's client, full of what must not go along, over either transport."""
    transport = AiohttpTransport() if request.param == "aiohttp" else None
    async with httpx.AsyncClient(
        transport=transport,
        headers={"authorization": "Key secret"},
        auth=("user", "secret"),
        cookies={"session": "secret"},
        follow_redirects=True,
        trust_env=False,
    ) as client:
        yield client


def head(path: str, host: str) -> str:
    """The whole request as it should go out: nothing of the client is in it."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\naccept: image/*, */*;q=0.5\r\n"
        "accept-encoding: identity\r\nuser-agent: image-studio\r\n\r\n"
    )


def names(head: str) -> set[str]:
    """The header names of a request; each transport has its own order and spelling."""
    return {line.partition(":")[0].lower() for line in head.splitlines()[1:]}


def files(folder: Path) -> set[Path]:
    return set(folder.iterdir())


async def refused(
    world: "World",
    url: str,
    file: Path,
    client: httpx.AsyncClient,
    fetcher: Fetcher | None = None,
    **options: Any,
) -> FetchError:
    with pytest.raises(FetchError) as failure:
        await (fetcher or world.fetcher).download(url, file, client=client, **options)
    assert file not in files(file.parent)
    return failure.value


async def test_a_public_result_is_written_and_hashed(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    body = os.urandom(1_500_000)
    world.site.answer("/a.png", body, content_type="image/png")

    download = await world.fetcher.download("https://cdn.example/a.png", tmp_path / "a", client=client)

    assert download == Download(hashlib.sha256(body).hexdigest(), len(body), "image/png")
    assert (tmp_path / "a").read_bytes() == body
    assert world.internet.dialed == [(PUBLIC, 443)]
    assert world.server_names == ["cdn.example"]
    assert world.site.heads == [head("/a.png", "cdn.example")]


async def test_the_trusted_origin_is_called_by_the_client_without_its_key(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    trusted = f"http://127.0.0.1:{world.plain_port}"
    world.site.answer("/files/a", b"picture", content_type="image/webp")

    download = await world.fetcher.download(
        f"{trusted}/files/a", tmp_path / "a", client=client, trusted_origin=f"{trusted}/v1"
    )

    assert download == Download(hashlib.sha256(b"picture").hexdigest(), 7, "image/webp")
    assert world.internet.dialed == []
    assert names(world.site.heads[0]) <= names(head("/files/a", "127.0.0.1"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://cdn.example/a", "url"),
        ("https://cdn.example:8443/a", "url"),
        ("https://user:secret@cdn.example/a", "url"),
        ("http://127.0.0.1:{port}@cdn.example/a", "url"),
        ("http://127.0.0.1/a", "url"),
        ("http://localhost:{port}/a", "url"),
        ("http://127.0.0.2:{port}/a", "url"),
        ("https://127.0.0.1:{port}/a", "url"),
        ("https://127.0.0.1/a", "address"),
        ("https://localhost/a", "address"),
        ("https://169.254.169.254/a", "address"),
        ("https://inside.example/a", "address"),
        ("file:///etc/passwd", "url"),
        ("data:image/png;base64,iVBORw0KGgo=", "url"),
    ],
)
async def test_neither_public_https_nor_exactly_the_trusted_origin(
    world: "World", client: httpx.AsyncClient, tmp_path: Path, url: str, reason: str
) -> None:
    world.names.answers["inside.example"] = [["10.0.0.1"]]
    trusted = f"http://127.0.0.1:{world.plain_port}"

    target = url.replace("{port}", str(world.plain_port))
    failure = await refused(world, target, tmp_path / "a", client, trusted_origin=trusted)
    assert failure.reason == reason
    assert world.site.connections == 0
    assert world.internet.dialed == []


async def test_without_a_trusted_origin_loopback_is_refused(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await refused(world, f"http://127.0.0.1:{world.plain_port}/a", tmp_path / "a", client)
    assert world.site.connections == 0


async def test_redirects_pass_the_same_check(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    trusted = f"http://127.0.0.1:{world.plain_port}"
    world.site.answer("/a", status="302 Found", location="https://cdn.example/b")
    world.site.answer("/b", status="307 Temporary", location="/c")
    world.site.answer("/c", b"picture")
    world.site.answer("/inward", status="302 Found", location="https://169.254.169.254/")
    world.site.answer("/down", status="302 Found", location="http://cdn.example/c")

    download = await world.fetcher.download(
        f"{trusted}/a", tmp_path / "a", client=client, trusted_origin=trusted
    )
    assert download.size == 7
    assert world.internet.dialed == [(PUBLIC, 443), (PUBLIC, 443)]
    assert all(names(sent) <= names(head("/", "any")) for sent in world.site.heads)

    for path, reason in (("inward", "address"), ("down", "url")):
        failure = await refused(world, f"{trusted}/{path}", tmp_path / "b", client, trusted_origin=trusted)
        assert failure.reason == reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [("403 Forbidden", "gone"), ("404 Not Found", "gone"), ("410 Gone", "gone"), ("503 Busy", "status")],
)
async def test_an_expired_link_is_gone(
    world: "World", client: httpx.AsyncClient, tmp_path: Path, status: str, reason: str
) -> None:
    world.site.answer("/a", b"sorry", status=status)

    failure = await refused(world, "https://cdn.example/a", tmp_path / "a", client)
    assert (failure.reason, failure.status) == (reason, int(status[:3]))


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"content-length: 300001\r\n\r\n" + bytes(300_000),
        OK + b"transfer-encoding: chunked\r\n\r\n3\r\npic\r\n",
    ],
)
@pytest.mark.parametrize("trusted", [True, False])
async def test_a_short_body_leaves_no_file(
    world: "World", client: httpx.AsyncClient, tmp_path: Path, answer: bytes, trusted: bool
) -> None:
    world.site.pages["/a"] = answer
    origin = f"http://127.0.0.1:{world.plain_port}" if trusted else None

    url = f"{origin or 'https://cdn.example'}/a"
    failure = await refused(world, url, tmp_path / "a", client, trusted_origin=origin)
    assert failure.reason == "truncated"


async def test_a_short_body_of_an_application_in_the_process_is_seen_too(
    world: "World", tmp_path: Path
) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"7")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"picture"[: 7 if scope["path"] == "/a" else 3]})

    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport) as client:
        download = await world.fetcher.download(
            "http://sandbox/a", tmp_path / "a", client=client, trusted_origin="http://sandbox"
        )
        failure = await refused(
            world, "http://sandbox/b", tmp_path / "b", client, trusted_origin="http://sandbox"
        )
    assert download == Download(hashlib.sha256(b"picture").hexdigest(), 7, None)
    assert failure.reason == "truncated"


async def test_limits_hold_on_the_trusted_origin(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    trusted = f"http://127.0.0.1:{world.plain_port}"
    world.site.pages["/large"] = OK + b"connection: close\r\n\r\n" + b"x" * 1001
    world.site.answer("/stops", b"pic", length=7)
    world.site.hangs = {"/large", "/stops"}

    large = await refused(
        world, f"{trusted}/large", tmp_path / "a", client, trusted_origin=trusted, max_bytes=1000
    )
    stops = await refused(
        world, f"{trusted}/stops", tmp_path / "a", client, trusted_origin=trusted, timeout_s=0.05
    )
    assert (large.reason, stops.reason) == ("too_large", "timeout")


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.6\r\n", OK + b"content-length: -1\r\n\r\n", b""])
async def test_an_answer_that_is_no_http_is_unreachable(
    world: "World", client: httpx.AsyncClient, tmp_path: Path, answer: bytes
) -> None:
    trusted = f"http://127.0.0.1:{world.plain_port}"
    world.site.pages["/a"] = answer

    failure = await refused(world, f"{trusted}/a", tmp_path / "a", client, trusted_origin=trusted)
    assert failure.reason == "unreachable"


async def test_an_origin_that_is_down_is_unreachable(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    server = await asyncio.start_server(world.site.serve, "127.0.0.1", 0)
    trusted = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()

    failure = await refused(world, f"{trusted}/a", tmp_path / "a", client, trusted_origin=trusted)
    assert failure.reason == "unreachable"


async def test_a_file_that_hardly_comes_is_broken_off(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Long before its time is over, and though no single read waits long; one that only takes long is not."""
    trusted = f"http://127.0.0.1:{world.plain_port}"
    hungry = Fetcher(resolver=world.names, dialer=world.internet, starved_s=0.3)
    world.site.answer("/drips", length=10**6)
    world.site.drips = {"/drips"}
    world.site.answer("/pours", b"x" * 5000, length=5000)
    world.site.pace = {"/pours": 1000}
    try:
        failure = await refused(
            world, f"{trusted}/drips", tmp_path / "a", client, trusted_origin=trusted, fetcher=hungry
        )
        poured = await hungry.download(
            f"{trusted}/pours", tmp_path / "b", client=client, trusted_origin=trusted
        )
    finally:
        await hungry.aclose()
    assert (failure.reason, str(failure)) == (
        "truncated",
        "Next to nothing of the file came for 0.3 s. Try again.",
    )
    assert poured.size == 5000


async def test_a_cancelled_download_leaves_no_file(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    world.site.answer("/a", os.urandom(600_000), length=700_000)
    world.site.hangs = {"/a"}

    task = asyncio.create_task(world.fetcher.download("https://cdn.example/a", tmp_path / "a", client=client))
    await world.site.answered.wait()
    assert (tmp_path / "a").exists()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (tmp_path / "a").exists()


async def test_a_folder_that_is_missing_is_not_the_hosts_fault(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        await world.fetcher.download("https://cdn.example/a", tmp_path / "missing" / "a", client=client)
    assert world.site.connections == 0


async def test_many_at_once_each_get_their_own_bytes(
    world: "World", client: httpx.AsyncClient, tmp_path: Path
) -> None:
    bodies = {f"/{number}": os.urandom(number * 1000) for number in range(20)}
    for path, body in bodies.items():
        world.site.answer(path, body)

    downloads = await asyncio.gather(
        *(
            world.fetcher.download(f"https://cdn.example{path}", tmp_path / path[1:], client=client)
            for path in bodies
        )
    )
    assert [found.sha256 for found in downloads] == [
        hashlib.sha256(body).hexdigest() for body in bodies.values()
    ]
