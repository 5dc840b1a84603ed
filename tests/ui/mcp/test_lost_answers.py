"""An agent that lost its answer finds its job, and never pays twice."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from mcp import ClientSession, McpError

from tests.conftest import HELD, Live
from tests.tables import rows
from tests.ui.conftest import SOURCE, job_of, mcp_session, pictures_of, refusal_of, texts

pytestmark = pytest.mark.slow


async def listed(agent: ClientSession, **given: Any) -> list[dict[str, Any]]:
    """What list_jobs tells."""
    result = await agent.call_tool("list_jobs", given)
    assert not result.isError, texts(result)
    jobs: list[dict[str, Any]] = json.loads(texts(result)[-1])["jobs"]
    return jobs


async def test_a_client_that_gave_up_joins_the_job_when_it_asks_again(live: Live) -> None:
    given = {"prompt": f"a lost fox, {HELD}", "model": "flux-2-klein"}
    live.gate.clear()
    async with mcp_session(live.url) as session:
        with pytest.raises(McpError, match="Timed out"):
            await session.call_tool("generate_image", given, read_timeout_seconds=timedelta(seconds=0.5))
    async with mcp_session(live.url) as session:  # clients often begin anew then
        (lost,) = await listed(session, status="running", model="flux-2-klein", limit=1)
        assert lost["prompt"] == given["prompt"]
        assert lost["progress"]
        again = asyncio.create_task(session.call_tool("generate_image", given))
        unfinished = await session.call_tool("get_job", {"job_id": lost["id"]})
        live.gate.set()
        job = job_of(await again)
        assert (job["id"], job["status"], job["joined"]) == (lost["id"], "succeeded", True)
        assert "nothing new was started or charged" in texts(await again)[0]
        assert len(pictures_of(await again)) == 1
    assert job_of(unfinished)["status"] == "running"
    assert "Ask get_job" in texts(unfinished)[0]
    assert len(live.submits) == 1


async def test_a_job_is_waited_for(live: Live, agent: ClientSession) -> None:
    live.gate.clear()
    asked = asyncio.create_task(agent.call_tool("generate_image", {"prompt": f"a slow fox, {HELD}"}))
    while not (running := await listed(agent, status="running")):
        continue
    waiting = asyncio.create_task(agent.call_tool("get_job", {"job_id": running[0]["id"], "wait_s": "50"}))
    live.gate.set()
    assert job_of(await waiting)["status"] == "succeeded"
    assert job_of(await asked)["id"] == running[0]["id"]


@rows(
    ("tool", "given"),
    [
        ("generate_image", {"prompt": "an ended fox"}),
        ("generate_image", {"prompt": "an ended fox", "model": "flux-2-pro", "width": "512"}),
        ("edit_image", {"prompt": "an ended edit", "image": SOURCE}),
    ],
)
async def test_an_ended_job_is_joined_too(
    live: Live, agent: ClientSession, tool: str, given: dict[str, Any]
) -> None:
    before = len(live.submits)
    first = job_of(await agent.call_tool(tool, given))
    empty = {"seed": "", "model": given.get("model"), "webhook_url": None}
    second = await agent.call_tool(tool, {**given, **empty})
    assert job_of(second)["id"] == first["id"]
    assert (first["joined"], job_of(second)["joined"]) == (False, True)
    assert len(pictures_of(second)) == 1
    assert len(live.submits) == before + 1


async def test_the_same_at_once_is_one_job(live: Live, agent: ClientSession) -> None:
    given = {"prompt": "a fox ten times over"}
    answers = await asyncio.gather(*(agent.call_tool("generate_image", given) for _ in range(10)))
    assert len({job_of(answer)["id"] for answer in answers}) == 1
    assert sum(not job_of(answer)["joined"] for answer in answers) == 1
    assert len(live.submits) == 1


async def test_a_new_key_is_a_new_run_and_the_same_key_never(live: Live, agent: ClientSession) -> None:
    async def run(**given: Any) -> str:
        return str(job_of(await agent.call_tool("generate_image", {"prompt": "a keyed fox", **given}))["id"])

    first = await run(idempotency_key="keyed-1")
    assert await run(idempotency_key="keyed-1") == first
    assert await run() == first, "who forgot the key has the newest"
    second = await run(idempotency_key="keyed-2")
    assert second != first
    assert await run(idempotency_key="keyed-1") == first
    assert await run() == second
    assert len(live.submits) == 2
    other = {"prompt": "another fox", "idempotency_key": "keyed-1"}
    refused = refusal_of(await agent.call_tool("generate_image", other))
    assert (refused["code"], refused["details"]["field"]) == ("IDEMPOTENCY_CONFLICT", "idempotency_key")
    assert len(live.submits) == 2


async def test_an_ended_job_is_run_again_once(live: Live, agent: ClientSession) -> None:
    job = job_of(await agent.call_tool("generate_image", {"prompt": "a fox for once"}))
    given = {"job_id": job["id"], "run_again": "true"}
    again, repeated, wanted = [
        job_of(await agent.call_tool("get_job", {**given, **more}))
        for more in ({}, {}, {"idempotency_key": "once more"})
    ]
    assert again["replaces"] == job["id"]
    assert repeated["id"] == again["id"] != wanted["id"]
    assert len(live.submits) == 3


@rows(
    ("word", "submits"),
    [
        ("demo:fail", 2),  # costs nothing at fal
        ("demo:refuse", 1),  # may have cost something
        ("demo:crash", 1),
    ],
)
async def test_what_cost_nothing_may_be_tried_again(
    live: Live, agent: ClientSession, word: str, submits: int
) -> None:
    before = len(live.submits)
    given = {"prompt": f"a failing fox {word}", "model": "recraft-v3"}
    first, second = [refusal_of(await agent.call_tool("generate_image", given)) for _ in range(2)]
    assert first["code"] == second["code"]
    assert len(live.submits) == before + submits
    assert (first["details"]["job_id"] == second["details"]["job_id"]) == (submits == 1)


async def test_what_was_canceled_is_wanted_anew(live: Live, agent: ClientSession) -> None:
    live.gate.clear()
    given = {"prompt": f"a canceled fox, {HELD}", "model": "flux-2-klein"}
    first = asyncio.create_task(agent.call_tool("generate_image", given))
    while not (running := await listed(agent, status="running", model="flux-2-klein")):
        continue
    await agent.call_tool("cancel_job", {"job_id": running[0]["id"]})
    assert job_of(await first)["status"] == "canceled"
    live.gate.set()
    second = job_of(await agent.call_tool("generate_image", given))
    assert (second["joined"], second["status"]) == (False, "succeeded")
    assert second["id"] != running[0]["id"]


async def test_progress_is_told_in_stages(live: Live, agent: ClientSession) -> None:
    told: list[tuple[float, str]] = []
    generating = asyncio.Event()

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))
        if told[-1][1].startswith("Generating"):
            generating.set()

    live.gate.clear()
    given = {"prompt": f"a fox in stages, {HELD}", "model": "flux-2-klein"}
    asked = asyncio.create_task(agent.call_tool("generate_image", given, progress_callback=tell))
    await generating.wait()
    live.gate.set()
    result = await asked
    assert [content.type for content in result.content] == ["image", "text"]
    steps = [step for step, _ in told]
    assert steps == sorted(set(steps)), "each is more than the one before"
    assert all(line.startswith(("Queued", "Sending to", "Generating", "Saving")) for _, line in told), told


async def test_jobs_are_listed_by_what_they_are(live: Live, agent: ClientSession) -> None:
    for model in ("recraft-v3", "sd-3.5", "recraft-v3"):
        given = {"prompt": "a listed fox", "model": model, "idempotency_key": f"{model} {len(live.submits)}"}
        await agent.call_tool("generate_image", given)
    newest, older = (await listed(agent, model="recraft-v3"))[:2]
    assert newest["images"][0].startswith(live.url)
    assert (newest["status"], newest["prompt"], newest["task"]) == ("succeeded", "a listed fox", "generate")
    page = await agent.call_tool("list_jobs", {"model": "recraft-v3", "limit": "1"})
    assert json.loads(texts(page)[0])["next_before"] == newest["id"]
    rest = await listed(agent, model="recraft-v3", before=newest["id"], limit=1)
    assert [job["id"] for job in rest] == [older["id"]]
    assert {job["model"] for job in await listed(agent, limit=2)} == {"sd-3.5", "recraft-v3"}
    assert all(job["task"] == "edit" for job in await listed(agent, task="edit"))
    assert await listed(agent, since="9000-01-01") == await listed(agent, until="2001-01-01") == []
    (since,) = await listed(agent, since=newest["created_at"], model="recraft-v3")
    assert since["id"] == newest["id"]
