"""Reading, paging and canceling jobs."""

from typing import Any

import httpx
import pytest

from tests.api.asking import DATA_URI
from tests.api.conftest import API, ORIGIN, Open, ended
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(api: httpx.AsyncClient, prompt: str, **fields: Any) -> dict[str, Any]:
    response = await api.post(f"{API}/generate", json={"prompt": prompt, **fields})
    job: dict[str, Any] = response.json()["data"]
    return job


async def page(api: httpx.AsyncClient, query: str) -> tuple[list[str], str | None]:
    data = (await api.get(f"{API}/jobs{query}")).json()["data"]
    assert sorted(data) == ["jobs", "next_before"]
    return [job["asked"]["prompt"] for job in data["jobs"]], data["next_before"]


async def test_pages_go_from_the_newest_to_the_oldest_and_miss_nothing(open_api: Open) -> None:
    async with open_api() as api:
        jobs = [await made(api, str(number)) for number in range(5)]
        assert await page(api, "?limit=2") == (["4", "3"], jobs[3]["id"])
        await made(api, "newer")
        assert await page(api, f"?limit=2&before={jobs[3]['id']}") == (["2", "1"], jobs[1]["id"])
        assert await page(api, f"?limit=2&before={jobs[1]['id']}") == (["0"], None)
        assert await page(api, f"?before={jobs[0]['id']}") == ([], None)
        assert await page(api, "") == (["newer", "4", "3", "2", "1", "0"], None)
        assert await page(api, "?limit=6") == (["newer", "4", "3", "2", "1", "0"], None)


async def test_jobs_are_found_by_how_they_stand_of_what_and_when(open_api: Open) -> None:
    async with open_api() as api:
        await made(api, "one", model="sd-3.5")
        await api.post(f"{API}/generate", json={"prompt": "two demo:refuse"})
        edit = {"prompt": "three", "image_url": DATA_URI}
        assert (await api.post(f"{API}/edit", json=edit)).status_code == 200
        four = await made(api, "four", model="sd-3.5")
        for query, prompts in (
            ("?status=failed", ["two demo:refuse"]),
            ("?status=succeeded", ["four", "three", "one"]),
            ("?status=running", []),
            ("?model=sd-3.5", ["four", "one"]),
            ("?task=edit", ["three"]),
            ("?status=succeeded&task=generate&model=sd-3.5", ["four", "one"]),
            (f"?model=sd-3.5&before={four['id']}", ["one"]),
            (f"?from={four['created_at']}", ["four"]),
            (f"?to={four['created_at']}", ["three", "two demo:refuse", "one"]),
            ("?to=2020-01-01", []),
        ):
            assert await page(api, query) == (prompts, None), query
        (first,), more = await page(api, "?model=sd-3.5&limit=1")
        assert (first, more) == ("four", four["id"])


async def test_a_page_names_the_pictures_of_every_provider(api: httpx.AsyncClient) -> None:
    inline = await made(api, "x", model="imagen-4-fast")
    (job,) = (await api.get(f"{API}/jobs?limit=1")).json()["data"]["jobs"]
    (image,) = inline["images"]
    del image["base64"]
    assert job == inline | {"images": [image | {"url": f"{ORIGIN}{API}/files/{image['id']}"}]}


@rows(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=%D9%A3", "limit"),
        (f"limit={'9' * 5000}", "limit"),
        ("before=", "before"),
        ("before=nope", "before"),
        ("before=' or 1=1", "before"),
        (f"before={'0' * 33}", "before"),
        ("status=failed,canceled", "status"),
        ("model=flux", "model"),
        ("task=draw", "task"),
        ("from=monday", "from"),
        ("limit=1&limit=2", "limit"),
    ],
)
async def test_a_wrong_page_is_refused(api: httpx.AsyncClient, query: str, field: str) -> None:
    response = await api.get(f"{API}/jobs?{query}")
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["details"]["field"]) == (
        400,
        "INVALID_PARAMETER",
        field,
    )


@rows("method", ["GET", "DELETE"])
@rows("job_id", ["0" * 32, "nope", "%00", "%FF", "..%2F..%2Fetc", "x" * 5000])
async def test_an_unknown_job_is_not_found(api: httpx.AsyncClient, method: str, job_id: str) -> None:
    response = await api.request(method, f"{API}/jobs/{job_id}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")


async def test_canceling_says_what_it_means_for_money(slow_api: httpx.AsyncClient) -> None:
    body = {"prompt": "x demo:slow", "model": "recraft-v4"}
    asked = await slow_api.post(f"{API}/generate", json=body, headers={"Prefer": "respond-async"})
    canceled = await slow_api.delete(f"{API}/jobs/{asked.json()['data']['id']}")
    assert canceled.status_code == 200
    assert canceled.json()["success"]
    assert canceled.json()["data"]["status"] == "canceled"
    assert canceled.json()["data"]["cost"]["charged"] in ("no", "unknown")


async def test_an_ended_job_stays_as_it_ended(api: httpx.AsyncClient) -> None:
    job = await made(api, "x")
    canceled = await api.delete(f"{API}/jobs/{job['id']}")
    assert canceled.json()["data"] == job == await ended(api, job["id"])
