"""Gradio's scripts are sent as Gradio sends them, the second time from memory, and not asked for again."""

import re

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from imagestudio.ui.gradio.asset_cache import AssetCache
from tests.tables import rows

CHANGING = ("date", "x-request-id")


@pytest.mark.slow
@rows("encoding", ["identity", "gzip", "br"])
def test_a_script_is_the_same_each_time(demo_url: str, encoding: str) -> None:
    with httpx.Client(base_url=demo_url, headers={"Accept-Encoding": encoding}) as client:
        script = re.search(r"/assets/index-[\w-]+\.js", client.get("/").text)
        assert script
        first, second = (client.get(script[0]) for _ in range(2))
        assert first.headers.get("Content-Encoding", "identity") == encoding
        assert "immutable" in first.headers["Cache-Control"]
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert [pair for pair in second.headers.multi_items() if pair[0] not in CHANGING] == [
            pair for pair in first.headers.multi_items() if pair[0] not in CHANGING
        ]
        plain = client.get(script[0], headers={"Accept-Encoding": "identity"})
        assert plain.content == first.content
        part = client.get(script[0], headers={"Accept-Encoding": "identity", "Range": "bytes=0-9"})
        assert (part.status_code, part.content) == (206, first.content[:10])


@pytest.mark.slow
def test_what_is_not_there_stays_so(demo_url: str) -> None:
    for _ in range(2):
        answer = httpx.get(f"{demo_url}/assets/index-none.js")
        assert answer.status_code == 404
        assert "immutable" not in answer.headers.get("Cache-Control", "")


async def test_other_spellings_of_a_path_are_not_kept() -> None:
    served = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope["path"])
        await Response("script")(scope, receive, send)

    transport = httpx.ASGITransport(AssetCache(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
        for path in ("/assets/x.js", "/assets/%2E/x.js", "/assets/a/%2E%2E/x.js", "/assets//x.js"):
            for _ in range(2):
                assert (await client.get(path)).text == "script"
    assert served == [
        "/assets/x.js",
        *2 * ["/assets/./x.js"],
        *2 * ["/assets/a/../x.js"],
        *2 * ["/assets//x.js"],
    ]
