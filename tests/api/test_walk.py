"""A program that omits, empties, stringifies and repeats at random, by REST: a key is never paid twice, and
every refusal has its code and field."""

import json
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from tests.api.conftest import API, ended
from tests.jobs.conftest import Emulator
from tests.walk import ABOUT_A_FIELD, CODES, SEED, STEPS, VALUES, as_written

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TAKES = {
    "generate": "model width height aspect_ratio num_images image_size seed vector dry_run nonsense",
    "edit": "model image_url seed dry_run width nonsense",
}
NEEDED = {"generate": ["prompt"], "edit": ["prompt", "image_url"]}
FILTERS = ["status", "model", "task", "limit", "before", "page", "nonsense"]
QUERIES: dict[str, list[Any]] = {**VALUES, "before": ["0" * 32, "x"], "page": [2]}
Request = tuple[str, str, dict[str, Any]]


def walk(random: Random) -> Iterator[Request]:
    """Method, address, and what goes with it: some anew, some of before."""
    made: list[Request] = []
    while True:
        if made and random.random() < 0.4:
            yield random.choice(made)
            continue
        made.append(_listing(random) if random.random() < 0.2 else _run(random))
        yield made[-1]


def _run(random: Random) -> Request:
    task = random.choice([*TAKES])
    names = [name for name in TAKES[task].split() if random.random() < 0.08]
    names += [name for name in NEEDED[task] if random.random() < 0.9]
    body = {name: random.choice(VALUES[name]) for name in names}
    body = {
        name: value if random.random() < 0.7 else as_written(value, random) for name, value in body.items()
    }
    headers = {"Idempotency-Key": f"walk-{random.randrange(STEPS // 5)}"} if random.random() < 0.9 else {}
    if task == "edit" and random.random() < 0.3:
        parts = {name: (None, "" if value is None else f"{value}") for name, value in body.items()}
        return "POST", f"{API}/{task}", {"files": parts or {"prompt": (None, "")}, "headers": headers}
    return "POST", f"{API}/{task}", {"json": body, "headers": headers}


def _listing(random: Random) -> Request:
    names = [name for name in FILTERS if random.random() < 0.2]
    query = {name: random.choice(["", random.choice(QUERIES[name])]) for name in names}
    return "GET", f"{API}/jobs", {"params": query}


async def test_a_random_walk_pays_no_key_twice(api: httpx.AsyncClient, emulator: Emulator) -> None:
    seen: set[str] = set()
    by_key: defaultdict[str, set[str]] = defaultdict(set)
    steps = walk(Random(SEED))
    for _ in range(STEPS):
        method, address, what = next(steps)
        answer = await api.request(method, address, **what)
        job_id = check(answer, (method, address, what))
        if job_id:
            seen.add(job_id)
            if key := what.get("headers", {}).get("Idempotency-Key"):
                by_key[key].add(job_id)
    assert all(len(jobs) == 1 for jobs in by_key.values()), by_key
    jobs = [await ended(api, job_id) for job_id in seen]
    assert len(emulator.submits) == sum(len(job["sent"]) for job in jobs)
    assert emulator.faults() == []
    assert len(seen) >= STEPS // 30, "it walked somewhere"


def check(answer: httpx.Response, request: Request) -> str | None:
    """An answer that a program can go on with; its job."""
    told = json.loads(answer.text)
    if answer.is_success:
        return told["data"].get("id") if "poll_url" in told["data"] else None
    error = told["error"]
    assert error["code"] in CODES, (request, error)
    assert error["code"] not in ABOUT_A_FIELD or error["details"].get("field"), (request, error)
    conflict = error["code"] == "IDEMPOTENCY_CONFLICT"
    return None if conflict else error["details"].get("job_id")
