"""What agents write for a value is read as they mean it, or refused with its code and field."""

import json
from typing import Any

import httpx
import pytest
from mcp import ClientSession

from tests.conftest import Live
from tests.tables import rows
from tests.ui.conftest import SOURCE, job_of, refusal_of, texts

pytestmark = pytest.mark.slow

FOX = {"prompt": "a fox", "dry_run": True}


@rows(
    ("tool", "given", "asked"),
    [
        ("generate_image", {"width": "1024"}, {"width": 1024}),
        ("generate_image", {"width": 1024.0}, {"width": 1024}),
        ("generate_image", {"seed": "4294967295"}, {"seed": 4294967295}),
        ("generate_image", {"dry_run": "true"}, {}),
        (
            "generate_image",
            {"model": "recraft-v4", "vector": "true"},
            {"model": "recraft-v4", "vector": True},
        ),
        ("generate_image", {"model": "imagen-4", "num_images": "2"}, {"model": "imagen-4", "num_images": 2}),
        ("generate_image", {"model": ""}, {}),
        ("generate_image", {"model": None, "width": None, "seed": None, "vector": None}, {}),
        ("generate_image", {"width": "", "seed": "", "vector": "", "aspect_ratio": ""}, {}),
        ("generate_image", {"webhook_url": "", "idempotency_key": "", "inline": "", "nonsense": None}, {}),
        ("edit_image", {"image": "", "image_url": SOURCE}, {}),
        ("edit_image", {"image": SOURCE, "image_url": ""}, {}),
        ("edit_image", {"image": SOURCE, "image_url": None, "model": "", "seed": ""}, {}),
    ],
)
async def test_it_is_read_as_it_is_meant(
    live: Live, agent: ClientSession, tool: str, given: dict[str, Any], asked: dict[str, Any]
) -> None:
    job = job_of(await agent.call_tool(tool, {**FOX, **given}))
    assert {"prompt", "dry_run"} <= set(job["asked"])
    told = {
        name: job["asked"][name] for name in job["asked"] if name not in ("prompt", "dry_run", "image_url")
    }
    assert told == asked
    assert live.requests == []


async def test_a_price_is_asked_for_not_paid(live: Live, agent: ClientSession) -> None:
    job = job_of(await agent.call_tool("generate_image", {"prompt": "a fox", "dry_run": "true"}))
    refused = await agent.call_tool("generate_image", {"prompt": "a fox", "dry_run": "yes"})
    assert job["dry_run"] is True
    assert refused.isError
    assert live.requests == []


JOB = "0" * 32


