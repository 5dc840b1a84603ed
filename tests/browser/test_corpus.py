"""Pictures of every make: what a browser shows is taken and leaves as it is shown, what it does
not is refused in words."""

import base64
import io
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser

from imagestudio.media import raster
from imagestudio.media.intake import take_in
from tests.corpus.pictures import COUNT, SEED
from tests.corpus.plain import Made, corpus

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

AT_ONCE = 50
SHOW = """async (files) => {
  const shown = [];
  for (const file of files) {
    const bytes = Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes])).catch(() => null);
    if (!picture) { shown.push(null); continue; }
    const { width, height } = picture;
    const canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    const at = (x, y) => [...canvas.getImageData(x, y, 1, 1).data];
    shown.push([width, height, at(0, 0), at(width - 1, 0), at(0, height - 1), at(width - 1, height - 1)]);
  }
  return shown;
}"""
FAINT, ALIKE = 128, 40


async def test_what_a_browser_shows_is_taken_as_it_is_shown(browser: Browser, demo_url: str) -> None:
    made = [*corpus(COUNT, SEED)]
    page = await browser.new_page()
    shown: list[Any] = []
    for start in range(0, COUNT, AT_ONCE):
        files = [base64.b64encode(one.data).decode() for one in made[start : start + AT_ONCE]]
        shown += await page.evaluate(SHOW, files)
    await page.close()
    assert sum(one is not None for one in shown) > COUNT * 0.8
    wrong: list[str] = []
    async with httpx.AsyncClient(base_url=demo_url, timeout=60) as rest:
        for number, (one, seen) in enumerate(zip(made, shown, strict=True)):
            answer = await _asked(rest, one, as_file=number % 2 == 0)
            if answer.status_code == 200 and seen is not None:
                wrong += [f"{one.name}: {fault}" for fault in _faults(one, seen)]
            elif (answer.status_code, seen) != (400, None) or "picture" not in answer.text:
                wrong.append(f"{one.name}: {answer.status_code} {answer.text[:200]}, shown: {seen}")
    assert wrong == []


async def _asked(rest: httpx.AsyncClient, one: Made, *, as_file: bool) -> httpx.Response:
    fields = {"prompt": "x", "model": "flux-kontext"}
    if as_file:
        files = {"image": ("x", one.data)}
        return await rest.post("/api/v1/image/edit", data={**fields, "dry_run": "true"}, files=files)
    url = "data:;base64," + base64.b64encode(one.data).decode()
    return await rest.post("/api/v1/image/edit", json={**fields, "dry_run": True, "image_url": url})


def _faults(one: Made, seen: list[Any]) -> list[str]:
    """How what leaves differs from what is shown."""
    taken = take_in(one.data, max_bytes=10**7, max_pixels=10**7, scale=False)
    with Image.open(io.BytesIO(taken.data)) as image:
        if getattr(image, "n_frames", 1) > 1 or dict(image.getexif()):
            return ["frames, or Exif, are left"]
        picture = raster.normalise(image).convert("RGBA")
    if "WEBP" in one.name and "turned" in one.name:
        return []  # Chromium does not turn these; whoever took them meant it
    if [*picture.size] != seen[:2]:
        return [f"{picture.size} and {seen[:2]}"]
    right, bottom = picture.width - 1, picture.height - 1
    corners = [picture.getpixel(place) for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    return [
        f"{ours} and {theirs}"
        for ours, theirs in zip(corners, seen[2:], strict=True)
        if not _alike(ours, theirs)
    ]


def _alike(ours: Any, theirs: list[int]) -> bool:
    faint = ours[3] < FAINT and theirs[3] < FAINT
    return faint or max(abs(one - other) for one, other in zip(ours, theirs, strict=True)) <= ALIKE
