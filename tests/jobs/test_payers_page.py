"""The page's way to give keys and take them back: tried for free, held in memory, never told again."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.settings import load_settings
from imagestudio.sandbox.journal import account_of
from imagestudio.server.create import create_app
from tests.jobs.conftest import KEYS, SMALL, Emulator, accounts

pytestmark = pytest.mark.slow

KEYS_URL = "/visitor/keys"
GOOD = {
    "google": "marked-google-own",
    "bfl": "marked-bfl-own-key",
    "fal": "marked:fal-own-key",
    "huggingface": "hf_marked_token",
}
ALL = dict.fromkeys(GOOD, True)
NONE = dict.fromkeys(GOOD, False)
Client = Callable[[], httpx.AsyncClient]


@pytest.fixture
def open_page(emulator: Emulator, tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Client]]:
    """A studio on a public address; each client is another browser."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Client]:
        origins = {
            f"IMAGESTUDIO_{short}_BASE_URL": f"{emulator.url}/{name}"
            for short, name in (("GOOGLE", "google"), ("BFL", "bfl"), ("FAL", "fal"), ("HF", "huggingface"))
        }
        public = {"IMAGESTUDIO_PUBLIC_URL": "https://studio.test", "IMAGESTUDIO_DATA_DIR": tmp_path / "data"}
        app = create_app(load_settings({**public, **origins, **settings}), with_page=False)
        transport = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app):
            yield lambda: httpx.AsyncClient(transport=transport, base_url="https://studio.test", timeout=60)

    return opened


Page = Callable[..., AbstractAsyncContextManager[Client]]


async def test_keys_are_tried_for_free_and_then_pay(open_page: Page, emulator: Emulator) -> None:
    async with open_page() as browser, browser() as ann, browser() as bob:
        given = await ann.put(KEYS_URL, json=GOOD)
        assert given.json() == {
            "success": True,
            "data": {"checks": dict.fromkeys(GOOD, "works"), "keys": ALL},
        }
        assert given.headers["cache-control"] == "no-store"
        assert {(entry.method, entry.path) for entry in emulator.requests} == {
            ("GET", "/google/v1beta/models"),
            ("GET", "/bfl/v1/credits"),
            ("GET", "/fal/v1/models/pricing"),
            ("GET", "/huggingface/api/whoami-v2"),
        }
        assert accounts(emulator.requests) == {account_of(key): 1 for key in GOOD.values()}
        assert len(emulator.bill) == 0
        for client, demo in ((ann, False), (bob, True)):
            answer = await client.post("/api/v1/image/generate", json={"prompt": "a hill", **SMALL})
            assert answer.json()["data"]["demo"] is demo, answer.text
        assert (await ann.delete(KEYS_URL)).json() == {"success": True, "data": {"keys": NONE}}
        again = await ann.post("/api/v1/image/generate", json={"prompt": "a hill", **SMALL})
        assert again.json()["data"]["demo"] is True
    assert accounts(emulator.submits) == {account_of(GOOD["bfl"]): 1}
    assert not emulator.faults()


@pytest.mark.parametrize("name", GOOD)
async def test_a_key_that_is_refused_is_not_held(open_page: Page, name: str) -> None:
    bad = GOOD[name] + "-invalid"
    async with open_page() as browser, browser() as ann:
        answer = await ann.put(KEYS_URL, json={name: bad})
        assert answer.json()["data"] == {"checks": {name: "refused"}, "keys": NONE}
        assert bad not in answer.text
        await ann.put(KEYS_URL, json={name: GOOD[name]})
        answer = await ann.put(KEYS_URL, json={name: bad})
        assert answer.json()["data"] == {"checks": {name: "refused"}, "keys": NONE | {name: True}}


@pytest.mark.parametrize("name", GOOD)
async def test_a_key_that_can_not_be_tried_is_held_and_that_is_said(open_page: Page, name: str) -> None:
    nowhere = {
        f"IMAGESTUDIO_{short}_BASE_URL": "http://127.0.0.1:9" for short in ("GOOGLE", "BFL", "FAL", "HF")
    }
    async with open_page(**nowhere) as browser, browser() as ann:
        answer = await ann.put(KEYS_URL, json={name: GOOD[name]})
        assert answer.json()["data"] == {"checks": {name: "unknown"}, "keys": NONE | {name: True}}
        taken_back = await ann.put(KEYS_URL, json={name: None})
        assert taken_back.json()["data"] == {"checks": {}, "keys": NONE}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"bfl": "two words are none"}, "INVALID_PARAMETER"),
        ({"bfl": 7}, "INVALID_PARAMETER"),
        ({"marked-bfl-own-key": "bfl"}, "INVALID_PARAMETER"),
        ({"huggingface": "marked-no-token"}, "INVALID_PARAMETER"),
        (["marked-bfl-own-key"], "BAD_REQUEST"),
    ],
)
async def test_what_is_no_key_is_refused_and_not_repeated(
    open_page: Page, emulator: Emulator, body: Any, code: str
) -> None:
    async with open_page() as browser, browser() as ann:
        answer = await ann.put(KEYS_URL, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert "marked" not in answer.text
    assert emulator.requests == []


async def test_a_demo_for_everybody_takes_no_keys(open_page: Page, emulator: Emulator) -> None:
    async with open_page(IMAGESTUDIO_SANDBOX="on") as browser, browser() as ann:
        answer = await ann.put(KEYS_URL, json=GOOD)
    assert answer.status_code == 400
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("header", "key", "model"),
    [
        ("X-Gemini-Key", GOOD["google"], "imagen-4-fast"),
        ("X-BFL-Key", GOOD["bfl"], "flux-2-pro"),
        ("X-Fal-Key", GOOD["fal"], "recraft-v4"),
        ("X-HF-Token", GOOD["huggingface"], "qwen-image"),
    ],
)
async def test_programs_bring_keys_in_headers(
    open_page: Page, emulator: Emulator, header: str, key: str, model: str
) -> None:
    async with open_page(**KEYS) as browser, browser() as program:
        body = {"prompt": "a hill", "model": model, "response_format": "url"}
        answer = await program.post("/api/v1/image/generate", json=body, headers={header: key})
        job = answer.json()["data"]
        assert (answer.status_code, job["demo"], job["status"]) == (200, False, "succeeded")
        bad = await program.post("/api/v1/image/generate", json=body, headers={header: "marked bad key"})
        assert (bad.status_code, bad.json()["error"]["code"]) == (400, "INVALID_PARAMETER")
        assert header in bad.text
    for text in (answer.text, bad.text):
        assert "marked" not in text
    assert accounts(emulator.submits) == {account_of(key): 1}
