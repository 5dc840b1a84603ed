"""The page's library, through the wire: pages, details, keeping, taking away, two visitors apart."""

import io
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from PIL import Image

from imagestudio.media.export.embed import read_recipe
from imagestudio.media.export.recipe import Recipe
from tests.api.conftest import API, Open, ended
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = {"X-API-Key": "the-long-key-of-ann"}, {"X-API-Key": "the-long-key-of-bob"}
RED, BLUE = "a red café at night", "a blue harbour"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ann(open_api: Open) -> AsyncIterator[httpx.AsyncClient]:
    """Ann's calls, of a studio where she has made a few pictures, and Bob one."""
    keys = ",".join(who["X-API-Key"] for who in (ANN, BOB))
    async with open_api(IMAGESTUDIO_API_KEYS=keys) as client:
        await make(client, BOB, "generate", prompt="a secret of bob's", model="flux-2-pro")
        client.headers.update(ANN)
        await make(client, ANN, "generate", prompt=RED, model="flux-2-pro", width=512, height=256, seed=7)
        await make(client, ANN, "generate", prompt=BLUE, model="imagen-4", num_images=2)
        yield client


async def make(client: httpx.AsyncClient, who: dict[str, str], task: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"{API}/{task}", json=fields, headers=who)
    return await ended(client, answer.json()["data"]["id"]) if who is ANN else answer.json()["data"]


