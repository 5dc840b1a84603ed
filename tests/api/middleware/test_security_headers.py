"""What every answer carries, over the whole route table, and that the page can live with it."""

import re

import httpx
import pytest

from imagestudio.api.middleware.csp import Policy, keeps_apart
from imagestudio.core.settings import load_settings
from tests.public import Open, routes
from tests.tables import rows

pytestmark = pytest.mark.slow

PAGE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin-allow-popups",
}
UNUSUAL = [
    ("GET", "/nowhere"),
    ("GET", "/api/nowhere"),
    ("PUT", "/api/v1/image/generate"),
    ("OPTIONS", "/api/v1/image/generate"),
    ("POST", "/"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/%00"),
    ("BREW", "/"),
]


def test_every_answer_carries_them(public: Open) -> None:
    table = [*routes(public.app), *UNUSUAL]
    assert len(table) > 120
    for method, path in table:
        with httpx.stream(method, f"{public.url}{path}", timeout=20) as answer:
            headers, status = answer.headers, answer.status_code
        assert status != 500, (method, path)
        assert {name: headers.get(name) for name in ALWAYS} == ALWAYS, (method, path)
        assert re.search(r"(default-src 'self'|default-src 'none')", headers["content-security-policy"])
        assert "unsafe-inline' 'unsafe-eval" not in headers["content-security-policy"]
        assert headers["permissions-policy"].startswith("accelerometer=(), "), (method, path)
        assert "strict-transport-security" not in headers, (method, path)
        if headers.get("content-type", "").startswith("application/json"):
            assert "cache-control" in headers, (method, path)
        assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"]), (method, path)
        assert headers.get("cross-origin-resource-policy") == (
            None if path.startswith(("/api/", "/shared/")) else "same-origin"
        ), (method, path)


def test_over_https_a_browser_comes_back_over_https(public: Open) -> None:
    answer = httpx.get(f"{public.url}/api/health", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_page_lets_only_its_own_scripts_run(public: Open) -> None:
    answers = [httpx.get(public.url, headers={"Accept-Encoding": "identity"}) for _ in range(2)]
    nonces = set()
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        match = re.fullmatch(
            re.escape(PAGE_POLICY)
            + r"script-src 'self' 'nonce-([\w-]{24})' 'unsafe-eval'; "
            + r"frame-ancestors 'self'",
            policy,
        )
        assert match, policy
        nonces.add(match[1])
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert len(scripts) >= 5
        assert all(f'nonce="{match[1]}"' in script for script in scripts)
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert answer.headers["cache-control"] == "no-store"
    assert len(nonces) == 2


def test_the_page_and_scripts_are_compressed_and_nothing_of_a_visitors_is(public: Open) -> None:
    with httpx.Client(base_url=public.url) as browser:
        page = browser.get("/")
        script = re.search(r"/?(page/[0-9a-f]+/main\.js)", page.text)
        assert script
        for answer in (page, browser.get(f"/{script[1]}"), browser.get("/openapi.json")):
            assert answer.headers["content-encoding"] == "gzip"
            assert "accept-encoding" in answer.headers["vary"].lower()
        assert int(page.headers["content-length"]) < 80_000 < len(page.content)
        nonce = re.search(r"'nonce-([\w-]{24})'", page.headers["content-security-policy"])
        assert nonce
        assert f'<script nonce="{nonce[1]}"' in page.text
        for path in ("/visitor", "/visitor/library", "/api/v1/image/jobs", "/api/v1/image/models", "/config"):
            assert "content-encoding" not in browser.get(path).headers, path


def test_a_space_may_be_framed_by_hugging_face_and_others_by_nobody() -> None:
    framed = Policy(load_settings({"SPACE_ID": "ann/studio"})).content_security()
    assert framed.endswith("frame-ancestors 'self' https://huggingface.co https://*.hf.space")
    assert Policy(load_settings()).content_security().endswith("; frame-ancestors 'self'")


@rows(
    ("scheme", "host", "told"),
    [
        ("https", "studio.example", True),
        ("http", "localhost:7860", True),
        ("http", "[::1]:7860", True),
        ("http", "192.168.0.5:7860", False),
        ("http", "", False),
    ],
)
def test_browsers_are_told_to_keep_apart_only_where_they_would(scheme: str, host: str, told: bool) -> None:
    assert keeps_apart(scheme, host) is told


def test_an_answer_keeps_what_it_set_itself(public: Open) -> None:
    docs = httpx.get(f"{public.url}/docs")
    (policy,) = docs.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "nonce=" not in docs.text


def test_the_reference_has_no_address_of_gradios(public: Open) -> None:
    paths = httpx.get(f"{public.url}/openapi.json", timeout=60).json()["paths"]
    assert len(paths) > 10
    assert all(path.startswith(("/api/", "/shared/")) for path in paths)
