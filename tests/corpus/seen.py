"""What a real Chromium shows of a file."""

import base64
from collections.abc import Sequence
from typing import Literal

from playwright.async_api import Browser

from tests.corpus.pictures import Specimen

Seen = Literal["whole", "part", "nothing"]
"""`part`: it shows what there is of a file that is damaged or cut off, as a page's `<img>` does; where a
script asks for all of it, it refuses."""
AT_ONCE = 50
LOOK = """async files => {
  const seen = []
  for (const [type, text] of files) {
    const blob = new Blob([Uint8Array.from(atob(text), one => one.charCodeAt(0))], { type })
    if (await createImageBitmap(blob).catch(() => null)) {
      seen.push('whole')
      continue
    }
    const image = new Image()
    image.src = URL.createObjectURL(blob)
    seen.push(await image.decode().then(() => 'part', () => 'nothing'))
    URL.revokeObjectURL(image.src)
  }
  return seen
}"""


async def look(browser: Browser, specimens: Sequence[Specimen]) -> dict[str, Seen]:
    """What it shows, by the file's name; all in one page."""
    seen: dict[str, Seen] = {}
    async with await browser.new_context() as context:
        page = await context.new_page()
        for start in range(0, len(specimens), AT_ONCE):
            some = specimens[start : start + AT_ONCE]
            files = [(_type(one.data), base64.b64encode(one.data).decode()) for one in some]
            told: list[Seen] = await page.evaluate(LOOK, files)
            seen |= dict(zip([one.name for one in some], told, strict=True))
    return seen


def _type(data: bytes) -> str:
    """A browser knows pictures of pixels by their bytes, a drawing only by its type."""
    return "image/svg+xml" if data.startswith(b"<svg") else "image/png"
