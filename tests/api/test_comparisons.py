"""Comparisons through the wire: prices beforehand, runs paid once, blind ones that tell nothing, votes."""

import asyncio
import csv
import io
from typing import Any

import httpx
import pytest
from PIL import Image

from imagestudio.catalog import MODELS, models_for
from tests.api.conftest import API, Open
from tests.jobs.conftest import Emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPARISONS = "/visitor/comparisons"
FOUR = ["flux-2-pro", "imagen-4-fast", "sd-3.5", "recraft-v4"]


async def begin(api: httpx.AsyncClient, key: str = "", **fields: Any) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await api.post(COMPARISONS, json={"prompt": "a fox", "models": FOUR, **fields}, headers=headers)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def read(api: httpx.AsyncClient, comparison_id: str, **query: Any) -> dict[str, Any]:
    answer = await api.get(f"{COMPARISONS}/{comparison_id}", params=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def ended(api: httpx.AsyncClient, begun: dict[str, Any]) -> dict[str, Any]:
    now = begun
    while not now["ended"]:
        now = await read(api, now["id"], wait=20, version=now["version"])
    return now


async def vote(api: httpx.AsyncClient, comparison: dict[str, Any], winner: int | None) -> dict[str, Any]:
    answer = await api.put(f"{COMPARISONS}/{comparison['id']}/vote", json={"winner": winner})
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_prices_and_differences_are_told_before_anything_is_sent(
    api: httpx.AsyncClient, emulator: Emulator
) -> None:
    body = {"dry_run": True, "models": FOUR, "aspect_ratio": "16:9", "seed": 7}
    answer = (await api.post(COMPARISONS, json=body)).json()["data"]
    assert [line["model"] for line in answer["models"]] == [spec.id for spec in models_for("generate")]
    lines = {line["model"]: line for line in answer["models"]}
    flux, fast = lines["flux-2-pro"], lines["imagen-4-fast"]
    assert flux == {
        "model": "flux-2-pro",
        "model_name": "Flux 2 Pro",
        "provider_name": "Black Forest Labs",
        "note": MODELS["flux-2-pro"].note,
        "settings": {"width": 1280, "height": 720, "seed": 7},
        "differences": [
            {
                "field": "aspect_ratio",
                "wished": "16:9",
                "used": "1280 × 720",
                "why": "Flux 2 Pro takes width and height instead of a shape.",
            }
        ],
        "estimate_usd": 0.03,
        "can_run": True,
        "message": None,
    }
    assert fast["settings"] == {"aspect_ratio": "16:9"}
    assert fast["differences"] == [
        {
            "field": "seed",
            "wished": 7,
            "used": None,
            "why": "Imagen 4 Fast takes no seed.",
        }
    ]
    known = [lines[model]["estimate_usd"] for model in FOUR]
    assert answer["estimate"] == {
        "usd": round(sum(usd for usd in known if usd is not None), 6),
        "unknown": known.count(None),
    }
    assert emulator.submits == []
    assert (await api.get(COMPARISONS)).json()["data"]["comparisons"] == []


async def test_models_run_side_by_side_as_jobs_of_their_own(
    api: httpx.AsyncClient, emulator: Emulator
) -> None:
    done = await ended(api, await begin(api, seed=7))
    assert [run["model"] for run in done["runs"]] == FOUR
    assert {run["status"] for run in done["runs"]} == {"succeeded"}
    assert (done["ended"], done["hidden"], done["can_vote"], done["vote"]) == (True, False, True, None)
    for run in done["runs"]:
        job = (await api.get(f"{API}/jobs/{run['job_id']}")).json()["data"]
        assert job["asked"] == {"prompt": "a fox", "model": run["model"], **run["settings"]}
        assert [job["images"][0][name] for name in ("width", "height")] == run["frame"]
        assert (await api.get(f"/{run['picture']['url']}")).status_code == 200
        assert run["cost"] == job["cost"]
    assert len(emulator.submits) == len(FOUR)


async def test_a_double_click_and_a_retry_pay_once(api: httpx.AsyncClient, emulator: Emulator) -> None:
    twice = await asyncio.gather(*(begin(api, key="once") for _ in range(5)))
    again = await begin(api, key="once")
    done = await ended(api, again)
    await api.post(f"{COMPARISONS}/{done['id']}/run")
    assert {one["id"] for one in twice} == {done["id"]}
    assert len(emulator.submits) == len(FOUR)
    answer = await api.post(
        COMPARISONS, json={"prompt": "an owl", "models": FOUR}, headers={"Idempotency-Key": "once"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")


async def test_what_is_refused_stops_no_other_and_can_be_tried_again(open_api: Open) -> None:
    async with open_api(FAL_KEY="", IMAGESTUDIO_BUDGET_USD_DAY=0.05) as api:
        done = await ended(api, await begin(api, models=["imagen-4-fast", "imagen-4-ultra", "sd-3.5"]))
        refused = {one["model"]: one["error"] for one in done["refused"]}
        assert [run["model"] for run in done["runs"]] == ["imagen-4-fast"]
        assert refused["imagen-4-ultra"]["code"] == "BUDGET_EXCEEDED"
        assert refused["sd-3.5"]["details"]["set"] == "FAL_KEY"
        again = (await api.post(f"{COMPARISONS}/{done['id']}/run")).json()["data"]
        assert [one["model"] for one in again["refused"]] == [one["model"] for one in done["refused"]]
        assert again["runs"] == done["runs"]


async def test_a_blind_comparison_tells_nothing_until_the_vote(api: httpx.AsyncClient) -> None:
    begun = await begin(api, blind=True, prompt="a blind fox")
    seen = [begun, done := await ended(api, begun)]
    listed = [
        one for one in (await api.get(COMPARISONS)).json()["data"]["comparisons"] if one["id"] == done["id"]
    ]
    pictures = [await api.get(f"/{run['picture']['url']}") for run in done["runs"]]
    jobs = (await api.get(f"{API}/jobs")).json()["data"]["jobs"]
    mine = [job for job in jobs if job["asked"]["prompt"] == "a blind fox"]
    telling = [*FOUR, *(MODELS[model].name for model in FOUR), "google", "bfl", "fal"]
    telling += [job["id"] for job in mine] + [job["images"][0]["id"] for job in mine]
    for told in (*seen, *listed, *(str(picture.headers) for picture in pictures)):
        assert not [one for one in telling if one in str(told)]
    assert {tuple(sorted(run)) for run in done["runs"]} == {("frame", "picture", "place", "status")}
    opened = [Image.open(io.BytesIO(picture.content)) for picture in pictures]
    assert {(image.format, image.size, tuple(image.info)) for image in opened} == {
        ("WEBP", (1024, 1024), tuple(opened[0].info))
    }
    assert not {"exif", "xmp", "icc_profile"} & set(opened[0].info)

    shown = await vote(api, done, done["runs"][1]["place"])
    assert (shown["hidden"], shown["vote"]) == (False, {"winner": done["runs"][1]["place"]})
    assert sorted(run["model"] for run in shown["runs"]) == sorted(FOUR)


async def test_blind_pictures_are_shown_together_and_in_no_known_order(slow_api: httpx.AsyncClient) -> None:
    eleven = [spec.id for spec in models_for("generate")]
    begun = await begin(slow_api, blind=True, models=eleven, prompt="a fox demo:slow")
    now = await read(slow_api, begun["id"])
    assert {run["status"] for run in now["runs"]} == {"running"}
    address = f"{COMPARISONS}/{begun['id']}/pictures/1"
    assert (await slow_api.get(address)).status_code == 404
    early = await slow_api.put(f"{COMPARISONS}/{begun['id']}/vote", json={"winner": 1})
    assert early.json()["error"]["message"] == "Not every picture is there yet. Vote when all are."
    await slow_api.post(f"{COMPARISONS}/{begun['id']}/stop")
    stopped = await ended(slow_api, now)
    # Nothing to vote on: so the names are told, in the order in which they were hidden.
    assert (stopped["hidden"], stopped["can_vote"]) == (False, False)
    assert sorted(run["model"] for run in stopped["runs"]) == sorted(eleven)
    assert [run["model"] for run in stopped["runs"]] != eleven


async def test_a_long_poll_is_answered_when_something_changes(slow_api: httpx.AsyncClient) -> None:
    begun = await begin(slow_api, prompt="a fox demo:slow", models=FOUR[:2])
    now, versions = begun, [begun["version"]]
    while not {run["stage"]["name"] for run in now["runs"] if run["stage"]} & {"generating", "waiting"}:
        now = await read(slow_api, now["id"], wait=20, version=now["version"])
        versions.append(now["version"])
    assert len(set(versions)) == len(versions)
    waiting = asyncio.create_task(read(slow_api, now["id"], wait=20, version=now["version"]))
    await slow_api.post(f"{COMPARISONS}/{now['id']}/stop")
    assert (await waiting)["version"] != now["version"]
    assert {run["status"] for run in (await ended(slow_api, now))["runs"]} == {"canceled"}


async def test_votes_make_a_ranking_that_can_be_taken_away(open_api: Open) -> None:
    async with open_api() as api:
        for winner in (1, 1, 2, None):
            done = await ended(api, await begin(api, models=FOUR[:2]))
            voted = await vote(api, done, winner)
        ranking = (await api.get(f"{COMPARISONS}/ranking")).json()["data"]
        assert (ranking["votes"], ranking["demo"]) == (4, False)
        first, second = ranking["ranks"]
        assert [first["model"], second["model"]] == FOUR[:2]
        assert (first["wins"], first["losses"], first["ties"], first["votes"]) == (2, 1, 1, 4)
        assert first["low"] < 1000 < first["rating"] < first["high"]
        assert first["average_usd"] == done["runs"][0]["cost"]["estimated_usd"]
        assert first["average_seconds"] >= 0

        await vote(api, voted, 1)  # thought better of it
        changed = (await api.get(f"{COMPARISONS}/ranking")).json()["data"]
        assert (changed["votes"], changed["ranks"][0]["wins"], changed["ranks"][0]["ties"]) == (4, 3, 0)

        table = await api.get(f"{COMPARISONS}/ranking.csv")
        assert table.headers["content-type"].startswith("text/csv")
        assert table.headers["content-disposition"] == 'attachment; filename="image-studio-ranking.csv"'
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert [(row["model"], row["wins"], row["losses"]) for row in rows] == [
            (FOUR[0], "3", "1"),
            (FOUR[1], "1", "3"),
        ]


@rows(
    ("body", "code", "field"),
    [
        ({"models": FOUR}, "MISSING_REQUIRED_FIELD", "prompt"),
        ({"prompt": " ", "models": FOUR}, "MISSING_REQUIRED_FIELD", "prompt"),
        ({"prompt": "x"}, "INVALID_PARAMETER", "models"),
        ({"prompt": "x", "models": ["flux-2-pro", "flux-2-pro"]}, "INVALID_PARAMETER", "models"),
        ({"prompt": "x", "models": ["flux-2-pro", "seedream-5"]}, "INVALID_MODEL", "model"),
        ({"prompt": "x", "models": FOUR, "blind": 1}, "INVALID_PARAMETER", "blind"),
        ({"prompt": "x", "models": FOUR, "aspect_ratio": "wide"}, "INVALID_PARAMETER", "aspect_ratio"),
        ({"prompt": "x", "models": FOUR, "num_images": 4}, "UNSUPPORTED_PARAMETER", None),
    ],
)
async def test_a_comparison_that_makes_no_sense_is_refused_by_name(
    api: httpx.AsyncClient, body: dict[str, Any], code: str, field: str | None
) -> None:
    answer = await api.post(COMPARISONS, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"].get("field")) == (400, code, field)


@rows("body", [{}, {"winner": "1"}, {"winner": True}, {"winner": 9}, {"place": 1}])
async def test_a_vote_for_what_is_not_there_is_refused(api: httpx.AsyncClient, body: dict[str, Any]) -> None:
    done = await ended(api, await begin(api, models=FOUR[:2]))
    answer = await api.put(f"{COMPARISONS}/{done['id']}/vote", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (
        400,
        "INVALID_PARAMETER",
        "winner",
    )
    assert (await read(api, done["id"]))["vote"] is None


async def test_a_comparison_is_nobody_elses(open_api: Open) -> None:
    ann, bob = {"X-API-Key": "the-long-key-of-ann"}, {"X-API-Key": "the-long-key-of-bob"}
    keys = ",".join(who["X-API-Key"] for who in (ann, bob))
    async with open_api(IMAGESTUDIO_API_KEYS=keys) as api:
        api.headers.update(ann)
        done = await ended(api, await begin(api, key="mine", blind=True))
        address = f"{COMPARISONS}/{done['id']}"
        asks = [("GET", ""), ("POST", "/run"), ("POST", "/stop"), ("GET", "/pictures/1"), ("PUT", "/vote")]
        for method, path in asks:
            body = {"winner": 1} if path == "/vote" else None
            answer = await api.request(method, address + path, json=body, headers=bob)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
        assert (await api.get(COMPARISONS, headers=bob)).json()["data"]["comparisons"] == []
        await vote(api, done, 1)
        theirs = (await api.get(f"{COMPARISONS}/ranking", headers=bob)).json()["data"]
        assert (theirs["votes"], theirs["ranks"]) == (0, [])
        api.headers.update(bob)
        assert (await begin(api, key="mine", blind=True))["id"] != done["id"]


@pytest.mark.slow
async def test_runs_count_against_the_limit_on_requests(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_REQUESTS_PER_MINUTE=3) as api:
        done = await begin(api)
        assert len(done["runs"]) == 3
        assert [one["error"]["code"] for one in done["refused"]] == ["RATE_LIMIT_EXCEEDED"]


async def test_the_page_is_answered_in_its_language_and_programs_in_english(api: httpx.AsyncClient) -> None:
    german = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}
    body = {"dry_run": True, "models": FOUR, "seed": 7}
    answer = (await api.post(COMPARISONS, json=body, headers=german)).json()["data"]
    lines = {line["model"]: line for line in answer["models"]}
    assert lines["imagen-4-fast"]["differences"][0]["why"] == (
        "Imagen 4 Fast nimmt keine Angabe zu: Startwert."
    )
    gone = {
        "de": "Einen Vergleich mit dieser Kennung gibt es nicht.",
        "en": "There is no comparison of that id.",
    }
    for language, sentence in gone.items():
        answer = await api.get(f"{COMPARISONS}/{'0' * 32}", headers={"Accept-Language": language})
        assert answer.json()["error"]["message"] == sentence
    answer = await api.get(f"{API}/jobs/{'0' * 32}", headers=german)
    assert answer.json()["error"]["message"] == "There is no job of that id."
