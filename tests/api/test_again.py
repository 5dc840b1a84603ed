"""Looking again and running again over REST."""

import asyncio

import httpx
import pytest

from tests.api.conftest import API, ORIGIN, Open, ended, picture
from tests.jobs.conftest import Emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"width": 256, "height": 256}


async def failed(api: httpx.AsyncClient, prompt: str = "x demo:fail", **fields: object) -> str:
    response = await api.post(f"{API}/generate", json={"prompt": prompt, **fields})
    job_id: str = response.json()["error"]["details"]["job_id"]
    return job_id


async def test_looking_again_answers_as_generate_does(api: httpx.AsyncClient, emulator: Emulator) -> None:
    job_id = await failed(api)
    job = (await api.get(f"{API}/jobs/{job_id}")).json()["data"]
    assert job["offers"] == ["look_again", "run_again"]
    again = await api.post(f"{API}/jobs/{job_id}/look-again")
    error = again.json()["error"]
    assert (again.status_code, error["code"], error["details"]["job_id"]) == (502, "PROVIDER_ERROR", job_id)
    at_once = await api.post(f"{API}/jobs/{job_id}/look-again", headers={"Prefer": "respond-async"})
    assert at_once.status_code == 202
    assert at_once.headers["location"] == f"{ORIGIN}{API}/jobs/{job_id}"
    assert at_once.headers["preference-applied"] == "respond-async"
    assert at_once.json()["data"]["id"] == job_id
    assert (await ended(api, job_id))["status"] == "failed"
    assert len(emulator.submits) == 1


async def test_a_picture_that_came_late_is_found(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_JOB_TIMEOUT_S="0.1") as api:
        # About a second at the provider: each look lasts two.
        response = await api.post(f"{API}/generate", json={"prompt": "x", "model": "recraft-v4", **SMALL})
        while response.status_code == 504:
            job_id = response.json()["error"]["details"]["job_id"]
            response = await api.post(f"{API}/jobs/{job_id}/look-again")
    job = response.json()["data"]
    assert (response.status_code, job["status"], len(job["images"])) == (200, "succeeded", 1)
    assert (job["error"], job["offers"]) == (None, [])


async def test_running_again_is_a_new_job_that_names_the_old(
    api: httpx.AsyncClient, emulator: Emulator
) -> None:
    old = (await api.post(f"{API}/generate", json={"prompt": "x", "seed": 7, **SMALL})).json()["data"]
    response = await api.post(f"{API}/jobs/{old['id']}/run-again")
    new = response.json()["data"]
    assert (response.status_code, new["status"], new["replaces"]) == (200, "succeeded", old["id"])
    assert new["asked"] == {**old["asked"], "model": "flux-2-pro", "replaces": old["id"]}
    assert new["sent"] == old["sent"]
    assert (await api.get(f"{API}/jobs/{old['id']}")).json()["data"] == old
    first, second = emulator.submits
    assert first.body == second.body


async def test_an_edit_is_run_again_with_its_picture(api: httpx.AsyncClient, emulator: Emulator) -> None:
    form = {"prompt": "winter", "model": "flux-kontext"}
    old = (await api.post(f"{API}/edit", data=form, files={"image": picture()})).json()["data"]
    new = (await api.post(f"{API}/jobs/{old['id']}/run-again")).json()["data"]
    assert new["status"] == "succeeded"
    assert new["asked"] == {**form, "image_url": old["asked"]["image"], "replaces": old["id"]}
    first, second = emulator.submits
    assert first.body == second.body


async def test_a_long_prompt_is_run_again_whole(api: httpx.AsyncClient, emulator: Emulator) -> None:
    prompt = "a fox " * 1000 + "demo:fail"
    job_id = await failed(api, prompt, **SMALL)
    assert (await api.post(f"{API}/jobs/{job_id}/run-again")).status_code == 502
    assert [submit.body["prompt"] for submit in emulator.submits] == [prompt, prompt]


async def test_a_key_makes_running_again_safe_to_repeat(api: httpx.AsyncClient, emulator: Emulator) -> None:
    job_id, other = await failed(api), await failed(api)
    address, headers = f"{API}/jobs/{job_id}/run-again", {"Idempotency-Key": "again"}
    answers = await asyncio.gather(*(api.post(address, headers=headers) for _ in range(20)))
    assert len({answer.json()["error"]["details"]["job_id"] for answer in answers}) == 1
    assert len(emulator.submits) == 3
    conflict = await api.post(f"{API}/jobs/{other}/run-again", headers=headers)
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    await api.post(address)
    assert len(emulator.submits) == 4


async def test_an_uncertain_job_says_what_can_be_done(api: httpx.AsyncClient) -> None:
    response = await api.post(f"{API}/generate", json={"prompt": "x demo:drop"})
    error = response.json()["error"]
    assert error["details"] | {"job_id": ""} == {"charged": "unknown", "offers": ["run_again"], "job_id": ""}
    assert "run again as a new job" in error["message"]
    refused = await api.post(f"{API}/jobs/{error['details']['job_id']}/look-again")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_PARAMETER")
    assert refused.json()["error"]["details"]["field"] == "job_id"


async def test_a_job_that_goes_on_is_not_run_twice(slow_api: httpx.AsyncClient) -> None:
    headers = {"Prefer": "respond-async"}
    body = {"prompt": "x demo:slow", **SMALL}
    job = (await slow_api.post(f"{API}/generate", json=body, headers=headers)).json()["data"]
    refused = await slow_api.post(f"{API}/jobs/{job['id']}/run-again")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_PARAMETER")
    await slow_api.delete(f"{API}/jobs/{job['id']}")


@rows("way", ["look-again", "run-again"])
async def test_unknown_jobs_and_foreign_pages(api: httpx.AsyncClient, way: str) -> None:
    unknown = await api.post(f"{API}/jobs/{'0' * 32}/{way}")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "NOT_FOUND")
    foreign = await api.post(f"{API}/jobs/{'0' * 32}/{way}", headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (403, "FORBIDDEN")
    wrong = await api.get(f"{API}/jobs/{'0' * 32}/{way}")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
