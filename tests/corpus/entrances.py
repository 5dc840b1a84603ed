"""Every way in for a picture to edit, and what each answers. Nothing is sent, nothing is charged."""

import asyncio
import base64
import html
import json
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.net.streets import Host
from tests.ui.conftest import mcp_session, refusal_of

if TYPE_CHECKING:
    from gradio_client import Client

ASKED = {"prompt": "winter", "dry_run": True}
EDIT = "/api/v1/image/edit"
SAID = re.compile(r"<p>(.*?)</p>", re.DOTALL)
CODE = re.compile(r"<code[^>]*>(\w+)</code>")


@dataclass(frozen=True)
class Verdict:
    """What was said to a picture. `code` is empty where it was taken, `field` where none is told."""

    code: str = ""
    message: str = ""
    field: str = ""


Bring = Callable[[bytes], Awaitable[Verdict]]


def by_rest(answer: httpx.Response) -> Verdict:
    if answer.status_code == 200:
        return Verdict()
    error = answer.json()["error"]
    return Verdict(error["code"], error["message"], str(error["details"].get("field")))


@asynccontextmanager
async def entrances(url: str, site: Host, client: "Client", folder: Path) -> AsyncIterator[dict[str, Bring]]:
    """All of them, of the studio at this address. `site` is where it finds what `pictures.example` has."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http, mcp_session(url) as agent:
        page = Page(http)
        await page.open()

        async def data_uri(data: bytes) -> Verdict:
            return by_rest(await http.post(EDIT, json={**ASKED, "image_url": as_data_uri(data)}))

        async def multipart(data: bytes) -> Verdict:
            files = {"image": ("picture", data)}
            return by_rest(await http.post(EDIT, data={**ASKED, "dry_run": "true"}, files=files))

        async def address(data: bytes) -> Verdict:
            path = f"/{uuid.uuid4().hex}"
            site.files[path] = data
            picture = f"http://pictures.example{path}"
            verdict = by_rest(await http.post(EDIT, json={**ASKED, "image_url": picture}))
            del site.files[path]
            return verdict

        async def gradio(data: bytes) -> Verdict:
            return await asyncio.to_thread(by_gradio, client, data, folder)

        async def mcp(data: bytes) -> Verdict:
            result = await agent.call_tool("edit_image", {**ASKED, "image": as_data_uri(data)})
            if not result.isError:
                return Verdict()
            refused = refusal_of(result)
            return Verdict(refused["code"], refused["message"], str(refused["details"].get("field")))

        yield {
            "data URI": data_uri,
            "multipart": multipart,
            "address": address,
            "gradio_client": gradio,
            "MCP": mcp,
            "page": page.bring,
        }


def as_data_uri(data: bytes) -> str:
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()


def by_gradio(client: "Client", data: bytes, folder: Path) -> Verdict:
    from gradio_client import handle_file
    from gradio_client.exceptions import AppError

    path = folder / uuid.uuid4().hex
    path.write_bytes(data)
    try:
        client.predict(**ASKED, image=handle_file(path), api_name="/edit")
    except AppError as error:
        code, _, message = str(error).partition(": ")
        return Verdict(code, message)
    finally:
        path.unlink()
    return Verdict()


class Page:
    """The page, as it hands in a file and is told at once what is wrong with it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._look = 0

    async def open(self) -> None:
        """Find the event that looks at a file: it fills what is said of the picture."""
        config = (await self._http.get("/config")).json()
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        said = ids["edit-image-said"]
        self._look = next(one["id"] for one in config["dependencies"] if one["outputs"] == [said])

    async def bring(self, data: bytes) -> Verdict:
        """What the page says of a file."""
        session = uuid.uuid4().hex
        answer = await self._http.post("/gradio_api/upload", files={"files": ("picture.png", data)})
        assert answer.status_code == 200, answer.text
        (path,) = answer.json()
        file = {"path": path, "orig_name": "picture.png", "meta": {"_type": "gradio.FileData"}}
        call = {"fn_index": self._look, "data": [file], "session_hash": session}
        (await self._http.post("/gradio_api/queue/join", json=call)).raise_for_status()
        events = [event async for event in self._events(session)]
        (done,) = [event for event in events if event["msg"] == "process_completed"]
        assert done["success"], done
        told = done["output"]["data"][0]["value"]
        if not told:
            return Verdict()
        return Verdict(CODE.findall(told)[0], html.unescape(SAID.findall(told)[0]))

    async def _events(self, session: str) -> AsyncIterator[dict[str, Any]]:
        async with self._http.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))
