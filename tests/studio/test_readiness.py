"""What is said of a studio that can't write, and that no run is sent where its picture would find no room."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.units import DAY_S
from imagestudio.store import accounts
from imagestudio.studio import readiness
from tests.api.conftest import API, open_api, shared_emulator
from tests.jobs.conftest import Emulator
from tests.reopening import Clock, Reopen, clock, reopen

__all__ = ["clock", "open_api", "reopen", "shared_emulator"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def missing(api: httpx.AsyncClient) -> list[str]:
    response = await api.get("/api/health/ready")
    body = response.json()
    assert (response.status_code, body["status"]) == (
        (503, "not_ready") if body["missing"] else (200, "ready")
    )
    assert (await api.get("/api/health")).json()["status"] == "ok"
    found: list[str] = body["missing"]
    return found


async def test_what_does_not_work_is_named(
    reopen: Reopen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "KNOWN_S", 0.0)
    async with reopen() as api:
        assert await missing(api) == []
        with monkeypatch.context() as impatient, closing(sqlite3.connect(tmp_path / "studio.db")) as other:
            impatient.setattr(readiness, "PATIENCE_S", 0.1)
            other.execute("BEGIN IMMEDIATE")
            assert "database" in await missing(api)
            other.rollback()
        with monkeypatch.context() as full:
            full.setattr(readiness, "try_to_write", lambda folder: False)
            assert await missing(api) == ["data_folder"]
    async with reopen(IMAGESTUDIO_MIN_FREE_MB=1e12) as api:
        assert await missing(api) == ["space"]


async def test_the_disk_is_written_to_once_however_many_ask(
    reopen: Reopen, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []
    monkeypatch.setattr(readiness, "KNOWN_S", 3600.0)
    monkeypatch.setattr(readiness, "try_to_write", lambda folder: bool(tries.append(folder)) or True)
    async with reopen() as api:
        for _ in range(20):
            assert await missing(api) == []
    assert len(tries) == 1


async def test_a_nearly_full_disk_refuses_a_run_before_it_costs(
    reopen: Reopen, shared_emulator: Emulator
) -> None:
    submits = len(shared_emulator.submits)
    async with reopen(IMAGESTUDIO_MIN_FREE_MB=1e12) as api:
        refused = await api.post(f"{API}/generate", json={"prompt": "x"})
        assert refused.status_code == 503
        assert refused.json()["error"]["details"] == {"reason": "storage_full", "charged": "no"}
        assert (await api.post(f"{API}/generate", json={"prompt": "x", "dry_run": True})).status_code == 200
        assert (await api.get(f"{API}/jobs")).json()["data"]["jobs"] == []
    assert len(shared_emulator.submits) == submits
    async with reopen(IMAGESTUDIO_MIN_FREE_MB=0) as api:
        assert (await api.post(f"{API}/generate", json={"prompt": "x"})).status_code == 200


async def test_the_page_s_sum_of_today_reads_today_only(
    reopen: Reopen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[float] = []
    usage = accounts.usage

    def watched(connection: Any, selection: Any, group_by: Any) -> Any:
        read.append(selection.until - selection.since)
        return usage(connection, selection, group_by)

    monkeypatch.setattr(accounts, "usage", watched)
    async with reopen() as api:
        await api.post(f"{API}/generate", json={"prompt": "x"})
        clock.now += 60
        assert (await api.get("/visitor")).json()["data"]["today_usd"] > 0
        assert [seconds < DAY_S for seconds in read] == [True]
        clock.pass_days(1)
        assert (await api.get("/visitor")).json()["data"]["today_usd"] == 0
