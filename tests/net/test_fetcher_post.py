"""What is sent to links that users name, and what of the answer counts."""

from typing import TYPE_CHECKING

import pytest

from imagestudio.net import FetchError
from tests.tables import rows

if TYPE_CHECKING:
    from tests.net.conftest import World

PUBLIC = "93.184.215.14"
HOOK = "http://pictures.example/hook"


async def post(world: "World", url: str = HOOK, timeout_s: float = 5.0) -> int:
    return await world.fetcher.post(url, b'{"a":1}', {"x-mark": "m"}, timeout_s=timeout_s)


async def test_the_request_is_the_callers_and_nothing_of_ours(world: "World") -> None:
    world.site.answer("/hook?x=1", status="204 No Content")

    assert await post(world, f"{HOOK}?x=1#top") == 204
    assert world.site.heads == [
        "POST /hook?x=1 HTTP/1.1\r\nHost: pictures.example\r\nuser-agent: image-studio\r\n"
        "accept-encoding: identity\r\nx-mark: m\r\nContent-Length: 7\r\n\r\n"
    ]
    assert world.site.bodies == [b'{"a":1}']
    assert world.internet.dialed == [(PUBLIC, 80)]


@pytest.mark.parametrize("status", [200, 299, 302, 404, 410, 500])
async def test_any_answer_is_its_status_and_no_redirect_is_followed(world: "World", status: int) -> None:
    world.site.answer("/hook", b"body", status=f"{status} X", location="http://pictures.example/other")

    assert await post(world) == status
    assert world.site.connections == 1


async def test_an_answer_that_never_ends_is_left_alone(world: "World") -> None:
    world.site.answer("/hook", b"x" * 70_000, length=10**9)
    world.site.hangs = {"/hook"}

    assert await post(world, timeout_s=30) == 200


async def test_a_body_that_stalls_takes_nothing_from_the_status(world: "World") -> None:
    world.site.answer("/hook", b"x", length=5)
    world.site.hangs = {"/hook"}

    assert await post(world, timeout_s=1.5) == 200


async def test_no_answer_in_time_is_told_so(world: "World") -> None:
    world.site.pages["/hook"] = b""
    world.site.hangs = {"/hook"}

    with pytest.raises(FetchError) as failure:
        await post(world, timeout_s=0.1)
    assert failure.value.reason == "timeout"


@rows(
    ("url", "reason"),
    [
        ("http://localhost/hook", "address"),
        ("http://10.0.0.1/hook", "address"),
        ("http://[::1]/hook", "address"),
        ("http://inside.example/hook", "address"),
        ("http://mixed.example/hook", "address"),
        ("http://nobody.example/hook", "unreachable"),
        ("http://empty.example/hook", "unreachable"),
        ("http://pictures.example:8080/hook", "url"),
        ("http://user:word@pictures.example/hook", "url"),
        ("ftp://pictures.example/hook", "url"),
    ],
)
async def test_posting_and_checking_refuse_the_same(world: "World", url: str, reason: str) -> None:
    world.names.answers |= {
        "inside.example": [["10.1.2.3"]],
        "mixed.example": [[PUBLIC, "169.254.169.254"]],
        "empty.example": [[]],
    }

    with pytest.raises(FetchError) as posted:
        await post(world, url)
    with pytest.raises(FetchError) as checked:
        await world.fetcher.check(url)
    assert (posted.value.reason, checked.value.reason) == (reason, reason)
    assert world.internet.dialed == []


async def test_checking_connects_to_nothing(world: "World") -> None:
    await world.fetcher.check(HOOK)
    await world.fetcher.check(f"https://{PUBLIC}/hook")

    assert world.names.asked == ["pictures.example"]
    assert world.internet.dialed == []
