"""Pictures that are drawn so that one sees whether they leave as they are shown."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "AVIF": ("RGB", "RGBA", "L"),
    "GIF": ("P", "L", "RGB"),
}
ANIMATED = ("PNG", "WEBP", "GIF")
TURNABLE = ("PNG", "JPEG", "WEBP", "AVIF")


@dataclass(frozen=True, slots=True)
class Made:
    """A file, and how it was made."""

    name: str
    data: bytes


def corpus(count: int, seed: int = 11) -> Iterator[Made]:
    """So many files, the same for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        kind = chance.choice([*MODES])
        yield _made(chance, f"{number}", kind)


def _made(chance: random.Random, number: str, kind: str) -> Made:
    mode = chance.choice(MODES[kind])
    size = (chance.choice((1, 7, 33, 64, 120)), chance.choice((1, 9, 32, 48, 90)))
    image = _drawn(chance, mode, size)
    options: dict[str, Any] = {}
    name = [number, kind, mode, f"{size[0]}x{size[1]}"]
    if kind in TURNABLE and chance.random() < 0.5:
        exif = Image.Exif()
        exif[0x0112] = chance.randint(1, 8)
        if chance.random() < 0.4:
            exif[0x010F] = "A camera"
            exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 28.0, 0.0)})
        options["exif"] = exif
        name.append(f"turned {exif[0x0112]}")
    if mode in ("RGB", "RGBA") and chance.random() < 0.3:
        options["icc_profile"] = SRGB
        name.append("profile")
    if kind in ANIMATED and chance.random() < 0.3 and mode not in ("1", "I;16", "LA"):
        others = [_drawn(chance, mode, size) for _ in range(chance.randint(1, 3))]
        options |= {"save_all": True, "append_images": others, "duration": 80}
        if kind == "PNG" and chance.random() < 0.3:
            options["default_image"] = True
        name.append("moving")
    if kind == "PNG" and chance.random() < 0.4:
        notes = PngInfo()
        notes.add_itxt("Comment", "x" * chance.choice((1, 1000, 200_000)), zip=chance.random() < 0.5)
        options["pnginfo"] = notes
        name.append("notes")
    if kind == "JPEG":
        options |= {"progressive": chance.random() < 0.4, "quality": chance.choice((30, 85, 95))}
        if chance.random() < 0.3:
            options["comment"] = "taken by somebody"
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return _spoilt(chance, name, buffer.getvalue(), kind)


def _spoilt(chance: random.Random, name: list[str], data: bytes, kind: str) -> Made:
    fate = chance.random()
    if fate < 0.1:
        return Made(" ".join([*name, "tail"]), data + b"behind" * chance.randint(1, 500))
    if fate < 0.2:
        return Made(" ".join([*name, "cut"]), data[: int(len(data) * chance.uniform(0.0, 0.95))])
    if fate < 0.25 and kind == "PNG":
        return Made(" ".join([*name, "odd chunk"]), _with_chunk(data, b"prVt", b"odd" * 40, bad_sum=False))
    if fate < 0.3 and kind == "PNG":
        return Made(" ".join([*name, "bad sum"]), _with_chunk(data, b"tEXt", b"Author\0me", bad_sum=True))
    return Made(" ".join(name), data)


def _with_chunk(data: bytes, kind: bytes, body: bytes, *, bad_sum: bool) -> bytes:
    check = zlib.crc32(kind + body) ^ bad_sum
    return data[:33] + struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check) + data[33:]


def _drawn(chance: random.Random, mode: str, size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGBA" if mode in ("RGBA", "LA") else "RGB", size, _colour(chance))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 2, size[1] // 2), fill=_colour(chance))
    if mode in ("RGBA", "LA"):
        draw.rectangle((0, size[1] // 2, size[0] // 3, size[1]), fill=(0, 0, 0, 0))
    if mode == "I;16":
        return image.convert("I").point(lambda value: value * 257).convert("I;16")
    return image.convert(mode)


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randint(0, 255), chance.randint(0, 255), chance.randint(0, 255)
