"""Portraits: a flat bust before a large disc."""

import numpy as np
from PIL import Image, ImageDraw

from imagestudio.sandbox.pictures import canvas
from imagestudio.sandbox.pictures.animal import NAMES, animal
from imagestudio.sandbox.pictures.bust import bust
from imagestudio.sandbox.pictures.colour import WHITE, Colour, mix, to_bytes
from imagestudio.sandbox.pictures.figure import Shape, show
from imagestudio.sandbox.pictures.scene import Scene


def paint(scene: Scene) -> Image.Image:
    """One bust; in a very long picture as many as fit, each on a ground of its own."""
    width, height = scene.width, scene.height
    across = round(width / height / 1.1) if width > height * 2.1 else 1
    down = round(height / width / 1.25) if height > width * 2.1 else 1
    scale = 3 if width * height <= 700_000 else 2
    sheet = Image.new("RGB", (width * scale, height * scale))
    for index in range(across * down):
        left, right = index % across * width // across, (index % across + 1) * width // across
        top, bottom = index // across * height // down, (index // across + 1) * height // down
        box = (right - left, bottom - top)
        sheet.paste(_one(scene, index, box, scale), (left * scale, top * scale))
    return canvas.finish(np.asarray(sheet.reduce(scale), np.float32) / 255, scene.rng, 0.016, 0.12)


def _one(scene: Scene, index: int, size: tuple[int, int], scale: int) -> Image.Image:
    width, height = size[0] * scale, size[1] * scale
    ground, disc = _grounds(scene, index)
    picture = np.asarray(
        canvas.sky(1, 256, [mix(ground, WHITE, 0.1), mix(ground, scene.palette.ramp[2], 0.14)])
    )
    part = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8)).resize((width, height))
    on = ImageDraw.Draw(part)
    unit = min(width * 1.12, height * 0.95)
    x, y, radius = width / 2, height - unit * 0.5, min(unit * scene.between(0.36, 0.4), width * 0.44)
    off = unit * scene.between(-0.06, 0.06)
    top = y - unit * 0.07
    on.ellipse((x + off - radius, top - radius, x + off + radius, top + radius), fill=to_bytes(disc))
    show(on, sitter(scene), (x, y), unit * (1 if scene.chance(0.5) else -1))
    return part


def _grounds(scene: Scene, index: int) -> tuple[Colour, Colour]:
    """The wall and the disc before it, others for each neighbour."""
    ramp, accents = scene.palette.ramp, scene.palette.accents
    if scene.palette.name in ("night", "neon"):
        return (ramp[1], mix(ramp[1], ramp[2], 0.5))[index % 2], accents[index % 3]
    pale = mix(ramp[3], ramp[4], scene.between(0.25, 0.8))
    return (pale, accents[1], ramp[3], mix(accents[0], WHITE, 0.35))[index % 4], (
        accents[0], ramp[4], accents[2], ramp[2])[index % 4]  # fmt: skip


def sitter(scene: Scene) -> list[Shape]:
    """The animal that the words name, else a person."""
    return bust(scene) if scene.words.isdisjoint(NAMES) else animal(scene)
