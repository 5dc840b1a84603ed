"""GET usage: sums by model, provider or day, as JSON and as CSV."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.conftest import API, Open
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

USAGE = "/api/v1/usage"
NOTHING = {
    "jobs": 0,
    "images": 0,
    "calls": 0,
    "charged_usd": 0,
    "estimated_usd": 0,
    "unknown_usd": 0,
    "reserved_usd": 0,
}


async def usage(api: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    response = await api.get(USAGE, params=query)
    assert response.status_code == 200, response.text
    assert response.json()["success"] is True
    data: dict[str, Any] = response.json()["data"]
    return data


async def spend(api: httpx.AsyncClient) -> None:
    """A picture of $0.03 that its provider reports, one of another at $0.04 that no one reports, and a lost
    submit."""
    for body in (
        {"prompt": "x", "width": 256, "height": 256},
        {"prompt": "x", "model": "recraft-v4", "width": 256, "height": 256},
        {"prompt": "x demo:drop", "model": "flux-1.1-pro"},
    ):
        await api.post(f"{API}/generate", json=body)


async def test_the_whole_answer(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_BUDGET_USD_DAY="2") as api:
        before = await usage(api)
        assert (before["groups"], before["total"]) == ([], NOTHING)
        await spend(api)
        data = await usage(api)
    now = datetime.now(UTC)
    assert data == {
        "from": now.strftime("%Y-%m-01T00:00:00.000Z"),
        "to": data["to"],
        "group_by": "model",
        "demo": False,
        "groups": [
            {**NOTHING, "key": "flux-1.1-pro", "jobs": 1, "calls": 1, "unknown_usd": 0.04},
            {**NOTHING, "key": "flux-2-pro", "jobs": 1, "images": 1, "calls": 1, "charged_usd": 0.03},
            {
                **NOTHING,
                "key": "recraft-v4",
                "jobs": 1,
                "images": 1,
                "calls": 1,
                "charged_usd": 0.04,
                "estimated_usd": 0.04,
            },
        ],
        "total": {
            **NOTHING,
            "jobs": 3,
            "images": 2,
            "calls": 3,
            "charged_usd": 0.07,
            "estimated_usd": 0.04,
            "unknown_usd": 0.04,
        },
        "budgets": {"day": {"limit_usd": 2.0, "spent_usd": 0.11, "left_usd": 1.89}, "month": None},
    }
    assert abs(datetime.fromisoformat(data["to"]).timestamp() - now.timestamp()) < 60


async def test_by_provider_and_by_day(open_api: Open) -> None:
    async with open_api() as api:
        await spend(api)
        by_provider = await usage(api, group_by="provider")
        by_day = await usage(api, group_by="day")
    assert [(group["key"], group["jobs"]) for group in by_provider["groups"]] == [("bfl", 2), ("fal", 1)]
    assert [group["key"] for group in by_day["groups"]] == [f"{datetime.now(UTC):%Y-%m-%d}"]
    assert by_day["total"] == by_provider["total"]


async def test_a_running_call_is_reserved(slow_api: httpx.AsyncClient) -> None:
    body = {"prompt": "x demo:slow", "width": 256, "height": 256}
    headers = {"Prefer": "respond-async"}
    job = (await slow_api.post(f"{API}/generate", json=body, headers=headers)).json()["data"]
    assert (await usage(slow_api))["total"]["reserved_usd"] >= 0.03
    await slow_api.delete(f"{API}/jobs/{job['id']}")


@rows(
    ("query", "since", "until"),
    [
        ({"from": "2026-01-05", "to": "2026-01-31"}, "2026-01-05T00:00:00.000Z", "2026-02-01T00:00:00.000Z"),
        ({"from": "2026-01-05", "to": "2026-01-05"}, "2026-01-05T00:00:00.000Z", "2026-01-06T00:00:00.000Z"),
        (
            {"from": "2026-01-05T10:00", "to": "2026-01-05T12:30:15+02:00"},
            "2026-01-05T10:00:00.000Z",
            "2026-01-05T10:30:15.000Z",
        ),
        ({"from": "2026-01-05", "to": "2026-01-05T00:00:00Z"}, "2026-01-05T00:00:00.000Z", None),
    ],
)
async def test_periods(api: httpx.AsyncClient, query: dict[str, str], since: str, until: str | None) -> None:
    data = await usage(api, **query)
    assert (data["from"], data["to"]) == (since, until or since)
    assert (data["groups"], data["total"]) == ([], NOTHING)


async def test_a_job_counts_by_the_moment_it_was_asked_for(api: httpx.AsyncClient) -> None:
    await spend(api)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert (await usage(api, **{"from": today, "to": today}))["total"]["jobs"] >= 3
    assert (await usage(api, **{"from": "2020-01-01", "to": "2020-12-31"}))["total"] == NOTHING


@rows(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=", "from"),
        ("to=2026-02-30", "to"),
        ("to=9999-12-31", "to"),
        ("from=0001-01-01T00:00:00%2B05:00", "from"),
        (f"from={'1' * 5000}", "from"),
        ("from=2026-01-01T00:00:00+02:00", "from"),
        ("from=2026-02-01&to=2026-01-01", "from"),
        ("from=2999-01-01", "from"),
        ("group_by=owner", "group_by"),
        ("group_by=", "group_by"),
        ("format=xml", "format"),
    ],
)
async def test_a_wrong_question_is_refused(api: httpx.AsyncClient, query: str, field: str) -> None:
    response = await api.get(f"{USAGE}?{query}")
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "INVALID_PARAMETER")
    assert error["details"]["field"] == field


@rows(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/json"),
        ("", "text/csv", "text/csv; charset=utf-8"),
        ("", "text/csv, application/json; q=0.5", "text/csv; charset=utf-8"),
        ("", "text/csv;q=0.4, application/json;q=0.5, */*", "application/json"),
        ("", "text/csv;q=0", "application/json"),
        ("", "text/csv;q=nonsense", "text/csv; charset=utf-8"),
        ("?format=csv", "application/json", "text/csv; charset=utf-8"),
        ("?format=json", "text/csv", "application/json"),
    ],
)
async def test_what_is_asked_for_is_answered(
    api: httpx.AsyncClient, query: str, accept: str, kind: str
) -> None:
    response = await api.get(USAGE + query, headers={"Accept": accept})
    assert response.headers["content-type"] == kind
    assert response.headers["vary"].lower().startswith("accept")


async def test_csv_is_the_same_for_a_spreadsheet(open_api: Open) -> None:
    async with open_api() as api:
        await spend(api)
        response = await api.get(f"{USAGE}?format=csv&from=2026-01-01&to=2098-12-31")
        groups = (await usage(api, to="2098-12-31"))["groups"]
    named = 'attachment; filename="usage-2026-01-01-2099-01-01-by-model.csv"'
    assert response.headers["content-disposition"] == named
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows == [
        ["model", *list(NOTHING)],
        ["flux-1.1-pro", "1", "0", "1", "0", "0", "0.04", "0"],
        ["flux-2-pro", "1", "1", "1", "0.03", "0", "0", "0"],
        ["recraft-v4", "1", "1", "1", "0.04", "0.04", "0", "0"],
    ]
    assert [row[0] for row in rows[1:]] == [group["key"] for group in groups]


async def test_it_needs_the_studios_key(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_API_KEYS="k") as api:
        assert (await api.get(USAGE)).status_code == 401
        assert (await api.get(USAGE, headers={"X-API-Key": "k"})).status_code == 200


async def test_a_demo_tells_of_play_money_only(open_api: Open, tmp_path: Any) -> None:
    keys = dict.fromkeys(("GEMINI_API_KEY", "BFL_API_KEY", "FAL_KEY"))
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path) as api:
        await spend(api)
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path, **keys) as api:
        data = await usage(api)
    assert (data["demo"], data["total"]) == (True, NOTHING)


async def test_a_budget_refuses_before_anything_is_sent(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_BUDGET_USD_MONTH="0.05") as api:
        first = await api.post(f"{API}/generate", json={"prompt": "x", "width": 256, "height": 256})
        second = await api.post(f"{API}/generate", json={"prompt": "x", "width": 256, "height": 256})
        data = await usage(api)
    assert first.status_code == 200
    error = second.json()["error"]
    assert (second.status_code, error["code"]) == (402, "BUDGET_EXCEEDED")
    assert error["details"] == {
        "budget": "month",
        "limit_usd": 0.05,
        "spent_usd": 0.03,
        "wanted_usd": 0.03,
        "charged": "no",
    }
    assert data["budgets"] == {
        "day": None,
        "month": {"limit_usd": 0.05, "spent_usd": 0.03, "left_usd": 0.02},
    }
