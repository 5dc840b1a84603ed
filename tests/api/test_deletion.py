"""A visitor takes back a job, or everything: gone at once, back for a day, then nowhere any more."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import API, ended, open_api, picture, shared_emulator, slow_url
from tests.reopening import Clock, Reopen, clock, reopen
from tests.tables import rows

__all__ = ["clock", "open_api", "reopen", "shared_emulator", "slow_url"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORD = "Featherstonehaugh"
"""In the prompt, and nowhere else. The search keeps words in small letters, in parts."""
PARTS = (WORD.encode(), WORD.lower().encode(), WORD.lower()[:9].encode(), WORD.lower()[3:].encode())
DELETED = "This job was deleted. When it was, of which model and what it cost are kept."
FORGOTTEN = "This job is forgotten: its pictures are gone."
EDIT: dict[str, Any] = {
    "data": {"prompt": f"{WORD} edited"},
    "files": {"image": picture()},
    "headers": {"Idempotency-Key": f"{WORD}-once"},
}
PUBLIC = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.test", "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "100"}


async def post(api: httpx.AsyncClient, path: str, **sent: Any) -> dict[str, Any]:
    answer = await api.post(path, **sent)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def draw(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    return await post(api, f"{API}/generate", json={"prompt": f"{WORD} Street", **fields})


async def edit(api: httpx.AsyncClient) -> dict[str, Any]:
    """An edit of a picture that was brought."""
    return await post(api, f"{API}/edit", **EDIT)


def keep_all(data: Path, job_id: str) -> None:
    """Put a word of the prompt wherever a job can keep one: a provider's refusal, a webhook's address."""
    said = json.dumps({"code": "X", "text": {"id": "plain", "params": {"text": WORD}}, "details": {}})
    with closing(sqlite3.connect(data / "studio.db")) as database, database:
        values = {"word": WORD, "said": said, "list": json.dumps([{"id": WORD, "params": {}}]), "job": job_id}
        for statement in (
            "UPDATE jobs SET webhook_url = :word, origin = :word, network = :word WHERE id = :job",
            "UPDATE jobs SET error = :said, warnings = :list WHERE id = :job",
            "UPDATE calls SET ticket = :said, error = :said, warnings = :list WHERE job_id = :job",
            "INSERT INTO webhooks (id, job_id, url, attempts, due_at, last_error, created_at) "
            "VALUES ('msg_1', :job, :word, 1, 9e12, :word, 1)",
            "INSERT INTO job_keys (job_id, sealed) VALUES (:job, :word)",
        ):
            database.execute(statement, values)


async def state(api: httpx.AsyncClient) -> dict[str, Any]:
    """What a visitor finds of theirs."""
    return {
        "jobs": [job["id"] for job in (await api.get(f"{API}/jobs")).json()["data"]["jobs"]],
        "library": [one["id"] for one in (await api.get("/visitor/library")).json()["data"]["pictures"]],
        "found": (await api.get(f"/visitor/library?q={WORD}")).json()["data"]["count"]["number"],
        "prompts": (await api.get("/visitor/prompts?task=generate")).json()["data"]["prompts"],
        "compared": len((await api.get("/visitor/comparisons")).json()["data"]["comparisons"]),
    }


async def usage(api: httpx.AsyncClient) -> dict[str, Any]:
    answer = await api.get("/api/v1/usage?from=2026-01-01&to=2029-01-01")
    total: dict[str, Any] = answer.json()["data"]["total"]
    return total


def traces(data: Path) -> list[str]:
    """Files that hold a word of the prompt, or more pictures than there should be."""
    return [
        f"{path.relative_to(data)}: {part!r}"
        for path in data.rglob("*")
        if path.is_file()
        for part in PARTS
        if part in path.read_bytes()
    ]


async def until(api: httpx.AsyncClient, job_id: str, why: str) -> None:
    """Once a job is not there, and why is said: the studio sweeps in the background when it opens."""
    while (answer := await api.get(f"{API}/jobs/{job_id}")).status_code != 404 or why not in answer.text:
        await asyncio.sleep(0.01)


async def nothing_on_disk(reopen: Reopen, data: Path, pictures: int = 0) -> None:
    """Once the bytes are gone of what was marked by an earlier process, and no word is left."""
    async with reopen():
        while len(list((data / "files").glob("??/*.*"))) > pictures:
            await asyncio.sleep(0.01)
    assert traces(data) == []


async def test_a_deleted_job_is_gone_comes_back_and_ends_for_good(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        job, edited = await draw(api), await edit(api)
        await api.put(f"{API}/files/{job['images'][0]['id']}/favourite")
        before, paid, shown = await state(api), await usage(api), (await edit(api))["id"]
        assert shown == edited["id"]
        assert traces(tmp_path)
        for one in (job, edited):
            deleted = await post(api, f"{API}/jobs/{one['id']}/delete")
            assert deleted == await post(api, f"/visitor/jobs/{one['id']}/delete")
            assert (deleted["id"], deleted["deleted"]) == (one["id"], True)
            assert deleted["restorable_until"]
        nothing = {"jobs": [], "library": [], "found": 0, "prompts": [], "compared": 0}
        assert (await state(api), await usage(api)) == (nothing, paid)
        for address in (f"jobs/{job['id']}", f"files/{job['images'][0]['id']}"):
            answer = await api.get(f"{API}/{address}")
            assert answer.status_code == 404
            assert "was deleted by its owner, who can restore it until" in answer.json()["error"]["message"]
        # A picture comes back with its job only, and a repeated request buys nothing.
        assert (await api.post(f"{API}/files/{job['images'][0]['id']}/restore")).status_code == 404
        repeated = await api.post(f"{API}/edit", **EDIT)
        assert (repeated.status_code, await usage(api)) == (404, paid)
        for one in (job, edited):
            restored = await post(api, f"{API}/jobs/{one['id']}/restore")
            assert restored == {"id": one["id"], "deleted": False, "restorable_until": None}
        assert (await state(api), await usage(api)) == (before, paid)
    keep_all(tmp_path, edited["id"])
    async with reopen() as api:
        for one in (job, edited):
            await post(api, f"{API}/jobs/{one['id']}/delete")
    clock.pass_days(1.1)
    async with reopen() as api:
        answer = await api.post(f"{API}/jobs/{job['id']}/restore")
        assert answer.status_code == 404
        await until(api, job["id"], DELETED)
        await until(api, edited["id"], DELETED)
    await nothing_on_disk(reopen, tmp_path)
    async with reopen() as api:
        assert (await state(api), await usage(api)) == (nothing, paid)
        assert (await api.post(f"{API}/jobs/{job['id']}/delete")).status_code == 404


async def test_what_other_jobs_need_stays(reopen: Reopen, clock: Clock) -> None:
    async with reopen() as api:
        first = await draw(api)
        source = f"/api/v1/image/files/{first['images'][0]['id']}"
        second = await post(api, f"{API}/edit", json={"prompt": "x", "image_url": source})
        await post(api, f"{API}/jobs/{second['id']}/delete")
    clock.pass_days(1.1)
    async with reopen() as api:
        await until(api, second["id"], DELETED)
        assert (await api.get(source)).status_code == 200
        (left,) = (await api.get(f"/visitor/library/{first['images'][0]['id']}")).json()["data"]["lineage"][
            "nodes"
        ]
        assert left["prompt"] == f"{WORD} Street"


async def test_a_comparison_goes_with_the_last_of_its_jobs(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        wish = {"prompt": f"{WORD} compared", "models": ["flux-2-pro", "imagen-4"]}
        begun = await post(api, "/visitor/comparisons", json=wish)
        jobs = (await state(api))["jobs"]
        for job in jobs:
            await ended(api, job)
        await post(api, f"{API}/jobs/{jobs[0]}/delete")
        left = (await api.get(f"/visitor/comparisons/{begun['id']}")).json()["data"]
        assert (len(left["runs"]), len(left["refused"])) == (1, 1)
        assert (await state(api))["compared"] == 1
        await post(api, f"{API}/jobs/{jobs[1]}/delete")
        assert (await state(api))["compared"] == 0
        await post(api, f"{API}/jobs/{jobs[1]}/restore")
        assert (await state(api))["compared"] == 1
        await post(api, f"{API}/jobs/{jobs[1]}/delete")
    clock.pass_days(1.1)
    async with reopen() as api:
        for job in jobs:
            await until(api, job, DELETED)
    await nothing_on_disk(reopen, tmp_path)


async def test_everything_goes_and_comes_back(reopen: Reopen, clock: Clock, tmp_path: Path) -> None:
    async with reopen(**PUBLIC) as api:
        await api.get("/visitor")
        other = httpx.AsyncClient(transport=api._transport, base_url=api.base_url)
        await other.get("/visitor")
        theirs = (await draw(other, prompt="a hill"))["id"]
        await draw(api)
        await edit(api)
        await post(api, "/visitor/comparisons", json={"prompt": WORD, "models": ["flux-2-pro", "imagen-4"]})
        for job in (await state(api))["jobs"]:
            await ended(api, job)
        before, paid = await state(api), await usage(api)
        refused = await api.delete(f"{API}/everything")
        assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (400, "confirm")
        for address in (f"{API}/everything", "/visitor/everything"):
            answer = (await api.delete(f"{address}?confirm=true")).json()["data"]
            assert (answer["jobs"], answer["pictures"]) == (4, 4)
            assert await state(api) == {"jobs": [], "library": [], "found": 0, "prompts": [], "compared": 0}
            assert await usage(api) == paid
            restored = await post(api, f"{address}/restore")
            assert restored == {"jobs": 4, "pictures": 4, "restorable_until": None}
            assert (await state(api), await usage(api)) == (before, paid)
        await api.delete(f"{API}/everything?confirm=true")
        assert (await state(other))["jobs"] == [theirs]
        cookies = api.cookies
    clock.pass_days(1.1)
    async with reopen(**PUBLIC) as api:
        api.cookies = cookies
        for job in before["jobs"]:
            await until(api, job, DELETED)
        assert await usage(api) == paid
        assert (await post(api, f"{API}/everything/restore"))["jobs"] == 0
    await nothing_on_disk(reopen, tmp_path, pictures=1)


@rows("path", ["jobs/{}/delete", "everything"])
async def test_what_is_under_way_is_refused(reopen: Reopen, slow_url: str, path: str) -> None:
    async with reopen(IMAGESTUDIO_BFL_BASE_URL=f"{slow_url}/bfl") as api:
        answer = await api.post(
            f"{API}/generate", json={"prompt": "x demo:slow"}, headers={"Prefer": "respond-async"}
        )
        job = answer.json()["data"]["id"]
        method, query = ("DELETE", "?confirm=true") if path == "everything" else ("POST", "")
        refused = await api.request(method, f"{API}/{path.format(job)}{query}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_PARAMETER")
        assert "cancel" in refused.json()["error"]["message"]
        await api.delete(f"{API}/jobs/{job}")
        assert (await api.request(method, f"{API}/{path.format(job)}{query}")).status_code == 200


async def test_a_guests_prompt_is_kept_as_long_as_its_pictures(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    days = {"IMAGESTUDIO_KEEP_DAYS": 7, **PUBLIC}
    async with reopen(**days) as api:
        await api.get("/visitor")
        old, dear = await draw(api), await draw(api, prompt="a dear one")
        await api.put(f"{API}/files/{dear['images'][0]['id']}/favourite")
        failed = await api.post(f"{API}/generate", json={"prompt": f"{WORD} demo:refuse"})
        edited = await edit(api)
        paid = await usage(api)
        cookies = api.cookies
        clock.pass_days(6)
        young = await draw(api, prompt="a young one")
    clock.pass_days(2)
    async with reopen(**days) as api:
        api.cookies = cookies
        for job_id in (old["id"], edited["id"], failed.json()["error"]["details"]["job_id"]):
            await until(api, job_id, FORGOTTEN)
        assert (await state(api))["jobs"] == [young["id"], dear["id"]]
        total = await usage(api)
        assert (total["jobs"], total["calls"]) == (paid["jobs"] + 1, paid["calls"] + 1)
        assert total["charged_usd"] == pytest.approx(paid["charged_usd"] + young["cost"]["reported_usd"])
    await nothing_on_disk(reopen, tmp_path, pictures=2)


async def test_without_a_number_of_days_it_goes_with_its_last_picture(reopen: Reopen, clock: Clock) -> None:
    async with reopen(**PUBLIC) as api:
        await api.get("/visitor")
        job, other = await draw(api), await draw(api)
        await api.delete(f"{API}/files/{job['images'][0]['id']}")
        cookies = api.cookies
    clock.pass_days(400)
    async with reopen(**PUBLIC) as api:
        api.cookies = cookies
        await until(api, job["id"], FORGOTTEN)
        assert (await state(api))["jobs"] == [other["id"]]


async def test_whom_the_host_chose_keeps_what_was_asked(reopen: Reopen, clock: Clock) -> None:
    days = {"IMAGESTUDIO_KEEP_DAYS": 7, "IMAGESTUDIO_API_KEYS": "the-long-key-of-ann"}
    async with reopen(**days) as api:
        api.headers["X-API-Key"] = "the-long-key-of-ann"
        job = await draw(api)
    clock.pass_days(8)
    async with reopen(**days) as api:
        api.headers["X-API-Key"] = "the-long-key-of-ann"
        while (await api.get(f"{API}/files/{job['images'][0]['id']}")).status_code == 200:
            await asyncio.sleep(0.01)
        assert (await state(api))["jobs"] == [job["id"]]
