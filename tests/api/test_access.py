"""Keys of the studio, and what is open without one."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.api.conftest import API, Open
from tests.jobs.conftest import Emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLS = [
    ("POST", f"{API}/generate"),
    ("POST", f"{API}/edit"),
    ("GET", f"{API}/models"),
    ("GET", f"{API}/jobs"),
    ("GET", f"{API}/jobs/{'0' * 32}"),
    ("DELETE", f"{API}/jobs/{'0' * 32}"),
    ("GET", f"{API}/files/{'0' * 32}"),
    ("HEAD", f"{API}/files/{'0' * 32}"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def locked(open_api: Open) -> AsyncIterator[httpx.AsyncClient]:
    async with open_api(IMAGESTUDIO_API_KEYS="first-key, schlüssel") as client:
        yield client


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_call_needs_a_key(
    locked: httpx.AsyncClient, emulator: Emulator, method: str, path: str
) -> None:
    none = await locked.request(method, path, json={"prompt": "x"})
    wrong = await locked.request(method, path, json={"prompt": "x"}, headers={"X-API-Key": "first-ke"})
    for response, code in [(none, "UNAUTHORIZED"), (wrong, "INVALID_API_KEY")]:
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert method == "HEAD" or response.json()["error"]["code"] == code
    assert "first-ke" not in wrong.text
    assert emulator.requests == []


@rows(
    "headers",
    [
        {"Authorization": "Bearer first-key"},
        {"Authorization": "bearer  first-key"},
        {"X-API-Key": "first-key"},
        {"X-API-Key": "schlüssel".encode()},
        {"Authorization": "Basic Zm9v", "X-API-Key": "first-key"},
    ],
)
async def test_a_key_opens(locked: httpx.AsyncClient, headers: dict[str, str | bytes]) -> None:
    given = [(name, value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()]
    raw = [(name.encode(), value) for name, value in given]
    assert (await locked.get(f"{API}/models", headers=raw)).status_code == 200


@rows("value", ["Bearer", "Bearer ", "Basic Zm9v", "first-key", ""])
async def test_what_is_no_bearer_token_is_no_key(locked: httpx.AsyncClient, value: str) -> None:
    response = await locked.get(f"{API}/models", headers={"Authorization": value})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHORIZED")


async def test_a_key_is_asked_for_before_the_body_is_read(locked: httpx.AsyncClient) -> None:
    response = await locked.post(f"{API}/generate", content=b"not json")
    assert response.status_code == 401


@rows("path", ["/api/health", "/docs", "/openapi.json"])
async def test_health_and_reference_are_open(locked: httpx.AsyncClient, path: str) -> None:
    assert (await locked.get(path)).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_foreign_page_cannot_spend(api: httpx.AsyncClient, emulator: Emulator, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Content-Type": "text/plain"}
    response = await api.post(f"{API}/generate", content=b'{"prompt": "x"}', headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert emulator.requests == []
    assert (await api.get(f"{API}/models", headers=headers)).status_code == 200


async def test_our_own_page_and_programs_can(api: httpx.AsyncClient) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}):
        response = await api.post(f"{API}/generate", json={"prompt": "x"}, headers=headers)
        assert response.status_code == 200


async def test_a_key_lets_foreign_programs_in(locked: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "X-API-Key": "first-key"}
    assert (await locked.post(f"{API}/generate", json={"prompt": "x"}, headers=headers)).status_code == 200


async def test_no_other_origin_may_read(api: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://example.com"}
    preflight = await api.options(
        f"{API}/generate", headers=origin | {"Access-Control-Request-Method": "POST"}
    )
    plain = await api.get(f"{API}/models", headers=origin)
    for response in (preflight, plain):
        assert "access-control-allow-origin" not in response.headers
