"""How large an SVG means to be drawn, read from its root element and nothing else."""

import math
import re
from collections.abc import Iterable
from xml.sax.handler import ContentHandler, feature_external_ges, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.expatreader import DefusedExpatParser

from imagestudio.core.errors import Explained
from imagestudio.core.messages import Message

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
CHUNK = 64 * 1024
MAX_HEAD = 16
"""Chunks within which the root element comes: a parser reads a longer one over and over."""
MAX_SIZE = 1000
"""Characters of a width, a height or a viewBox that are read."""
DEFAULT_SIZE = (300.0, 150.0)
"""What browsers draw when an SVG names no size at all (CSS 2.2, 10.3.2 and 10.6.2)."""

# CSS Values 4, 6.2: absolute lengths in pixels. Relative ones (%, em, vw) say nothing without a page.
PIXELS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
PIXELS["q"] = PIXELS["mm"] / 4
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
LENGTH = re.compile(rf"\s*({NUMBER})([a-zA-Z]*)\s*")


class NotSvg(Explained):
    """The bytes are not a well-formed SVG that the studio takes."""


class _RootSeen(Exception):
    pass


class _Root(ContentHandler):
    """Keeps the size that the first element names; ends the parsing there unless `to_the_end`."""

    def __init__(self, to_the_end: bool) -> None:
        super().__init__()
        self.size: tuple[float, float] | None = None
        self._to_the_end = to_the_end

    def startElementNS(  # noqa: N802 (SAX's name)
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        if self.size is None:
            if name != (SVG_NAMESPACE, "svg"):
                raise NotSvg(Message("svg.outermost", element=repr(name[1][:40])))
            self.size = size_of(*(attrs.get((None, key)) for key in ("width", "height", "viewBox")))
        if not self._to_the_end:
            raise _RootSeen


def measure(chunks: Iterable[bytes], *, to_the_end: bool = False) -> tuple[float, float]:
    """Width and height in CSS pixels. With `to_the_end` the whole document must be well-formed.

    A document type is passed over, as drawing programs write one; an entity declaration in it is refused, and
    nothing outside is loaded.
    Raises `NotSvg`.
    """
    root = _Root(to_the_end)
    parser = DefusedExpatParser(forbid_entities=True, forbid_external=False)
    parser.setFeature(feature_external_ges, False)  # named in a document type, and never opened
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(root)
    try:
        for count, chunk in enumerate(chunks):
            if root.size is None and count >= MAX_HEAD:
                raise NotSvg(Message("svg.too_late"))
            parser.feed(chunk)
        parser.close()
    except _RootSeen:
        pass
    except NotSvg:
        raise
    except Exception as error:  # expat, its codecs and defusedxml share no base class
        raise NotSvg(Message("svg.malformed", error=str(error))) from error
    if root.size is None:
        raise NotSvg(Message("svg.empty"))
    return root.size


def size_of(width: str | None, height: str | None, view_box: str | None) -> tuple[float, float]:
    """The size that these three attributes of `<svg>` mean; a missing side follows the viewBox's ratio."""
    wide, high, box = _length(width), _length(height), _view_box(view_box)
    if wide and high:
        return wide, high
    if box is None:
        return wide or DEFAULT_SIZE[0], high or DEFAULT_SIZE[1]
    if wide:
        return wide, wide * box[1] / box[0]
    if high:
        return high * box[0] / box[1], high
    return box


def _length(text: str | None) -> float | None:
    """Pixels, or None where the length is left out, relative, or not a positive finite number."""
    match = LENGTH.fullmatch((text or "")[:MAX_SIZE])
    if match is None:
        return None
    pixels = float(match[1]) * PIXELS.get(match[2].lower(), 0.0)
    return pixels if 0 < pixels < math.inf else None


def _view_box(text: str | None) -> tuple[float, float] | None:
    numbers = re.split(r"[\s,]+", (text or "")[:MAX_SIZE].strip())
    if len(numbers) != 4 or not all(re.fullmatch(NUMBER, number) for number in numbers):
        return None
    width, height = float(numbers[2]), float(numbers[3])
    return (width, height) if 0 < width < math.inf and 0 < height < math.inf else None
