"""Absolute addresses, and addresses that lead nowhere."""

import tomllib
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import API, ORIGIN, Open
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@rows(
    ("settings", "origin"),
    [
        ({}, ORIGIN),
        ({"IMAGESTUDIO_PUBLIC_URL": "https://pictures.example/x/"}, "https://pictures.example/x"),
        ({"GRADIO_ROOT_PATH": "/studio"}, f"{ORIGIN}/studio"),
        ({"GRADIO_ROOT_PATH": "https://proxy.example/studio/"}, "https://proxy.example/studio"),
        (
            {"GRADIO_ROOT_PATH": "/studio", "IMAGESTUDIO_PUBLIC_URL": "https://pictures.example"},
            "https://pictures.example/studio",
        ),
    ],
)
async def test_addresses_begin_with_the_origin(open_api: Open, settings: dict[str, str], origin: str) -> None:
    async with open_api(**settings) as api:
        job = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]
        assert job["poll_url"] == f"{origin}{API}/jobs/{job['id']}"
        assert job["images"][0]["url"] == f"{origin}{API}/files/{job['images'][0]['id']}"


@rows("host", ["", "[::1", "a b", 'x"><script>', "x:y:z", "[zz]:99999999"])
async def test_a_broken_host_is_refused_and_not_repeated(api: httpx.AsyncClient, host: str) -> None:
    response = await api.post(f"{API}/generate", json={"prompt": "x"}, headers={"Host": host})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST")
    assert "<script>" not in response.text


@rows("path", ["/api/", "/api/v1", "/api/v2/image/models", f"{API}/jobs/a/b", "/api/health/x"])
@rows("method", ["GET", "POST", "DELETE", "OPTIONS", "PROPFIND"])
async def test_nothing_there_is_said_in_json(api: httpx.AsyncClient, method: str, path: str) -> None:
    response = await api.request(method, path)
    assert response.status_code == 404
    assert response.json() == {
        "error": {
            "code": "NOT_FOUND",
            "message": "There is nothing at this address. The reference is at /docs.",
            "details": {},
        }
    }


@rows(
    ("method", "path", "allowed"),
    [
        ("GET", f"{API}/generate", ["POST"]),
        ("PROPFIND", f"{API}/edit", ["POST"]),
        ("POST", f"{API}/models", ["GET"]),
        ("PUT", f"{API}/jobs/{'0' * 32}", ["DELETE", "GET"]),
        ("POST", f"{API}/files/{'0' * 32}", ["DELETE", "GET", "HEAD"]),
        ("OPTIONS", "/api/health", ["GET", "HEAD"]),
    ],
)
async def test_another_method_is_told_what_is_allowed(
    api: httpx.AsyncClient, method: str, path: str, allowed: list[str]
) -> None:
    response = await api.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == ", ".join(allowed)
    assert response.json() == {
        "error": {
            "code": "BAD_REQUEST",
            "message": f"This address takes {', '.join(allowed)} only.",
            "details": {"allowed": allowed},
        }
    }


@rows(
    ("method", "path"),
    [
        ("GET", f"{API}/models/"),
        ("GET", f"/{API}/models"),
        ("GET", "/api//v1/image//models//?task=edit"),
        ("POST", f"//{API}/generate/"),
        ("GET", f"{API}/jobs/?limit=1"),
        ("GET", "/api/health/"),
        ("GET", "/api/v1/usage/"),
        ("GET", "/visitor/"),
        ("GET", "//openapi.json"),
        ("GET", "//docs/swagger-ui.css"),
    ],
)
async def test_a_slash_too_many_changes_nothing(api: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await api.request(method, f"{ORIGIN}{path}", json={"prompt": "x"} if method == "POST" else None)
    assert answer.status_code == 200, answer.text


async def test_a_slash_too_many_gets_past_no_guard(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_API_KEYS="marked-key-of-ann-0") as api:
        for path in (f"/{API}/models", "//api/v1/usage/", f"{API}//jobs"):
            assert (await api.get(f"{ORIGIN}{path}")).status_code == 401


async def test_the_reference_s_page_is_found_without_its_slash(api: httpx.AsyncClient) -> None:
    answer = await api.get("/docs/")
    assert answer.is_redirect
    assert answer.next_request is not None
    assert answer.next_request.url == f"{ORIGIN}/docs"


async def test_health(api: httpx.AsyncClient) -> None:
    version = tomllib.loads(PROJECT.read_text())["project"]["version"]
    response = await api.get("/api/health")
    assert response.json() == {"status": "ok", "demo": False, "version": version}
    assert (await api.head("/api/health")).status_code == 200


async def test_readiness(api: httpx.AsyncClient) -> None:
    response = await api.get("/api/health/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "missing": []})
    assert response.headers["cache-control"] == "no-store"
    assert (await api.head("/api/health/ready")).status_code == 200
