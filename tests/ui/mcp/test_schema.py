"""What tools/list says: plain enough for the strictest client, short, and true about what a tool does."""

import json

import pytest
from mcp.types import Tool

from imagestudio.ui.mcp.schema import describe
from imagestudio.ui.tools import Tools

TOOLS = {name: describe(name, function) for name, function in Tools().by_name().items()}
SPENDING = ("generate_image", "edit_image", "get_job")
PLAIN = {"type", "description", "enum"}


def test_the_tools_and_what_they_need() -> None:
    assert {name: tool.inputSchema.get("required", []) for name, tool in TOOLS.items()} == {
        "generate_image": ["prompt"],
        "edit_image": ["prompt"],
        "list_models": [],
        "get_job": ["job_id"],
        "list_jobs": [],
        "cancel_job": ["job_id"],
    }


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_a_strict_client_takes_it(tool: Tool) -> None:
    schema = tool.inputSchema
    assert set(schema) <= {"type", "properties", "required"}
    for name, described in schema["properties"].items():
        assert set(described) <= PLAIN, name
        assert described["type"] in ("string", "integer", "boolean"), name
        assert 0 < len(described["description"]) <= 120, name
    assert tool.description
    assert len(tool.description) <= 800
    assert tool.outputSchema is None
    assert len(json.dumps(tool.model_dump(exclude_none=True))) < 4000


def test_what_spends_can_be_asked_for_once() -> None:
    for name, tool in TOOLS.items():
        assert ("idempotency_key" in tool.inputSchema["properties"]) == (name in SPENDING)


def test_hints_are_true() -> None:
    hints = {name: tool.annotations for name, tool in TOOLS.items()}
    assert {name for name, hint in hints.items() if hint and hint.readOnlyHint} == {
        "list_models",
        "list_jobs",
    }
    assert {name for name, hint in hints.items() if hint and hint.destructiveHint} == {"cancel_job"}
    assert {name for name, hint in hints.items() if hint and hint.openWorldHint} == {*SPENDING, "cancel_job"}
    repeatable = {name for name, hint in hints.items() if hint and hint.idempotentHint}
    assert repeatable == {"list_models", "list_jobs", "cancel_job"}
