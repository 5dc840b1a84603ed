"""Requests a minute: by owner, by API key, by address; what is left is said on every answer."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from imagestudio.access.rate_limit import PER_ADDRESS, Allowance, RateLimiter
from imagestudio.core.visitor import NOBODY, Caps, Visitor
from tests.api.conftest import API, Open
from tests.jobs.conftest import Emulator
from tests.reopening import Clock

ANN, BOB = Visitor("session:ann", "session"), Visitor("session:bob", "session")
HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


def limited(response: httpx.Response) -> tuple[str, ...]:
    return tuple(response.headers.get(name, "") for name in HEADERS)


def taken(rates: RateLimiter, visitor: Visitor, times: int, address: str | None = None) -> int:
    allowances = [rates.take(visitor, address) for _ in range(times)]
    return sum(1 for allowance in allowances if allowance and not allowance.refused)


def test_no_sixty_seconds_hold_more_than_the_limit(clock: Clock) -> None:
    rates = RateLimiter(3, clock)
    moments = []
    for _ in range(600):
        clock.now += 0.5
        if (allowance := rates.take(ANN, None)) and not allowance.refused:
            moments.append(clock.now)
    assert len(moments) == 15
    assert all(later - earlier >= 60 for earlier, later in zip(moments, moments[3:], strict=False))


def test_what_is_left_is_counted_down_and_comes_back(clock: Clock) -> None:
    rates = RateLimiter(2, clock)
    assert rates.take(ANN, None) == Allowance(2, 1, 60.0)
    clock.now += 20
    assert rates.take(ANN, None) == Allowance(2, 0, 40.0)
    assert rates.take(ANN, None) == Allowance(2, 0, 40.0, refused=True)
    assert rates.take(BOB, None) == Allowance(2, 1, 60.0)
    clock.now += 40
    assert rates.take(ANN, None) == Allowance(2, 0, 20.0)


def test_no_wait_is_longer_than_the_minute_that_is_counted(clock: Clock) -> None:
    """The nearest numbers to tenths of a second don't add up."""
    rates = RateLimiter(1, clock)
    for number in range(200):
        clock.now = 1000 + number * 60.7
        allowance = rates.take(ANN, None)
        assert allowance
        assert 0 < int(allowance.headers()["X-RateLimit-Reset"]) <= 60


def test_without_a_limit_nothing_is_counted(clock: Clock) -> None:
    assert RateLimiter(None, clock).take(ANN, "192.0.2.1") is None


@pytest.mark.parametrize(("own", "most"), [(2, 2), (50, 50), (None, 10)])
def test_a_limit_of_ones_own_wins(clock: Clock, own: int | None, most: int) -> None:
    holder = Visitor("key:1", "key", trusted=True, caps=Caps(requests_per_minute=own))
    assert taken(RateLimiter(10, clock), holder, 60, "192.0.2.1") == most


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_new_cookies_give_no_new_limit(clock: Clock, one: str, other: str, same: bool) -> None:
    rates = RateLimiter(10, clock)
    crowd = [Visitor(f"session:{number}", "session") for number in range(20)]
    assert sum(taken(rates, visitor, 10, one) for visitor in crowd) == 10 * PER_ADDRESS
    assert taken(rates, ANN, 1, other) == (0 if same else 1)
    assert taken(rates, Visitor("key:1", "key", trusted=True), 5, one) == 5


def test_guesses_of_keys_are_counted_by_address(clock: Clock) -> None:
    rates = RateLimiter(10, clock)
    assert taken(rates, NOBODY, 100, "192.0.2.1") == 10 * PER_ADDRESS
    assert taken(rates, NOBODY, 1, "192.0.2.2") == 1


def test_whoever_has_gone_is_forgotten(clock: Clock) -> None:
    rates = RateLimiter(10, clock)
    for number in range(1000):
        rates.take(Visitor(f"session:{number}", "session"), None)
    clock.now += 61
    rates.take(ANN, None)
    assert len(rates._calls) == 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keyed(open_api: Open) -> AsyncIterator[httpx.AsyncClient]:
    keys = "first-key-of-ann,second-key-of-bob"
    async with open_api(IMAGESTUDIO_API_KEYS=keys, IMAGESTUDIO_REQUESTS_PER_MINUTE=4) as client:
        yield client