@rows(
    ("tool", "given", "code", "field"),
    [
        ("generate_image", {"width": "1024px"}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"width": "1e3"}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"width": " 1024"}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"width": 1024.5}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"width": True}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"width": [1024]}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"width": "1025"}, "INVALID_PARAMETER", "width"),
        ("generate_image", {"seed": "-1"}, "INVALID_PARAMETER", "seed"),
        ("generate_image", {"seed": "9" * 5000}, "INVALID_PARAMETER", "seed"),
        ("generate_image", {"dry_run": "yes"}, "INVALID_PARAMETER", "dry_run"),
        ("generate_image", {"dry_run": 1}, "INVALID_PARAMETER", "dry_run"),
        ("generate_image", {"prompt": 7}, "INVALID_PARAMETER", "prompt"),
        ("generate_image", {"prompt": ["a fox"]}, "INVALID_PARAMETER", "prompt"),
        ("generate_image", {"prompt": ""}, "MISSING_REQUIRED_FIELD", "prompt"),
        ("generate_image", {"prompt": "  "}, "MISSING_REQUIRED_FIELD", "prompt"),
        ("generate_image", {"prompt": None}, "MISSING_REQUIRED_FIELD", "prompt"),
        ("generate_image", {"model": "zzz"}, "INVALID_MODEL", "model"),
        ("generate_image", {"model": {"id": "flux-2-pro"}}, "INVALID_PARAMETER", "model"),
        ("generate_image", {"aspect_ratio": "1:1"}, "UNSUPPORTED_PARAMETER", "aspect_ratio"),
        ("generate_image", {"num_images": 2}, "UNSUPPORTED_PARAMETER", "num_images"),
        ("generate_image", {"size": "1024x1024"}, "UNSUPPORTED_PARAMETER", "size"),
        ("generate_image", {"caller": "me"}, "UNSUPPORTED_PARAMETER", "caller"),
        ("generate_image", {"inline": "all"}, "INVALID_PARAMETER", "inline"),
        ("generate_image", {"idempotency_key": "x" * 256}, "INVALID_PARAMETER", "idempotency_key"),
        ("generate_image", {"idempotency_key": "x\n"}, "INVALID_PARAMETER", "idempotency_key"),
        ("generate_image", {"webhook_url": "http://127.0.0.1/"}, "INVALID_PARAMETER", "webhook_url"),
        ("edit_image", {}, "MISSING_REQUIRED_FIELD", "image_url"),
        ("edit_image", {"image": SOURCE, "image_url": SOURCE}, "INVALID_PARAMETER", "image_url"),
        ("edit_image", {"image": "/etc/passwd"}, "INVALID_IMAGE", "image"),
        ("edit_image", {"image": "data:image/png;base64,AAAA"}, "INVALID_IMAGE", "image"),
        ("edit_image", {"image_url": "http://127.0.0.1/x.png"}, "INVALID_IMAGE", "image_url"),
        ("edit_image", {"image": 7}, "INVALID_PARAMETER", "image"),
        ("list_models", {"task": "draw"}, "INVALID_PARAMETER", "task"),
        ("list_jobs", {"status": "done"}, "INVALID_PARAMETER", "status"),
        ("list_jobs", {"model": "zzz"}, "INVALID_MODEL", "model"),
        ("list_jobs", {"since": "monday"}, "INVALID_PARAMETER", "since"),
        ("list_jobs", {"limit": "0"}, "INVALID_PARAMETER", "limit"),
        ("list_jobs", {"limit": 51}, "INVALID_PARAMETER", "limit"),
        ("list_jobs", {"page": 2}, "UNSUPPORTED_PARAMETER", "page"),
        ("get_job", {}, "MISSING_REQUIRED_FIELD", "job_id"),
        ("get_job", {"job_id": ""}, "MISSING_REQUIRED_FIELD", "job_id"),
        ("get_job", {"job_id": 7}, "INVALID_PARAMETER", "job_id"),
        ("get_job", {"job_id": "x\x00"}, "NOT_FOUND", "job_id"),
        ("get_job", {"job_id": JOB, "wait_s": "600"}, "INVALID_PARAMETER", "wait_s"),
        ("get_job", {"job_id": JOB, "look_again": True, "run_again": True}, "INVALID_PARAMETER", "run_again"),
        ("get_job", {"job_id": JOB, "run_again": True}, "NOT_FOUND", "job_id"),
        ("cancel_job", {"job_id": JOB}, "NOT_FOUND", "job_id"),
        ("draw_image", {"prompt": "a fox"}, "NOT_FOUND", "name"),
    ],
)
async def test_a_refusal_has_its_code_and_its_field(
    live: Live, agent: ClientSession, tool: str, given: dict[str, Any], code: str, field: str
) -> None:
    wanted = FOX if tool.endswith("_image") else {}
    result = await agent.call_tool(tool, {**wanted, **given})
    refused = refusal_of(result)
    assert (refused["code"], refused["details"].get("field")) == (code, field)
    (line,) = texts(result)
    assert line.startswith(f"{code}: ")
    assert field in line or code == "NOT_FOUND"
    assert len(line) < 600
    assert "schema" not in line
    assert live.requests == []


async def test_an_unknown_tool_or_argument_is_told_the_known_ones(
    agent: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    (tool,) = texts(await agent.call_tool("draw", {}))
    (argument,) = texts(await agent.call_tool("cancel_job", {"id": "x"}))
    assert tool.startswith('NOT_FOUND: There is no tool "draw" here. There are generate_image, edit_image, ')
    assert argument == 'UNSUPPORTED_PARAMETER: cancel_job takes no "id". It takes job_id.'
    assert "draw" not in caplog.text


@rows(
    ("tool", "given", "code"),
    [
        ("generate_image", {"prompt": "\ud800"}, "INVALID_PARAMETER"),
        ("generate_image", {"prompt": "a fox", "idempotency_key": "\ud800"}, "INVALID_PARAMETER"),
        ("get_job", {"job_id": "\ud800"}, "NOT_FOUND"),
        ("list_jobs", {"before": "\ud800"}, "NOT_FOUND"),
        ("\ud800", {}, "NOT_FOUND"),
    ],
)
async def test_half_a_letter_is_refused(live: Live, tool: str, given: dict[str, Any], code: str) -> None:
    """As JSON can write it, though the SDK's client can't."""
    call = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": tool, "arguments": given}}
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(base_url=live.url, headers=headers) as web:
        answer = await web.post("/gradio_api/mcp/", content=json.dumps(call))
    (event,) = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    result = json.loads(event.removeprefix("data: "))["result"]
    assert result["isError"]
    assert result["structuredContent"]["error"]["code"] == code
