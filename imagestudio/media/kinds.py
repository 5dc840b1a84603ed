"""What bytes are that are no picture the studio takes, so that a person learns what to do instead.

Signatures by the formats' own documents and the WHATWG's MIME Sniffing Standard.
"""

import re

from imagestudio.core.messages import Message

HEAD = 2048
"""Bytes that are looked at."""
PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|title|meta|script|iframe|h1|div)[\s>/]", re.IGNORECASE)
BLANK = b"\xef\xbb\xbf \t\r\n\f"
HEIC = "image.heic"
HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
"""Brands of a file that HEIF describes (ISO/IEC 23008-12); with an AVIF brand beside it it is that."""
KINDS: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", "kind.tiff"),
    (b"MM\0*", "kind.tiff"),
    (b"II+\0", "kind.tiff"),
    (b"MM\0+", "kind.tiff"),
    (b"BM", "kind.bmp"),
    (b"8BPS", "kind.photoshop"),
    (b"\0\0\1\0", "kind.icon"),
    (b"\xff\x0a", "kind.jpeg_xl"),
    (b"\0\0\0\x0cJXL ", "kind.jpeg_xl"),
    (b"\0\0\0\x0cjP  ", "kind.jpeg_2000"),
    (b"FUJIFILM", "kind.raw"),
    (b"%PDF-", "kind.pdf"),
    (b"%!PS", "kind.pdf"),
    (b"\x1aE\xdf\xa3", "kind.video"),
    (b"FLV\1", "kind.video"),
    (b"\0\0\1\xba", "kind.video"),
    (b"ID3", "kind.audio"),
    (b"OggS", "kind.audio"),
    (b"fLaC", "kind.audio"),
    (b"PK\3\4", "kind.archive"),
    (b"\x1f\x8b", "kind.archive"),
    (b"7z\xbc\xaf\x27\x1c", "kind.archive"),
    (b"Rar!", "kind.archive"),
)
TAKEN = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
TAKEN_IN_A_BOX = (b"WEBP", b"avif", b"avis")
RIFF = {b"AVI ": "kind.video", b"WAVE": "kind.audio"}
INSTEAD = {
    "kind.pdf": "image.not_taken.page",
    "kind.video": "image.not_taken.frame",
    "kind.audio": "image.not_taken.none",
    "kind.archive": "image.not_taken.unpack",
}
"""What is said where it is not another kind of picture."""


def other_kind(head: bytes) -> Message | None:
    """What a file is that begins so, and what to do with it; None where that is not known."""
    start = head[:HEAD].lstrip(BLANK)
    if start.startswith(b"<") and PAGE.search(start):
        return Message("image.web_page")
    name = _named(head)
    if name == HEIC:
        return Message(HEIC)
    if name is not None:
        return Message(INSTEAD.get(name, "image.not_taken.save"), kind=Message(name))
    if head.startswith(TAKEN) or head[8:12] in TAKEN_IN_A_BOX:
        return Message("image.damaged_save_again")
    return Message("image.text") if _is_text(head[:HEAD]) else None


def _named(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    return next((name for signature, name in KINDS if head.startswith(signature)), None)


def _boxed(head: bytes) -> str | None:
    """By the brands of a file of boxes, the main one first (ISO/IEC 14496-12, 4.3)."""
    length = min(int.from_bytes(head[:4], "big"), HEAD)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
    if b"avif" in brands or b"avis" in brands:
        return None
    if brands[0] == b"crx ":
        return "kind.raw"
    return HEIC if HEIF.intersection(brands) else "kind.video"


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", "strict") if len(head) < HEAD else head[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return False
    return "\ufffd" not in text and all(sign.isprintable() or sign.isspace() for sign in text)
