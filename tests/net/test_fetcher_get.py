"""Bytes behind links that users name, and who is never called for them."""

from typing import TYPE_CHECKING

import pytest

from imagestudio.net import Fetcher, FetchError
from tests.tables import rows

if TYPE_CHECKING:
    from tests.net.conftest import World

PUBLIC = "93.184.215.14"


async def test_a_public_link_is_fetched_without_anything_of_ours(world: "World") -> None:
    world.site.answer("/a.png?x=1", b"picture")

    assert await world.fetcher.get("http://pictures.example/a.png?x=1#top") == b"picture"
    assert world.site.heads == [
        "GET /a.png?x=1 HTTP/1.1\r\nHost: pictures.example\r\naccept: image/*, */*;q=0.5\r\n"
        "accept-encoding: identity\r\nuser-agent: image-studio\r\n\r\n"
    ]
    assert world.internet.dialed == [(PUBLIC, 80)]
    assert world.names.asked == ["pictures.example"]


async def test_tls_speaks_to_the_name_while_the_socket_goes_to_the_address(world: "World") -> None:
    world.site.answer("/a.png", b"picture")

    assert await world.fetcher.get("https://cdn.example./a.png") == b"picture"
    assert world.server_names == ["cdn.example"]
    assert world.internet.dialed == [(PUBLIC, 443)]


async def test_a_certificate_for_another_name_is_refused(world: "World") -> None:
    world.names.answers["other.example"] = [[PUBLIC]]

    assert (await world.refused("https://other.example/a.png")).reason == "unreachable"
    assert world.server_names == ["other.example"]
    assert world.site.heads == []


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700:4700::1111"])
async def test_a_public_address_needs_no_name(world: "World", address: str) -> None:
    world.site.answer("/a", b"picture")

    host = f"[{address}]" if ":" in address else address
    assert await world.fetcher.get(f"http://{host}/a") == b"picture"
    assert world.internet.dialed == [(address, 80)]
    assert world.names.asked == []


@rows(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.8.9.10",
        "0.0.0.0",
        "10.0.0.5",
        "100.64.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2001:0:7f00:1::]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[fec0::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST.",
        "127。0。0。1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "127.1",
        "inside.example",
        "mixed.example",
        "mapped.example",
        "scoped.example",
    ],
)
@rows("scheme", ["http", "https"])
async def test_no_connection_is_made_to_what_is_not_public(world: "World", scheme: str, host: str) -> None:
    world.names.answers |= {
        "inside.example": [["10.1.2.3"]],
        "mixed.example": [[PUBLIC, "169.254.169.254"]],
        "mapped.example": [["::ffff:10.1.2.3"]],
        "scoped.example": [["fe80::1%eth0"]],
    }

    assert (await world.refused(f"{scheme}://{host}/a")).reason == "address"
    assert world.internet.dialed == []
    assert world.site.connections == 0


@rows(
    "url",
    [
        "file:///etc/passwd",
        "ftp://pictures.example/a",
        "gopher://pictures.example/_GET",
        "data:image/png;base64,iVBORw0KGgo=",
        "ws://pictures.example/a",
        "http://user:secret@pictures.example/a",
        "http://pictures.example:22/a",
        "http://pictures.example:8080/a",
        "https://cdn.example:8443/a",
        "http://pictures.example:0/a",
        "http://0177.0.0.1/a",
        "pictures.example/a",
        "",
    ],
)
async def test_only_plain_web_links_are_opened(world: "World", url: str) -> None:
    assert (await world.refused(url)).reason == "url"
    assert world.internet.dialed == []
    assert world.names.asked == []


async def test_a_name_that_changes_its_answer_cannot_move_the_connection(world: "World") -> None:
    world.names.answers["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    world.site.answer("/a", b"picture")

    assert await world.fetcher.get("http://rebinding.example/a") == b"picture"
    assert (await world.refused("http://rebinding.example/a")).reason == "address"
    assert world.internet.dialed == [(PUBLIC, 80)]


async def test_another_address_is_tried_where_the_first_is_down(world: "World") -> None:
    world.names.answers["pictures.example"] = [["2606:4700:4700::1111", PUBLIC]]
    world.internet.down = {"2606:4700:4700::1111"}
    world.site.answer("/a", b"picture")

    assert await world.fetcher.get("http://pictures.example/a") == b"picture"
    assert world.internet.dialed == [("2606:4700:4700::1111", 80), (PUBLIC, 80)]


async def test_a_host_cannot_name_addresses_without_end(world: "World") -> None:
    addresses = [f"93.184.215.{last}" for last in range(20)]
    world.names.answers["pictures.example"] = [addresses]
    world.internet.down = set(addresses)

    assert (await world.refused("http://pictures.example/a")).reason == "unreachable"
    assert world.internet.dialed == [(address, 80) for address in addresses[:4]]


async def test_an_unknown_name_is_unreachable(world: "World") -> None:
    world.names.answers["nowhere.example"] = [[]]

    assert (await world.refused("http://unknown.example/a")).reason == "unreachable"
    assert (await world.refused("http://nowhere.example/a")).reason == "unreachable"
    assert world.internet.dialed == []


async def test_an_inner_name_is_answered_as_an_unknown_one(world: "World") -> None:
    world.names.answers["wiki.inner.example"] = [["10.1.2.3"]]

    texts = {
        str((await world.refused(f"http://{name}/a")).text).replace(name, "NAME")
        for name in ("wiki.inner.example", "unknown.example")
    }
    assert texts == {"NAME is unknown, or not on the public internet. Use a link that anyone can open."}


async def test_proxies_of_the_environment_are_not_asked(
    world: "World", monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{world.plain_port}")
    world.site.answer("/a", b"picture")

    fetcher = Fetcher(resolver=world.names, dialer=world.internet)
    assert await fetcher.get("http://pictures.example/a") == b"picture"
    await fetcher.aclose()
    assert world.internet.dialed == [(PUBLIC, 80)]
    assert world.site.heads[0].startswith("GET /a HTTP/1.1\r\n")


async def test_cookies_are_not_kept(world: "World") -> None:
    world.site.answer("/a", b"picture", set_cookie="id=1; Path=/")

    await world.fetcher.get("http://pictures.example/a")
    await world.fetcher.get("http://pictures.example/a")
    assert world.site.heads[0] == world.site.heads[1]


async def test_the_systems_own_look_up_and_sockets_keep_away_from_loopback() -> None:
    fetcher = Fetcher()
    with pytest.raises(FetchError) as failure:
        await fetcher.get("http://localhost/a")
    assert failure.value.reason == "address"
    await fetcher.aclose()
