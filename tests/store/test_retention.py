"""What is kept how long, what goes first when there is no room, and what the database lets go of."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select, update

from imagestudio.store.database import Database, database_url
from imagestudio.store.tables import idempotency_keys, jobs, webhooks
from tests.api.conftest import API, ended, picture
from tests.reopening import Clock, Reopen

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILES = f"{API}/files"
RUN = {"json": {"prompt": "x"}, "headers": {"Idempotency-Key": "once"}}
Tables = tuple[list[str], list[str]]


async def made(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A job with its pictures."""
    job: dict[str, Any] = (await api.post(f"{API}/generate", json={"prompt": "x", **fields})).json()["data"]
    return job


def on_disk(data: Path) -> set[str]:
    """Ids of the files that lie there."""
    return {path.stem for path in (data / "files").glob("??/*.*")}


async def message(api: httpx.AsyncClient, file_id: str) -> str:
    answer = await api.get(f"{FILES}/{file_id}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NOT_FOUND"
    text: str = answer.json()["error"]["message"]
    return text


async def test_old_pictures_go_and_favourites_stay(reopen: Reopen, clock: Clock, tmp_path: Path) -> None:
    days = {"IMAGESTUDIO_KEEP_DAYS": 30}
    async with reopen(**days) as api:
        old, dear = await made(api), await made(api)
        dear_id, old_id = dear["images"][0]["id"], old["images"][0]["id"]
        assert (await api.get(f"{FILES}/{old_id}/thumbnail")).status_code == 200
        assert (await api.put(f"{FILES}/{dear_id}/favourite")).status_code == 200
        clock.pass_days(20)
        young = await made(api)
    clock.pass_days(11)
    async with reopen(**days) as api:
        await swept(api, old_id)
        why = "as old as this studio keeps pictures. Its job and what it cost are kept."
        assert await message(api, old_id) == f"This picture was deleted after 31 days, {why}"
        job = (await api.get(f"{API}/jobs/{old['id']}")).json()["data"]
        assert job == {**old, "images": [], "warnings": [f"This picture was deleted after 31 days, {why}"]}
        for kept in (dear_id, young["images"][0]["id"]):
            assert (await api.get(f"{FILES}/{kept}")).status_code == 200
        usage = (await api.get("/api/v1/usage?from=2026-01-01")).json()["data"]["total"]
        assert (usage["jobs"], usage["images"]) == (3, 3)
    await until_only(reopen, tmp_path, {dear_id, young["images"][0]["id"]})
    assert not list((tmp_path / "files" / "thumbnails").rglob(f"{old_id}*"))


async def swept(api: httpx.AsyncClient, file_id: str) -> None:
    """Once a file is gone: the studio sweeps in the background when it opens."""
    while (await api.get(f"{FILES}/{file_id}")).status_code == 200:
        await asyncio.sleep(0.02)


async def until_only(reopen: Reopen, data: Path, ids: set[str]) -> None:
    """Once only these lie on the disk: what was marked as gone is removed the next time."""
    async with reopen():
        while on_disk(data) != ids:
            await asyncio.sleep(0.01)


async def test_inline_answers_leave_out_what_is_gone(reopen: Reopen) -> None:
    async with reopen() as api:
        job = await made(api, model="imagen-4-fast", num_images=2)
        first, second = (image["id"] for image in job["images"])
        assert (await api.delete(f"{FILES}/{first}")).status_code == 200
        shown = (await api.get(f"{API}/jobs/{job['id']}")).json()["data"]
        assert [image["id"] for image in shown["images"]] == [second]


async def test_over_the_quota_the_oldest_go(reopen: Reopen, clock: Clock, tmp_path: Path) -> None:
    async with reopen() as api:
        ids = []
        for _ in range(6):
            clock.now += 60
            ids.append((await made(api))["images"][0])
        await api.put(f"{FILES}/{ids[0]['id']}/favourite")
    size = ids[0]["bytes"]
    async with reopen(IMAGESTUDIO_DISK_QUOTA_MB=3.5 * size / 1e6) as api:
        await swept(api, ids[3]["id"])
        newer = await made(api)
        clock.now += 60
        second = await made(api)
        assert await message(api, ids[3]["id"]) == (
            "This picture was deleted after less than a day, to make room for newer ones. "
            "Its job and what it cost are kept."
        )
    kept = {ids[0]["id"], ids[5]["id"], newer["images"][0]["id"], second["images"][0]["id"]}
    await until_only(reopen, tmp_path, kept)


async def test_full_of_favourites_nothing_is_sent(reopen: Reopen, clock: Clock) -> None:
    async with reopen() as api:
        ids = [(await made(api))["images"][0] for _ in range(3)]
        for image in ids:
            await api.put(f"{FILES}/{image['id']}/favourite")
    async with reopen(IMAGESTUDIO_DISK_QUOTA_MB=2.5 * ids[0]["bytes"] / 1e6) as api:
        answer = await api.post(f"{API}/generate", json={"prompt": "y"})
        assert answer.status_code == 503
        assert answer.json()["error"] == {
            "code": "MODEL_UNAVAILABLE",
            "message": "There is no room for further pictures: favourites take all of the space. Nothing was "
            "sent. Delete pictures, or take them off the favourites, and run it again.",
            "details": {"reason": "storage_full", "charged": "no"},
        }
        assert len((await api.get(f"{API}/jobs")).json()["data"]["jobs"]) == 3
        assert all([(await api.get(f"{FILES}/{image['id']}")).status_code == 200 for image in ids])
        # A picture that was deleted makes room at once, before its day is over.
        assert (await api.delete(f"{FILES}/{ids[0]['id']}")).status_code == 200
        clock.now += 10
        assert (await api.post(f"{API}/generate", json={"prompt": "y"})).status_code == 200
        assert (await api.post(f"{FILES}/{ids[0]['id']}/restore")).status_code == 404


async def test_what_a_running_job_edits_is_not_taken_from_it(
    reopen: Reopen, clock: Clock, slow_url: str, tmp_path: Path
) -> None:
    slow = {"IMAGESTUDIO_FAL_BASE_URL": f"{slow_url}/fal", "IMAGESTUDIO_KEEP_DAYS": 1}
    async with reopen(**slow) as api:
        source = (await made(api))["images"][0]["id"]
        other = (await made(api))["images"][0]["id"]
        edit = {"prompt": "x demo:slow", "image_url": f"{FILES}/{source}"}
        job = (await api.post(f"{API}/edit", json=edit, headers={"Prefer": "respond-async"})).json()["data"]
        clock.pass_days(2)
    async with reopen(**slow) as api:
        await swept(api, other)
        assert (await api.get(f"{FILES}/{source}")).status_code == 200
        assert (await api.delete(f"{API}/jobs/{job['id']}")).status_code == 200
        assert (await ended(api, job["id"]))["status"] in ("canceled", "succeeded")


async def test_a_picture_that_no_job_came_for_goes_after_a_day(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        job = (await api.post(f"{API}/edit", data={"prompt": "x"}, files={"image": picture()})).json()["data"]
        made_of_it = {image["id"] for image in job["images"]}
    (left,) = on_disk(tmp_path) - made_of_it
    # As after a process that was killed between the picture and its job.
    database = Database(database_url(None, tmp_path))
    await database.write(lambda connection: connection.execute(update(jobs).values(input_file=None)).rowcount)
    await database.close()
    clock.pass_days(0.9)
    async with reopen() as api:
        assert (await api.get(f"{FILES}/{left}")).status_code == 200
    clock.pass_days(0.2)
    async with reopen() as api:
        await swept(api, left)
    await until_only(reopen, tmp_path, made_of_it)


async def test_a_deleted_picture_comes_back_within_a_day_and_not_after(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        job = await made(api)
        file_id = job["images"][0]["id"]
        state = {"id": file_id, "job_id": job["id"], "favourite": False}
        gone = state | {"deleted": True, "restorable_until": "2027-01-16T08:00:00.000Z"}
        there = state | {"deleted": False, "restorable_until": None}
        for _ in range(2):
            answer = await api.delete(f"{FILES}/{file_id}")
            assert answer.json() == {"success": True, "data": gone}
        assert await message(api, file_id) == (
            "This picture was deleted by its owner, who can restore it until 2027-01-16 08:00 UTC."
        )
        assert (await api.put(f"{FILES}/{file_id}/favourite")).status_code == 404
        edit = await api.post(f"{API}/edit", json={"prompt": "x", "image_url": f"{FILES}/{file_id}"})
        assert (edit.status_code, edit.json()["error"]["code"]) == (400, "INVALID_IMAGE")
        for _ in range(2):
            answer = await api.post(f"{FILES}/{file_id}/restore")
            assert answer.json() == {"success": True, "data": there}
        assert (await api.get(f"{FILES}/{file_id}")).status_code == 200
        await api.delete(f"{FILES}/{file_id}")
        clock.pass_days(1.01)
        assert (await api.post(f"{FILES}/{file_id}/restore")).status_code == 404
        assert on_disk(tmp_path) == {file_id}
    async with reopen() as api:
        while "by its owner. Its job" not in (why := await message(api, file_id)):
            await asyncio.sleep(0.01)
    assert why.startswith("This picture was deleted after less than a day, by its owner. Its job")
    await until_only(reopen, tmp_path, set())


async def test_favourites_are_marked_and_unmarked(reopen: Reopen) -> None:
    async with reopen() as api:
        job = await made(api)
        file_id = job["images"][0]["id"]
        state = {"id": file_id, "job_id": job["id"], "deleted": False, "restorable_until": None}
        for method, on in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
            answer = await api.request(method, f"{FILES}/{file_id}/favourite")
            assert answer.json() == {"success": True, "data": state | {"favourite": on}}


async def test_guests_go_first_and_each_has_a_share(reopen: Reopen, clock: Clock, tmp_path: Path) -> None:
    public = {
        "IMAGESTUDIO_PUBLIC_URL": "https://studio.example.com",
        "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 100,
        "IMAGESTUDIO_VISITOR_QUOTA_MB": 0,
    }
    async with reopen(**public) as ann:
        first = [(await made(ann))["images"][0] for _ in range(4)]
        cookies = httpx.Cookies(ann.cookies)
        ann.cookies.clear()
        second = [(await made(ann))["images"][0] for _ in range(2)]
    limits = public | {"IMAGESTUDIO_VISITOR_QUOTA_MB": 2.5 * first[0]["bytes"] / 1e6}
    async with reopen(**limits) as ann:
        ann.cookies = cookies
        await swept(ann, first[1]["id"])
    await until_only(reopen, tmp_path, {image["id"] for image in (*first[2:], *second)})


async def tables(data: Path, change: Any = None) -> Tables:
    """The keys and the messages that are there, after a change."""

    def look(connection: Connection) -> Tables:
        if change is not None:
            connection.execute(change)
        kept = connection.execute(select(idempotency_keys.c.key).order_by(idempotency_keys.c.key)).scalars()
        return list(kept), list(connection.execute(select(webhooks.c.id).order_by(webhooks.c.id)).scalars())

    database = Database(database_url(None, data))
    try:
        return await database.write(look)
    finally:
        await database.close()


async def until(data: Path, wanted: Tables) -> None:
    while await tables(data) != wanted:
        await asyncio.sleep(0.01)


async def test_a_key_is_kept_for_a_week_and_its_job_for_ever(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        first = (await api.post(f"{API}/generate", **RUN)).json()["data"]
        clock.pass_days(6.9)
    async with reopen() as api:
        assert (await api.post(f"{API}/generate", **RUN)).json()["data"]["id"] == first["id"]
    clock.pass_days(0.2)
    async with reopen() as api:
        await until(tmp_path, ([], []))
        again = (await api.post(f"{API}/generate", **RUN)).json()["data"]
        assert again["id"] != first["id"]
        assert (await api.get(f"{API}/jobs/{first['id']}")).json()["data"] == first


async def test_the_key_of_a_job_that_has_not_ended_stays(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        for key in ("ended", "going on"):
            answer = await api.post(f"{API}/generate", json={"prompt": key}, headers={"Idempotency-Key": key})
            assert answer.status_code == 200
    # Of a payer whose means are not here: nobody takes it up.
    waiting = update(jobs).where(jobs.c.prompt == "going on").values(status="queued", payer="nobody")
    await tables(tmp_path, waiting)
    clock.pass_days(8)
    async with reopen(IMAGESTUDIO_SANDBOX="off"):
        await until(tmp_path, (["going on"], []))


async def test_messages_go_after_a_month_but_a_job_tells_its_latest_for_ever(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        job = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]["id"]
    url = "https://x.example"
    await tables(tmp_path, update(jobs).where(jobs.c.id == job).values(webhook_url=url))
    for name, days, arrived in (
        ("msg_1", 0, True),
        ("msg_2", 1, False),
        ("msg_3", 20, True),
        ("msg_4", 21, True),
    ):
        at = clock.now + days * 24 * 3600
        row = {"id": name, "job_id": job, "url": url, "attempts": days, "created_at": at}
        await tables(tmp_path, webhooks.insert().values(**row, delivered_at=at if arrived else None))
    clock.pass_days(32)
    async with reopen():
        await until(tmp_path, ([], ["msg_3", "msg_4"]))
    clock.pass_days(32)
    async with reopen() as api:
        await until(tmp_path, ([], ["msg_4"]))
        told = (await api.get(f"{API}/jobs/{job}")).json()["data"]["webhook"]
    assert (told["attempts"], told["next_at"]) == (21, None)
    assert told["delivered_at"]
