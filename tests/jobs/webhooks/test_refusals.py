"""Addresses that no webhook goes to: refused before anything is spent."""

from typing import Any

import pytest

from imagestudio.core.errors import InvalidParameter
from tests.api.conftest import API, picture
from tests.jobs.webhooks.conftest import HOST, URL, Make, World
from tests.net.conftest import PUBLIC

BAD = [
    "   ",
    "nowhere",
    "/hook",
    f"ftp://{HOST}/hook",
    "javascript:alert(1)",
    f"http://{HOST}:8080/hook",
    f"http://user:word@{HOST}/hook",
    "http://127.0.0.1/hook",
    "http://127.1/hook",
    "http://2130706433/hook",
    "http://[::1]/hook",
    "http://[::ffff:10.0.0.1]/hook",
    "http://localhost/hook",
    "http://169.254.169.254/latest/meta-data",
    "http://inside.example/hook",
    "http://mixed.example/hook",
    "http://nobody.example/hook",
    f"http://{HOST}/{'x' * 1000}",
    "http://ours.example/hook",
    "https://OURS.example./hook",
    17,
    [URL],
]


@pytest.fixture
def guarded(make_world: Make) -> World:
    """A studio whose public address is `ours.example`."""
    world = make_world(IMAGESTUDIO_PUBLIC_URL="https://ours.example/studio")
    world.names.answers |= {
        "inside.example": [["10.0.0.1"]],
        "mixed.example": [[PUBLIC, "10.0.0.1"]],
        "ours.example": [[PUBLIC]],
    }
    return world


async def test_the_address_that_the_caller_uses_is_ours_too(world: World) -> None:
    world.names.answers["studio.test"] = [[PUBLIC]]
    async with world.api() as api:
        url = "https://studio.test/api/v1/image/generate"
        answer = await api.post(f"{API}/generate", json={"prompt": "x", "webhook_url": url})
    message = "webhook_url is this studio itself. Name your own receiver."
    assert answer.json() == {
        "error": {"code": "INVALID_PARAMETER", "message": message, "details": {"field": "webhook_url"}}
    }


async def test_bad_addresses_are_refused_by_name(guarded: World) -> None:
    async with guarded.api() as api:
        for url in BAD:
            answer = await api.post(f"{API}/generate", json={"prompt": "x", "webhook_url": url})
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (400, "INVALID_PARAMETER"), url
            assert error["details"]["field"] == "webhook_url", url
        assert (await api.get(f"{API}/jobs")).json()["data"]["jobs"] == []
    assert guarded.internet.dialed == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "http://inside.example/hook",
            "webhook_url is not taken. inside.example is unknown, or not on the public internet. "
            "Use a link that anyone can open.",
        ),
        (
            f"http://{HOST}:81/",
            "webhook_url is not taken. Use a link that begins with http:// or https:// "
            "and names no port but 80 or 443.",
        ),
        ("https://ours.example/", "webhook_url is this studio itself. Name your own receiver."),
    ],
)
async def test_a_refusal_says_what_to_do(guarded: World, url: str, message: str) -> None:
    async with guarded.api() as api:
        answer = await api.post(f"{API}/generate", json={"prompt": "x", "webhook_url": url})
    assert answer.json() == {
        "error": {"code": "INVALID_PARAMETER", "message": message, "details": {"field": "webhook_url"}}
    }


async def test_the_public_address_is_ours_whoever_asks(guarded: World) -> None:
    async with guarded.studio() as studio:
        with pytest.raises(InvalidParameter, match="this studio itself"):
            await studio.submit("generate", {"prompt": "x", "webhook_url": "http://ours.example/"})


async def test_edit_takes_it_in_either_body(guarded: World) -> None:
    form: dict[str, Any] = {"prompt": "x", "webhook_url": "http://inside.example/"}
    async with guarded.api() as api:
        refused = await api.post(f"{API}/edit", data=form, files={"image": picture()})
        taken = await api.post(f"{API}/edit", data=form | {"webhook_url": URL}, files={"image": picture()})
        (arrived,) = await guarded.receiver.until(1)
    assert refused.json()["error"]["details"] == {"field": "webhook_url"}
    assert taken.status_code == 200
    assert arrived.verified()["data"]["id"] == taken.json()["data"]["id"]
