"""Colours as three floats from 0 to 1, and the few sums the pictures do with them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Colour = tuple[float, float, float]
Floats = npt.NDArray[np.floating]

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)


def from_hex(code: str) -> Colour:
    """The colour of six hex digits, without a leading #."""
    return (int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255)


def hexes(codes: str) -> tuple[Colour, ...]:
    """The colours of hex codes with spaces between them."""
    return tuple(from_hex(code) for code in codes.split())


def to_hex(colour: Colour) -> str:
    """Six hex digits with a leading #, as SVG wants them."""
    return "#" + "".join(f"{channel:02x}" for channel in to_bytes(colour))


def to_bytes(colour: Colour) -> tuple[int, int, int]:
    """The colour as three integers from 0 to 255, as Pillow wants them."""
    red, green, blue = (round(min(1.0, max(0.0, channel)) * 255) for channel in colour)
    return (red, green, blue)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with a share (0 to 1) of the second."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return (red, green, blue)


def luminance(colour: Colour) -> float:
    """How light a colour looks, 0 to 1 (Rec. 709 weights, without linearising)."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def readable(colour: Colour, dark: Colour, light: Colour) -> Colour:
    """Whichever of the two stands out more on the colour."""
    level = luminance(colour)
    return dark if abs(level - luminance(dark)) > abs(level - luminance(light)) else light


def along(stops: Sequence[Colour], positions: Floats) -> Floats:
    """The colours of a gradient through the stops at positions from 0 to 1; adds a last axis of three."""
    table_at = np.linspace(0, 1, 1024)
    knots = np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(table_at, knots, [stop[i] for stop in stops]) for i in range(3)], axis=1)
    index = np.clip(positions * 1023, 0, 1023).astype(np.intp)
    return table.astype(np.float32)[index]
