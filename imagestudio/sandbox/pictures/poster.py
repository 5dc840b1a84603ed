"""Posters: words set large, with one strong shape."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from imagestudio.sandbox.pictures import canvas
from imagestudio.sandbox.pictures.colour import Colour, Floats, mix, readable
from imagestudio.sandbox.pictures.scene import Scene
from imagestudio.sandbox.pictures.typeset import base, draw_line, fit, settable, width_of
from imagestudio.sandbox.pictures.words import headline, listed, plain, quoted

ASKED_FOR = listed(
    """poster sign logo text typography title lettering banner headline word words quote label cover slogan
    flyer"""
)
_LONGEST = 90  # characters; more could not be set large


def words_to_set(prompt: str) -> str:
    """The prompt's quoted words, else its main ones, as far as the font can set them."""
    text = settable(plain(quoted(prompt))) or settable(plain(headline(prompt, ASKED_FOR, 4)))
    while len(text) > _LONGEST:
        text = text[: text.rindex(" ")] if " " in text else text[:_LONGEST]
    return text


def paint(scene: Scene) -> Image.Image:
    """A poster, or a neon sign where the words say so; a narrow one is set on its side."""
    if scene.height > scene.width * 2.4:
        lying = replace(scene, width=scene.height, height=scene.width)
        return paint(lying).transpose(Image.Transpose.ROTATE_90)
    text = words_to_set(scene.prompt)
    if scene.says("neon", "glowing", "cyberpunk"):
        return _neon(scene, text)
    styles = [_swiss, _sunrise]
    if base(text) == text:
        styles.append(_stacked)  # capitals so close have no room for accents
    return styles[int(scene.rng.integers(len(styles)))](scene, text)


def _layer(scene: Scene) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    mask = Image.new("L", (scene.width, scene.height))
    return mask, ImageDraw.Draw(mask)


def _set_block(
    on: ImageDraw.ImageDraw, text: str, box: tuple[float, float, float, float], weight: float, foot: bool
) -> float:
    """Set the text flush left in the box (left, top, width, height), at its foot or head; the height used."""
    left, top, width, height = box
    lines, size = fit(text, width, height, 0.98, weight, -0.02)
    used = size * (0.98 * (len(lines) - 1) + 0.97)  # the last line's descenders included
    start = top + height - used if foot else top
    for index, line in enumerate(lines):
        draw_line(on, (left, start + size * (0.75 + 0.98 * index)), line, size, 255, weight, -0.02)
    return used


def _swiss(scene: Scene, text: str) -> Image.Image:
    """Paper, one great circle, the words at the foot."""
    width, height = scene.width, scene.height
    first, second = scene.palette.accents[:2]
    picture = canvas.flat(width, height, scene.palette.paper)
    side = min(width, height)
    margin = side * 0.075
    wide = width > height * 1.6
    radius = side * (scene.between(0.36, 0.44) if wide else scene.between(0.28, 0.36))
    x = width - radius * scene.between(0.75, 1.05) - margin if wide else width * scene.between(0.5, 0.72)
    y = height * 0.5 if wide else max(radius * 0.8, height * 0.32)
    canvas.disc(picture, x, y, radius, first)
    cut = radius * scene.between(0.42, 0.56)
    if not wide:
        canvas.disc(picture, x - radius * 0.62, y + radius * 0.5, cut, second)
    _bars(scene, picture, x, y, radius)
    mask, on = _layer(scene)
    room = (x - radius - 2 * margin if wide else width - 2 * margin, height * 0.6 if wide else height * 0.3)
    _set_block(on, text, (margin, height - margin - room[1] - side * 0.04, *room), 0.02, foot=True)
    on.rectangle((margin, margin, margin + side * 0.1, margin + side * 0.014), 255)
    canvas.blend(picture, canvas.mask_of(mask), scene.palette.ink)
    return canvas.finish(picture, scene.rng, 0.014, 0.05)


def _bars(scene: Scene, picture: Floats, x: float, y: float, radius: float) -> None:
    """Fine lines across the lower half of the circle, as a sun setting."""
    height, width = picture.shape[:2]
    inside = np.clip(radius - canvas.distance(width, height, x, y) + 0.5, 0, 1)
    rows = (np.arange(height, dtype=np.float32) - y) / radius
    step = (rows * 7) % 1
    band = np.where((rows > 0.12) & (step < rows * 0.55), 1.0, 0.0).astype(np.float32)
    canvas.blend(picture, inside * band[:, None], scene.palette.paper)


def _stacked(scene: Scene, text: str) -> Image.Image:
    """Every line as wide as the page, on a strong ground."""
    width, height = scene.width, scene.height
    ground = scene.palette.accents[int(scene.rng.integers(2))]
    letters = readable(ground, scene.palette.ink, scene.palette.paper)
    picture = canvas.flat(width, height, ground)
    margin = min(width, height) * 0.07
    lines = fit(text.upper(), width - 2 * margin, height - 2 * margin, 0.9, 0.028, -0.01)[0]
    sizes = [(width - 2 * margin) / max(1.0, width_of(line, 1, 0.028, -0.01)) for line in lines]
    gap = margin * 0.35
    sizes = [min(size, (height - 2 * margin) * 0.95) for size in sizes]
    total = sum(size * 0.72 for size in sizes) + gap * (len(sizes) - 1)
    shrink = min(1.0, (height - 2.6 * margin) / total)
    mask, on = _layer(scene)
    y = height - margin * 1.5 - total * shrink
    for line, size in zip(lines, sizes, strict=True):
        y += size * 0.72 * shrink
        draw_line(on, (margin, y), line, size * shrink, 255, 0.028, -0.01)
        y += gap * shrink
    _corner(scene, picture, height - margin * 1.5 - total * shrink - margin, letters, ground)
    canvas.blend(picture, canvas.mask_of(mask), letters)
    return canvas.finish(picture, scene.rng, 0.014, 0.06)


