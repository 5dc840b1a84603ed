"""MCP sees the same functions as gradio_client and one more, gets pictures to look at, and reads refusals."""

import json
from typing import Any

import httpx
import pytest

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import ModelSpec
from tests.conftest import Live
from tests.tables import rows
from tests.ui.conftest import SOURCE, job_of, mcp_session, pictures_of, texts

pytestmark = pytest.mark.slow


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
    (image,), (told,) = pictures_of(result), job["images"]
    if max(told["width"], told["height"]) <= 1600:
        assert image.data in live.drawn
        assert image.mime_type == told["mimeType"]
    else:
        assert (image.mime_type, max(image.size)) == ("image/webp", 1600)
    assert len(live.submits) == 1


async def test_an_address_may_be_given_as_the_picture(live: Live) -> None:
    async with mcp_session(live.url) as session:
        result = await session.call_tool("edit_image", {"prompt": "winter", "image": SOURCE})
    assert job_of(result)["status"] == "succeeded"


async def test_models_are_json(live: Live) -> None:
    async with mcp_session(live.url) as session:
        result = await session.call_tool("list_models", {"task": "edit"})
    assert [json.loads(text)["id"] for text in texts(result)] == [
        spec.id for spec in MODELS.values() if spec.task == "edit"
    ]


async def test_there_is_no_stream_that_nothing_comes_by(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.url) as web:
        answer = await web.get("/gradio_api/mcp/", headers={"Accept": "text/event-stream"})
        page = await web.get("/gradio_api/mcp/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "list_jobs" in page.text


SECRET = "x\nAuthorization: Bearer a-word-that-nobody-else-says"
CALL = {"jsonrpc": "2.0", "id": 7}
TOOL = {**CALL, "method": "tools/call"}
JSON = {"Content-Type": "application/json"}


@rows(
    ("message", "status", "code", "field"),
    [
        ({**TOOL, "params": {"name": [SECRET], "arguments": SECRET}}, 200, -32602, "name"),
        ({**TOOL, "params": {"name": "get_job", "arguments": [SECRET]}}, 200, -32602, "arguments"),
        ({**TOOL, "params": {"name": "get_job", "arguments": SECRET}}, 200, -32602, "arguments"),
        ({**CALL, "method": "initialize", "params": {SECRET: SECRET}}, 200, -32602, "params"),
        ({**CALL, "method": SECRET, "params": {"name": SECRET}}, 200, -32601, ""),
        ({"jsonrpc": "2.0", "method": "notifications/progress", "params": {SECRET: SECRET}}, 202, None, ""),
        ({"jsonrpc": "2.0", "method": SECRET}, 202, None, ""),
        ({"jsonrpc": "2.0", "id": SECRET, "result": {"text": SECRET}}, 202, None, ""),
        ({**CALL, "error": {"code": 1, "message": SECRET}}, 202, None, ""),
        ({**CALL, "method": [SECRET]}, 400, None, ""),
        ({**TOOL, "params": {"name": "get_job", "arguments": {f"\ud800{SECRET}": SECRET}}}, 400, None, ""),
    ],
)
async def test_what_no_agent_should_send_is_not_repeated(
    live: Live,
    caplog: pytest.LogCaptureFixture,
    message: dict[str, Any],
    status: int,
    code: int | None,
    field: str,
) -> None:
    """In the answer, nor in the log at any level."""
    caplog.set_level(0)
    caplog.clear()
    both = {"Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(base_url=live.url, headers=both) as web:
        answer = await web.post("/gradio_api/mcp/", content=json.dumps(message), headers=JSON)
        await web.post("/gradio_api/mcp/", json={**CALL, "method": "ping"})
    assert answer.status_code == status
    if code is not None:
        assert (answer.json()["id"], answer.json()["error"]["code"]) == (7, code)
    if code == -32602:
        assert answer.json()["error"]["message"].startswith(f"INVALID_PARAMETER: {field} ")
        assert answer.json()["error"]["data"]["details"]["field"] == field
    assert "nobody-else-says" not in answer.text + caplog.text
