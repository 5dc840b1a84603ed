"""A link opens one picture to everybody, tells nothing more, and ends when it is revoked."""

import re
from typing import Any

import httpx
import pytest

from tests.access.conftest import API, Shared
from tests.tables import rows

pytestmark = pytest.mark.slow

SVG = "image/svg+xml"


def draw(browser: httpx.Client, **fields: Any) -> dict[str, Any]:
    answer = browser.post(f"{API}/generate", json={"prompt": "a marked fox", **fields})
    image: dict[str, Any] = answer.json()["data"]["images"][0]
    return image


def path_of(link: str) -> str:
    assert re.fullmatch(r"http://studio\.example/shared/[\w-]{22}", link)
    return link.removeprefix("http://studio.example")


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and answer.json()["error"]["code"] == "NOT_FOUND"


@pytest.fixture
def ann(guests: Shared) -> httpx.Client:
    return guests.browser()


@pytest.mark.parametrize("way", ["/visitor/files", f"{API}/files"])
def test_it_opens_and_closes(guests: Shared, ann: httpx.Client, way: str) -> None:
    file_id = draw(ann)["id"]
    link = ann.post(f"{way}/{file_id}/share").json()["data"]["url"]
    assert ann.post(f"{way}/{file_id}/share").json()["data"]["url"] == link
    bytes_ = ann.get(f"{API}/files/{file_id}").content
    shown = guests.client().get(path_of(link))
    assert (shown.status_code, shown.content) == (200, bytes_)
    assert guests.client().get(path_of(link), headers={"Range": "bytes=0-9"}).content == bytes_[:10]
    assert ann.delete(f"{way}/{file_id}/share").json() == {"success": True, "data": {"url": None}}
    assert refused(guests.client().get(path_of(link)))
    assert refused(guests.client().get(path_of(link), headers={"If-None-Match": shown.headers["etag"]}))
    other = ann.post(f"{way}/{file_id}/share").json()["data"]["url"]
    assert other != link
    assert refused(guests.client().get(path_of(link)))


def test_it_tells_nothing_but_the_picture(guests: Shared, ann: httpx.Client) -> None:
    image = draw(ann)
    link = path_of(ann.post(f"/visitor/files/{image['id']}/share").json()["data"]["url"])
    head = guests.client().head(link)
    assert head.status_code == 200
    told = str(head.headers.raw)
    for mark in (image["id"], "marked fox", "session:", "imagestudio="):
        assert mark not in told
    assert {
        "content-disposition": 'inline; filename="picture.jpg"',
        "cache-control": "no-cache",
        "x-robots-tag": "noindex, noimageindex",
        "x-content-type-options": "nosniff",
    }.items() <= head.headers.items()


def test_a_drawing_is_only_ever_downloaded(guests: Shared, ann: httpx.Client) -> None:
    image = draw(ann, model="recraft-v4", vector=True)
    assert image["mimeType"] == SVG
    link = path_of(ann.post(f"/visitor/files/{image['id']}/share").json()["data"]["url"])
    shown = guests.client().get(link)
    assert shown.headers["content-disposition"] == 'attachment; filename="picture.svg"'
    assert "sandbox" in shown.headers["content-security-policy"]


def test_a_deleted_picture_is_shared_no_more(guests: Shared, ann: httpx.Client) -> None:
    file_id = draw(ann)["id"]
    link = path_of(ann.post(f"/visitor/files/{file_id}/share").json()["data"]["url"])
    ann.delete(f"{API}/files/{file_id}").raise_for_status()
    assert refused(guests.client().get(link))


def test_nobody_shares_or_closes_for_another(guests: Shared, ann: httpx.Client) -> None:
    ben, file_id = guests.browser(), draw(ann)["id"]
    link = path_of(ann.post(f"/visitor/files/{file_id}/share").json()["data"]["url"])
    for way in ("/visitor/files", f"{API}/files"):
        assert refused(ben.post(f"{way}/{file_id}/share"))
        assert refused(ben.delete(f"{way}/{file_id}/share"))
    assert guests.client().get(link).status_code == 200


@rows("token", ["x", "A" * 22, "%00", "..%2F..%2Fetc%2Fpasswd", "é", "%25"])
def test_what_is_no_link_opens_nothing(guests: Shared, token: str) -> None:
    assert refused(guests.client().get(f"/shared/{token}"))
