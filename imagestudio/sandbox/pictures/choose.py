"""Which family of pictures a prompt's words ask for."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures import (
    animal,
    flow,
    landscape,
    pattern,
    portrait,
    poster,
    skyline,
    still_life,
)
from imagestudio.sandbox.pictures.scene import Scene
from imagestudio.sandbox.pictures.words import listed, quoted

Painter = Callable[[Scene], Image.Image]

PAINTERS: dict[str, Painter] = {
    "flow": flow.paint,
    "landscape": landscape.paint,
    "pattern": pattern.paint,
    "portrait": portrait.paint,
    "poster": poster.paint,
    "skyline": skyline.paint,
    "still_life": still_life.paint,
}

FAMILY_WORDS = {
    "landscape": listed(
        """landscape mountain alps hill valley sea ocean lake river beach coast island sun sunset sunrise
        dawn dusk sky cloud star galaxy aurora forest tree pine desert dune meadow field nature horizon
        moon snow winter autumn spring summer volcano canyon cliff waterfall mist fog storm lighthouse
        cabin garden night view scenery boat ship"""
    ),
    "flow": listed(
        """abstract flow hair wind wave smoke silk liquid marble swirl fluid curve energy music dream dance
        motion fire flame ink ribbon fabric aura brain mind time emotion love chaos texture background
        gradient"""
    ),
    "pattern": listed(
        """pattern tile geometric wallpaper textile mosaic seamless quilt fabric ornament print grid
        bauhaus carpet rug weave"""
    ),
    "still_life": listed(
        """still life shape fruit apple orange lemon pear vase object product bottle cup mug table bowl
        sphere cube cone bouquet flower plant ball perfume candle ceramic pottery render 3d isometric
        food breakfast coffee chair lamp toy minimalist studio"""
    ),
    "skyline": listed(
        """city skyline street building skyscraper tower urban downtown night tokyo york london paris
        metropolis architecture cyberpunk bridge house town rooftop window neon"""
    ),
    "portrait": listed(
        """portrait face person woman man girl boy lady human people child model king queen wizard warrior
        knight astronaut robot musician dancer self selfie headshot character hero princess elder
        grandmother"""
    )
    | animal.NAMES,
}


def family_of(prompt: str, words: tuple[str, ...], rng: np.random.Generator) -> str:
    """The family with most words in the prompt, the earliest of equals; without any, one by chance."""
    if quoted(prompt) or not poster.ASKED_FOR.isdisjoint(words):
        return "poster"
    scores = {name: _score(name, words) for name in FAMILY_WORDS}
    best = max(scores.values())
    if best == 0:
        names = sorted(FAMILY_WORDS)
        return names[int(rng.integers(len(names)))]
    tied = {name for name, score in scores.items() if score == best}
    return next(name for word in words for name in sorted(tied) if word in FAMILY_WORDS[name])


# The kind of picture itself counts for more than what is in it.
_KINDS = listed("landscape abstract pattern wallpaper still skyline portrait headshot")
# Light and weather say less about the subject than a thing does.
_LIGHT = listed(
    "sun sunset sunrise dawn dusk sky night neon snow winter autumn spring summer wind light view"
)


def _score(family: str, words: tuple[str, ...]) -> int:
    known = [word for word in words if word in FAMILY_WORDS[family]]
    return sum(6 if word in _KINDS else 1 if word in _LIGHT else 2 for word in known)