@pytest.mark.asyncio(loop_scope="module")
async def test_every_answer_says_what_is_left_refusals_included(open_api: Open) -> None:
    calls = [
        ("GET", f"{API}/models", {}, 200),
        ("POST", f"{API}/generate", {"json": {"prompt": "x"}}, 200),
        ("POST", f"{API}/generate", {"json": {"prompt": "x"}, "headers": {"Prefer": "respond-async"}}, 202),
        ("POST", f"{API}/generate", {"content": b"no json"}, 400),
        ("POST", f"{API}/generate", {"headers": {"X-API-Key": "wrong"}}, 401),
        ("POST", f"{API}/generate", {"headers": {"X-API-Key": ""}}, 401),
        ("POST", f"{API}/jobs/{'0' * 32}/run-again", {"content": b" " * 2**20 + b"  "}, 413),
        ("GET", f"{API}/jobs/{'0' * 32}", {}, 404),
        ("GET", "/api/v1/nothing", {}, 404),
        ("PATCH", f"{API}/models", {}, 405),
        ("POST", f"{API}/generate", {"json": {"prompt": "x demo:refuse"}}, 422),
    ]
    async with open_api(IMAGESTUDIO_API_KEYS="first-key", IMAGESTUDIO_REQUESTS_PER_MINUTE=100) as client:
        client.headers["X-API-Key"] = "first-key"
        for method, path, sent, status in calls:
            response = await client.request(method, path, **sent)
            assert response.status_code == status, response.text
            limit = {"100": 100, "500": 500}[response.headers["x-ratelimit-limit"]]
            assert 0 <= int(response.headers["x-ratelimit-remaining"]) < limit
            assert 0 < int(response.headers["x-ratelimit-reset"]) <= 60
        assert limited(await client.get("/api/health")) == ("", "", "")


@pytest.mark.asyncio(loop_scope="module")
async def test_the_call_beyond_the_limit_is_refused_and_nothing_is_sent(
    open_api: Open, shared_emulator: Emulator
) -> None:
    async with open_api(IMAGESTUDIO_REQUESTS_PER_MINUTE=2) as client:
        assert [limited(await client.get(f"{API}/models"))[:2] for _ in range(2)] == [("2", "1"), ("2", "0")]
        before = len(shared_emulator.requests)
        refused = await client.post(f"{API}/generate", json={"prompt": "x"})
        assert refused.status_code == 429
        error = refused.json()["error"]
        wait = error["details"].pop("retryAfter")
        assert error == {
            "code": "RATE_LIMIT_EXCEEDED",
            "message": f"This studio takes 2 requests a minute from you. The next one in {wait} s is taken.",
            "details": {},
        }
        assert refused.headers["retry-after"] == str(wait) == refused.headers["x-ratelimit-reset"]
        assert limited(refused)[:2] == ("2", "0")
        assert len(shared_emulator.requests) == before


@pytest.mark.asyncio(loop_scope="module")
async def test_a_laptop_has_no_limit(open_api: Open) -> None:
    async with open_api() as client:
        responses = [await client.get(f"{API}/jobs") for _ in range(200)]
    assert {response.status_code for response in responses} == {200}
    assert {limited(response) for response in responses} == {("", "", "")}


@pytest.mark.asyncio(loop_scope="module")
async def test_one_holder_s_calls_are_not_another_s(keyed: httpx.AsyncClient) -> None:
    ann, bob = {"X-API-Key": "first-key-of-ann"}, {"X-API-Key": "second-key-of-bob"}
    statuses = [(await keyed.get(f"{API}/jobs", headers=ann)).status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert (await keyed.get(f"{API}/jobs", headers=bob)).headers["x-ratelimit-remaining"] == "3"
