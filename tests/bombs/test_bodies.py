"""Bodies of many values, many at once: the server does not hold them all."""

import asyncio

import httpx
import pytest

from tests.bombs.conftest import API, Unharmed

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

AT_ONCE = 10
BODY = b'{"prompt":[' + b"{}," * 10_000_000 + b"{}]}"


async def test_large_bodies_wait_for_their_turn_on_disk(api: httpx.AsyncClient, unharmed: Unharmed) -> None:
    headers = {"Content-Type": "application/json"}
    async with unharmed():
        answers = await asyncio.gather(
            *(api.post(f"{API}/edit", content=BODY, headers=headers) for _ in range(AT_ONCE))
        )
    assert {answer.status_code for answer in answers} == {413}
