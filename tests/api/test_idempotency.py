"""Idempotency-Key: one key and one request make one job, however often and however concurrently."""

import asyncio

import httpx
import pytest

from tests.api.conftest import API, picture
from tests.jobs.conftest import Emulator

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_fifty_duplicates_at_once_make_one_job(api: httpx.AsyncClient, emulator: Emulator) -> None:
    headers = {"Idempotency-Key": "k" * 255}
    body = {"prompt": "a fox", "seed": 1}
    answers = await asyncio.gather(
        *(api.post(f"{API}/generate", json=body, headers=headers) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len({answer.json()["data"]["images"][0]["id"] for answer in answers}) == 1
    assert len(emulator.submits) == 1


async def test_the_order_of_the_fields_makes_no_other_request(api: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "order"}
    one = await api.post(f"{API}/generate", content='{"prompt": "x", "seed": 1}', headers=headers)
    other = await api.post(f"{API}/generate", content='{"seed":1,"prompt":"x"}', headers=headers)
    assert one.json() == other.json()


async def test_another_request_under_the_same_key_is_a_conflict(
    api: httpx.AsyncClient, emulator: Emulator
) -> None:
    headers = {"Idempotency-Key": "conflict"}
    first = await api.post(f"{API}/generate", json={"prompt": "x"}, headers=headers)
    for task, body in [("generate", {"prompt": "y"}), ("generate", {"prompt": "x", "seed": 1}), ("edit", {})]:
        response = await api.post(f"{API}/{task}", json=body, headers=headers)
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (409, "IDEMPOTENCY_CONFLICT")
        assert error["details"] == {"field": "Idempotency-Key", "job_id": first.json()["data"]["id"]}
    assert len(emulator.submits) == 1


async def test_an_upload_counts_as_part_of_the_request(api: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "upload"}

    async def send(data: bytes) -> httpx.Response:
        return await api.post(f"{API}/edit", data={"prompt": "x"}, files={"image": data}, headers=headers)

    first, same, other = await send(picture()), await send(picture()), await send(picture(96))
    assert first.json()["data"]["id"] == same.json()["data"]["id"]
    assert other.status_code == 409


async def test_a_refused_request_does_not_use_up_its_key(api: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "refused"}
    assert (await api.post(f"{API}/generate", json={"prompt": ""}, headers=headers)).status_code == 400
    assert (await api.post(f"{API}/generate", json={"prompt": "x"}, headers=headers)).status_code == 200
