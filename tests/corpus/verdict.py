"""Whether what was said to a picture is right: taken is what a browser shows, and every refusal is true."""

import re
import struct
from collections.abc import Callable, Mapping

from tests.corpus.entrances import Verdict
from tests.corpus.seen import Seen

KNOWN = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|....ftypavi[fs]", re.DOTALL)
"""How the files begin that the studio takes."""
Truth = Callable[[bytes, Seen], bool]


def begins(*beginnings: bytes) -> Truth:
    return lambda data, seen: data.startswith(beginnings)


def is_text(data: bytes, seen: Seen) -> bool:
    return data.decode("utf-8", "replace").isprintable() or data.isascii()


def is_large(data: bytes, seen: Seen) -> bool:
    width, height = struct.unpack(">II", data[16:24])  # the generated ones are PNG
    return bool(width * height > 20_000_000)


WANTED: dict[str, Truth] = {
    # What browsers show and image models don't take: each is named, with a way out.
    "That is BMP": begins(b"BM"),
    "That is an icon file": begins(b"\0\0\1\0"),
    "may be PNG, JPEG, WebP, AVIF or GIF, not image/svg+xml": begins(b"<svg"),
    # Beyond the limits that the documentation tells.
    "At most 20 megapixels are taken": is_large,
}
"""A refusal of what a browser shows, that is meant, and when it is true."""
TAKEN_TOO = {
    r"AVIF of \w+ with a profile": "the pixels are whole, and only Chromium minds the profile",
    r"PNG with a second IHDR": "the second one says nothing of pixels that are whole",
}
"""What no browser shows and is taken all the same, by its name, and why."""
TRUE: dict[str, Truth] = {
    **WANTED,
    "damaged": lambda data, seen: seen != "whole" and KNOWN.match(data) is not None,
    "not a PNG, JPEG, WebP, AVIF, GIF or SVG picture": lambda data, seen: seen == "nothing",
    "The file is empty": lambda data, seen: not data,
    "That is text": is_text,
    "That is a web page": lambda data, seen: b"<html" in data,
    "looks like SVG": lambda data, seen: b"<svg" in data,
    "That is JPEG XL": begins(b"\xff\x0a"),
    "That is JPEG 2000": begins(b"\0\0\0\x0cjP"),
    "That is TIFF": begins(b"II", b"MM"),
    "That is HEIC": lambda data, seen: data[4:12] == b"ftypheic",
    "That is a video": lambda data, seen: data[4:8] == b"ftyp" and data[8:11] != b"avi",
    "That is a PDF": begins(b"%PDF-"),
    "That is an archive": begins(b"PK\3\4"),
}
"""What a refusal may say, and when that is true."""


def wrong(name: str, data: bytes, seen: Seen, verdicts: Mapping[str, Verdict]) -> list[str]:
    """What is wrong with what was said of a picture by each entrance."""
    found: list[str] = []
    alike = [said for entrance, said in verdicts.items() if entrance != "page" or not _first_look(name)]
    if len({(verdict.code, verdict.message) for verdict in alike}) > 1:
        found.append(f"not alike: {dict(verdicts)}")
    for entrance, verdict in verdicts.items():
        if verdict.code and (
            verdict.code != "INVALID_IMAGE" or verdict.field not in ("", "image", "image_url")
        ):
            found.append(f"{entrance}: {verdict}")
    message = next(iter(verdicts.values())).message
    if not message:
        taken_too = seen != "nothing" or any(re.search(known, name) for known in TAKEN_TOO)
        return found if taken_too else [*found, "taken, though no browser shows it"]
    known = WANTED if seen == "whole" else TRUE
    told = [truth(data, seen) for said, truth in known.items() if said in message]
    if not told or not all(told):
        found.append(f"not true: {message!r}, a browser shows {seen}")
    return found


def _first_look(name: str) -> bool:
    """Whether the page, which only looks whether a model could take a file, may say other than a run: it
    scales what is large, and does not look behind the picture for those who can't show an animation."""
    return "megapixels" in name or ("'default_image': True" in name and ("cut" in name or "flaws" in name))
