"""Every picture says that it is a demo, once, and an edit neither turns nor doubles the mark."""

import io

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures import draw, edit, encode
from imagestudio.sandbox.pictures.mark import lift, place, stamp
from tests.tables import rows


def marked(image: Image.Image) -> bool:
    """Whether lifting finds something to lift, which it does only at a mark."""
    rgb = image.convert("RGB")
    return lift(rgb).tobytes() != rgb.tobytes()


@rows("size", [(64, 64), (256, 256), (256, 2048), (2048, 256), (1024, 768)])
def test_every_picture_has_the_mark(size: tuple[int, int]) -> None:
    assert marked(draw("mountains", *size, 1))
    assert not marked(Image.new("RGB", size, (120, 140, 160)))


@rows("ground", [(0, 0, 0), (255, 255, 255), (200, 40, 40)])
def test_the_mark_stands_out_on_any_ground(ground: tuple[int, int, int]) -> None:
    image = stamp(Image.new("RGB", (256, 256), ground))
    at = place(256, 256)
    pill = np.asarray(image.crop((at.left, at.top, at.left + at.width, at.top + at.height)).convert("L"))
    assert at.size >= 11
    assert int(pill.max()) - int(pill.min()) > 190


def test_the_mark_is_small_and_in_the_corner() -> None:
    at = place(1024, 1024)
    assert at.width * at.height < 0.003 * 1024 * 1024
    assert at.left > 900
    assert at.top > 950


def test_lifting_leaves_a_plain_ground_as_it_was() -> None:
    plain = Image.new("RGB", (300, 200), (90, 120, 150))
    assert lift(stamp(plain)).tobytes() == plain.tobytes()


@rows("format", ["jpeg", "webp"])
def test_a_mark_is_found_after_lossy_files(format: str) -> None:
    file = encode(draw("a lake", 512, 512, 1), "jpeg" if format == "jpeg" else "webp")
    assert marked(Image.open(io.BytesIO(file)))


def test_a_flipped_picture_has_one_mark_only() -> None:
    flipped = edit(draw("a lake", 512, 512, 1), "flip it horizontally", 1)
    back = flipped.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert marked(flipped)
    assert not marked(back)
