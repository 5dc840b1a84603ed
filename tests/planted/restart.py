"""kill -9 while jobs run with keys that were lent to them: sealed meanwhile, forgotten at the jobs' end."""

import sqlite3
from contextlib import closing
from typing import Any

import httpx

from tests.crash.conftest import eventually
from tests.planted.programs import API, MODELS
from tests.planted.secrets import API_KEY, HEADERS, marked
from tests.planted.world import World

LENT = {header: marked("lent", provider) for provider, header in HEADERS.items()}


def walk(world: World) -> list[dict[str, Any]]:
    """The jobs at their end. What lay on the disk while their keys were sealed is in `during`."""
    ids = [start(world, model) for model in MODELS[1:]]
    eventually(lambda: sealed(world) == set(ids) <= ticketed(world))
    world.during.look_at_files(world.disk)
    world.studio.kill()
    world.during.look_at_files(world.disk)  # before anybody opens the database, and empties its log
    assert sealed(world) == set(ids)
    world.providers.released = True
    world.start("json")
    jobs = [eventually(lambda job_id=job_id: ended(world, job_id)) for job_id in ids]
    assert sealed(world) == set()
    return jobs


def start(world: World, model: str) -> str:
    """A job whose provider can't tell just now, until it is released."""
    body = {"prompt": "nasty-look:500 through a restart", "model": model}
    headers = {"X-API-Key": API_KEY, "Prefer": "respond-async", **LENT}
    asked = httpx.post(f"{world.studio.url}{API}/generate", json=body, headers=headers, timeout=60)
    return str(asked.json()["data"]["id"])


def job_of(world: World, job_id: str) -> dict[str, Any]:
    answer = httpx.get(f"{world.studio.url}{API}/jobs/{job_id}", headers={"X-API-Key": API_KEY}, timeout=60)
    found: dict[str, Any] = answer.json()["data"]
    return found


def ended(world: World, job_id: str) -> dict[str, Any] | None:
    job = job_of(world, job_id)
    return None if job["status"] in ("queued", "running") else job


def sealed(world: World) -> set[str]:
    """The jobs that the database keeps a key of."""
    return rows(world, "SELECT job_id FROM job_keys")


def ticketed(world: World) -> set[str]:
    """The jobs that their providers have taken."""
    return rows(world, "SELECT job_id FROM calls WHERE state = 'accepted'")


def rows(world: World, query: str) -> set[str]:
    with closing(sqlite3.connect(world.disk / "data/studio.db")) as database:
        return {job_id for (job_id,) in database.execute(query)}
