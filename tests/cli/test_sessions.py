"""`imagestudio sessions`, and what a running studio makes of it."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from imagestudio.cli import main
from tests.api.conftest import API
from tests.reopening import Clock, Reopen

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PUBLIC = {
    "IMAGESTUDIO_PUBLIC_URL": "http://studio.test",
    "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "100",
    "IMAGESTUDIO_REQUESTS_PER_MINUTE": "1000000",  # what the command ended is asked for until it is known
}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAGESTUDIO_DATA_DIR", str(tmp_path))


async def command(capture: Capture, *arguments: str, status: int = 0) -> str:
    """What it writes. It runs an event loop of its own."""
    assert await asyncio.to_thread(main, ["sessions", *arguments]) == status
    written = capture.readouterr()
    return written.out + written.err


async def guest(api: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    """Somebody who has made a picture."""
    client = httpx.AsyncClient(transport=api._transport, base_url=api.base_url, timeout=60)
    await client.get("/visitor")
    clock.now += 60
    await client.post(f"{API}/generate", json={"prompt": "x"})
    return client


async def count(client: httpx.AsyncClient) -> int:
    """How many jobs a visitor finds."""
    return len((await client.get(f"{API}/jobs")).json()["data"]["jobs"])


async def until_nothing(*clients: httpx.AsyncClient) -> None:
    while sum([await count(client) for client in clients]):
        await asyncio.sleep(0.1)


async def test_a_host_ends_one_session_or_all(reopen: Reopen, clock: Clock, capsys: Capture) -> None:
    async with reopen(**PUBLIC) as api:
        ann, ben, carl = [await guest(api, clock) for _ in range(3)]
        listed = await command(capsys, "list")
        owners = re.findall(r"^(session:[0-9a-f]{32}) +1  [-0-9]{10} [0-9:]{5}$", listed, re.MULTILINE)
        assert len(owners) == 3
        ended = await command(capsys, "end", owners[0])  # the latest
        assert ended == f"Ended the sessions of {owners[0]}. Jobs and pictures stay.\n"
        await until_nothing(carl)
        assert [await count(one) for one in (ann, ben)] == [1, 1]
        assert await command(capsys, "end", "--all") == (
            "Ended the sessions of everybody. Jobs and pictures stay.\n"
        )
        await until_nothing(ann, ben)
        assert await count(await guest(api, clock)) == 1


async def test_a_key_is_named_as_its_list_does(reopen: Reopen, capsys: Capture) -> None:
    async with reopen(**PUBLIC) as api:
        assert await asyncio.to_thread(main, ["keys", "create", "ann"]) == 0
        secret = capsys.readouterr().out.strip()
        while (await api.get("/visitor")).json()["data"]["takes_api_keys"] is False:
            await asyncio.sleep(0)
        assert (await api.put("/visitor/access", json={"key": secret})).status_code == 200
        assert (await api.get("/visitor")).json()["data"]["name"] == "ann"
        assert re.match("Ended the sessions of key:[0-9a-f]{16}", await command(capsys, "end", "ann"))
        while (await api.get("/visitor")).json()["data"]["kind"] == "key":
            await asyncio.sleep(0)
    missing = "Nobody is called bob. See: imagestudio sessions list\n"
    assert await command(capsys, "end", "bob", status=1) == missing
