"""Cities: rows of buildings with lit windows under an evening sky, often over water."""

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures import canvas, noise, sky
from imagestudio.sandbox.pictures.colour import WHITE, Colour, Floats, mix
from imagestudio.sandbox.pictures.scene import Scene


def paint(scene: Scene) -> Image.Image:
    """A skyline at dusk or night, on land or by the water."""
    width, height = scene.width, scene.height
    ramp = scene.palette.ramp
    night = scene.palette.name in ("night", "neon", "monochrome") or scene.says("night") or scene.chance(0.3)
    if night:
        stops = [ramp[0], mix(ramp[0], ramp[1], 0.8), mix(ramp[1], ramp[2], 0.7), mix(ramp[2], ramp[3], 0.5)]
    else:
        stops = [mix(ramp[1], ramp[2], 0.5), mix(ramp[2], ramp[3], 0.5), ramp[3], ramp[4]]
    quay = round(
        height * (scene.between(0.7, 0.76) if scene.chance(0.6) or scene.says("river", "bridge") else 1)
    )
    picture = canvas.sky(width, height, [*stops, stops[-1]])
    side = min(width, height)
    light = (width * scene.between(0.25, 0.75), quay * scene.between(0.3, 0.5))
    if night:
        sky.stars(scene, picture, quay * 0.8)
        sky.moon(scene, picture, light, side * 0.055)
    else:
        sky.sun(scene, picture, light, side * 0.11)
    sky.clouds(scene, picture, quay, mix(stops[-1], WHITE, 0.2), 0.3)
    for near in (0.0, 0.38, 0.72, 1.0):
        _row(scene, picture, quay, near, stops[-1], night)
        if near < 1:
            _mist(picture, quay, stops[-1], 0.34 * (1 - near))
    if quay < height * 0.9:
        _reflect(scene, picture, quay)
    return canvas.finish(picture, scene.rng, 0.012, 0.16)


def _mist(picture: Floats, quay: int, colour: Colour, strength: float) -> None:
    rows = np.linspace(0, 1, quay, dtype=np.float32)[:, None] ** 3
    canvas.blend(picture, np.repeat(rows * strength, picture.shape[1], axis=1), colour)


def _row(scene: Scene, picture: Floats, quay: int, near: float, haze: Colour, night: bool) -> None:
    """One row of buildings from the left edge to the right, the nearer the darker and the lower."""
    unit = min(scene.height, scene.width * 1.25)
    deep = mix(scene.palette.ramp[1], scene.palette.ramp[0], 0.35 + 0.6 * near)
    colour = mix(haze, deep, 0.36 + 0.62 * near)
    x = -scene.between(0, 0.05) * unit
    while x < scene.width:
        wide = unit * scene.between(0.035, 0.1) * (0.75 + 0.55 * near)
        middle = 1 - 0.45 * abs((x + wide / 2) / scene.width * 2 - 1)
        tall = unit * (0.1 + scene.rng.beta(1.6, 3.2) * (0.66 - 0.36 * near)) * middle
        shade = mix(colour, deep if scene.chance(0.5) else haze, scene.between(0, 0.14))
        _building(scene, picture, (x, quay - tall, x + wide, quay), shade, near, night)
        x += wide * scene.between(0.84, 1.0)


