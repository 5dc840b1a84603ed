"""Visitors' own keys through the real clients: gradio_client and an agent send them in headers, and they pay
for what that visitor runs, instead of the host's, and are seen by nobody else."""

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from imagestudio.sandbox.journal import account_of
from tests.access.conftest import Shared, shared_studio
from tests.jobs.conftest import SERVER
from tests.tables import rows
from tests.ui.conftest import job_of, mcp_session, texts

pytestmark = pytest.mark.slow

TOKEN = "marked-metrics-token"
SETTINGS = {
    "IMAGESTUDIO_PUBLIC_URL": "http://studio.example",
    "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "5",
    "IMAGESTUDIO_BUDGET_USD_DAY": "10",
    "IMAGESTUDIO_METRICS_TOKEN": TOKEN,
}
OWN = {"X-Gemini-Key": "imagen-4-fast", "X-BFL-Key": "flux-2-pro", "X-Fal-Key": "recraft-v4"}
NOT_THERE = "NOT_FOUND: There is no job of that id."

Run = Callable[[Shared, str, dict[str, str]], Awaitable[dict[str, Any]]]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """Its own keys serve guests, within a budget."""
    with shared_studio(tmp_path_factory.mktemp("own"), **SETTINGS) as studio:
        yield studio


def client_of(studio: Shared, headers: dict[str, str]) -> Client:
    return Client(
        studio.url,
        headers=headers,
        download_files=studio.downloads,
        verbose=False,
        analytics_enabled=False,
        httpx_kwargs={"timeout": 60},
    )


async def by_gradio_client(studio: Shared, model: str, headers: dict[str, str]) -> dict[str, Any]:
    images, job = client_of(studio, headers).predict(prompt="a fox", model=model, api_name="/generate")
    assert len(images) == 1
    assert Path(images[0]).exists()
    found: dict[str, Any] = job
    return found


async def by_agent(studio: Shared, model: str, headers: dict[str, str]) -> dict[str, Any]:
    async with mcp_session(studio.url, headers) as session:
        result = await session.call_tool("generate_image", {"prompt": "a fox", "model": model})
    return job_of(result)


def listed(studio: Shared, headers: dict[str, str]) -> str:
    """The jobs that REST shows to whoever sends these."""
    return httpx.get(f"{studio.url}/api/v1/image/jobs", headers=headers, timeout=60).text


def left(studio: Shared) -> dict[str, float]:
    """What is left of each budget of the host's."""
    answer = httpx.get(f"{studio.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
    found = re.findall(r"imagestudio_budget_left_usd\{(.+?)\} (\S+)", answer.text)
    assert found, answer.text
    return {labels: float(value) for labels, value in found}


def accounts(studio: Shared) -> set[str | None]:
    """Whose keys its providers have seen since the last look."""
    journal = studio.emulator.state.journal
    seen = {entry.account for entry in journal if entry.account}
    assert [entry for entry in journal if entry.fault] == []
    journal.clear()
    return seen


@rows("run", [by_gradio_client, by_agent])
@rows("header", OWN)
async def test_the_key_in_the_header_pays_and_the_hosts_does_not(
    studio: Shared, run: Run, header: str
) -> None:
    key = f"marked:{header}-{run.__name__}"
    before = left(studio)
    job = await run(studio, OWN[header], {header: key})
    assert (job["status"], job["demo"], job["payer"]) == ("succeeded", False, "visitor")
    assert key not in str(job)
    assert accounts(studio) == {account_of(key)}
    assert left(studio) == before


@rows("run", [by_gradio_client, by_agent])
async def test_without_one_the_host_pays(studio: Shared, run: Run) -> None:
    """Else the budgets above would stand still whatever came."""
    before = left(studio)
    job = await run(studio, "flux-2-pro", {})
    assert (job["status"], job["payer"]) == ("succeeded", "host")
    assert accounts(studio) == {SERVER["bfl"]}
    assert all(amount < before[labels] for labels, amount in left(studio).items())


@rows("run", [by_gradio_client, by_agent])
async def test_a_key_that_its_provider_refuses_is_not_replaced_by_the_hosts(studio: Shared, run: Run) -> None:
    bad = "marked-invalid-key-of-ann"
    before = left(studio)
    with pytest.raises((AppError, AssertionError), match="MODEL_UNAVAILABLE") as refused:
        await run(studio, "flux-2-pro", {"X-BFL-Key": bad})
    assert "X-BFL-Key" in str(refused.value)
    assert bad not in str(refused.value)
    assert accounts(studio) == {account_of(bad)}
    assert left(studio) == before


@rows("run", [by_gradio_client, by_agent])
async def test_nobody_else_sees_the_job(studio: Shared, run: Run) -> None:
    """Not with another key, and not with none."""
    job = await run(studio, "flux-2-pro", {"X-BFL-Key": "marked-key-of-ann"})
    for headers in ({}, {"X-BFL-Key": "marked-key-of-ben"}):
        with pytest.raises(AppError, match=rf"^{re.escape(NOT_THERE)}$"):
            client_of(studio, headers).predict(job["id"], api_name="/job")
        async with mcp_session(studio.url, headers) as session:
            result = await session.call_tool("get_job", {"job_id": job["id"]})
        assert (result.isError, texts(result)) == (True, [NOT_THERE])
        assert job["id"] not in listed(studio, headers)


async def test_who_comes_back_with_the_key_finds_the_job(studio: Shared) -> None:
    """An agent's next session, and a program's next request."""
    key = {"X-BFL-Key": "marked-key-of-cleo"}
    job = await by_agent(studio, "flux-2-pro", key)
    async with mcp_session(studio.url, key) as session:
        again = job_of(await session.call_tool("get_job", {"job_id": job["id"]}))
    assert again["id"] == job["id"]
    assert job["id"] in listed(studio, key)
