"""A Space, imitated: its variables, a read-only home, `/data` with and without, its requirements only."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from imagestudio.sandbox import create_sandbox
from tests.conftest import served
from tests.crash.conftest import START_S, eventually
from tests.hosting.machine import HOST, SPACE, Machine

JOBS = "/api/v1/image/jobs"
GENERATE = "/api/v1/image/generate"
PROXIED = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
KEYS = ("marked-first-api-key", "marked-second-api-key")

OPEN = {"IMAGESTUDIO_REQUESTS_PER_MINUTE": "0"}
"""For a test that asks all the time how far a run is."""

Make = Callable[..., Machine]
Come = Callable[..., httpx.Client]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def come() -> Iterator[Callable[..., httpx.Client]]:
    """Makes visitors who come by the Hub's proxy, with headers of their own."""
    clients = []

    def make(space: Machine, **headers: str) -> httpx.Client:
        clients.append(httpx.Client(base_url=space.url, headers=PROXIED | headers, timeout=60))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def with_session(client: httpx.Client) -> httpx.Client:
    """As a browser that has seen the page."""
    page = client.get("/")
    assert page.status_code == 200
    # It is for https only, which the browser sees, and ends at the proxy.
    client.headers["Cookie"] = f"__Host-imagestudio={page.cookies['__Host-imagestudio']}"
    client.cookies.clear()
    return client


def draw(client: httpx.Client, prompt: str, **headers: str) -> dict[str, Any]:
    answer = client.post(GENERATE, json={"prompt": prompt}, headers=headers)
    assert answer.status_code in (200, 202), answer.text
    job: dict[str, Any] = answer.json()["data"]
    return job


def ended(client: httpx.Client, job_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        answer = client.get(f"{JOBS}/{job_id}")
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()["data"]
        return None if job["status"] in ("queued", "running") else job

    found: dict[str, Any] = eventually(look)
    return found


def test_it_works_and_goes_on_after_its_sleep(machine_with: Make, come: Come) -> None:
    emulator = create_sandbox()
    with served(lambda: emulator, lifespan="off") as providers:
        origin = {"IMAGESTUDIO_BFL_BASE_URL": f"{providers}/bfl", "BFL_API_KEY": "marked-bfl-key"}
        space = machine_with(SPACE | origin | OPEN | {"IMAGESTUDIO_API_KEYS": ",".join(KEYS)}, volume=True)
        space.start("app.py")
        mine, theirs = (come(space, Authorization=f"Bearer {key}") for key in KEYS)
        first = draw(mine, "a hill")
        assert (first["status"], first["demo"]) == ("succeeded", False)
        slow = draw(mine, "a hill demo:slow", Prefer="respond-async")
        eventually(lambda: len([entry for entry in emulator.state.journal if entry.method == "POST"]) == 2)
        space.stop()

        space.start("app.py")
        jobs = [ended(mine, job["id"]) for job in (first, slow)]
    assert [job["status"] for job in jobs] == ["succeeded", "succeeded"]
    assert len(emulator.state.bill) == 2
    pictures = [f"/api/v1/image/files/{job['images'][0]['id']}" for job in jobs]
    assert [mine.get(picture).status_code for picture in pictures] == [200, 200]
    assert [theirs.get(picture).status_code for picture in pictures] == [404, 404]
    assert with_session(come(space)).get(pictures[0]).status_code == 401
    assert ("lost when it restarts" in space.log) is not space.isolated
    assert "marked-" not in space.log


def test_without_storage_and_choices_it_works_and_says_what_is_lost_and_shut(
    machine_with: Make, come: Come
) -> None:
    space = machine_with(SPACE | {"BFL_API_KEY": "marked-bfl-key"}, volume=False)
    space.start("app.py")
    somebody = with_session(come(space))
    job = draw(somebody, "a hill")
    # The host's keys serve nobody before the host chose whom.
    assert (job["status"], job["demo"]) == ("succeeded", True)
    assert "*** PUBLIC: " in space.log
    assert "IMAGESTUDIO_API_KEYS" in space.log
    assert "marked-" not in space.log
    [warning] = [line for line in space.log.splitlines() if "IMAGESTUDIO_DATA_DIR" in line]
    assert "lost when it restarts" in warning
    notices = somebody.get("/visitor").json()["data"]["notices"]
    assert "no_lasting_storage" in notices


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("IMAGESTUDIO_API_KEYS", "hunter2"),
        ("IMAGESTUDIO_DATA_DIR", "/proc/1"),
    ],
)
def test_dangerous_settings_refuse_to_start_with_one_line(
    machine_with: Make, variable: str, value: str
) -> None:
    space = machine_with(SPACE | {variable: value}, volume=True)
    assert space.launch("app.py").wait(START_S) == 2
    [line] = space.log.splitlines()
    assert line.startswith(f"{variable}: ")
    assert "hunter2" not in line
