"""Whatever comes in, what goes out is an answer of the contract and never a 500."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestudio.catalog import MODELS
from imagestudio.validation import FIELDS
from tests.api.conftest import API, Open

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANY_TEXT = st.text(st.characters(), max_size=40)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**30, 10**40)
    | st.floats()
    | ANY_TEXT
    | st.sampled_from(["1:1", "16:9", "1K", "auto", "base64", 256, 512, 1, 0, "\ud800", "\x00", "1e999"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3)
)
NAMES = st.sampled_from(sorted({name for names in FIELDS.values() for name in names})) | ANY_TEXT
# image_url is left to text without a host: the tests go nowhere.
FREE = st.dictionaries(NAMES.filter(lambda name: name != "image_url"), VALUES, max_size=6)
NAMED = st.fixed_dictionaries({"prompt": st.just("x") | ANY_TEXT, "model": st.sampled_from(sorted(MODELS))})
OBJECTS = st.builds(lambda named, free: free | named, NAMED, FREE) | FREE
BODIES = (
    OBJECTS.map(json.dumps).map(str.encode) | VALUES.map(json.dumps).map(str.encode) | st.binary(max_size=200)
)
KINDS = st.sampled_from(
    [
        "application/json",
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        "text/plain; charset=idna",
    ]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Prefer": st.sampled_from(["respond-async", 'a="', ",;=", "respond-async;respond-async"]),
        "Idempotency-Key": st.binary(max_size=300),
    },
)
TASKS = st.sampled_from(sorted(FIELDS))
Case = tuple[str, bytes, str, dict[str, Any]]


async def ask(api: httpx.AsyncClient, case: Case) -> None:
    task, body, kind, headers = case
    raw = [("Content-Type", kind.encode()), *((name, value) for name, value in headers.items())]
    pairs = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in raw]
    response = await api.post(f"{API}/{task}", content=body, headers=pairs)
    answer = json.loads(response.content.decode("utf-8"))
    assert response.status_code in (200, 202, 400, 409), answer
    assert set(answer) == ({"success", "data"} if response.is_success else {"error"})


async def test_no_body_makes_a_500(open_api: Open) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(TASKS, BODIES, KINDS, HEADERS))
    def cases(case: Case) -> None:
        asyncio.run_coroutine_threadsafe(ask(api, case), loop).result()

    async with open_api() as api:
        await asyncio.to_thread(cases)
