"""An agent that omits, empties, stringifies and repeats at random: nothing is paid twice, every refusal has
its code and field, and no answer is more than a client takes."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from mcp import ClientSession
from mcp.types import CallToolResult

from tests.conftest import Live
from tests.ui.conftest import job_of, pictures_of, refusal_of, texts
from tests.walk import ABOUT_A_FIELD, CODES, SEED, STEPS, VALUES, as_written, meant

pytestmark = pytest.mark.slow

AT_ONCE = 5
READ_BY_ALL = ("image/png", "image/jpeg", "image/webp", "image/gif")
BESIDE = ("idempotency_key", "inline", "wait_s", "look_again", "dry_run", "nonsense")
TAKES = {
    "generate_image": "model width height aspect_ratio num_images image_size seed vector dry_run "
    "idempotency_key",
    "edit_image": "model image image_url seed dry_run idempotency_key inline",
    "get_job": "look_again run_again wait_s inline idempotency_key",
    "list_jobs": "status model task limit",
    "list_models": "task",
    "cancel_job": "",
    "paint": "prompt",
}
Call = tuple[str, dict[str, Any]]


def walk(random: Random, seen: list[str]) -> Iterator[Call]:
    """Calls without end: some anew, some of before."""
    made: list[Call] = []
    while True:
        if made and random.random() < 0.4:
            yield random.choice(made)
            continue
        tool = random.choices([*TAKES], weights=[8, 4, 4, 2, 1, 1, 1])[0]
        fields = [name for name in TAKES[tool].split() if random.random() < 0.2]
        if tool.endswith("_image") and random.random() < 0.9:
            fields.append("prompt")
        if random.random() < 0.05:
            fields.append("nonsense")
        given = {name: as_written(random.choice(VALUES[name]), random) for name in fields}
        if tool in ("get_job", "cancel_job") and random.random() < 0.95:
            given["job_id"] = random.choice([*seen[-20:], "nothing"])
        made.append((tool, given))
        yield made[-1]


async def test_a_random_walk_pays_nothing_twice(live: Live, agent: ClientSession) -> None:
    seen: list[str] = []
    wanted: dict[str, Wanted] = defaultdict(Wanted)
    calls = walk(Random(SEED), seen)
    for _ in range(STEPS // AT_ONCE):
        batch = [next(calls) for _ in range(AT_ONCE)]
        answers = await asyncio.gather(*(agent.call_tool(*call) for call in batch))
        for (tool, given), result in zip(batch, answers, strict=True):
            check(result, tool, given)
            job_id = job_id_of(result)
            if job_id is None:
                continue
            if job_id not in seen:
                seen.append(job_id)
            if request := spending(tool, given):
                wanted[request].keys.add(meant(given.get("idempotency_key")))
                wanted[request].jobs.add(job_id)
    jobs = {job_id: await job(agent, job_id) for job_id in seen}
    for request, each in wanted.items():
        paid = [job_id for job_id in each.jobs if may_have_cost(jobs[job_id])]
        assert len(paid) <= len(each.keys), request
    assert len(live.submits) <= sum(len(each["sent"]) for each in jobs.values())
    assert len(seen) >= 3, "it walked somewhere"


@dataclass
class Wanted:
    """What a request was asked with, and the jobs that it was answered with."""

    keys: set[Any] = field(default_factory=set)
    jobs: set[str] = field(default_factory=set)


def check(result: CallToolResult, tool: str, given: dict[str, Any]) -> None:
    """An answer that an agent can go on with."""
    if given.get("inline") != "original":
        assert len(result.model_dump_json()) < 700_000, (tool, given)
    if not result.isError:
        assert all(each.mime_type in READ_BY_ALL and each.size for each in pictures_of(result)), (tool, given)
        return
    refused, line = refusal_of(result), texts(result)[0]
    assert refused["code"] in CODES, (tool, given, line)
    assert line.startswith(f"{refused['code']}: "), (tool, given)
    assert refused["code"] not in ABOUT_A_FIELD or refused["details"]["field"], (tool, given, refused)


def job_id_of(result: CallToolResult) -> str | None:
    """The job of an answer."""
    if result.isError:
        return refusal_of(result)["details"].get("job_id")
    answer = json.loads(texts(result)[-1])
    return answer["id"] if "poll_url" in answer else None


def spending(tool: str, given: dict[str, Any]) -> str | None:
    """The request that a call makes, however it is written; None where it spends nothing."""
    if tool == "get_job" and meant(given.get("run_again")) is not True:
        return None
    if tool not in ("generate_image", "edit_image", "get_job"):
        return None
    asked = {name: meant(value) for name, value in given.items() if name not in BESIDE}
    return json.dumps(
        [tool, {name: value for name, value in asked.items() if value is not None}], sort_keys=True
    )


def may_have_cost(job: dict[str, Any]) -> bool:
    """What was stopped is wanted anew, and what failed free of charge is tried again."""
    return job["status"] != "canceled" and (job["status"], job["cost"]["charged"]) != ("failed", "no")


async def job(agent: ClientSession, job_id: str) -> dict[str, Any]:
    """A job at its end."""
    return job_of(await agent.call_tool("get_job", {"job_id": job_id, "wait_s": 50}))
