"""Snippets are run as a person would run them, against a server that tells what came."""

import ast
import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi import Request as Received

from imagestudio.core.job import Job
from imagestudio.studio.snippets import Request, as_curl, as_gradio_client, as_httpx, request_of
from tests.conftest import served
from tests.tables import rows

KEY = 'k"$(touch x) `id`'
PROMPTS = [
    "a red fox",
    'it\'s "quoted" `id` $(id) $HOME \\ \\n !! %s {x} @file',
    "two\nlines\tand\x01more",
    "狐 🦊 ü",
    "word " * 400,
    "'''\"\"\"",
]
"""Whatever a shell or Python could take for its own."""


@pytest.fixture(scope="module")
def received() -> list[dict[str, Any]]:
    return []


@pytest.fixture(scope="module")
def echo(received: list[dict[str, Any]]) -> Iterator[str]:
    app = FastAPI()

    @app.post("/{path:path}")
    async def take(path: str, request: Received) -> dict[str, Any]:
        headers = {name: request.headers.get(name) for name in ("content-type", "authorization")}
        received.append({"path": path, "json": await request.json(), **headers})
        return {"success": True, "data": {"status": "succeeded"}}

    with served(lambda: app) as origin:
        yield origin


def fields_of(prompt: str) -> dict[str, Any]:
    return {"prompt": prompt, "model": "recraft-v4", "width": 512, "height": 512, "vector": True}


def run(command: list[str]) -> str:
    environment = {"PATH": os.environ["PATH"], "IMAGESTUDIO_API_KEY": KEY}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
@rows("needs_key", [False, True])
@rows("prompt", PROMPTS)
async def test_both_snippets_send_the_request(
    echo: str, received: list[dict[str, Any]], prompt: str, needs_key: bool
) -> None:
    request = Request("generate", fields_of(prompt), f"{echo}/pre'fix", needs_key)
    received.clear()
    shown = await asyncio.to_thread(run, ["sh", "-c", as_curl(request)])
    assert shown == '{"success":true,"data":{"status":"succeeded"}}'
    shown = await asyncio.to_thread(run, [sys.executable, "-c", as_httpx(request)])
    assert shown == "{'status': 'succeeded'}\n"
    assert (
        received
        == [
            {
                "path": "pre'fix/api/v1/image/generate",
                "json": fields_of(prompt),
                "content-type": "application/json",
                "authorization": f"Bearer {KEY}" if needs_key else None,
            }
        ]
        * 2
    )


@rows("prompt", PROMPTS)
def test_the_gradio_client_is_called_with_the_request(prompt: str) -> None:
    request = Request("generate", fields_of(prompt), "http://localhost:7860", needs_key=True)
    tree = ast.parse(as_gradio_client(request))
    client, predict = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.keywords)
    assert [ast.literal_eval(value) for value in client.args] == ["http://localhost:7860"]
    arguments = {keyword.arg: ast.literal_eval(keyword.value) for keyword in predict.keywords}
    assert arguments == {**fields_of(prompt), "api_name": "/generate"}


def test_how_they_read() -> None:
    request = Request("generate", {"prompt": "a red fox", "seed": 7}, "http://localhost:7860", needs_key=True)
    assert as_curl(request) == (
        "curl -sS -X POST http://localhost:7860/api/v1/image/generate \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  -H "Authorization: Bearer $IMAGESTUDIO_API_KEY" \\\n'
        """  --data-raw '{"prompt": "a red fox", "seed": 7}'\n"""
    )
    assert as_httpx(request) == (
        "from os import environ\n\n"
        "import httpx\n\n"
        "answer = httpx.post(\n"
        "    'http://localhost:7860/api/v1/image/generate',\n"
        """    headers={"Authorization": f"Bearer {environ['IMAGESTUDIO_API_KEY']}"},\n"""
        "    json={'prompt': 'a red fox', 'seed': 7},\n"
        "    timeout=None,\n"
        ")\n"
        "answer.raise_for_status()\n"
        'print(answer.json()["data"])\n'
    )


def test_a_jobs_request_names_its_source_and_nothing_private() -> None:
    fields: dict[str, Any] = {"demo": False, "response_format": "auto", "estimated_usd": None}
    job = Job(
        **fields,
        id="1" * 32,
        owner="marked-owner",
        task="edit",
        status="succeeded",
        model="flux-kontext",
        provider="bfl",
        served_by=None,
        created_at=0.0,
        asked={"image_url": "https://example.org/?token=marked", "webhook_url": "https://x/?token=marked"},
        prompt="add a hat",
        controls={"seed": 9},
        input_file="2" * 32,
        webhook_url="https://x/?token=marked",
    )
    request = request_of(job, "https://studio.example", needs_key=False)
    assert request.fields == {
        "prompt": "add a hat",
        "model": "flux-kontext",
        "seed": 9,
        "image_url": f"https://studio.example/api/v1/image/files/{'2' * 32}",
    }
    for text in (as_curl(request), as_httpx(request), as_gradio_client(request)):
        assert "marked" not in text
        assert "environ" not in text
        assert "API_KEY" not in text
