"""A person's head and shoulders as flat shapes, half of the face in shade; 1 is the bust's height."""

from imagestudio.sandbox.pictures.colour import BLACK, WHITE, Colour, from_hex, hexes, mix
from imagestudio.sandbox.pictures.figure import Blob, Shape, Stroke, around, mirrored, points, symmetric
from imagestudio.sandbox.pictures.scene import Scene

_SKINS = hexes("f3cfb3 e8b48f cf9468 b27a50 8a5836")
_HAIR = hexes("2a1d1a 3a2620 4a2c1f 7a4a2a b5793d 23222b a33b2a d9b26a")
_LIP = from_hex("a8323a")

_LONG = symmetric("0 -.365, .2 -.25, .22 0, .26 .24, 0 .3")
_BOB = symmetric("0 -.355, .2 -.25, .23 -.03, .17 .1, 0 .06")
_KNOT = symmetric("0 -.5, .09 -.46, .1 -.38, 0 -.31")
_SHOULDERS = symmetric("0 .2, .12 .225, .3 .29, .39 .42, .42 .62, 0 .7")
_SHOULDERS_SHADE = points(".02 .26, .12 .23, .3 .29, .39 .42, .42 .62, .2 .7, .1 .5")
_NECK = symmetric(".075 0, .082 .15, .13 .235, 0 .32")
_NECK_SHADE = points("-.07 .05, .075 0, .082 .15, .13 .235, .05 .29, 0 .16")
_COLLAR = points("-.135 .225, -.07 .31, 0 .335, .07 .31, .135 .225")
_EAR = points(".165 -.1, .195 -.12, .19 -.05, .165 -.03")
_HEAD = symmetric("0 -.3, .11 -.27, .165 -.17, .165 -.05, .125 .05, .045 .105")
_HEAD_SHADE = points(
    ".03 -.295, .11 -.27, .165 -.17, .165 -.05, .125 .05, .045 .105,"
    "0 .108, .012 .03, .035 -.02, 0 -.06, .012 -.16"
)
_LID = points("-.036 -.095, 0 -.078, .036 -.095")
_BROW = points("-.04 -.14, 0 -.153, .04 -.142")
_MOUTH = points("-.045 .045, -.014 .036, 0 .04, .014 .036, .045 .045, 0 .064")
_CROP = points(
    "-.17 -.13, -.185 -.24, -.1 -.345, .05 -.36, .165 -.29,"
    ".175 -.13, .15 -.2, .07 -.235, -.08 -.225, -.15 -.2"
)
_FRINGE = points("-.172 -.06, -.195 -.2, -.12 -.33, .02 -.345, .04 -.29, -.04 -.22, -.13 -.16")
_PARTING = points("0 -.34, .12 -.33, .195 -.2, .172 -.06, .15 -.15, .09 -.23, .02 -.29")
_BEARD = symmetric("0 .02, .05 .012, .1 .0, .16 -.07, .15 .05, .07 .13, 0 .145")
_BACK_HAIR = (_LONG, _BOB, _KNOT)
_SHORT = 3  # the style without hair behind the head


def bust(scene: Scene) -> list[Shape]:
    """A person by chance, in the scene's palette; back to front."""
    man = scene.says("man", "boy", "king", "father", "grandfather", "knight", "wizard")
    woman = scene.says("woman", "girl", "queen", "lady", "mother", "grandmother", "princess")
    style = _SHORT if man else int(scene.rng.integers(3 if woman else 4))
    skin, hair = _tones(scene)
    shade = mix(skin, mix(scene.palette.ramp[1], BLACK, 0.1), 0.3)
    shapes: list[Shape] = [Blob(_BACK_HAIR[style], hair)] if style != _SHORT else []
    shapes += _body(scene, skin, shade)
    beard = scene.says("king", "wizard", "grandfather") or (
        man and not scene.says("boy") and scene.chance(0.35)
    )
    shapes += _head(scene, skin, shade, hair, beard)
    if style == _SHORT:
        return [*shapes, Blob(_CROP, hair)]
    return [*shapes, Blob(_FRINGE, mix(hair, WHITE, 0.1)), Blob(_PARTING, hair)]


def _tones(scene: Scene) -> tuple[Colour, Colour]:
    """Skin and hair: natural ones, greys where the palette has no colour, silver for the old."""
    ramp = scene.palette.ramp
    if scene.palette.name == "monochrome":
        return ramp[4], ramp[0]
    skin = _SKINS[int(scene.rng.integers(len(_SKINS)))]
    hair = _HAIR[int(scene.rng.integers(2 if sum(skin) < 1.8 else len(_HAIR)))]
    if scene.says("old", "elder", "grandmother", "grandfather", "wizard"):
        hair = from_hex("d8d5d0")
    return skin, hair


def _body(scene: Scene, skin: Colour, shade: Colour) -> list[Shape]:
    coat = scene.palette.ramp[1]
    shapes: list[Shape] = [
        Blob(_SHOULDERS, coat),
        Blob(_SHOULDERS_SHADE, mix(coat, BLACK, 0.28)),
        Blob(_NECK, skin),
        Blob(_NECK_SHADE, shade),
    ]
    if scene.chance(0.6):
        shapes.append(Stroke(_COLLAR, scene.palette.accents[1], 0.02))
    return shapes


def _head(scene: Scene, skin: Colour, shade: Colour, hair: Colour, beard: bool) -> list[Shape]:
    ink = mix(hair, BLACK, 0.45)
    shapes: list[Shape] = [
        Blob(mirrored(_EAR), skin),
        Blob(_EAR, shade),
        Blob(_HEAD, skin),
        Blob(_HEAD_SHADE, shade),
        Blob(around(-0.098, -0.03, 0.027), mix(skin, scene.palette.accents[0], 0.35)),
    ]
    if beard:
        shapes.append(Blob(_BEARD, hair))
    for side in (-0.075, 0.075):
        shapes.append(Stroke(tuple((x + side, y) for x, y in _LID), ink, 0.0085))
        shapes.append(Stroke(tuple((x * (1 if side > 0 else -1) + side, y) for x, y in _BROW), hair, 0.011))
    shapes.append(Blob(_MOUTH, mix(mix(skin, _LIP, 0.6), BLACK, 0.08)))
    return shapes
