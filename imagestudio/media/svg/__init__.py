"""Drawings: how large one is, and what of it may be shown. Nothing here draws."""

from imagestudio.media.svg.measure import CHUNK, NotSvg, measure
from imagestudio.media.svg.sanitizer import MAX_BYTES, TooHeavy, sanitize

__all__ = ["CHUNK", "MAX_BYTES", "NotSvg", "TooHeavy", "measure", "sanitize"]
