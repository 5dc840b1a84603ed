"""`imagestudio keys`, and what a running studio makes of it."""

import asyncio
import re
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from imagestudio.cli import main
from tests.api.conftest import API
from tests.reopening import Reopen

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAGESTUDIO_DATA_DIR", str(tmp_path))


def command(capture: Capture, *arguments: str, status: int = 0) -> tuple[str, str]:
    """What it writes to the two streams. It runs an event loop of its own: tests with one use a thread."""
    assert main(["keys", *arguments]) == status
    written = capture.readouterr()
    return written.out, written.err


def created(capture: Capture, *arguments: str) -> str:
    return command(capture, "create", *arguments)[0].strip()


def masked(text: str) -> str:
    """A list without what differs from run to run."""
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", "<moment>", text)
    text = re.sub(r"\b[0-9a-f]{16}\b", "<id>", text)
    return re.sub(r" +", " ", re.sub(r"studio_[A-Za-z0-9_-]{4}…", "studio_<4>…", text))


def test_a_key_is_shown_once_and_kept_as_a_checksum(capsys: Capture, tmp_path: Path) -> None:
    out, err = command(capsys, "create", "ann", "--rate", "60", "--usd-day", "2.5")
    secret = out.strip()
    assert re.fullmatch(r"studio_[A-Za-z0-9_-]{43}", secret)
    assert masked(err) == "The key of ann (<id>). It is shown this once: keep it in a safe place.\n"
    created(capsys, "bob b", "--usd-month", "10")
    listed, _ = command(capsys, "list")
    assert masked(listed) == (
        "ID NAME KEY CREATED REVOKED A MINUTE USD A DAY USD A MONTH\n"
        "<id> ann studio_<4>… <moment> - 60 2.5 -\n"
        "<id> bob b studio_<4>… <moment> - - - 10\n"
    )
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or secret[11:].encode() not in file.read_bytes()


def test_a_key_is_revoked_by_name_or_id(capsys: Capture) -> None:
    created(capsys, "ann")
    created(capsys, "bob")
    (key_id,) = re.findall(r"^([0-9a-f]{16})  bob", command(capsys, "list")[0], re.MULTILINE)
    assert masked(command(capsys, "revoke", "ann")[0]) == "Revoked ann (<id>). Its jobs and pictures stay.\n"
    assert command(capsys, "revoke", key_id)[0].startswith("Revoked bob")
    missing = "There is no valid key of the id or name ann. See: imagestudio keys list\n"
    assert command(capsys, "revoke", "ann", status=1) == ("", missing)
    assert masked(command(capsys, "list")[0]).count("<moment> <moment>") == 2
    assert created(capsys, "ann")


def test_a_name_is_taken_while_its_key_is_valid(capsys: Capture) -> None:
    created(capsys, "ann")
    taken = "There is a key named ann already. Revoke it first, or choose a name.\n"
    assert command(capsys, "create", "ann", status=1) == ("", taken)


@pytest.mark.parametrize(
    "wrong",
    [
        ["create", ""],
        ["create", "two\nlines"],
        ["create", "n" * 65],
        ["create", "ann", "--rate", "0"],
        ["create", "ann", "--rate", "1.5"],
        ["create", "ann", "--usd-day", "-1"],
        ["create", "ann", "--usd-month", "nan"],
        ["revoke"],
        [],
    ],
)
def test_what_makes_no_sense_is_refused(capsys: Capture, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["keys", *wrong])
    assert ended.value.code == 2
    assert "usage: imagestudio keys" in capsys.readouterr().err


def test_the_secret_is_in_no_table(capsys: Capture, tmp_path: Path) -> None:
    secret = created(capsys, "ann")
    with sqlite3.connect(tmp_path / "studio.db") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert "ann" in dump
    assert secret not in dump


async def status(api: httpx.AsyncClient, key: str | None) -> int:
    headers = {} if key is None else {"X-API-Key": key}
    return (await api.get(f"{API}/jobs", headers=headers)).status_code


@pytest.mark.asyncio(loop_scope="module")
async def test_a_running_studio_knows_within_seconds(reopen: Reopen, capsys: Capture) -> None:
    async with reopen() as api:
        assert await status(api, None) == 200
        secret = await asyncio.to_thread(created, capsys, "ann")
        await until(api, None, 401)
        assert await status(api, secret) == 200
        assert await status(api, secret[:-1] + "!") == 401
        job = await api.post(f"{API}/generate", json={"prompt": "x"}, headers={"X-API-Key": secret})
        assert job.status_code == 200
        begun = time.monotonic()
        await asyncio.to_thread(command, capsys, "revoke", "ann")
        await until(api, secret, 401)
        assert time.monotonic() - begun < 5
        assert await status(api, None) == 401, "revoking the last key opens nothing"
    async with reopen() as api:
        assert await status(api, secret) == 401


async def until(api: httpx.AsyncClient, key: str | None, wanted: int) -> None:
    while await status(api, key) != wanted:
        await asyncio.sleep(0.1)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_key_s_own_limits_hold(reopen: Reopen, capsys: Capture) -> None:
    limits = ("--rate", "5", "--usd-day", "0.05")
    secret = await asyncio.to_thread(created, capsys, "ann", *limits)
    other = await asyncio.to_thread(created, capsys, "bob")
    run = {"prompt": "x", "model": "recraft-v3"}
    async with reopen(IMAGESTUDIO_REQUESTS_PER_MINUTE=1000) as api:
        ann, bob = {"X-API-Key": secret}, {"X-API-Key": other}
        first = await api.post(f"{API}/generate", json=run, headers=ann)
        assert first.status_code == 200
        assert first.headers["x-ratelimit-limit"] == "5"
        second = await api.post(f"{API}/generate", json=run, headers=ann)
        assert (second.status_code, second.json()["error"]["code"]) == (402, "BUDGET_EXCEEDED")
        assert (await api.post(f"{API}/generate", json=run, headers=bob)).status_code == 200
        assert [await status(api, secret) for _ in range(4)] == [200, 200, 200, 429]
        assert await status(api, other) == 200
        mine = (await api.get(f"{API}/jobs", headers=bob)).json()["data"]["jobs"]
        assert len(mine) == 1
