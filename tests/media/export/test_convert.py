"""Pictures in other formats and sizes: what is seen stays, and what does not is said."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from imagestudio.core.errors import InvalidParameter
from imagestudio.media import formats as media
from imagestudio.media.export.conversion import Conversion
from imagestudio.media.export.convert import convert, losses
from tests.media.export.conftest import file_of, noise
from tests.media.export.signed import SIGNED
from tests.tables import rows

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TURNED = Image.Exif()
TURNED[0x0112] = 6  # a quarter turn clockwise
TURNED[0x010E] = "marked-private"


def shown(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


@rows(
    ("format", "kind", "mime_type"),
    [("png", "PNG", "image/png"), ("webp", "WEBP", "image/webp"), ("jpeg", "JPEG", "image/jpeg")],
)
def test_every_format_comes_out_at_the_size_asked(format: Any, kind: str, mime_type: str) -> None:
    made = convert(file_of(noise(60, 30), "PNG"), Conversion(format, longer_side=20))
    assert (made.mime_type, made.width, made.height) == (mime_type, 20, 10)
    assert (shown(made.data).format, shown(made.data).size) == (kind, (20, 10))


def test_a_picture_is_never_enlarged_and_that_is_said() -> None:
    data = file_of(noise(60, 30), "PNG")
    made = convert(data, Conversion("png", longer_side=61))
    assert (made.width, made.height) == (60, 30)
    assert losses(data, Conversion("png", longer_side=61)) == ("enlarging",)
    assert losses(data, Conversion("png", longer_side=60)) == ()


def test_quality_counts() -> None:
    data = file_of(noise(200, 200), "PNG")
    for format in ("webp", "jpeg"):
        low, high = (len(convert(data, Conversion(format, quality=quality)).data) for quality in (1, 100))
        assert low * 3 < high
    assert len({len(convert(data, Conversion("png", quality=quality)).data) for quality in (1, 100)}) == 1


def test_pixels_survive_png_unchanged() -> None:
    for mode in ("L", "RGB", "RGBA"):
        image = noise(mode=mode)
        made = shown(convert(file_of(image, "PNG"), Conversion("png")).data)
        assert (made.mode, made.tobytes()) == (mode, image.tobytes())


def test_transparency_stays_or_becomes_white_and_that_is_said() -> None:
    clear = file_of(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), "PNG")
    assert shown(convert(clear, Conversion("png")).data).getpixel((0, 0)) == (255, 0, 0, 0)
    assert shown(convert(clear, Conversion("webp")).data).getchannel("A").getextrema() == (0, 0)
    jpeg = convert(clear, Conversion("jpeg"))
    assert shown(jpeg.data).getpixel((0, 0)) == (255, 255, 255)
    assert [losses(clear, Conversion(format)) for format in ("jpeg", "webp")] == [("transparency",), ()]
    opaque = file_of(Image.new("RGBA", (4, 4), (255, 0, 0, 255)), "PNG")
    assert losses(opaque, Conversion("jpeg")) == ()


def test_rotation_is_applied_the_profile_kept_and_the_rest_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    path.write_bytes(file_of(noise(60, 30), "JPEG", exif=TURNED, icc_profile=SRGB, comment=b"marked-private"))
    for format in ("png", "webp", "jpeg"):
        made = convert(path, Conversion(format))
        image = shown(made.data)
        assert (image.size, image.info["icc_profile"], dict(image.getexif())) == ((30, 60), SRGB, {})
        assert b"marked-private" not in made.data


def test_odd_pixels_look_the_same() -> None:
    grey = Image.new("I;16", (1, 1))
    grey.putpixel((0, 0), 32_768)
    assert shown(convert(file_of(grey, "PNG"), Conversion("png")).data).getpixel((0, 0)) == 128
    palette = Image.new("P", (1, 1), 1)
    palette.putpalette([0, 0, 0, 9, 99, 199])
    assert shown(convert(file_of(palette, "GIF"), Conversion("png")).data).getpixel((0, 0)) == (9, 99, 199)
    for icc in ({}, {"icc_profile": b"damaged profile" * 20}):
        cmyk = file_of(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", **icc)
        image = shown(convert(cmyk, Conversion("png")).data)
        red, green, blue = image.getpixel((4, 4))
        assert (image.mode, red > 200, green < 60, blue < 60) == ("RGB", True, True, True)
        assert "icc_profile" not in image.info


def test_one_frame_of_an_animation_and_no_credentials_and_both_are_said() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    animation = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert convert(animation, Conversion("png")).width == 9
    assert losses(animation, Conversion("png")) == ("animation",)
    assert losses(SIGNED["png"], Conversion("png")) == ("credentials",)


def test_a_drawing_is_rasterised_at_the_size_asked() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"/>'
    asked = []

    def rasterise(data: bytes, longer_side: int | None) -> bytes:
        asked.append((data, longer_side))
        return file_of(Image.new("RGBA", (longer_side or 640, 480), (0, 0, 0, 0)), "PNG")

    made = convert(svg, Conversion("png", longer_side=2000), rasterise)
    assert (made.mime_type, made.width) == ("image/png", 2000)
    assert losses(svg, Conversion("png", longer_side=2000), rasterise) == ()
    assert losses(svg, Conversion("jpeg"), rasterise) == ("transparency",)
    assert asked == [(svg, 2000), (svg, 256), (svg, 256)]
    with pytest.raises(InvalidParameter, match="Take the SVG itself"):
        convert(svg, Conversion("png"))


@rows(
    "values",
    [("gif",), ("png", 0), ("png", 16_384), ("jpeg", None, 0), ("jpeg", None, 101)],
)
def test_wishes_out_of_bounds_are_refused(values: Any) -> None:
    with pytest.raises(InvalidParameter):
        Conversion(*values)


def test_bytes_that_are_no_whole_picture_are_refused() -> None:
    for data in (b"", b"words", file_of(noise(64, 64), "PNG")[:3000]):
        with pytest.raises(media.NotAnImage):
            convert(data, Conversion("png"))
