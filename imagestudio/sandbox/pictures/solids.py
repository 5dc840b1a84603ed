"""Solids in light from the left, each with its soft shadow: turned things, balls and boxes."""

import numpy as np

from imagestudio.sandbox.pictures import canvas
from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import BLACK, WHITE, Colour, Floats, mix

Area = tuple[int, int, int, int]


def _area(picture: Floats, left: float, top: float, right: float, bottom: float) -> Area | None:
    """The box in whole pixels as far as it is inside the picture, or None if none of it is."""
    height, width = picture.shape[:2]
    area = (max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1))
    return area if area[0] < area[2] and area[1] < area[3] else None


def _axes(area: Area, x: float, y: float) -> tuple[Floats, Floats]:
    """Across and down from a point, for every column and row of the area."""
    across = np.arange(area[0], area[2], dtype=np.float32)[None, :] - x
    return across, np.arange(area[1], area[3], dtype=np.float32)[:, None] - y


def shadow(picture: Floats, x: float, foot: float, wide: float, long: float) -> None:
    """Soft on the table, long to the right, and dark where the thing touches."""
    area = _area(picture, x - wide * 1.6, foot - wide, x + wide * 1.6 + long * 1.5, foot + wide)
    if area is None:
        return
    across, down = _axes(area, x, foot)
    cast = np.clip(across / (wide + long), -1.2, 1.5)
    far = np.where(cast < 0, across / wide, cast)
    spread = 0.75 + 0.5 * np.clip(cast, 0, 1)
    mask = np.exp(-((far * 1.1) ** 4) - (down / (wide * 0.32) / spread) ** 2) * (
        0.5 - 0.22 * np.clip(cast, 0, 1)
    )
    part = picture[area[1] : area[3], area[0] : area[2]]
    part *= 1 - mask[..., None] * np.array((0.85, 0.8, 0.68), np.float32)


def turned(picture: Floats, at: Point, tall: float, profile: tuple[float, ...], colour: Colour) -> None:
    """A turned thing, open at the top: half widths from foot to rim as shares of its height."""
    x, foot = at
    widest, sag = max(profile) * tall, profile[0] * tall * 0.2
    shadow(picture, x, foot, profile[0] * tall * 1.25 + widest * 0.2, tall * 0.5)
    area = _area(picture, x - widest - 2, foot - tall, x + widest + 2, foot + sag + 1)
    if area is None:
        return
    across, down = _axes(area, x, foot)
    up = np.clip(-down / tall, 0, 1)
    half = _smooth(profile, up) * tall
    turn = across / np.maximum(half, 0.5)
    # Seen a little from above, the foot is half an ellipse: lower in the middle.
    bend = np.sqrt(np.clip(1 - turn * turn, 0, 1))
    inside = np.clip(half - np.abs(across) + 0.5, 0, 1)
    inside = inside * np.clip(sag * bend - down + 0.5, 0, 1) * np.clip(down + tall + 0.5, 0, 1)
    canvas.blend(picture, inside, _lit(colour, turn, up), area[1], area[0])
    rim = profile[-1] * tall
    _ellipse(picture, x, foot - tall, rim, rim * 0.2, mix(colour, WHITE, 0.22))
    _ellipse(picture, x, foot - tall + rim * 0.015, rim * 0.84, rim * 0.155, mix(colour, BLACK, 0.55))


def _smooth(profile: tuple[float, ...], up: Floats) -> Floats:
    fine = np.linspace(0, 1, 200)
    values = np.interp(fine, np.linspace(0, 1, len(profile)), profile)
    values = np.convolve(np.pad(values, 12, mode="edge"), np.ones(25) / 25, mode="valid")
    return np.interp(up, fine, values).astype(np.float32)


