"""The reference: complete, and true of what the API really answers."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import pytest_asyncio

from imagestudio.api.router import api_routes
from imagestudio.core.errors import InternalError, StudioError
from tests.api.conftest import API, Open, picture
from tests.api.meaning import gaps
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("POST", f"{API}/generate", "", {"json": {"prompt": "x"}}),
    ("POST", f"{API}/generate", "", {"json": {"prompt": "x", "model": "imagen-4", "num_images": 2}}),
    ("POST", f"{API}/generate", "", {"json": {"prompt": "x"}, "headers": {"Prefer": "respond-async"}}),
    ("POST", f"{API}/generate", "", {"json": {}}),
    ("POST", f"{API}/generate", "", {"json": {"prompt": "x demo:refuse"}}),
    ("POST", f"{API}/generate", "", {"json": {"prompt": "x demo:drop"}}),
    ("POST", f"{API}/edit", "", {"data": {"prompt": "x"}, "files": {"image": picture()}}),
    ("POST", f"{API}/edit", "", {"data": {"prompt": "x"}, "files": {"image": b""}}),
    ("GET", f"{API}/models", "?task=generate", {}),
    ("GET", f"{API}/models", "?task=x", {}),
    ("GET", f"{API}/jobs", "?limit=3", {}),
    ("GET", f"{API}/jobs", "?limit=0", {}),
    ("GET", f"{API}/jobs/{{job_id}}", "", {}),
    ("DELETE", f"{API}/jobs/{{job_id}}", "", {}),
    ("POST", f"{API}/jobs/{{job_id}}/webhook", "", {}),
    ("GET", f"{API}/files/{{file_id}}", "", {}),
    ("GET", f"{API}/files/{{file_id}}/thumbnail", "", {}),
    ("GET", f"{API}/files/{{file_id}}/preview", "", {}),
    ("PUT", f"{API}/files/{{file_id}}/favourite", "", {}),
    ("DELETE", f"{API}/files/{{file_id}}/favourite", "", {}),
    ("DELETE", f"{API}/files/{{file_id}}", "", {}),
    ("POST", f"{API}/files/{{file_id}}/restore", "", {}),
    ("POST", f"{API}/generate", "", {"json": {"prompt": "x", "dry_run": True}}),
    ("POST", f"{API}/jobs/{{job_id}}/look-again", "", {}),
    ("POST", f"{API}/jobs/{{job_id}}/run-again", "", {}),
    ("POST", f"{API}/jobs/{{job_id}}/delete", "", {}),
    ("POST", f"{API}/jobs/{{job_id}}/restore", "", {}),
    ("DELETE", f"{API}/everything", "", {}),
    ("DELETE", f"{API}/everything", "?confirm=true", {}),
    ("POST", f"{API}/everything/restore", "", {}),
    ("GET", "/api/v1/usage", "", {}),
    ("GET", "/api/v1/usage", "?group_by=x", {}),
    ("GET", "/api/health", "", {}),
    ("GET", "/api/health/ready", "", {}),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def document(api: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get("/openapi.json")).json()
    return found


def every(root: type[StudioError]) -> list[type[StudioError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in every(child))]


async def test_every_route_is_described_and_nothing_else(document: dict[str, Any]) -> None:
    paths = document["paths"]
    described = {
        (method.upper(), path) for path, item in paths.items() for method in item if method != "parameters"
    }
    routes = {(method, path) for path, methods in api_routes() for method in methods}
    assert described == routes
    operations = [
        item[method]["operationId"] for item in paths.values() for method in item if method != "parameters"
    ]
    assert len(set(operations)) == len(operations) == len(described)


async def test_references_lead_somewhere(api: httpx.AsyncClient) -> None:
    response = await api.get("/openapi.json")
    schemas = response.json()["components"]["schemas"]
    named = set(re.findall(r'"\$ref":"#/components/schemas/([^"]+)"', response.text))
    assert set(schemas) == named
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_every_code_is_there_with_an_example(document: dict[str, Any]) -> None:
    found = document
    examples: dict[str, Any] = {}
    for item in found["paths"].values():
        for method, operation in item.items():
            for status, response in operation["responses"].items() if method != "parameters" else ():
                content = response.get("content", {}).get("application/json", {})
                for code, example in content.get("examples", {}).items():
                    examples[code] = (int(status), example["value"]["error"]["code"])
    kinds = {kind.code: (kind.status, kind.code) for kind in every(StudioError)}
    assert InternalError.code in kinds
    assert examples == kinds
    assert set(found["components"]["schemas"]["ErrorObject"]["properties"]["code"]["enum"]) == set(kinds)


@rows(("method", "path", "query", "sent"), CALLS)
async def test_answers_are_as_described(
    api: httpx.AsyncClient,
    document: dict[str, Any],
    method: str,
    path: str,
    query: str,
    sent: dict[str, Any],
) -> None:
    job = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]
    address = path.format(job_id=job["id"], file_id=job["images"][0]["id"]) + query
    response = await api.request(method, address, **sent)
    described = document["paths"][path][method.lower()]["responses"][str(response.status_code)]
    assert set(map(str.lower, described.get("headers", {}))) - {"preference-applied"} <= set(response.headers)
    if "application/json" in described["content"]:
        schema = described["content"]["application/json"]["schema"] | {"components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(response.json())


@rows(
    "body",
    [
        {"prompt": "x"},
        {"prompt": "x", "model": "sd-3.5", "aspect_ratio": "1:1"},
        {"prompt": "x", "model": "imagen-4-fast", "num_images": 4},
        {"prompt": "x", "model": "recraft-v4", "vector": True},
        {"prompt": "x", "dry_run": True},
        {"prompt": "x", "dry_run": "yes"},
        {"prompt": "x", "model": "nope"},
        {"prompt": "x", "seed": -1},
        {"prompt": "x", "aspect_ratio": "1:1"},
        {"prompt": "x", "model": "imagen-4-fast", "image_size": "2K"},
        {"prompt": ""},
        {"prompt": "x", "width": 1000},
        {"prompt": "x", "steps": 3},
    ],
)
async def test_the_described_bodies_are_those_that_are_taken(
    api: httpx.AsyncClient, document: dict[str, Any], body: Any
) -> None:
    content = document["paths"][f"{API}/generate"]["post"]["requestBody"]["content"]["application/json"]
    schema = content["schema"] | {"components": document["components"]}
    valid = jsonschema.Draft202012Validator(schema).is_valid(body)
    response = await api.post(f"{API}/generate", json=body)
    assert response.status_code == (200 if valid else 400)


async def test_nothing_that_was_said_is_lost(document: dict[str, Any]) -> None:
    before = json.loads(Path(__file__).with_name("openapi_before.json").read_text())
    assert list(gaps(before, document)) == []


@rows(
    ("change", "gap"),
    [
        (lambda doc: doc["paths"].pop(f"{API}/jobs"), f"GET {API}/jobs is gone"),
        (
            lambda doc: doc["components"]["schemas"]["FileState"]["properties"].pop("deleted"),
            "FileState.deleted is gone",
        ),
        (
            lambda doc: doc["components"]["schemas"]["ErrorObject"]["properties"]["code"]["enum"].pop(),
            "ErrorObject.code: ['UNSUPPORTED_PARAMETER'] can not be chosen any more",
        ),
        (
            lambda doc: doc["paths"]["/api/v1/usage"]["get"]["parameters"].pop(0),
            "GET /api/v1/usage: parameter group_by is gone",
        ),
        (
            lambda doc: doc["paths"]["/api/v1/usage"]["get"]["responses"]["200"].pop("headers"),
            "GET /api/v1/usage 200: header Vary differs",
        ),
    ],
)
async def test_what_is_lost_is_found(
    document: dict[str, Any], change: Callable[[Any], None], gap: str
) -> None:
    after = deepcopy(document)
    change(after)
    assert gap in gaps(document, after)


class Loads(HTMLParser):
    """What a page loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "link", "img", "iframe"):
            self.addresses += [value for name in ("src", "href") if (value := given.get(name))]