def _corner(scene: Scene, picture: Floats, room: float, letters: Colour, ground: Colour) -> None:
    """Quarter circles in the room above the words, if there is enough of it."""
    margin = min(scene.width, scene.height) * 0.07
    height = room - margin
    if height < margin:
        return
    cell = min(height, (scene.width - 2 * margin) / 3)
    count = max(1, int((scene.width - 2 * margin) / cell))
    cell = (
        (scene.width - 2 * margin) / count if cell * count < scene.width - 2 * margin and count > 2 else cell
    )
    colours = (scene.palette.paper, scene.palette.ink, mix(ground, letters, 0.35), scene.palette.ramp[3])
    cell = min(cell, height)
    for index in range(count):
        box = round(cell)
        local = canvas.distance(box, box, box * int(scene.rng.integers(2)), box * int(scene.rng.integers(2)))
        mask = np.clip(box - local + 0.5, 0, 1)
        colour = colours[int(scene.rng.integers(len(colours)))]
        canvas.blend(picture, mask, colour, round(margin), round(margin + index * cell))


def _sunrise(scene: Scene, text: str) -> Image.Image:
    """Arcs rising from the middle, the words beneath."""
    width, height = scene.width, scene.height
    side = min(width, height)
    margin = side * 0.08
    ramp = scene.palette.ramp
    picture = canvas.flat(width, height, mix(ramp[4], ramp[3], 0.12))
    wide = width > height * 1.6
    floor = height - margin * 1.2 if wide else height * 0.6
    x = width - margin - min(height * 0.75, width * 0.2) if wide else width / 2
    radius = min(floor - margin * 0.9, width * 0.2 if wide else width / 2 - margin)
    colours = (ramp[1], scene.palette.accents[0], ramp[3], scene.palette.accents[1], ramp[2], ramp[4])
    away = canvas.distance(width, round(floor), x, floor)
    for index, colour in enumerate(colours):
        canvas.blend(picture, np.clip(radius * (1 - index * 0.155) - away + 0.5, 0, 1), colour)
    mask, on = _layer(scene)
    if wide:
        _set_block(
            on, text, (margin, margin * 1.5, x - radius - margin * 2, height - margin * 2.7), 0.012, foot=True
        )
    else:
        _centred(
            on, text, (width / 2, floor + margin * 0.75), width - 2 * margin, height - floor - margin * 2.3
        )
    canvas.blend(picture, canvas.mask_of(mask), ramp[0])
    return canvas.finish(picture, scene.rng, 0.014, 0.05)


def _centred(
    on: ImageDraw.ImageDraw,
    text: str,
    at: tuple[float, float],
    width: float,
    height: float,
    weight: float = 0.012,
) -> None:
    """Set the text centred, its head at the point, filling at most the width and height."""
    lines, size = fit(text, width, height, 1.04, weight)
    used = size * (1.04 * (len(lines) - 1) + 0.75)
    for index, line in enumerate(lines):
        left = at[0] - width_of(line, size, weight) / 2
        draw_line(
            on, (left, at[1] + (height - used) / 2 + size * (0.75 + 1.04 * index)), line, size, 255, weight
        )


def _neon(scene: Scene, text: str) -> Image.Image:
    """Tubes of light on a dark wall."""
    width, height = scene.width, scene.height
    side = min(width, height)
    ramp = scene.palette.ramp
    picture = canvas.sky(width, height, [mix(ramp[0], ramp[1], 0.35), ramp[0]])
    _bricks(scene, picture, side)
    mask, on = _layer(scene)
    margin = side * 0.17
    _centred(on, text, (width / 2, margin), width - 2 * margin, height - 2 * margin, 0.004)
    frame, on_frame = _layer(scene)
    inset = side * 0.07
    thick = max(2, round(side * 0.009))
    on_frame.rounded_rectangle(
        (inset, inset, width - inset, height - inset), side * 0.06, outline=255, width=thick
    )
    for layer, colour in ((frame, scene.palette.accents[0]), (mask, scene.palette.accents[2])):
        tube = canvas.mask_of(layer)
        for spread, strength in ((0.09, 0.75), (0.028, 0.9), (0.008, 0.9)):
            light = np.clip(canvas.soft(tube, side * spread) * (2.4 if spread > 0.02 else 1.2), 0, 1)
            canvas.blend(picture, light * strength, colour)
        canvas.blend(picture, canvas.soft(tube, max(0.6, side * 0.0015)), mix(colour, (1.0, 1.0, 1.0), 0.82))
    return canvas.finish(picture, scene.rng, 0.012, 0.35)


def _bricks(scene: Scene, picture: Floats, side: int) -> None:
    """A wall of bricks, each a little lighter or darker, every other row moved by half of one."""
    tall = max(6, round(side / 22))
    rows, columns = scene.height // tall + 1, scene.width // (tall * 2) + 2
    tone = np.repeat(scene.rng.uniform(0, 0.1, (rows, columns)), tall * 2, axis=1)
    joint = max(1, tall // 12)
    for start in range(joint):
        tone[:, start :: tall * 2] = 0.14
    tone[1::2] = np.roll(tone[1::2], tall, axis=1)
    wall = np.repeat(tone, tall, axis=0)
    for start in range(joint):
        wall[start::tall] = 0.14
    canvas.blend(picture, wall[: scene.height, : scene.width].astype(np.float32), scene.palette.ramp[2])
