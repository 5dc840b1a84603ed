"""Edits that redraw a picture in another technique."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from imagestudio.sandbox.pictures import noise
from imagestudio.sandbox.pictures.colour import BLACK, mix, to_bytes
from imagestudio.sandbox.pictures.edits.order import Order, keeping_alpha


def oil(image: Image.Image, order: Order) -> Image.Image:
    """Flat dabs of colour with a relief of brush strokes."""
    return keeping_alpha(image, lambda rgb: _oil(rgb, order))


def _oil(rgb: Image.Image, order: Order) -> Image.Image:
    small = rgb.resize(_small(rgb.size, 400), Image.Resampling.BOX)
    dabs = small.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.ModeFilter(5))
    dabs = dabs.resize(rgb.size, Image.Resampling.BICUBIC).filter(ImageFilter.UnsharpMask(3, 120, 0))
    width, height = small.size
    bristles = noise.field(order.rng, width, height, width / 5, height / 26, 2)
    surface = bristles + np.asarray(ImageOps.grayscale(small), np.float32) / 255 * 0.7
    slope = np.diff(surface, axis=0, prepend=surface[:1])
    relief = np.clip(128 + slope * 260, 0, 255).astype(np.uint8)
    lit = Image.fromarray(relief).resize(rgb.size, Image.Resampling.BICUBIC).convert("RGB")
    return ImageChops.overlay(dabs, lit)


def watercolour(image: Image.Image, order: Order) -> Image.Image:
    """Pale washes that pool at their edges, on rough paper."""
    return keeping_alpha(image, lambda rgb: _wash(rgb, order))


def _wash(rgb: Image.Image, order: Order) -> Image.Image:
    size = _small(rgb.size, 480)
    small = rgb.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(5))
    washes = ImageOps.posterize(small.filter(ImageFilter.GaussianBlur(2)), 4).filter(
        ImageFilter.MedianFilter(5)
    )
    edges = np.asarray(_edges(ImageOps.grayscale(washes)).filter(ImageFilter.GaussianBlur(1.4)))
    colours = np.asarray(Image.blend(washes, small, 0.4), np.float32) / 255
    colours = 1 - (1 - colours) * 0.8
    blooms = noise.field(order.rng, *size, 7, 7, 4)[..., None]
    paper = noise.field(order.rng, *size, size[0] / 3, size[1] / 3, 2)[..., None]
    pooled = np.clip(edges.astype(np.float32) / 255 * 1.1, 0, 0.4)[..., None]
    painted = colours * (1 - pooled * 0.6) + (blooms - 0.45) * 0.09 + (paper - 0.5) * 0.045
    return Image.fromarray((np.clip(painted, 0, 1) * 255).astype(np.uint8)).resize(
        rgb.size, Image.Resampling.BICUBIC
    )


def pixel(image: Image.Image, order: Order) -> Image.Image:
    """Large square pixels in few colours."""

    def change(rgb: Image.Image) -> Image.Image:
        small = rgb.resize(_small(rgb.size, 84), Image.Resampling.BOX)
        few = small.quantize(24, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
        return few.resize(rgb.size, Image.Resampling.NEAREST)

    return keeping_alpha(image, change)


def poster(image: Image.Image, order: Order) -> Image.Image:
    """A few flat inks, and dark lines where one thing ends and another begins."""

    def change(rgb: Image.Image) -> Image.Image:
        small = rgb.resize(_small(rgb.size, 620), Image.Resampling.BOX).filter(ImageFilter.MedianFilter(5))
        calm = small.filter(ImageFilter.GaussianBlur(2.5))
        inks = calm.quantize(9, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
        flat = inks.filter(ImageFilter.MedianFilter(5)).resize(rgb.size, Image.Resampling.BICUBIC)
        edges = _edges(ImageOps.grayscale(small).filter(ImageFilter.GaussianBlur(0.8)))
        lines = edges.point([min(255, max(0, (level - 12) * 14)) for level in range(256)])
        ink = Image.new("RGB", rgb.size, to_bytes(mix(order.palette.ink, BLACK, 0.4)))
        return Image.composite(ink, flat, lines.resize(rgb.size, Image.Resampling.BICUBIC))

    return keeping_alpha(image, change)


def sketch(image: Image.Image, order: Order) -> Image.Image:
    """Soft pencil on warm paper."""

    def change(rgb: Image.Image) -> Image.Image:
        grey = ImageOps.autocontrast(ImageOps.grayscale(rgb), (1, 1))
        radius = max(2.0, (rgb.width * rgb.height) ** 0.5 * 0.008)
        around = np.asarray(grey.filter(ImageFilter.GaussianBlur(radius)), np.float32)
        dodged = np.clip(np.asarray(grey, np.float32) * 255 / np.maximum(around, 1), 0, 255) / 255
        hatching = noise.field(order.rng, *rgb.size, rgb.width / 3, rgb.height / 3, 1)
        tone = np.asarray(grey, np.float32) / 255
        drawn = dodged**2.6 * (1 - (1 - tone) * np.clip(0.75 - tone, 0, 1) * (0.5 + hatching))
        return ImageOps.colorize(
            Image.fromarray((np.clip(drawn, 0, 1) * 255).astype(np.uint8)), "#23242a", "#f6f1e6"
        )

    return keeping_alpha(image, change)


def halftone(image: Image.Image, order: Order) -> Image.Image:
    """Dots on a slanted grid, in the palette's ink on its paper."""

    def change(rgb: Image.Image) -> Image.Image:
        grey = np.asarray(ImageOps.autocontrast(ImageOps.grayscale(rgb), (1, 1)), np.float32) / 255
        pitch = max(4.0, (rgb.width * rgb.height) ** 0.5 / 110)
        x = np.arange(rgb.width, dtype=np.float32)[None, :] * np.float32(np.pi / pitch)
        y = np.arange(rgb.height, dtype=np.float32)[:, None] * np.float32(np.pi / pitch)
        screen = 0.5 + 0.25 * (np.cos(x + y) + np.cos(x - y))
        dots = np.clip((grey - screen) * pitch * 0.55 + 0.5, 0, 1)
        two = ImageOps.colorize(Image.fromarray((dots * 255).astype(np.uint8)), *_inks(order))
        return Image.blend(two, rgb, 0.25)

    return keeping_alpha(image, change)


def _inks(order: Order) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return to_bytes(order.palette.ramp[1]), to_bytes(order.palette.paper)


def _small(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size, reduced so that the root of its area is at most the side."""
    scale = min(1.0, side / (size[0] * size[1]) ** 0.5)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _edges(grey: Image.Image) -> Image.Image:
    """Where the picture changes abruptly; its own border, which Pillow takes for an edge, left off."""
    edges = grey.filter(ImageFilter.FIND_EDGES)
    ImageDraw.Draw(edges).rectangle((0, 0, edges.width - 1, edges.height - 1), outline=0, width=2)
    return edges
