"""The reference: complete, and true of what the API really answers."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import jsonschema
import pytest

from imagestudio.api.router import api_routes
from imagestudio.catalog import MODELS
from imagestudio.core.errors import InternalError, StudioError
from tests.api.conftest import API, Open, picture
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
    ("GET", "/api/v1/usage", "", {}),
    ("GET", "/api/v1/usage", "?group_by=x", {}),
    ("GET", "/api/health", "", {}),
]


async def document(api: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get("/openapi.json")).json()
    return found


def every(root: type[StudioError]) -> list[type[StudioError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in every(child))]


async def test_every_route_is_described_and_nothing_else(api: httpx.AsyncClient) -> None:
    paths = (await document(api))["paths"]
    described = {
        (method.upper(), path) for path, item in paths.items() for method in item if method != "parameters"
    }
    routes = {(method, path) for path, methods in api_routes() for method in methods}
    assert described == routes - {("GET", "/docs"), ("GET", "/openapi.json")}
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


async def test_every_code_is_there_with_an_example(api: httpx.AsyncClient) -> None:
    found = await document(api)
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
    api: httpx.AsyncClient, method: str, path: str, query: str, sent: dict[str, Any]
) -> None:
    found = await document(api)
    job = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]
    address = path.format(job_id=job["id"], file_id=job["images"][0]["id"]) + query
    response = await api.request(method, address, **sent)
    described = found["paths"][path][method.lower()]["responses"][str(response.status_code)]
    assert set(map(str.lower, described.get("headers", {}))) - {"preference-applied"} <= set(response.headers)
    if "application/json" in described["content"]:
        schema = described["content"]["application/json"]["schema"] | {"components": found["components"]}
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
async def test_the_described_bodies_are_those_that_are_taken(api: httpx.AsyncClient, body: Any) -> None:
    found = await document(api)
    content = found["paths"][f"{API}/generate"]["post"]["requestBody"]["content"]["application/json"]
    schema = content["schema"] | {"components": found["components"]}
    valid = jsonschema.Draft202012Validator(schema).is_valid(body)
    response = await api.post(f"{API}/generate", json=body)
    assert response.status_code == (200 if valid else 400)


class Page(HTMLParser):
    """What a page would load, where its links lead, and what there is to lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: set[str] = set()
        self.targets: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.loads += [tag] if tag in ("script", "link", "img", "iframe") or "src" in given else []
        self.links |= {given["href"] or ""} if "href" in given else set()
        self.targets += [given["id"] or ""] if "id" in given else []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


async def test_the_page_loads_nothing_and_says_it_all(api: httpx.AsyncClient) -> None:
    response = await api.get("/docs")
    page = Page(response.text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.loads == []
    assert "url(" not in response.text
    assert page.links - {"openapi.json"} == {f"#{target}" for target in page.targets} & page.links
    text = "".join(page.text)
    for expected in [*MODELS, *(kind.code for kind in every(StudioError)), "Idempotency-Key", "Prefer"]:
        assert expected in text


async def test_prefix_and_keys_are_in_the_reference(open_api: Open) -> None:
    async with open_api(GRADIO_ROOT_PATH="/studio", IMAGESTUDIO_API_KEYS="k") as api:
        found = await document(api)
        assert found["servers"] == [{"url": "/studio"}]
        assert found["security"] == [{"bearer": []}, {"apiKey": []}]
        assert "Calls under /api/v1 need a key" in (await api.get("/docs")).text
