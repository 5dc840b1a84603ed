"""The colour palettes, and how a prompt's words choose one."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from imagestudio.sandbox.pictures.colour import Colour, hexes


@dataclass(frozen=True)
class Palette:
    """Five colours from dark to light, three accents, and the words that ask for them."""

    name: str
    ramp: tuple[Colour, ...]
    accents: tuple[Colour, ...]
    words: frozenset[str]

    @property
    def ink(self) -> Colour:
        """The darkest colour."""
        return self.ramp[0]

    @property
    def paper(self) -> Colour:
        """The lightest colour."""
        return self.ramp[-1]


def _palette(name: str, ramp: str, accents: str, words: str = "") -> Palette:
    return Palette(
        name,
        hexes(ramp),
        hexes(accents),
        frozenset((name, *words.split())),
    )


PALETTES = (
    _palette(
        "sunset", "1f1235 5b1f69 b03a6e f26d5a ffd9a0", "ffb14e ff7a59 3a2a78", "sunrise dusk dawn evening"
    ),
    _palette(
        "blue",
        "071a2f 0f3f63 2a7b9b 7fbfc4 eaf4ee",
        "f4a261 e9c46a e76f51",
        "ocean sea navy azure water underwater",
    ),
    _palette(
        "green",
        "0d211c 1f4636 47785a 9db98a f0efd8",
        "e2803f f2c14e c8553d",
        "forest jungle emerald olive moss nature",
    ),
    _palette(
        "winter",
        "16202e 38506b 7793ad bccddc f5f7f8",
        "e4572e f2b134 2a4d69",
        "snow snowy ice cold frost arctic",
    ),
    _palette(
        "pastel",
        "5a4a6f a58bb5 e8b4c4 f8d4c6 fef4e8",
        "9ed2c6 f7c873 8fb8de",
        "soft candy gentle cute kawaii",
    ),
    _palette(
        "neon",
        "0b0620 2a0f5e 7a1fb5 e83a9c ffc2ee",
        "29f0ff f9f871 ff5c8a",
        "cyberpunk synthwave vaporwave futuristic",
    ),
    _palette(
        "monochrome",
        "0f0f10 3b3b3d 7c7c7e c2c2c0 f5f4f0",
        "1c1c1d 8f8f8d dededb",
        "black white grayscale noir gray grey",
    ),
    _palette(
        "red",
        "25070b 6f111c bb2a2f ec7257 fce6d6",
        "f2b84b 1d3557 7a1e2c",
        "crimson scarlet ruby cherry rust",
    ),
    _palette(
        "gold",
        "2b1a10 6f4424 bd8040 e6ba77 fbf0d8",
        "c8553d 2a6f73 f4c95d",
        "yellow desert sand sandy amber honey brown",
    ),
    _palette(
        "rose", "3a1029 7d2554 cb557f f3a5ab feebe6", "f6c667 2f5d62 8e3b6e", "pink magenta blossom romantic"
    ),
    _palette(
        "violet", "171034 3d2d70 7459ad b3a0db f2edfa", "f7b267 f25f5c 70c1b3", "purple lavender lilac mystic"
    ),
    _palette(
        "night",
        "070b18 121e3b 27396d 5870a3 bccbe4",
        "f6e7b4 f0a35e 7ad0e0",
        "midnight moon moonlit stars galaxy dark",
    ),
    _palette("bauhaus", "18222f 2b4a6b 8aa6b8 e8c66a f5ecdb", "d2452d 2a6f97 eeb033"),
    _palette("midcentury", "22303c 3d5a6c 7aa79d e7c98d f8f1e1", "d1603d e5a93c 2f4858", "retro vintage"),
    _palette(
        "orange",
        "33180a 8a400f df761f f9b557 fef0d3",
        "2f6f73 d1493a f6d365",
        "autumn fall tangerine pumpkin citrus",
    ),
    _palette(
        "teal",
        "0a2a2c 15585d 34938d 97d3c2 f0f7ee",
        "ff7f5c ffd166 1b4965",
        "turquoise mint aqua cyan tropical",
    ),
)

# Those that suit any subject; the others wait until they are asked for by name.
_CURATED = ("sunset", "blue", "green", "rose", "violet", "bauhaus", "midcentury", "orange", "teal", "gold")


def named(words: Collection[str]) -> list[Palette]:
    """The palettes that the words ask for, in the order of the words."""
    found: list[Palette] = []
    for word in words:
        found += [palette for palette in PALETTES if word in palette.words and palette not in found]
    return found


def choose_palette(words: Collection[str], rng: np.random.Generator) -> Palette:
    """The palette the words ask for, the accents from a second one named, or a curated one."""
    found = named(words)
    if not found:
        name = _CURATED[int(rng.integers(len(_CURATED)))]
        return next(palette for palette in PALETTES if palette.name == name)
    if len(found) == 1:
        return found[0]
    first, second = found[:2]
    return replace(first, accents=(second.ramp[2], second.accents[0], second.ramp[3]))