def _building(
    scene: Scene,
    picture: Floats,
    box: tuple[float, float, float, float],
    colour: Colour,
    near: float,
    night: bool,
) -> None:
    left, top, right, bottom = (round(edge) for edge in box)
    _block(picture, left, top, right, bottom, colour)
    wide, tall = right - left, bottom - top
    roof = float(scene.rng.random())
    if roof < 0.3 and wide > 6:
        inset, step = round(wide * scene.between(0.15, 0.3)), round(tall * scene.between(0.06, 0.16))
        _block(picture, left + inset, top - step, right - inset, top, colour)
        top -= step
    if roof < 0.14:
        mast, middle = max(1, wide // 22), (left + right) // 2
        _block(picture, middle - mast, top - round(tall * 0.22), middle + mast, top, colour)
    elif roof > 0.86:
        _slant(picture, left, right, top, round(wide * 0.6), colour, scene.chance(0.5))
    _sheen(picture, left, box[1], right, bottom)
    if near > 0.3:
        _windows(scene, picture, (left, round(box[1]), right, bottom), near, night)


def _block(picture: Floats, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
    picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = colour


def _slant(
    picture: Floats, left: int, right: int, top: int, rise: int, colour: Colour, mirrored: bool
) -> None:
    height, width = picture.shape[:2]
    first, last = max(0, left), min(width, right)
    start = max(0, top - rise)
    if first >= last or start >= top or top > height:
        return
    across = (np.arange(first, last, dtype=np.float32) - left) / max(1, right - left)
    edge = top - rise * (1 - across if mirrored else across)
    rows = np.arange(start, top, dtype=np.float32)[:, None]
    canvas.blend(picture, np.clip(rows - edge[None, :] + 0.5, 0, 1), colour, start, first)


def _sheen(picture: Floats, left: int, top: float, right: int, bottom: int) -> None:
    """The side away from the light is a shade darker, and the foot a shade lighter."""
    middle = (left + right) // 2
    part = picture[max(0, round(top)) : bottom, max(0, middle) : max(0, right)]
    part *= 0.93


def _windows(scene: Scene, picture: Floats, box: tuple[int, int, int, int], near: float, night: bool) -> None:
    left, top, right, bottom = box
    unit = min(scene.height, scene.width * 1.25)
    pitch = max(3, round(unit * (0.008 + 0.003 * near)))
    columns, rows = (right - left - pitch // 2) // pitch, (bottom - top - pitch) // pitch
    if columns < 2 or rows < 2:
        return
    share = scene.between(0.1, 0.5) if night else scene.between(0.05, 0.3)
    lit = scene.rng.random((rows, columns), np.float32)
    level = np.where(lit < share, 0.45 + 0.55 * lit / share, 0.0).astype(np.float32) * (0.55 + 0.45 * near)
    pane = np.zeros((pitch, pitch), np.float32)
    pane[
        pitch // 4 : max(pitch // 4 + 1, pitch - pitch // 4),
        pitch // 4 : max(pitch // 4 + 1, pitch - pitch // 3),
    ] = 1
    mask = np.kron(level, pane)
    start = left + (right - left - columns * pitch + 1) // 2
    cut_left, cut_top = max(0, -start), max(0, -(top + pitch // 2))
    mask = mask[cut_top:, cut_left : cut_left + max(0, scene.width - start - cut_left)]
    if mask.size:
        warm = mix(scene.palette.accents[0], (1.0, 0.86, 0.56), 0.6)
        canvas.blend(picture, mask, warm, max(0, top + pitch // 2), max(0, start))


def _reflect(scene: Scene, picture: Floats, quay: int) -> None:
    """Water below the quay: the city upside down, its lights drawn out, darker towards us."""
    height, width = picture.shape[:2]
    waves = sky.ripples(scene, height - quay)
    mirrored = sky.mirror(_smeared(picture[:quay]), waves, height * 0.03)
    far = np.linspace(0, 1, height - quay, dtype=np.float32)[:, None]
    canvas.blend(mirrored, np.repeat(0.25 + 0.4 * far, width, axis=1), scene.palette.ramp[0])
    canvas.blend(mirrored, np.clip(waves * 2 - 0.3, 0, 1) * 0.4, scene.palette.ramp[3])
    picture[quay:] = mirrored
    picture[quay : quay + max(1, height // 400)] *= 0.6


def _smeared(above: Floats) -> Floats:
    """The rows drawn out downwards: points of light become streaks."""
    height, width = above.shape[:2]
    size = (width, max(2, height // 22))
    few = [
        Image.fromarray(above[..., i].astype(np.float32)).resize(size, Image.Resampling.BOX) for i in range(3)
    ]
    return np.stack([noise.enlarge(np.asarray(channel), width, height) for channel in few], axis=2)
