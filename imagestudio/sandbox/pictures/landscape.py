"""Landscapes: a sky with its light, ranges of hills fading into mist, and water that gives it back."""

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures import canvas, noise, sky
from imagestudio.sandbox.pictures.colour import WHITE, Colour, Floats, mix
from imagestudio.sandbox.pictures.scene import Scene

_RANGES = 6


def paint(scene: Scene) -> Image.Image:
    """A landscape by day or night; mountains, hills, dunes, woods or a shore as the words say."""
    night = scene.palette.name in ("night", "neon") or scene.says("night", "star", "moon", "galaxy")
    lake = scene.says("sea", "ocean", "lake", "water", "beach", "river", "island", "coast") or scene.chance(
        0.35
    )
    stops = _sky_stops(scene, night)
    picture = canvas.sky(scene.width, scene.height, [*stops, stops[-1]])
    horizon = scene.height * scene.between(0.56, 0.64)
    light = (scene.width * scene.between(0.28, 0.72), horizon * scene.between(0.36, 0.68))
    radius = min(scene.width, scene.height) * scene.between(0.05, 0.09)
    if night:
        sky.stars(scene, picture, horizon)
        sky.moon(scene, picture, light, radius * 0.85)
    else:
        sky.sun(scene, picture, light, radius)
    cloud = mix(stops[-1], WHITE, 0.05 if night else 0.45)
    sky.clouds(scene, picture, horizon, cloud, 0.3 if night else 0.62)
    _hills(scene, picture, horizon, stops[-1], lake)
    if lake:
        _water(scene, picture, round(horizon), light[0], stops[-1])
        _shore(scene, picture)
    return canvas.finish(picture, scene.rng)


def _sky_stops(scene: Scene, night: bool) -> list[Colour]:
    ramp = scene.palette.ramp
    if night:
        return [mix(ramp[0], ramp[1], 0.25), ramp[1], ramp[2], mix(ramp[2], ramp[3], 0.6)]
    if scene.palette.name == "sunset" or scene.chance(0.4):
        return [mix(ramp[1], ramp[2], 0.4), mix(ramp[2], ramp[3], 0.45), ramp[3], ramp[4]]
    return [mix(ramp[2], ramp[3], 0.55), mix(ramp[3], ramp[4], 0.35), ramp[4]]


def _hills(scene: Scene, picture: Floats, horizon: float, haze: Colour, lake: bool) -> None:
    """Ranges from the farthest to the nearest; beyond a lake they are few and end at its shore."""
    sharp = scene.says("mountain", "alps", "peak", "cliff", "canyon", "volcano") or scene.chance(0.45)
    open_sea = scene.says("sea", "ocean", "beach", "coast")
    count = 2 if open_sea else 3 if lake else _RANGES
    first = horizon - scene.height * (0.1 if lake else 0.06)
    last = horizon - 1 if lake else scene.height * 0.92
    side = min(scene.height, scene.width * 1.4)
    for index in range(count):
        near = index / (count - 1)
        line = _ridge(scene, side, near, sharp and near < 0.6) * (0.35 if open_sea else 1)
        base = first + (last - first) * near**1.25
        ridge = base - np.abs(line) if lake else base - line
        if scene.says("forest", "tree", "pine", "wood", "jungle") or (
            near > 0.6 and not lake and not _dunes(scene)
        ):
            ridge = ridge - _pines(scene, side * (0.018 + 0.05 * near))
        top = mix(haze, mix(scene.palette.ramp[1], scene.palette.ramp[0], near), 0.28 + 0.68 * near)
        foot = mix(top, haze, 0.62 * (1 - near) + 0.12)
        _range(picture, ridge, top, foot, side * (0.2 + 0.12 * near), round(horizon) if lake else None)


def _dunes(scene: Scene) -> bool:
    return scene.says("desert", "dune", "sand")


