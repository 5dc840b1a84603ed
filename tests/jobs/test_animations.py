"""Of an animated GIF the provider is given the first picture."""

import base64
import io

import pytest
from PIL import Image

from imagestudio.core.errors import InvalidImage
from imagestudio.studio.service import Studio, Upload
from tests.jobs.conftest import Emulator

COLOURS = ("teal", "red", "gold")


def gif() -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in COLOURS]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return buffer.getvalue()


async def test_the_first_picture_of_an_animation_is_edited(studio: Studio, emulator: Emulator) -> None:
    fields = {"prompt": "winter", "model": "flux-kontext"}
    job = await studio.submit("edit", fields, upload=Upload(gif()))
    job = await studio.wait(job.id, 60)
    assert (job.status, job.input_file is not None) == ("succeeded", True)
    file, _ = await studio.file(job.input_file or "")
    assert (file.mime_type, file.width, file.height) == ("image/png", 64, 48)
    (submit,) = emulator.submits
    with Image.open(io.BytesIO(base64.b64decode(submit.body["input_image"]))) as sent:
        assert (sent.format, sent.size, sent.convert("RGB").getpixel((5, 5))) == (
            "PNG",
            (64, 48),
            (0, 128, 128),
        )


async def test_a_gif_that_breaks_off_is_refused_whole(studio: Studio, emulator: Emulator) -> None:
    fields = {"prompt": "winter", "model": "flux-kontext", "image_url": "data:image/gif;base64,"}
    fields["image_url"] += base64.b64encode(gif()[:100]).decode()
    with pytest.raises(InvalidImage, match="damaged or cut off"):
        await studio.submit("edit", fields)
    assert emulator.submits == []
