"""The result of a finished fal task: pictures, and pictures held back."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.errors import ContentRefused
from imagestudio.providers.base import Completed, InlinePicture, Pending, RemotePicture
from imagestudio.providers.fal import Fal
from imagestudio.providers.http import Garbled, Transient
from tests.tables import rows

TASK = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"
STATUS = f"{TASK}/status"
TICKET = {"id": "7", "status_url": STATUS, "response_url": TASK}
HELD_BACK = (
    "fal.ai made a picture and held it back. Another wording may pass. "
    "The provider charges for it all the same."
)
PAGE = b"<!doctype html><title>One moment</title>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def _uri(head: str, data: bytes) -> str:
    return f"data:{head};base64,{base64.b64encode(data).decode()}"


A, B = "https://v3.fal.media/a.png", "https://v3.fal.media/b.png"


@rows(
    ("body", "pictures"),
    [
        (
            "fal/recraft_vector.json",
            (RemotePicture("https://v3b.fal.media/files/b/zebra/YwnBBDWjQMDXXlVF5XpZk_image.svg"),),
        ),
        ({"images": [{"url": A}, {"url": B}]}, (RemotePicture(A), RemotePicture(B))),
        ({"images": [{"url": A, "width": None}], "has_nsfw_concepts": None}, (RemotePicture(A),)),
        ({"images": [{"url": A}], "has_nsfw_concepts": []}, (RemotePicture(A),)),
        ({"images": [{"url": A}], "has_nsfw_concepts": [None]}, (RemotePicture(A),)),
        ({"image": {"url": A}, "images": None}, (RemotePicture(A),)),
        ({"images": [{"url": _uri("image/png", b"\x89PNG")}]}, (InlinePicture(b"\x89PNG"),)),
        ({"images": [{"url": _uri("image/png", b"\0" * 200_000)}]}, (InlinePicture(b"\0" * 200_000),)),
        ({"images": [{"url": "data:image/svg+xml,%3Csvg%2F%3E"}]}, (InlinePicture(b"<svg/>"),)),
        ({"images": [{"url": _uri("image/svg+xml;charset=utf-8", SVG)}]}, (InlinePicture(SVG),)),
    ],
)
async def test_pictures(fal_finished: Any, body: Any, pictures: tuple[Any, ...]) -> None:
    assert await fal_finished(200, body).poll(TICKET) == Completed(pictures)


async def test_a_black_picture_is_a_refusal_among_results(fal_finished: Any) -> None:
    done = await fal_finished(200, "fal/sd_35.json").poll(TICKET)
    assert done.pictures == (RemotePicture("https://v3.fal.media/files/rabbit/1_first.jpeg"),)
    assert done.seed == 42
    assert [refusal.as_dict() for refusal in done.refused] == [
        {
            "code": "CONTENT_REFUSED",
            "message": HELD_BACK,
            "details": {"stage": "image", "charged": "yes"},
        }
    ]


@rows("body", ["fal/black.json", {"images": [], "has_nsfw_concepts": [True]}])
async def test_nothing_but_black_pictures_is_an_error(fal_finished: Any, body: Any) -> None:
    with pytest.raises(ContentRefused) as raised:
        await fal_finished(200, body).poll(TICKET)
    assert (raised.value.message, raised.value.details) == (HELD_BACK, {"stage": "image", "charged": "yes"})


@rows(
    ("status", "body", "what"),
    [
        (200, [], "a finished task without a picture."),
        (200, {"images": []}, "a finished task without a picture."),
        (200, {"images": "x"}, "a finished task without a picture."),
        (200, {"images": [None]}, "a finished task with a file that has no usable URL."),
        (200, {"images": [{}]}, "a finished task with a file that has no usable URL."),
        (200, {"images": [{"url": None}]}, "a finished task with a file that has no usable URL."),
        (
            200,
            {"images": [{"url": "file:///etc/passwd"}]},
            "a finished task with a file that has no usable URL.",
        ),
        (200, {"images": [{"url": "https://"}]}, "a finished task with a file that has no usable URL."),
        (200, {"images": [{"url": "http://a:b/"}]}, "a finished task with a file that has no usable URL."),
    ],
)
async def test_a_result_that_makes_no_sense(fal_finished: Any, status: int, body: Any, what: str) -> None:
    """Asked for again at first."""
    with pytest.raises(Garbled) as raised:
        await fal_finished(status, body).poll(TICKET)
    assert raised.value.ending.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": f"fal.ai answered something undocumented: {what}",
        "details": {"charged": "unknown"},
    }


async def test_what_can_be_had_of_a_result_is_not_lost(fal_finished: Any) -> None:
    """Beside a file that can't be understood, or as bytes that can't be: they may have been paid for."""
    some = await fal_finished(200, {"images": [{"url": A}, {"url": "ftp://x/"}, {"url": B}]}).poll(TICKET)
    assert some.pictures == (RemotePicture(A), RemotePicture(B))
    assert [refusal.message for refusal in some.refused] == [
        "fal.ai answered something undocumented: a finished task with a file that has no usable URL."
    ]
    odd = await fal_finished(200, {"images": [{"url": "data:image/png;base64,@"}]}).poll(TICKET)
    assert odd.pictures == (InlinePicture(b"@"),)


@rows(("status", "body"), [(200, None), (200, b"<html>"), (200, b'{"images": [{"u'), (302, None)])
async def test_a_result_that_nobody_can_read_is_asked_for_again(
    fal_finished: Any, status: int, body: Any
) -> None:
    with pytest.raises(Garbled) as raised:
        await fal_finished(status, body).poll(TICKET)
    assert raised.value.ending.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": f"fal.ai answered something undocumented: the result of a task with HTTP {status}.",
        "details": {"charged": "unknown"},
    }


@rows("status", [401, 403, 404, 410])
async def test_a_page_in_place_of_a_result_is_no_ending_yet(fal_finished: Any, status: int) -> None:
    with pytest.raises(Garbled):
        await fal_finished(status, PAGE).poll(TICKET)


@rows(
    ("status", "body"),
    [
        (202, {"status": "IN_PROGRESS"}),
        (202, None),
        (400, {"detail": "Request is still in progress"}),
        (400, {"detail": "Request is still in progress", "error_type": "bad_request"}),
    ],
)
async def test_a_result_asked_for_too_early(fal_finished: Any, status: int, body: Any) -> None:
    assert await fal_finished(status, body).poll(TICKET) == Pending(TICKET)


@rows(
    ("status", "body"),
    [(429, {"detail": "Slow down"}), (408, None), (500, b"<html>"), (502, None), (503, {}), (504, b"")],
)
async def test_a_result_asked_for_at_a_bad_moment(fal_finished: Any, status: int, body: Any) -> None:
    with pytest.raises(Transient) as raised:
        await fal_finished(status, body, headers={"retry-after": "3"}).poll(TICKET)
    assert raised.value.retry_after == 3.0


async def test_a_broken_connection_passes(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, 200, "fal/completed.json")
    server.answer("GET", TASK, body=httpx.ReadTimeout("late"))
    with pytest.raises(Transient):
        await fal.poll(TICKET)


async def test_a_download_carries_no_key(wire_for: Any, tmp_path: Path) -> None:
    fal, server = wire_for(Fal, "http://127.0.0.1:9")
    server.answer("GET", "/files/a.svg", 200, httpx.ByteStream(SVG), {"content-type": "image/svg+xml"})
    await fal.download("http://127.0.0.1:9/files/a.svg", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == SVG
    assert server.key not in str(server.sent)
