"""An animal's head from the front as flat shapes: one face, with each kind's own ears and markings."""

from dataclasses import dataclass

from imagestudio.sandbox.pictures.colour import BLACK, WHITE, Colour, from_hex, mix
from imagestudio.sandbox.pictures.figure import Blob, Shape, Stroke, around, mirrored, points, symmetric
from imagestudio.sandbox.pictures.scene import Scene


@dataclass(frozen=True)
class _Kind:
    """Fur, paler parts and the ears' insides as hex; which ears; and the markings."""

    fur: str
    pale: str
    inside: str
    ears: str
    extras: frozenset[str] = frozenset()


_KINDS = {
    "fox": _Kind("d9682f", "fbf1e3", "3a2622", "pointed", frozenset({"mask"})),
    "cat": _Kind("8d8a92", "e9e4e0", "e8a9a0", "pointed", frozenset({"whiskers", "stripes"})),
    "kitten": _Kind("d9a066", "f7ead6", "eab0a0", "pointed", frozenset({"whiskers", "stripes"})),
    "wolf": _Kind("6d7684", "e7e6e4", "3c414c", "pointed", frozenset({"mask"})),
    "tiger": _Kind("e08a2e", "fbf1e3", "f3c9a0", "round", frozenset({"whiskers", "stripes"})),
    "lion": _Kind("e0aa55", "f6e2bb", "b9793a", "round", frozenset({"mane", "whiskers"})),
    "dog": _Kind("b98555", "f4e6d2", "7b4f30", "hanging", frozenset({"mask"})),
    "puppy": _Kind("d9b07c", "faf0e0", "8d6038", "hanging", frozenset({"mask"})),
    "bear": _Kind("7a4f33", "d8b48c", "b58359", "round"),
    "panda": _Kind("f5f2ec", "ffffff", "2a2a2e", "round", frozenset({"patches"})),
    "koala": _Kind("9aa1aa", "dfe2e4", "e3b7b2", "round"),
    "rabbit": _Kind("d9cfc4", "fbf7f0", "eab7ae", "long", frozenset({"whiskers"})),
    "bunny": _Kind("efe7dc", "ffffff", "f0bdb4", "long", frozenset({"whiskers"})),
    "owl": _Kind("8a6547", "ecd9b8", "5d4230", "pointed", frozenset({"beak"})),
    "bird": _Kind("3f8fa8", "f1ead6", "2c6a80", "none", frozenset({"beak"})),
    "penguin": _Kind("2b303b", "f6f3ea", "1d2129", "none", frozenset({"beak"})),
}
NAMES = frozenset(_KINDS) | {"animal", "pet"}

_BODY = symmetric("0 .12, .13 .17, .25 .33, .3 .62, 0 .7")
_CHEST = symmetric("0 .18, .08 .22, .13 .4, .12 .68, 0 .7")
_HEAD = symmetric("0 -.2, .13 -.18, .225 -.07, .235 .05, .15 .155, 0 .19")
_SHADE = points(
    ".01 -.196, .02 -.197, .13 -.18, .225 -.07, .235 .05, .15 .155, .01 .187, .004 .18, .05 .05, .045 -.08"
)
_MANE = symmetric("0 -.34, .2 -.28, .33 -.1, .34 .1, .24 .27, 0 .34")
_MASK = symmetric("0 .0, .05 .02, .12 .0, .215 .02, .15 .155, 0 .192")
_MUZZLE = symmetric("0 .015, .07 .04, .095 .1, .06 .155, 0 .165")
_NOSE = symmetric("0 .05, .032 .053, .03 .07, 0 .09")
_BEAK = symmetric("0 .02, .04 .04, .018 .085, 0 .12")
_MOUTH = points("-.055 .115, -.028 .128, 0 .1, .028 .128, .055 .115")
_EARS = {
    "pointed": (
        points(".06 -.17, .13 -.3, .185 -.355, .215 -.27, .215 -.06"),
        points(".11 -.18, .16 -.28, .18 -.29, .19 -.12"),
    ),
    "round": (around(0.18, -0.17, 0.085), around(0.18, -0.165, 0.05)),
    "long": (
        points(".03 -.17, .04 -.4, .09 -.52, .15 -.42, .13 -.15"),
        points(".06 -.18, .065 -.38, .09 -.45, .115 -.38, .105 -.17"),
    ),
    "hanging": (points(".1 -.18, .2 -.19, .28 -.05, .27 .1, .215 .12, .19 -.03"), ()),
    "none": ((), ()),
}