def _ridge(scene: Scene, side: float, near: float, craggy: bool) -> Floats:
    """How far a range rises and falls about its base: rolling hills, smooth dunes or crags."""
    craggy = craggy and not _dunes(scene)
    tall = side * ((0.2 - 0.1 * near) if craggy else (0.075 + 0.02 * near))
    octaves = 2 if _dunes(scene) else 8 if craggy else 4
    bumps = scene.width / side * 1.6 * (1 + near * 0.4)
    return noise.line(scene.rng, scene.width, bumps, octaves, craggy) * tall


def _pines(scene: Scene, tall: float) -> Floats:
    """The outline of a wood: how far above its ridge it stands at each column."""
    outline = np.zeros(scene.width, np.float32)
    columns = np.arange(scene.width, dtype=np.float32)
    thin = noise.line(scene.rng, scene.width, 5, 2)
    for x in np.arange(0, scene.width, max(1.5, tall * 0.2)):
        centre = x + scene.between(-0.2, 0.2) * tall
        height = tall * scene.between(0.35, 1) * (0.62 + 0.38 * float(thin[min(scene.width - 1, int(x))]))
        left, right = max(0, int(centre - height * 0.3)), min(scene.width, int(centre + height * 0.3) + 2)
        if height > 1 and right > left:
            away = np.abs(columns[left:right] - centre) / (height * 0.27)
            # Two branches' teeth on the way up make a triangle into a pine.
            tree = height * np.clip(1 - away + 0.09 * np.sin(away * 19), 0, 1)
            outline[left:right] = np.maximum(outline[left:right], tree)
    return outline


def _range(
    picture: Floats, ridge: Floats, top: Colour, foot: Colour, fade: float, bottom: int | None
) -> None:
    """One range of hills from its ridge down, fading into the mist at its foot."""
    start = max(0, int(ridge.min()) - 1)
    end = picture.shape[0] if bottom is None else min(bottom, picture.shape[0])
    if end <= start:
        return
    rows = np.arange(start, end, dtype=np.float32)[:, None]
    below = rows - ridge[None, :]
    down = np.clip((rows - float(ridge.mean())) / fade + 0.35, 0, 1)
    body = (
        np.asarray(top, np.float32)
        + (np.asarray(foot, np.float32) - np.asarray(top, np.float32)) * down[..., None]
    )
    # Divided by the slope, the height above the ridge is the distance from it: steep edges come out smooth.
    steep = np.sqrt(1 + np.gradient(ridge) ** 2)
    canvas.blend(picture, np.clip(below / steep + 0.5, 0, 1), body, start)


def _water(scene: Scene, picture: Floats, horizon: int, sun_x: float, haze: Colour) -> None:
    """The upper part upside down, rippled, with the light's path on it."""
    height, width = picture.shape[:2]
    waves = sky.ripples(scene, height - horizon)
    mirrored = sky.mirror(picture[:horizon], waves, height * 0.07)
    depth = np.arange(height - horizon, dtype=np.float32)[:, None]
    far = depth / max(1, height - horizon)
    deep = mix(scene.palette.ramp[1], scene.palette.ramp[0], 0.3)
    canvas.blend(mirrored, np.repeat(0.14 + 0.5 * far, width, axis=1), deep)
    side = min(width, height)
    spread = side * (0.05 + 0.16 * far)
    path = np.exp(-(((np.arange(width, dtype=np.float32)[None, :] - sun_x) / spread) ** 2))
    glitter = np.clip(waves * 5 + 0.25, 0, 1) * path * 0.75
    canvas.blend(mirrored, glitter, mix(scene.palette.ramp[4], WHITE, 0.4))
    canvas.blend(mirrored, np.exp(-depth / (side * 0.012)).repeat(width, 1) * 0.5, haze)
    picture[horizon:] = mirrored


def _shore(scene: Scene, picture: Floats) -> None:
    """A dark bank with grass in the foreground, to look out from."""
    side = min(scene.height, scene.width * 1.4)
    line = noise.line(scene.rng, scene.width, scene.width / side * 1.2, 4)
    ridge = scene.height * 0.955 - line * side * 0.035 - _pines(scene, side * 0.03) * 0.6
    dark = mix(scene.palette.ramp[0], scene.palette.ramp[1], 0.12)
    _range(picture, ridge, dark, dark, side, None)