async def test_the_page_loads_what_is_here_and_runs_its_own_script(api: httpx.AsyncClient) -> None:
    response = await api.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    loads = [address for address in Loads(response.text).addresses if not address.startswith("data:")]
    assert loads == ["docs/swagger-ui.css", "docs/swagger-ui-bundle.js"]
    for address in loads:
        file = await api.get(f"/{address}")
        assert file.status_code == 200
        assert len(file.content) > 100_000
        known = {"If-None-Match": file.headers["etag"]}
        assert (await api.get(f"/{address}", headers=known)).status_code == 304
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    scripts = re.findall("<script>(.*?)</script>", response.text, re.DOTALL)
    for script in scripts:
        assert b64encode(sha256(script.encode()).digest()).decode() in policy
    assert "http:" not in policy + response.text
    assert "https:" not in policy + response.text


async def test_prefix_and_keys_are_in_the_reference(open_api: Open) -> None:
    async with open_api(GRADIO_ROOT_PATH="/studio", IMAGESTUDIO_API_KEYS="k") as api:
        found = (await api.get("/openapi.json")).json()
        assert found["servers"] == [{"url": "/studio"}]
        assert found["security"] == [{"bearer": []}, {"apiKey": []}]
        assert found["components"]["securitySchemes"].keys() == {"bearer", "apiKey"}
