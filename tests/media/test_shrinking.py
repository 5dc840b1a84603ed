"""Pictures made small: what is seen stays."""

import io
from pathlib import Path

import pytest
from PIL import Image

from imagestudio.media import formats as media


def saved(path: Path, image: Image.Image, kind: str, **options: object) -> Path:
    image.save(path, kind, **options)
    return path


def test_shrinking_keeps_what_is_seen(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (600, 300), (255, 0, 0, 0))
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    for name, image, kind, options, mode, size in (
        ("clear", clear, "PNG", {}, "RGBA", (512, 256)),
        ("cmyk", Image.new("CMYK", (600, 300)), "JPEG", {}, "RGB", (512, 256)),
        ("palette", Image.new("P", (600, 300)), "GIF", {}, "RGB", (512, 256)),
        ("turned", Image.new("RGB", (600, 300)), "JPEG", {"exif": turned}, "RGB", (256, 512)),
    ):
        small = media.shrink(saved(tmp_path / name, image, kind, **options), 512)
        with Image.open(io.BytesIO(small)) as shown:
            assert (name, shown.mode, shown.size) == (name, mode, size)


def test_a_damaged_picture_is_not_shrunk(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole.png", Image.effect_noise((64, 64), 50), "PNG")
    broken = tmp_path / "broken.png"
    broken.write_bytes(whole.read_bytes()[:2000])
    with pytest.raises(media.NotAnImage):
        media.shrink(broken, 512)
