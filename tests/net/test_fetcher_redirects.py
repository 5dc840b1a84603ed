"""Each redirect is a new link: looked up anew and checked as the first was."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.net.conftest import World

PUBLIC = "93.184.215.14"
OTHER = "93.184.215.15"
REDIRECTS = ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]


@pytest.mark.parametrize("status", REDIRECTS)
async def test_redirects_are_followed_and_looked_up_anew(world: "World", status: str) -> None:
    world.names.answers["pictures.example"] = [[PUBLIC], [OTHER]]
    world.site.answer("/a", status=status, location="/b")
    world.site.answer("/b", status=status, location="https://cdn.example/c")
    world.site.answer("/c", b"picture")

    assert await world.fetcher.get("http://pictures.example/a") == b"picture"
    assert world.internet.dialed == [(PUBLIC, 80), (OTHER, 80), (PUBLIC, 443)]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1/admin", "address"),
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("http://[::ffff:169.254.169.254]/", "address"),
        ("//localhost/admin", "address"),
        ("http://2130706433/", "address"),
        ("/b", "address"),  # the name now answers with a private address
        ("http://pictures.example:8080/", "url"),
        ("http://user:secret@cdn.example/", "url"),
        ("file:///etc/passwd", "url"),
        ("data:image/png;base64,iVBORw0KGgo=", "url"),
        ("http://[::1", "url"),
    ],
)
async def test_a_redirect_is_checked_as_the_link_was(world: "World", location: str, reason: str) -> None:
    world.names.answers["pictures.example"] = [[PUBLIC], ["192.168.0.1"]]
    world.site.answer("/a", status="302 Found", location=location)

    assert (await world.refused("http://pictures.example/a")).reason == reason
    assert world.internet.dialed == [(PUBLIC, 80)]
    assert world.site.connections == 1


async def test_five_redirects_are_followed_and_no_more(world: "World") -> None:
    for step in range(6):
        world.site.answer(f"/{step}", status="302 Found", location=f"/{step + 1}")
    world.site.answer("/6", b"picture")

    assert await world.fetcher.get("http://pictures.example/1") == b"picture"
    failure = await world.refused("http://pictures.example/0")
    assert (failure.reason, str(failure)) == (
        "redirects",
        "The link redirects more than 5 times. Use the final one.",
    )