async def page(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/visitor/library", params=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def one(client: httpx.AsyncClient, text: str = "red") -> dict[str, Any]:
    found: dict[str, Any] = (await page(client, q=text))["pictures"][0]
    return found


async def test_a_page_shows_pictures_newest_first(ann: httpx.AsyncClient) -> None:
    whole = await page(ann)
    assert [picture["prompt"] for picture in whole["pictures"]] == [BLUE, BLUE, RED]
    assert (whole["next"], whole["count"]) == (None, {"number": 3, "more": False})
    red = whole["pictures"][2]
    assert red == {
        "id": red["id"],
        "job_id": red["job_id"],
        "prompt": RED,
        "model": "flux-2-pro",
        "model_name": "Flux 2 Pro",
        "provider": "bfl",
        "provider_name": "Black Forest Labs",
        "task": "generate",
        "created_at": red["created_at"],
        "mimeType": "image/jpeg",
        "width": 512,
        "height": 256,
        "bytes": red["bytes"],
        "favourite": False,
        "cursor": red["cursor"],
    }
    first = await page(ann, limit=2)
    rest = await page(ann, limit=2, before=first["next"])
    assert first["pictures"] + rest["pictures"] == whole["pictures"]
    assert (await page(ann, after=whole["pictures"][1]["cursor"]))["pictures"] == whole["pictures"][:1]


async def test_a_search_and_filters_find_what_they_say(ann: httpx.AsyncClient) -> None:
    async def prompts(**query: Any) -> list[str]:
        return [picture["prompt"] for picture in (await page(ann, **query))["pictures"]]

    assert await prompts(q="CAFE ni") == [RED]
    assert await prompts(q="secret") == []
    assert await prompts(model="flux-2-pro") == await prompts(provider="bfl") == [RED]
    assert await prompts(task="edit") == await prompts(favourites="1") == await prompts(to="2001-01-01") == []
    assert await prompts(**{"from": "2001-01-01", "q": "harb"}) == [BLUE, BLUE]


@rows(
    ("query", "field"),
    [
        ({"task": "draw"}, "task"),
        ({"limit": "0"}, "limit"),
        ({"before": "x y"}, "before"),
        ({"from": "soon"}, "from"),
        ({"q": "x" * 501}, "q"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_by_name(
    ann: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await ann.get("/visitor/library", params=query)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (400, "INVALID_PARAMETER", field)


async def test_a_seed_larger_than_a_browser_s_numbers_is_told_exactly(open_api: Open, tmp_path: Path) -> None:
    seed = 2**53 + 1
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path / "data") as client:
        job = (await client.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]
        with sqlite3.connect(tmp_path / "data" / "studio.db") as database:
            database.execute("UPDATE calls SET seed = ?", (seed,))
        database.close()
        detail = (await client.get(f"/visitor/library/{job['images'][0]['id']}")).json()["data"]
        assert detail["job"]["seed"] == str(seed)
        assert (await client.get(f"{API}/jobs/{job['id']}")).json()["data"]["seed"] == seed


async def test_a_detail_tells_what_was_asked_sent_and_got(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    detail = (await ann.get(f"/visitor/library/{red['id']}")).json()["data"]
    del red["cursor"]
    assert {name: detail[name] for name in red} == red
    assert detail["controls"] == {"width": 512, "height": 256, "seed": 7}
    assert detail["estimate_usd"] == detail["job"]["cost"]["estimated_usd"]
    assert detail["job"]["sent"][0]["body"] == {"prompt": RED, "width": 512, "height": 256, "seed": 7}
    assert detail["seconds"] >= 0
    assert detail["shared_url"] is None
    node = detail["lineage"]["nodes"][0]
    assert (node["id"], node["parent"], node["shown"]) == (red["id"], None, True)
    assert detail["lineage"]["path"] == [red["id"]]


async def test_edits_of_edits_are_told_as_a_path_with_its_cost(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    first = await make(
        ann, ANN, "edit", prompt="umbrella", model="flux-kontext", image_url=f"{API}/files/{red['id']}"
    )
    second = await make(
        ann, ANN, "edit", prompt="rain", model="flux-kontext",
        image_url=f"{API}/files/{first['images'][0]['id']}",
    )  # fmt: skip
    last = second["images"][0]["id"]
    lineage = (await ann.get(f"/visitor/library/{first['images'][0]['id']}")).json()["data"]["lineage"]
    assert lineage["path"] == [red["id"], first["images"][0]["id"]]
    assert [node["id"] for node in lineage["nodes"]] == [*lineage["path"], last]
    assert [node["depth"] for node in lineage["nodes"]] == [0, 1, 2]


async def test_what_is_priced_by_the_picture_to_edit_has_its_price_once_more(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    edit = await make(
        ann, ANN, "edit", prompt="bigger", model="qwen-image-edit", image_url=f"{API}/files/{red['id']}"
    )
    detail = (await ann.get(f"/visitor/library/{edit['images'][0]['id']}")).json()["data"]
    assert detail["estimate_usd"] == edit["cost"]["estimated_usd"] > 0


async def test_a_detail_tells_the_link_that_there_is(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    url = (await ann.post(f"/visitor/files/{red['id']}/share")).json()["data"]["url"]
    assert (await ann.get(f"/visitor/library/{red['id']}")).json()["data"]["shared_url"] == url
    await ann.delete(f"/visitor/files/{red['id']}/share")
    assert (await ann.get(f"/visitor/library/{red['id']}")).json()["data"]["shared_url"] is None


async def test_a_favourite_is_found_as_one(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    answer = await ann.put(f"/visitor/files/{red['id']}/favourite")
    assert answer.json()["data"] == {"id": red["id"], "favourite": True}
    assert [picture["id"] for picture in (await page(ann, favourites="1"))["pictures"]] == [red["id"]]
    await ann.delete(f"/visitor/files/{red['id']}/favourite")
    assert (await page(ann, favourites="1"))["pictures"] == []


async def test_what_is_deleted_can_be_brought_back(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    ids = {"ids": [red["id"], "0" * 32]}
    assert (await ann.post("/visitor/library/delete", json=ids)).json()["data"] == {"ids": [red["id"]]}
    assert (await page(ann, q="red"))["pictures"] == []
    assert (await ann.get(f"/visitor/library/{red['id']}")).status_code == 404
    assert (await ann.post("/visitor/library/restore", json=ids)).json()["data"] == {"ids": [red["id"]]}
    assert await one(ann) == red
    refused = await ann.post("/visitor/library/delete", json={"ids": "all"})
    assert refused.json()["error"]["details"] == {"field": "ids"}


async def test_a_zip_holds_the_pictures_byte_for_byte_and_their_recipes(ann: httpx.AsyncClient) -> None:
    blue, red = await one(ann, "blue"), await one(ann)
    form = {"ids": f"{blue['id']},{red['id']},{'0' * 32}", "recipes": "1"}
    answer = await ann.post("/visitor/library/zip", data=form)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        pictures = [name for name in names if not name.endswith(".json")]
        for name, picture in zip(pictures, (blue, red), strict=True):
            original = (await ann.get(f"{API}/files/{picture['id']}")).content
            assert archive.read(name) == original
        recipe = Recipe.from_json(archive.read(names[3]))
    assert "a-red-café-at-night" in names[2]
    assert (recipe.prompt, recipe.controls["seed"]) == (RED, 7)


@rows(("kind", "mode"), [("png", "PNG"), ("webp", "WEBP"), ("jpeg", "JPEG")])
async def test_a_picture_is_had_in_another_format_with_its_recipe(
    ann: httpx.AsyncClient, kind: str, mode: str
) -> None:
    red = await one(ann)
    asked = {"format": kind, "side": "100", "quality": "80", "recipe": "1"}
    answer = await ann.get(f"/visitor/files/{red['id']}/download", params=asked)
    assert answer.headers["content-type"] == f"image/{kind}"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == (mode, (100, 50))
    recipe = read_recipe(answer.content)
    assert recipe
    assert (recipe.prompt, recipe.model, recipe.seed) == (RED, "flux-2-pro", 7)
    given = await ann.post("/visitor/recipe", files={"file": answer.content})
    assert given.json()["data"]["recipe"] == {
        "task": "generate",
        "fields": {"prompt": RED, "model": "flux-2-pro", "width": 512, "height": 256, "seed": 7},
        "model_name": "Flux 2 Pro",
    }


async def test_japanese_is_found_by_any_part_of_it(ann: httpx.AsyncClient) -> None:
    await make(ann, ANN, "generate", prompt="雨の東京タワーと赤い傘", model="flux-2-pro")
    for query, found in (("タワー", 1), ("傘", 1), ("京タ 赤い", 1), ("大阪", 0)):
        page = (await ann.get("/visitor/library", params={"q": query})).json()["data"]
        assert len(page["pictures"]) == found, query


async def test_the_original_stays_as_it_came(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    original = (await ann.get(f"{API}/files/{red['id']}")).content
    assert (await ann.get(f"/visitor/files/{red['id']}/download")).content == original
    assert (await ann.post("/visitor/recipe", files={"file": original})).json()["data"] == {"recipe": None}


async def test_a_drawing_is_had_as_it_is_or_in_pixels(ann: httpx.AsyncClient) -> None:
    job = await make(ann, ANN, "generate", prompt="a drawn fox", model="recraft-v4", vector=True)
    address = f"/visitor/files/{job['images'][0]['id']}/download"
    assert (await ann.get(address, params={"format": "svg"})).headers["content-type"] == "image/svg+xml"
    drawn = await ann.get(address, params={"format": "png", "side": "200"})
    with Image.open(io.BytesIO(drawn.content)) as image:
        assert max(image.size) == 200
    for query, lost in (
        ({"format": "jpeg"}, ["transparency"]),
        ({"format": "webp", "recipe": "1"}, []),
        ({"format": "original", "recipe": "1"}, ["recipe_beside"]),
    ):
        told = await ann.get(f"{address}/losses", params=query)
        assert told.json()["data"] == {"losses": lost}
    both = await ann.get(address, params={"recipe": "1"})
    with zipfile.ZipFile(io.BytesIO(both.content)) as archive:
        assert [name.partition(".")[2] for name in archive.namelist()] == ["svg", "recipe.json"]


@rows(
    ("asked", "field"),
    [
        ({"format": "svg"}, "format"),
        ({"format": "tiff"}, "format"),
        ({"format": "png", "side": "20000"}, "longer_side"),
        ({"format": "jpeg", "quality": "101"}, "quality"),
        ({"format": "jpeg", "side": "-1"}, "side"),
    ],
)
async def test_a_format_that_there_is_not_is_refused(
    ann: httpx.AsyncClient, asked: dict[str, str], field: str
) -> None:
    answer = await ann.get(f"/visitor/files/{(await one(ann))['id']}/download", params=asked)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)


async def test_a_request_is_had_to_paste(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    texts = (await ann.get(f"/visitor/snippets/{red['job_id']}")).json()["data"]
    assert set(texts) == {"curl", "python", "gradio_client"}
    assert texts["curl"].startswith(f"curl -sS -X POST http://studio.test{API}/generate")
    assert all("the-long-key" not in text and "IMAGESTUDIO_API_KEY" in text for text in texts.values())


async def test_running_again_never_pays_twice(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    twice = [
        await ann.post(f"/visitor/jobs/{red['job_id']}/run-again", headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    first, second = (answer.json()["data"]["job_id"] for answer in twice)
    assert first == second
    again = await ended(ann, first)
    assert (again["replaces"], again["status"]) == (red["job_id"], "succeeded")


async def test_running_again_counts_as_a_request(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_REQUESTS_PER_MINUTE=2) as client:
        job = (await client.post(f"{API}/generate", json={"prompt": "x", "width": 256})).json()["data"]
        again = f"/visitor/jobs/{job['id']}/run-again"
        codes = [(await client.post(again)).status_code for _ in range(2)]
    assert codes == [200, 429]


async def test_nothing_of_it_is_anybody_elses(ann: httpx.AsyncClient) -> None:
    red = await one(ann)
    assert [picture["prompt"] for picture in (await bob(ann, "GET", "library"))["data"]["pictures"]] == [
        "a secret of bob's"
    ]
    for method, path in (
        ("GET", f"library/{red['id']}"),
        ("GET", f"files/{red['id']}/download"),
        ("PUT", f"files/{red['id']}/favourite"),
        ("GET", f"snippets/{red['job_id']}"),
        ("POST", f"jobs/{red['job_id']}/run-again"),
    ):
        assert (await bob(ann, method, path))["error"]["code"] == "NOT_FOUND", path
    for what in ("delete", "restore"):
        assert (await bob(ann, "POST", f"library/{what}", json={"ids": [red["id"]]}))["data"] == {"ids": []}
    answer = await ann.post("/visitor/library/zip", data={"ids": red["id"]}, headers=BOB)
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == []


async def bob(client: httpx.AsyncClient, method: str, path: str, **how: Any) -> dict[str, Any]:
    answer = await client.request(method, f"/visitor/{path}", headers=BOB, **how)
    data: dict[str, Any] = json.loads(answer.text)
    return data


async def test_another_sites_page_is_not_answered(ann: httpx.AsyncClient) -> None:
    answer = await ann.get("/visitor/library", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
