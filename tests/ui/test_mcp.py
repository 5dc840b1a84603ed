"""MCP sees the same five functions, gets pictures to look at, and reads refusals."""

import base64
import json
from typing import Any

import httpx
import pytest

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import ModelSpec
from tests.conftest import Live, picture
from tests.tables import rows
from tests.ui.conftest import job_of, mcp_session, texts

pytestmark = pytest.mark.slow

SOURCE = "data:image/png;base64," + base64.b64encode(picture(80, 60)).decode()


async def test_five_tools_with_every_parameter_described(live: Live) -> None:
    async with mcp_session(live.url) as session:
        tools = (await session.list_tools()).tools
    names = ["generate_image", "edit_image", "list_models", "get_job", "cancel_job"]
    assert [tool.name for tool in tools] == names
    for tool in tools:
        assert tool.description
        assert all(field["description"] for field in tool.inputSchema["properties"].values()), tool.name
    assert [tool.inputSchema.get("required", []) for tool in tools] == [
        ["prompt"],
        ["prompt"],
        [],
        ["job_id"],
        ["job_id"],
    ]


@pytest.mark.parametrize("spec", MODELS.values(), ids=lambda spec: spec.id)
async def test_every_model_answers_with_a_picture_and_its_job(live: Live, spec: ModelSpec) -> None:
    given = {"prompt": "a fox", "model": spec.id}
    async with mcp_session(live.url) as session:
        if spec.task == "edit":
            result = await session.call_tool("edit_image", {**given, "image_url": SOURCE})
        else:
            result = await session.call_tool("generate_image", given)
    job = job_of(result)
    assert (job["status"], job["model"]) == ("succeeded", spec.id)
    (image,) = [content for content in result.content if content.type == "image"]
    assert base64.b64decode(image.data) in live.drawn
    assert image.mimeType == job["images"][0]["mimeType"]
    assert len(live.submits) == 1


async def test_an_address_may_be_given_as_the_picture(live: Live) -> None:
    async with mcp_session(live.url) as session:
        result = await session.call_tool("edit_image", {"prompt": "winter", "image": SOURCE})
    assert job_of(result)["status"] == "succeeded"


async def test_progress_is_told_and_the_answer_is_the_same(live: Live) -> None:
    steps: list[float] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        steps.append(progress)

    async with mcp_session(live.url) as session:
        result = await session.call_tool("generate_image", {"prompt": "a fox"}, progress_callback=tell)
    assert steps
    assert [content.type for content in result.content] == ["image", "text"]
    assert job_of(result)["status"] == "succeeded"


async def test_a_refusal_is_an_error_that_starts_with_its_code(live: Live) -> None:
    refused = {"model": "flux-2-pro", "prompt": "a fox", "aspect_ratio": "1:1"}
    async with mcp_session(live.url) as session:
        result = await session.call_tool("generate_image", refused)
    assert result.isError
    assert texts(result) == [
        "UNSUPPORTED_PARAMETER: Flux 2 Pro takes no aspect_ratio. Set width and height instead."
    ]
    assert live.requests == []


async def test_models_are_json(live: Live) -> None:
    async with mcp_session(live.url) as session:
        result = await session.call_tool("list_models", {"task": "edit"})
    assert [json.loads(text)["id"] for text in texts(result)] == [
        spec.id for spec in MODELS.values() if spec.task == "edit"
    ]


SECRET = "x\nAuthorization: Bearer a-word-that-nobody-else-says"
CALL = {"jsonrpc": "2.0", "id": 7}


@rows(
    ("message", "status", "code"),
    [
        ({**CALL, "method": "tools/call", "params": {"name": [SECRET], "arguments": SECRET}}, 200, -32602),
        ({**CALL, "method": "tools/call", "params": {"name": "get_job", "arguments": [SECRET]}}, 200, -32602),
        ({**CALL, "method": SECRET, "params": {"name": SECRET}}, 200, -32601),
        ({"jsonrpc": "2.0", "method": "notifications/progress", "params": {SECRET: SECRET}}, 202, None),
        ({"jsonrpc": "2.0", "method": SECRET}, 202, None),
        ({"jsonrpc": "2.0", "id": SECRET, "result": {"text": SECRET}}, 202, None),
        ({**CALL, "error": {"code": 1, "message": SECRET}}, 202, None),
        ({**CALL, "method": [SECRET]}, 400, None),
    ],
)
async def test_what_no_agent_should_send_is_not_repeated(
    live: Live, caplog: pytest.LogCaptureFixture, message: dict[str, Any], status: int, code: int | None
) -> None:
    """In the answer, nor in the log at any level."""
    caplog.set_level(0)
    caplog.clear()
    both = {"Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(base_url=live.url, headers=both) as web:
        answer = await web.post("/gradio_api/mcp/", json=message)
        await web.post("/gradio_api/mcp/", json={**CALL, "method": "ping"})
    assert answer.status_code == status
    if code is not None:
        assert (answer.json()["id"], answer.json()["error"]["code"]) == (7, code)
    assert "nobody-else-says" not in answer.text + caplog.text
