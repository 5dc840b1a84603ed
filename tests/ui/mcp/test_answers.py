"""Whatever was drawn, an agent is answered what common clients take and every model's API reads."""

from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.types import CallToolResult

from tests.conftest import Live
from tests.tables import rows
from tests.ui.conftest import SOURCE, job_of, pictures_of, texts

pytestmark = pytest.mark.slow

FOUR = {"model": "imagen-4", "num_images": 4}
MOST = 700_000


def message_bytes(result: CallToolResult) -> int:
    """Bytes of an answer as it was written."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())


@rows(
    ("given", "kinds"),
    [
        ({"prompt": "a fox", "model": "recraft-v4", "vector": True}, ["image/webp"]),
        ({"prompt": "a fox as AVIF", "model": "flux-2-pro"}, ["image/webp"]),
        ({"prompt": "a fox as GIF", "model": "flux-2-pro"}, ["image/webp"]),
        ({"prompt": "a fox, cut off", "model": "flux-2-pro"}, []),
        ({"prompt": "a fox with a broken word", "model": "flux-2-pro"}, ["image/png"]),
        ({"prompt": "a page of noise", "model": "flux-2-pro"}, ["image/webp"]),
        ({"prompt": "four pages of noise", **FOUR}, ["image/webp"] * 4),
        ({"prompt": "a small fox", "model": "flux-2-pro", "width": 256, "height": 256}, ["image/jpeg"]),
    ],
)
async def test_pictures_are_small_and_of_types_that_models_read(
    live: Live, agent: ClientSession, given: dict[str, Any], kinds: list[str]
) -> None:
    result = await agent.call_tool("generate_image", given)
    again = await agent.call_tool("get_job", {"job_id": job_of(result)["id"]})
    for answer in (result, again):
        shown, job = pictures_of(answer), job_of(answer)
        assert [each.mime_type for each in shown] == kinds
        assert message_bytes(answer) < MOST
        assert all(b"tEXt" not in each.data for each in shown)
        assert all(max(each.size) <= 1600 for each in shown)
        assert len(job["images"]) == given.get("num_images", 1)
        if len(shown) < len(job["images"]):
            assert "could not be shown" in texts(answer)[0]
    async with httpx.AsyncClient() as web:
        for image in job_of(again)["images"]:
            assert (await web.get(image["url"])).content in live.drawn, "the original has its address"


@rows(
    ("given", "kind"),
    [
        ({"prompt": "the whole page of noise", "model": "flux-2-pro"}, "image/png"),
        ({"prompt": "the whole fox as GIF", "model": "flux-2-pro"}, "image/gif"),
        ({"prompt": "the whole fox as AVIF", "model": "flux-2-pro"}, "image/webp"),
        ({"prompt": "the whole fox", "model": "recraft-v4", "vector": True}, "image/webp"),
    ],
)
async def test_who_wants_the_original_has_it_where_models_read_it(
    live: Live, agent: ClientSession, given: dict[str, Any], kind: str
) -> None:
    result = await agent.call_tool("generate_image", {**given, "inline": "original"})
    (shown,) = pictures_of(result)
    assert shown.mime_type == kind
    assert (shown.data in live.drawn) == (kind != "image/webp")


async def test_an_edited_picture_is_answered_alike(live: Live, agent: ClientSession) -> None:
    given = {"prompt": "a page of noise", "image_url": SOURCE, "model": "qwen-image-edit"}
    result = await agent.call_tool("edit_image", given)
    (shown,) = pictures_of(result)
    assert (shown.mime_type, shown.size) == ("image/png", (80, 60))
    assert message_bytes(result) < MOST


async def test_lists_and_refusals_are_short_too(live: Live, agent: ClientSession) -> None:
    long = "a fox " + "🦊" * 9_000
    await agent.call_tool("generate_image", {"prompt": long, "model": "flux-2-klein"})
    await agent.call_tool("generate_image", {"prompt": f"{long} demo:refuse", "model": "flux-2-klein"})
    for name, given in (
        ("list_jobs", {"limit": 50}),
        ("list_models", {}),
        ("generate_image", {"prompt": "a fox", "model": "x" * 200_000}),
        ("generate_image", {"prompt": "x" * 200_000}),
        ("get_job", {"job_id": "x" * 200_000}),
        ("x" * 200_000, {}),
    ):
        assert message_bytes(await agent.call_tool(name, given)) < 200_000, name
