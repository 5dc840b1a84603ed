"""Whatever comes in, what goes out is an answer of the contract and never a 500."""

import asyncio
import json
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestudio.catalog import MODELS
from imagestudio.catalog.validation import FIELDS
from tests.api.asking import Ask, Asker
from tests.api.conftest import API, Open, picture

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


@pytest.mark.slow
async def test_no_body_makes_a_500(open_api: Open) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(TASKS, BODIES, KINDS, HEADERS))
    def cases(case: Case) -> None:
        asyncio.run_coroutine_threadsafe(ask(api, case), loop).result()

    async with open_api() as api:
        await asyncio.to_thread(cases)


REQUESTS, AT_ONCE = 1000, 8


async def known_ids(api: httpx.AsyncClient) -> dict[str, list[str]]:
    """Of what there is in a studio that was used."""
    answers = [await api.post(f"{API}/generate", json={"prompt": f"fox {n}"}) for n in range(10)]
    edit = {"prompt": "winter", "model": "flux-kontext"}
    answers += [await api.post(f"{API}/edit", data=edit, files={"image": picture()})]
    jobs = [answer.json()["data"] for answer in answers]
    files = [job["images"][0] for job in jobs]
    shared = [(await api.post(f"{API}/files/{file['id']}/share")).json()["data"]["url"] for file in files]
    return {
        "job_id": [job["id"] for job in jobs],
        "file_id": [file["id"] for file in files],
        "token": [url.rpartition("/")[2] for url in shared],
        "image_url": [file["url"] for file in files],
        "webhook_url": [],
    }


async def check(api: httpx.AsyncClient, ask: Ask) -> None:
    headers = [(name.encode(), value.encode()) for name, value in ask.headers.items()]
    answer = await api.request(ask.method, ask.path, content=ask.content, headers=headers)
    assert answer.status_code in ask.statuses, (ask, answer.text)
    assert answer.status_code < 500, (ask, answer.text)
    if answer.is_error and ask.method != "HEAD" and answer.status_code != 416:
        assert set(answer.json()) == {"error"}, ask
        assert set(answer.json()["error"]) == {"code", "message", "details"}, ask


@pytest.mark.slow
async def test_no_request_that_the_reference_suggests_makes_a_500(open_api: Open) -> None:
    async with open_api() as api:
        document = (await api.get("/openapi.json")).json()
        asks = list(Asker(document, Random(4), await known_ids(api)).asks(REQUESTS))
        assert len({(ask.method, ask.path.partition("?")[0]) for ask in asks}) > 100
        waiting = iter(asks)

        async def one_after_the_other() -> None:
            for ask in waiting:
                await check(api, ask)

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
