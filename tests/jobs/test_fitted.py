"""A picture that is too large for a model: the page brings it down and says so, the API refuses it."""

import io

import pytest
from PIL import Image

from imagestudio.media.decoder.decoder import Decoder

pytestmark = pytest.mark.asyncio


async def test_a_picture_is_brought_down_upright_and_told() -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (800, 400), "teal").save(buffer, "jpeg", exif=exif)
    decoder = Decoder(processes=1)
    try:
        made, notice = await decoder.fit(buffer.getvalue(), max_bytes=10**6, max_pixels=80_000)
        same, nothing = await decoder.fit(made, max_bytes=10**6, max_pixels=80_000)
    finally:
        await decoder.aclose()
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "JPEG"
        assert image.size == (200, 400)
    assert notice is not None
    assert "scaled from 400 × 800 to 200 × 400 pixels" in notice
    assert (same, nothing) == (made, None)
