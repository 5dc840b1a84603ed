"""`/metrics`: who gets in, and what is told."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.server.create import create_app
from tests.conftest import served
from tests.fresh import data_folder

pytestmark = pytest.mark.slow

TOKEN = "marked-metrics-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PUBLIC = {"GRADIO_SERVER_NAME": "0.0.0.0", "IMAGESTUDIO_SANDBOX": "on"}

Serve = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """A studio without its page, with these settings: a client of it."""

    @contextmanager
    def serving(**variables: Any) -> Iterator[httpx.Client]:
        settings = load_settings({"IMAGESTUDIO_DATA_DIR": data_folder(tmp_path), **variables})
        make = lambda: create_app(settings, with_page=False)  # noqa: E731
        with served(make, forwarded_allow_ips="*") as url, httpx.Client(base_url=url, timeout=30) as client:
            yield client

    return serving


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "203.0.113.9"}, 404),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, 404),
        ({}, {"Forwarded": "for=127.0.0.1"}, 404),
        ({}, {"Via": "1.1 proxy"}, 404),
        ({"IMAGESTUDIO_METRICS_TOKEN": TOKEN}, {}, 200),
        ({"IMAGESTUDIO_METRICS_TOKEN": TOKEN}, BEARER | {"X-Forwarded-For": "203.0.113.9"}, 200),
        (PUBLIC, {}, 404),
        (PUBLIC, BEARER, 404),
        (PUBLIC | {"IMAGESTUDIO_METRICS_TOKEN": TOKEN}, {}, 404),
        (PUBLIC | {"IMAGESTUDIO_METRICS_TOKEN": TOKEN}, {"Authorization": "Bearer wrong"}, 404),
        (PUBLIC | {"IMAGESTUDIO_METRICS_TOKEN": TOKEN}, {"Authorization": f"Basic {TOKEN}"}, 404),
        (PUBLIC | {"IMAGESTUDIO_METRICS_TOKEN": TOKEN}, BEARER, 200),
    ],
)
def test_who_gets_in(serve: Serve, settings: dict[str, str], headers: dict[str, str], status: int) -> None:
    with serve(**settings) as client:
        answer = client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("imagestudio_" in answer.text) is (status == 200)


def figures(client: httpx.Client) -> dict[str, float]:
    """Each sample by its name and labels."""
    text = client.get("/metrics").text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_what_is_told(serve: Serve) -> None:
    emulator = create_sandbox(speed=0)
    body = {"prompt": "marked-prompt", "model": "flux-2-pro"}
    with served(lambda: emulator, lifespan="off") as providers:
        live = {"BFL_API_KEY": "marked-bfl-key", "IMAGESTUDIO_BFL_BASE_URL": f"{providers}/bfl"}
        with serve(**live, IMAGESTUDIO_BUDGET_USD_DAY=1) as client:
            job = client.post("/api/v1/image/generate", json=body).json()["data"]
            client.get("/api/v1/image/jobs/marked-no-id")
            client.get("/marked-no-path")
            client.request("MARKED", "/api/health")
            told = figures(client)
            text = client.get("/metrics").text
    labels = 'model="flux-2-pro"'
    assert told[f'imagestudio_jobs{{{labels},payer="studio",provider="bfl",status="succeeded"}}'] == 1
    assert told[f'imagestudio_job_seconds_count{{{labels},payer="studio",status="succeeded"}}'] == 1
    assert told["imagestudio_open_jobs"] == 0
    assert told['imagestudio_files{kind="result"}'] == 1
    assert told['imagestudio_file_bytes{kind="result"}'] == job["images"][0]["bytes"]
    assert told['imagestudio_provider_answers_total{provider="bfl",status="200"}'] >= 3
    assert told['imagestudio_budget_usd{period="day",whose="studio"}'] == 1
    assert 0 < told['imagestudio_budget_left_usd{period="day",whose="studio"}'] < 1
    asked = "imagestudio_http_requests_total"
    assert told[f'{asked}{{method="POST",route="/api/v1/image/generate",status="200"}}'] == 1
    assert told[f'{asked}{{method="GET",route="/api/v1/image/jobs/{{job_id}}",status="404"}}'] == 1
    assert told[f'{asked}{{method="GET",route="other",status="404"}}'] == 1
    assert [name for name in told if name.startswith(asked) and 'method="other"' in name]
    # No key, prompt or owner, and no id: every label is one of a known few.
    assert "marked" not in text
    assert not re.search(r"[0-9a-f]{32}", text)
    assert 'owner="' not in text
