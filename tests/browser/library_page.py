"""The Library tab in the browser, and pictures for it."""

import asyncio
from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect


async def opened(page: Page, query: str = "") -> Locator:
    """The library's cells, once they are there."""
    await page.evaluate("hash => { location.hash = hash }", f"#library{query}")
    cells = page.locator("#library .cell")
    await expect(cells.first).to_be_visible()
    return cells


def make(url: str, *prompts: str, task: str = "generate", **fields: Any) -> list[dict[str, Any]]:
    """Jobs of these prompts, through REST, ended."""
    asked = [{"model": "flux-2-pro", "prompt": prompt, **fields} for prompt in prompts]
    answers = [httpx.post(f"{url}/api/v1/image/{task}", json=one, timeout=60).json() for one in asked]
    return [answer["data"] for answer in answers]


async def until_ended(url: str, job_id: str) -> None:
    """Wait for a job, however long others hold it up."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        while (await client.get(f"/api/v1/image/jobs/{job_id}")).json()["data"]["status"] in (
            "queued",
            "running",
        ):
            await asyncio.sleep(0.1)


def got_from(url: str) -> httpx.Response:
    """What is at an address for whoever has no session."""
    return httpx.get(url)
