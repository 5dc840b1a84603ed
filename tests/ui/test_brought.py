"""A picture is read alike by whichever door it was brought: what leaves of it, and what the answer says."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.conftest import Live
from tests.photos import FIRST, PRIVATE, UPRIGHT, check_sent, moving, telling, turned
from tests.tables import rows
from tests.ui.conftest import job_of, mcp_session, upload

if TYPE_CHECKING:
    from gradio_client import Client

pytestmark = pytest.mark.slow

EDIT = {"prompt": "winter", "model": "flux-kontext"}
BROUGHT: list[tuple[Callable[[], bytes], str]] = [
    (lambda: turned("JPEG"), UPRIGHT),
    (lambda: moving("GIF"), FIRST),
    (lambda: moving("WEBP"), FIRST),
    (lambda: telling("JPEG"), PRIVATE),
]


def data_uri(data: bytes) -> str:
    return "data:;base64," + base64.b64encode(data).decode()


@rows(("make", "said"), BROUGHT)
async def test_by_every_door_it_leaves_alike_and_that_is_said(
    live: Live, client: "Client", tmp_path: Path, make: Callable[[], bytes], said: str
) -> None:
    from gradio_client import handle_file

    data = make()
    live.emulator.state.journal.clear()
    jobs: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=live.url, timeout=60) as rest:
        bodies: list[dict[str, Any]] = [
            {"data": EDIT, "files": {"image": data}},
            {"json": {**EDIT, "image_url": data_uri(data)}},
        ]
        jobs += [(await rest.post("/api/v1/image/edit", **body)).json()["data"] for body in bodies]
    source = handle_file(str(upload(tmp_path / "photo", data)))
    jobs.append(client.predict(**EDIT, image=source, image_url="", api_name="/edit")[1])
    async with mcp_session(live.url) as session:
        jobs.append(job_of(await session.call_tool("edit_image", {**EDIT, "image": data_uri(data)})))
    assert [[said in warning for warning in job["warnings"]] for job in jobs] == [[True]] * 4
    for submit in live.submits:
        check_sent(base64.b64decode(submit.body["input_image"]), said)
    assert len(live.submits) == 4


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)


@rows(
    ("data", "said"),
    [(b"<!doctype html><html><body>x</body></html>", "web page"), (HEIC, "HEIC"), (b"%PDF-1.7 x", "PDF")],
)
async def test_what_is_no_picture_is_named_by_every_door(
    live: Live, client: "Client", tmp_path: Path, data: bytes, said: str
) -> None:
    from gradio_client import handle_file
    from gradio_client.exceptions import AppError

    async with httpx.AsyncClient(base_url=live.url, timeout=60) as rest:
        answer = await rest.post("/api/v1/image/edit", data=EDIT, files={"image": data})
    told = [answer.json()["error"]["message"]]
    with pytest.raises(AppError) as refused:
        client.predict(**EDIT, image=handle_file(str(upload(tmp_path / "file", data))), api_name="/edit")
    told.append(str(refused.value))
    async with mcp_session(live.url) as session:
        result = await session.call_tool("edit_image", {**EDIT, "image_url": data_uri(data)})
    assert result.isError
    told.append(str(result.content))
    assert [said in sentence for sentence in told] == [True] * 3


def test_the_address_of_a_file_that_gradio_handed_out_is_the_picture(live: Live, client: "Client") -> None:
    call = f"{live.url}/gradio_api/call/v2/generate"
    with httpx.Client(timeout=60) as caller:
        event = caller.post(call, json={"prompt": "a fox"}).json()["event_id"]
        told = caller.get(f"{live.url}/gradio_api/call/generate/{event}").text
        (lent,) = json.loads(told.split("data: ")[-1])[0]
        body = {**EDIT, "image_url": lent["url"]}
        event = caller.post(f"{live.url}/gradio_api/call/v2/edit", json=body).json()["event_id"]
        told = caller.get(f"{live.url}/gradio_api/call/edit/{event}").text
    assert json.loads(told.split("data: ")[-1])[1]["status"] == "succeeded"
    assert base64.b64decode(live.submits[-1].body["input_image"]) in live.drawn
