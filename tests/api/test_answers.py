"""Every operation of the reference is called, in the demo and before live providers: what comes back, served
or refused, is what the reference says of it."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import jsonschema
import pytest
from referencing import Registry, Resource

from imagestudio.core.job import UNENDED
from tests.api.conftest import API, Open, ended, picture

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

NOWHERE = "0" * 32
ASYNC = {"Prefer": "respond-async"}
DOCUMENT = "urn:openapi"
Seen = dict[tuple[str, str], set[tuple[int, str]]]


class Reader:
    """Calls the API, and holds each answer to the document."""

    def __init__(self, api: httpx.AsyncClient, document: Mapping[str, Any]) -> None:
        self._api = api
        self._document = document
        self._registry = Registry().with_resource(DOCUMENT, Resource.opaque(document))
        self._templates = [
            (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), path) for path in document["paths"]
        ]
        self.seen: Seen = defaultdict(set)

    async def call(self, method: str, address: str, **sent: Any) -> httpx.Response:
        """An answer that is as described."""
        response = await self._api.request(method, address, **sent)
        path = next(known for form, known in self._templates if form.fullmatch(address.split("?")[0]))
        status = str(response.status_code)
        operation = self._document["paths"][path][method.lower()]
        assert status in operation["responses"], f"{method} {address}: {status} {response.text}"
        described = operation["responses"][status]
        named = {name.lower() for name in described.get("headers", {})} - {"preference-applied"}
        assert named <= set(response.headers), f"{method} {address}"
        code = ""
        kind = response.headers.get("content-type", "").partition(";")[0]
        if method != "HEAD" and response.content:
            kinds = described.get("content", {})
            assert kind in kinds or (kind.startswith("image/") and "image/*" in kinds), f"{address}: {kind}"
            if kind == "application/json":
                self._validate(path, method, status, response.json())
                code = response.json().get("error", {}).get("code", "")
        self.seen[method, path].add((response.status_code, code))
        return response

    def _validate(self, path: str, method: str, status: str, value: Any) -> None:
        pointer = "/".join(
            part.replace("~", "~0").replace("/", "~1")
            for part in ("paths", path, method.lower(), "responses", status, "content", "application/json")
        )
        schema = {"$ref": f"{DOCUMENT}#/{pointer}/schema"}
        jsonschema.Draft202012Validator(schema, registry=self._registry).validate(value)

    def operations(self) -> Iterator[tuple[str, str]]:
        """Every one that the document has."""
        for path, item in self._document["paths"].items():
            yield from ((method.upper(), path) for method in item)


async def tour(reader: Reader, api: httpx.AsyncClient) -> None:
    """Every operation, as it is meant, and as it is not."""
    call = reader.call
    made = (await call("POST", f"{API}/generate", json={"prompt": "a fox"})).json()["data"]
    job, file = made["id"], made["images"][0]["id"]
    for body in (
        {"prompt": "x", "model": "imagen-4-fast", "num_images": 2},
        {"prompt": "x", "model": "recraft-v4", "vector": True},
        {"prompt": "x", "dry_run": True},
        {"prompt": "x", "response_format": "base64"},
        {},
        {"prompt": "x", "model": "nope"},
        {"prompt": "x", "width": 1000},
        {"prompt": "x", "aspect_ratio": "1:1"},
        {"prompt": "x demo:refuse"},
    ):
        await call("POST", f"{API}/generate", json=body)
    await call("POST", f"{API}/generate", content=b"{")
    once = {"Idempotency-Key": "once", **ASYNC}
    started = (await call("POST", f"{API}/generate", json={"prompt": "y"}, headers=once)).json()["data"]
    await call("POST", f"{API}/generate", json={"prompt": "another"}, headers=once)
    await call("POST", f"{API}/edit", data={"prompt": "x"}, files={"image": picture()})
    await call("POST", f"{API}/edit", data={"prompt": "x"}, files={"image": b"no picture"})
    await call("POST", f"{API}/edit", json={"prompt": "x", "image_url": made["images"][0].get("url", "x")})
    await call("DELETE", f"{API}/jobs/{started['id']}")
    await ended(api, started["id"])
    for query in ("", "?task=edit", "?task=x"):
        await call("GET", f"{API}/models{query}")
    for query in ("", "?limit=1", "?limit=0", "?before=x", f"?before={job}"):
        await call("GET", f"{API}/jobs{query}")
    for known in (job, NOWHERE):
        await call("GET", f"{API}/jobs/{known}")
        await call("DELETE", f"{API}/jobs/{known}")
        await call("POST", f"{API}/jobs/{known}/look-again")
        await call("POST", f"{API}/jobs/{known}/run-again", headers=ASYNC)
        await call("POST", f"{API}/jobs/{known}/webhook")
    await call("POST", f"{API}/jobs/{job}/run-again")
    for known in (file, NOWHERE):
        for method in ("GET", "HEAD"):
            for made_of_it in ("", "/thumbnail", "/preview"):
                await call(method, f"{API}/files/{known}{made_of_it}")
        await call("POST", f"{API}/files/{known}/share")
        await call("PUT", f"{API}/files/{known}/favourite")
        await call("DELETE", f"{API}/files/{known}/favourite")
    etag = (await call("GET", f"{API}/files/{file}")).headers["etag"]
    await call("GET", f"{API}/files/{file}", headers={"If-None-Match": etag})
    await call("GET", f"{API}/files/{file}", headers={"Range": "bytes=0-9"})
    link = (await call("POST", f"{API}/files/{file}/share")).json()["data"]["url"]
    shared = httpx.URL(link).path
    for method in ("GET", "HEAD"):
        await call(method, shared)
        await call(method, "/shared/none")
        await call(method, "/api/health")
        await call(method, "/api/health/ready")
    await call("DELETE", f"{API}/files/{file}/share")
    await call("DELETE", f"{API}/files/{NOWHERE}/share")
    await call("GET", shared)
    for known in (file, NOWHERE):
        await call("DELETE", f"{API}/files/{known}")
        await call("POST", f"{API}/files/{known}/restore")
    for known in (job, NOWHERE):
        await call("POST", f"{API}/jobs/{known}/delete")
        await call("POST", f"{API}/jobs/{known}/restore")
    for query in ("", "?group_by=day&from=2026-01-01", "?group_by=x", "?format=csv", "?from=never"):
        await call("GET", f"/api/v1/usage{query}")
    while any(job["status"] in UNENDED for job in (await api.get(f"{API}/jobs")).json()["data"]["jobs"]):
        await asyncio.sleep(0.05)
    for query in ("", "?confirm=true"):
        await call("DELETE", f"/api/v1/image/everything{query}")
    for site in ("same-origin", "cross-site"):
        await call("POST", "/api/v1/image/everything/restore", headers={"Sec-Fetch-Site": site})


DEMO = {"IMAGESTUDIO_SANDBOX": "on"}


@pytest.mark.parametrize("settings", [{}, DEMO], ids=["live", "demo"])
async def test_every_operation_answers_as_the_reference_says(
    open_api: Open, settings: dict[str, str]
) -> None:
    async with open_api(**settings) as api:
        assert (await api.get("/api/health")).json()["demo"] is bool(settings)
        reader = Reader(api, (await api.get("/openapi.json")).json())
        await tour(reader, api)
        assert set(reader.seen) == set(reader.operations())
        for operation, answers in reader.seen.items():
            # No job of these has a ticket or a webhook; test_again.py and jobs/webhooks have those that do.
            unasked = operation[1].endswith(("/look-again", "/webhook"))
            assert unasked or any(status < 400 for status, _ in answers), operation
            open_to_all = operation[1].startswith("/api/health")
            assert open_to_all or any(status >= 400 for status, _ in answers), operation


async def test_who_may_not_call_is_told_as_the_reference_says(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_API_KEYS="a-key-of-this-studio") as api:
        reader = Reader(api, (await api.get("/openapi.json")).json())
        for method, path in reader.operations():
            if not path.startswith("/api/v1/"):
                continue
            address = re.sub(r"\{\w+\}", NOWHERE, path)
            assert (await reader.call(method, address)).status_code == 401
            wrong = {"Authorization": "Bearer of-another"}
            assert (await reader.call(method, address, headers=wrong)).status_code == 401
            if method in ("POST", "PUT", "DELETE"):
                foreign = {"Sec-Fetch-Site": "cross-site"}
                assert (await reader.call(method, address, headers=foreign)).status_code == 403
