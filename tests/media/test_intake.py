"""Uploads brought down to a model's limits."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from imagestudio.catalog import models_for
from imagestudio.media import formats as media
from imagestudio.media.intake import take_in
from tests.tables import rows

LIMIT = {"max_bytes": 40_000, "max_pixels": 10_000}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TURNED = Image.Exif()
TURNED[0x0112] = 6  # a quarter turn clockwise


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((width, height), spread) for spread in (90, 60, 30)])


def fit(data: bytes, limit: dict[str, int] = LIMIT) -> media.TakenIn:
    return take_in(data, **limit, scale=True)


def shown(taken: media.TakenIn) -> Image.Image:
    with Image.open(io.BytesIO(taken.data)) as image:
        image.load()
    assert media.inspect(taken.data) == taken.info
    assert image.size == (taken.info.width, taken.info.height)
    return image


@rows("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_what_fits_comes_back_untouched(kind: str) -> None:
    data = file_of(Image.new("RGB", (100, 100), "teal"), kind)
    fitted = fit(data)
    assert (fitted.data, fitted.info.width, fitted.info.height, fitted.notice) == (data, 100, 100, None)
    assert fitted.info.mime_type == f"image/{kind.lower()}"


def test_too_many_pixels_are_scaled_and_that_is_said() -> None:
    fitted = fit(file_of(Image.new("RGB", (400, 300), "teal"), "PNG"))
    assert str(fitted.notice) == (
        "The picture was scaled from 400 × 300 to 115 × 86 pixels, which is what this model takes."
    )
    assert shown(fitted).getpixel((50, 40)) == (0, 128, 128)
    assert fitted.info.mime_type == "image/png"


def test_too_many_bytes_are_squeezed_below_the_limit() -> None:
    limit = {"max_bytes": 9_000, "max_pixels": 1_000_000}
    for kind, mime_type in (("PNG", "image/jpeg"), ("JPEG", "image/jpeg")):
        fitted = fit(file_of(noise(300, 200), kind), limit)
        assert (len(fitted.data) <= 9_000, fitted.info.mime_type) == (True, mime_type)
        assert shown(fitted).width < 300
        assert fitted.notice is not None
        assert str(fitted.notice).startswith("The picture was scaled from 300 × 200 to ")
    clear = noise(300, 200)
    clear.putalpha(Image.effect_noise((300, 200), 90))
    fitted = fit(file_of(clear, "PNG"), limit)
    assert (len(fitted.data) <= 9_000, fitted.info.mime_type, shown(fitted).mode) == (
        True,
        "image/png",
        "RGBA",
    )


def test_an_opaque_picture_whose_png_is_too_large_keeps_its_size_as_jpeg() -> None:
    limit = {"max_bytes": 100_000, "max_pixels": 1_000_000}
    fitted = fit(file_of(noise(200, 200), "PNG"), limit)
    assert (fitted.info.mime_type, fitted.info.width, fitted.info.height) == ("image/jpeg", 200, 200)
    assert str(fitted.notice) == "The picture was written anew to fit into this model's limit."


@rows("size", [(101, 100), (10_001, 1), (3, 5000), (99, 103), (1000, 700)])
def test_the_limit_holds_for_every_shape(size: tuple[int, int]) -> None:
    fitted = fit(file_of(Image.new("L", size), "PNG"))
    assert fitted.info.width * fitted.info.height <= LIMIT["max_pixels"]
    shown(fitted)


def test_a_rotation_is_applied_and_the_profile_kept() -> None:
    fitted = fit(file_of(noise(60, 30), "JPEG", exif=TURNED, icc_profile=SRGB))
    image = shown(fitted)
    assert (image.size, image.info["icc_profile"], dict(image.getexif())) == ((30, 60), SRGB, {})
    assert str(fitted.notice) == "The picture was turned upright."
    both = fit(file_of(noise(400, 200), "JPEG", exif=TURNED))
    assert str(both.notice) == (
        f"The picture was scaled from 200 × 400 to {both.info.width} × {both.info.height} pixels, "
        "which is what this model takes, turned upright."
    )


def test_transparency_stays() -> None:
    clear = file_of(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "PNG")
    assert fit(clear).data == clear
    large = fit(file_of(Image.new("RGBA", (400, 400), (255, 0, 0, 0)), "WEBP"))
    assert shown(large).getpixel((0, 0))[3] == 0


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    fitted = fit(file_of(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert shown(fitted).getpixel((0, 0)) == (255, 0, 0)
    assert fitted.notice is not None
    assert str(fitted.notice).endswith("reduced to its first frame.")


def test_every_editing_model_gets_what_it_takes() -> None:
    data = file_of(Image.new("RGB", (5200, 4000), "teal"), "JPEG")
    limits = {spec.route({}).image for spec in models_for("edit")}
    for max_bytes, max_pixels in {(how.max_bytes, how.max_pixels) for how in limits if how}:
        fitted = fit(data, {"max_bytes": max_bytes, "max_pixels": max_pixels})
        assert media.verify(fitted.data, max_pixels=max_pixels).mime_type == "image/jpeg"
        assert len(fitted.data) <= max_bytes


def test_what_is_no_picture_is_refused() -> None:
    broken = file_of(noise(200, 200), "PNG")[:50_000]
    for data in (b"", b"words", b"<svg/>", broken):
        with pytest.raises(media.NotAnImage):
            fit(data)
    with pytest.raises(media.TooManyPixels):
        fit(file_of(Image.new("1", (10_001, 10_000)), "PNG"))
