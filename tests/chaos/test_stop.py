"""SIGTERM under load: gone within ten seconds, and nothing that was answered is lost."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.chaos.conftest import API, Providers, Studio
from tests.crash.conftest import Process, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

GONE_WITHIN_S = 10.0
WAITING = 50
SLOW = {"model": "imagen-4-fast", "prompt": "a hill demo:slow"}


@pytest.fixture
def studio(providers_at: Callable[..., Providers], studio_of: Callable[[Providers], Studio]) -> Studio:
    return studio_of(providers_at(speed=1))


@pytest.fixture
def app(studio: Studio) -> Iterator[Process]:
    """`python app.py`, page and all, on the same folder and port."""
    settings = studio.environment() | {"GRADIO_SERVER_PORT": str(studio.port)}
    process = Process(["app.py"], "/api/health", studio.port, settings)
    process.start()
    yield process
    process.kill()


def waiting(number: int) -> dict[str, Any]:
    """A request that takes ten seconds: within what each provider takes at once."""
    return {"prompt": f"hill {number} demo:slow", "model": "flux-2-pro" if number < 20 else "sd-3.5"}


def test_sigterm_ends_it_in_time_and_loses_nothing(studio: Studio, app: Process) -> None:
    def post(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = httpx.post(f"{studio.url}{API}/generate", json=body, timeout=60)
        return answer.status_code, answer.json()["data"]

    bodies = [SLOW, *map(waiting, range(WAITING))]
    with ThreadPoolExecutor(len(bodies)) as pool, studio.client.stream("GET", heartbeat(studio)) as watcher:
        assert watcher.status_code == 200
        answers = pool.map(post, bodies)
        eventually(lambda: studio.providers.submits() == len(bodies))
        told = time.monotonic()
        assert app.running
        app.running.send_signal(signal.SIGTERM)
        # Whoever waits is told at once that the job goes on, and where to look.
        assert Counter(status for status, _ in answers) == {202: len(bodies)}
        assert time.monotonic() - told < GONE_WITHIN_S / 2
        app.running.wait(60)
        assert time.monotonic() - told < GONE_WITHIN_S
    check_after_a_start(studio)


def heartbeat(studio: Studio) -> str:
    """What an open page listens to all the time."""
    return f"{studio.url}/gradio_api/heartbeat/a-page"


def check_after_a_start(studio: Studio) -> None:
    """What had a ticket goes on; the submit that was still under way is told as lost, and not sent again."""
    studio.start()
    jobs = [studio.ending(job_id) for job_id in studio.job_ids()]
    ends = {job["asked"]["prompt"]: job["status"] for job in jobs}
    assert ends == {"a hill demo:slow": "uncertain"} | {
        waiting(number)["prompt"]: "succeeded" for number in range(WAITING)
    }
    assert set(studio.providers.accepted.values()) == {1}
