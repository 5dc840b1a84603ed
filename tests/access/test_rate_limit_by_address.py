"""Whoever makes up sessions, or whom they are forwarded for, gets no further than one visitor more."""

from collections.abc import Iterator

import httpx
import pytest

from imagestudio.access.rate_limit import PER_ADDRESS
from imagestudio.core.settings import PUBLIC_RATE, load_settings
from imagestudio.server.create import create_app
from tests.api.conftest import API, Open
from tests.conftest import served

PUBLIC = {"IMAGESTUDIO_PUBLIC_URL": "https://studio.example.com"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    known = {
        "IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("crowd"),
        "IMAGESTUDIO_ALLOWED_HOSTS": "127.0.0.1",
    }
    settings = load_settings({**PUBLIC, **known, "IMAGESTUDIO_REQUESTS_PER_MINUTE": 2})
    proxies = settings.forwarded_allow_ips
    with served(lambda: create_app(settings, with_page=False), forwarded_allow_ips=proxies) as url:
        yield url


def accepted(url: str, times: int, forwarded: str) -> int:
    """How many of so many calls are served, each from somebody without a cookie."""
    answers = [
        httpx.get(f"{url}{API}/models", headers={"X-Forwarded-For": forwarded.format(number)})
        for number in range(times)
    ]
    assert {answer.status_code for answer in answers} <= {200, 429}
    return sum(answer.status_code == 200 for answer in answers)


def test_new_sessions_share_their_address_s_limit(url: str) -> None:
    assert accepted(url, 14, "192.0.2.1") == 2 * PER_ADDRESS
    assert accepted(url, 1, "192.0.2.2") == 1


def test_what_a_stranger_says_of_who_they_are_forwarded_for_is_not_believed(url: str) -> None:
    # What the studio's proxies add comes last: what is before it was there when the stranger's call came in.
    assert accepted(url, 14, "203.0.113.{}, 192.0.2.3, 10.0.0.1") == 2 * PER_ADDRESS


@pytest.mark.asyncio(loop_scope="module")
async def test_where_strangers_come_a_limit_holds_by_itself(open_api: Open) -> None:
    async with open_api(**PUBLIC) as client:
        answer = await client.get(f"{API}/models")
        assert answer.headers["x-ratelimit-limit"] == str(PUBLIC_RATE)
    async with open_api(**PUBLIC, IMAGESTUDIO_REQUESTS_PER_MINUTE=0) as client:
        assert "x-ratelimit-limit" not in (await client.get(f"{API}/models")).headers
