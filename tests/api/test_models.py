"""The catalog over HTTP."""

import httpx
import jsonschema
import pytest

from imagestudio.catalog import MODELS, models_for
from tests.api.conftest import API, Open
from tests.catalog.controls import TAKEN, UNTAKEN, VALID
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_entry_is_whole(api: httpx.AsyncClient) -> None:
    data = (await api.get(f"{API}/models?task=edit")).json()["data"]
    assert [entry["id"] for entry in data] == [spec.id for spec in models_for("edit")]
    kontext = next(entry for entry in data if entry["id"] == "flux-kontext")
    assert kontext == {
        "id": "flux-kontext",
        "name": "Flux Kontext",
        "provider": "bfl",
        "task": "edit",
        "note": "Context-aware editing",
        "default": False,
        "controls": kontext["controls"],
        "price": {
            "listed_usd": None,
            "estimate_usd": 0.04,
            "rule": "$0.04 an image",
            "source": "https://docs.bfl.ai/quick_start/pricing",
            "read": "2026-11-16",
            "note": None,
            "variants": [],
        },
        "life": {
            "status": "legacy",
            "since": None,
            "successor": "flux-2-pro",
            "note": "Labelled legacy by Black Forest Labs.",
        },
        "served_by": None,
        "available": {"can_run": True, "reason": None, "set": None, "message": None},
        "sources": ["https://docs.bfl.ai/api-reference", "https://docs.bfl.ai/quick_start/pricing"],
    }


async def test_the_catalog_is_all_there(api: httpx.AsyncClient) -> None:
    data = (await api.get(f"{API}/models")).json()["data"]
    assert [entry["id"] for entry in data] == list(MODELS)
    by_id = {entry["id"]: entry for entry in data}
    assert [entry["id"] for entry in data if entry["default"]] == ["flux-2-pro", "qwen-image-edit"]
    assert by_id["imagen-4"]["served_by"] == "gemini-nano-banana-2.1"
    assert by_id["imagen-4"]["life"]["since"] == "2026-08-17"
    assert by_id["qwen-image-edit"]["price"]["estimate_usd"] is None
    assert by_id["recraft-v4"]["price"]["estimate_usd"] == 0.04
    (vector,) = by_id["recraft-v4"]["price"]["variants"]
    assert (vector["controls"], vector["estimate_usd"]) == ({"vector": True}, 0.08)


async def test_the_schemas_say_what_validation_does(api: httpx.AsyncClient) -> None:
    data = (await api.get(f"{API}/models")).json()["data"]
    schemas = {entry["id"]: entry["controls"] for entry in data}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for spec, name in [*UNTAKEN, *((spec, control.name) for spec, control in TAKEN)]:
        source = {"image_url": "https://example.com/a.png"} if spec.task == "edit" else {}
        body = {"prompt": "x", "model": spec.id, name: VALID[name], **source}
        valid = jsonschema.Draft202012Validator(schemas[spec.id]).is_valid(body)
        assert valid is (spec.control(name) is not None), (spec.id, name)


async def test_what_cannot_run_says_what_to_set(open_api: Open) -> None:
    async with open_api(GEMINI_API_KEY=None) as api:
        data = (await api.get(f"{API}/models?task=generate")).json()["data"]
        google = [entry["available"] for entry in data if entry["provider"] == "google"]
        assert google[0] == {
            "can_run": False,
            "reason": "missing_key",
            "set": "GEMINI_API_KEY",
            "message": google[0]["message"],
        }
        assert "GEMINI_API_KEY" in google[0]["message"]
        assert all(entry["available"]["can_run"] for entry in data if entry["provider"] != "google")


@rows("task", ["", "paint", "EDIT"])
async def test_an_unknown_task_is_refused(api: httpx.AsyncClient, task: str) -> None:
    response = await api.get(f"{API}/models?task={task}")
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"field": "task", "allowed": ["generate", "edit"]}