def _lit(colour: Colour, turn: Floats, up: Floats) -> Floats:
    """A round side's colours: light from the left, a soft highlight, light back from the table."""
    bulge = np.sqrt(np.clip(1 - turn * turn, 0, 1))
    light = np.clip(-0.62 * turn + 0.62 * bulge, 0, 1)
    tone = (0.42 + 0.68 * light + 0.1 * np.clip(turn - 0.72, 0, 1)) * (0.9 + 0.12 * up)
    shine = np.exp(-(((turn + 0.46) / 0.12) ** 2)) * 0.2
    lit = np.asarray(colour, np.float32) * tone[..., None]
    shaded: Floats = lit + (1 - lit) * shine[..., None]
    return shaded


def _ellipse(picture: Floats, x: float, y: float, across: float, down: float, colour: Colour) -> None:
    area = _area(picture, x - across - 2, y - down - 2, x + across + 2, y + down + 2)
    if area is None or down < 0.5:
        return
    u, v = _axes(area, x, y)
    away = np.sqrt((u / across) ** 2 + (v / down) ** 2)
    canvas.blend(picture, np.clip((1 - away) * down + 0.5, 0, 1), colour, area[1], area[0])


def ball(picture: Floats, at: Point, radius: float, colour: Colour) -> None:
    """A ball that touches the table at the point."""
    x, y = at[0], at[1] - radius * 0.9
    shadow(picture, x, at[1] + radius * 0.02, radius * 0.86, radius * 1.3)
    area = _area(picture, x - radius - 2, y - radius - 2, x + radius + 2, y + radius + 2)
    if area is None:
        return
    across, down = _axes(area, x, y)
    u, v = across / radius, down / radius
    away = np.sqrt(u * u + v * v)
    bulge = np.sqrt(np.clip(1 - away * away, 0, 1))
    light = np.clip(-0.5 * u - 0.56 * v + 0.66 * bulge, 0, 1)
    tone = 0.4 + 0.7 * light + 0.14 * np.clip(v - 0.5, 0, 1)
    lit = np.asarray(colour, np.float32) * tone[..., None]
    shine = np.exp(-((u + 0.38) ** 2 + (v + 0.42) ** 2) / 0.035) * 0.36
    lit = lit + (1 - lit) * shine[..., None]
    canvas.blend(picture, np.clip((1 - away) * radius + 0.5, 0, 1), lit, area[1], area[0])


def box(picture: Floats, at: Point, half: float, tall: float, turn: float, colour: Colour) -> None:
    """A box seen from its corner, turned by -0.5 to 0.5: left side lit, right side in shade, a light top."""
    x, foot = at
    depth = half * 0.36
    front = (x + half * turn, foot + depth * 0.5)
    left = (x - half, front[1] - depth * (1 + turn))
    right = (x + half, front[1] - depth * (1 - turn))
    back = (left[0] + right[0] - front[0], left[1] + right[1] - front[1])
    shadow(picture, x + half * 0.15, foot - depth * 0.3, half * 1.12, tall * 0.9)
    shadow(picture, x, foot - depth * 0.1, half * 1.02, half * 0.3)
    faces = (
        ((left, front, _up(front, tall), _up(left, tall)), mix(colour, WHITE, 0.06)),
        ((front, right, _up(right, tall), _up(front, tall)), mix(colour, BLACK, 0.42)),
        ((_up(left, tall), _up(front, tall), _up(right, tall), _up(back, tall)), mix(colour, WHITE, 0.36)),
    )
    for corners, shade in faces:
        _face(picture, corners, shade)


def _up(point: Point, tall: float) -> Point:
    return (point[0], point[1] - tall)


def _face(picture: Floats, corners: tuple[Point, ...], colour: Colour) -> None:
    across, down = [x for x, _ in corners], [y for _, y in corners]
    area = _area(picture, min(across) - 1, min(down) - 1, max(across) + 1, max(down) + 1)
    if area is None:
        return
    left, top, right, bottom = area
    moved = [(x - left, y - top) for x, y in corners]
    mask = canvas.shape(
        right - left,
        bottom - top,
        lambda on, scale: on.polygon([(x * scale, y * scale) for x, y in moved], fill=255),
    )
    canvas.blend(picture, mask, colour, top, left)