def animal(scene: Scene) -> list[Shape]:
    """The animal that the words name, head and chest, back to front."""
    kind = next((kind for name, kind in _KINDS.items() if name in scene.words), _KINDS["fox"])
    fur, pale = from_hex(kind.fur), from_hex(kind.pale)
    if scene.palette.name == "monochrome":
        fur, pale = scene.palette.ramp[1], scene.palette.ramp[3]
    shapes: list[Shape] = [Blob(_BODY, mix(fur, BLACK, 0.12)), Blob(_CHEST, pale)]
    if "mane" in kind.extras:
        shapes.append(Blob(_MANE, from_hex("8a4a22")))
    shapes += _ears(kind, fur)
    shapes += [Blob(_HEAD, fur), Blob(_SHADE, mix(fur, BLACK, 0.13))]
    return shapes + _markings(kind, fur, pale) + _face(kind, fur, pale)


def _ears(kind: _Kind, fur: Colour) -> list[Shape]:
    outer, inner = _EARS[kind.ears]
    dark = from_hex(kind.inside) if kind.ears in ("hanging", "round") and not inner else fur
    if "patches" in kind.extras:
        dark = from_hex(kind.inside)
    shapes: list[Shape] = []
    for side, shade in ((mirrored, 0.0), (tuple, 0.13)):
        if outer:
            shapes.append(Blob(side(outer), mix(dark, BLACK, shade)))
        if inner:
            shapes.append(Blob(side(inner), from_hex(kind.inside)))
    return shapes


def _markings(kind: _Kind, fur: Colour, pale: Colour) -> list[Shape]:
    shapes: list[Shape] = (
        [Blob(_MASK if "mask" in kind.extras else _MUZZLE, pale)] if "beak" not in kind.extras else []
    )
    if "patches" in kind.extras:
        shapes += [Blob(around(x, -0.03, 0.06, 0.07), from_hex(kind.inside)) for x in (-0.1, 0.1)]
    if "stripes" in kind.extras:
        dark = mix(fur, BLACK, 0.5)
        for x in (-0.05, 0.0, 0.05):
            shapes.append(Stroke(((x, -0.185), (x * 0.9, -0.15), (x * 0.8, -0.115)), dark, 0.014))
        for side in (-1, 1):
            for y in (0.0, 0.04):
                shapes.append(
                    Stroke(
                        ((0.225 * side, y), (0.19 * side, y + 0.006), (0.16 * side, y + 0.004)), dark, 0.011
                    )
                )
    return shapes


def _face(kind: _Kind, fur: Colour, pale: Colour) -> list[Shape]:
    ink = from_hex("231c1c")
    shapes: list[Shape] = []
    wide = "beak" in kind.extras
    for x in (-0.095, 0.095):
        if wide:
            shapes += [Blob(around(x, -0.04, 0.075), pale), Blob(around(x, -0.04, 0.045), from_hex("f0b33c"))]
        shapes.append(Blob(around(x, -0.04 if wide else -0.025, 0.026, 0.03), ink))
        shapes.append(Blob(around(x + 0.009, -0.05 if wide else -0.036, 0.008), WHITE))
    if wide:
        return [*shapes, Blob(_BEAK, from_hex("e79a35"))]
    shapes += [Blob(_NOSE, ink), Stroke(_MOUTH, ink, 0.009)]
    if "whiskers" in kind.extras:
        for side in (-1, 1):
            for y in (0.085, 0.11):
                ends = ((0.08 * side, y), (0.17 * side, y - 0.012), (0.26 * side, y + 0.012))
                shapes.append(Stroke(ends, mix(pale, BLACK, 0.25), 0.005))
    return shapes
