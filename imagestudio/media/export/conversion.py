"""What a picture can be made into: asked for in the server, which decodes none."""

from dataclasses import dataclass
from typing import Literal

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

Format = Literal["png", "webp", "jpeg"]
KINDS: dict[Format, tuple[str, str]] = {
    "png": ("PNG", "image/png"),
    "webp": ("WEBP", "image/webp"),
    "jpeg": ("JPEG", "image/jpeg"),
}
"""Pillow's name of each format, and its media type."""
LARGEST_SIDE = 16_383
"""Pixels of a WebP's side, at most (RFC 9649, 2.7.1)."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a picture shall be made into. Raises `InvalidParameter` for values out of bounds."""

    format: Format
    longer_side: int | None = None
    """Pixels, 1 to 16383; None keeps the size. A picture is never enlarged, a drawing may be."""
    quality: int = 90
    """1 to 100, for WebP and JPEG; PNG loses nothing."""

    def __post_init__(self) -> None:
        if self.format not in KINDS:
            raise InvalidParameter(
                Message("export.unknown_kind", allowed=list(KINDS)), field="format", allowed=list(KINDS)
            )
        if not 1 <= self.quality <= 100:
            raise InvalidParameter(Message("export.quality"), field="quality")
        if self.longer_side is not None and not 1 <= self.longer_side <= LARGEST_SIDE:
            raise InvalidParameter(Message("export.side", most=LARGEST_SIDE), field="longer_side")
