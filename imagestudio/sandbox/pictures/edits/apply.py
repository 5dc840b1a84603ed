"""From an instruction's words to the edits that it asks for."""

import numpy as np
from PIL import Image, ImageOps

from imagestudio.sandbox.pictures.edits import finish, geometry, local, style, tone, weather
from imagestudio.sandbox.pictures.edits.order import Edit, Order
from imagestudio.sandbox.pictures.mark import lift, stamp
from imagestudio.sandbox.pictures.palette import choose_palette, named
from imagestudio.sandbox.pictures.picture import chance
from imagestudio.sandbox.pictures.words import quoted, words_of

# In the order in which they are done: shape first, what lies on top last.
EDITS: tuple[tuple[str, Edit], ...] = (
    ("crop square", geometry.crop),
    ("zoom closer closeup", geometry.zoom),
    ("rotate turn", geometry.rotate),
    ("flip mirror mirrored flipped", geometry.flip),
    ("remove erase delete without", local.remove),
    ("replace swap exchange", local.replace),
    ("add insert put place give wear wearing object", local.place),
    ("background backdrop", local.background),
    ("sharpen sharper crisp sharp detail", local.sharpen),
    ("blur blurry blurred bokeh defocus", local.blur),
    ("oil impasto gogh monet painting painted brush", style.oil),
    ("watercolour watercolor aquarelle gouache wash", style.watercolour),
    ("pixel pixelate 8bit retro lego", style.pixel),
    ("poster posterize cartoon comic anime vector flat popart", style.poster),
    ("sketch pencil drawing charcoal line lineart engraving", style.sketch),
    ("halftone newspaper dots riso risograph screenprint", style.halftone),
    ("bw monochrome grayscale greyscale noir", tone.black_and_white),
    ("sepia", tone.sepia),
    ("invert negative inverted", tone.invert),
    ("warmer warm golden cosy cozy", tone.warmer),
    ("cooler cool colder", tone.cooler),
    ("brighten brighter lighter bright light", tone.brighter),
    ("darken darker dark moody dramatic", tone.darker),
    ("vivid vibrant saturate saturated saturation contrast pop colourful colorful", tone.vivid),
    ("faded fade vintage muted old nostalgic film", tone.faded),
    ("night midnight nighttime stars starry", tone.night),
    ("snow snowy snowing winter", weather.snow),
    ("rain rainy raining storm", weather.rain),
    ("fog foggy mist misty haze hazy", weather.mist),
    ("frame border framed mount polaroid", finish.frame),
    ("caption subtitle", finish.caption),
)
_BY_WORD = {word: change for words, change in EDITS for word in words.split()}
_SEEN = 16.0  # of 255: the strongest fiftieth of a picture must change by at least this much


def edit(source: Image.Image, instruction: str, seed: int) -> Image.Image:
    """The picture changed as the instruction's known words ask, visibly in any case, with the demo mark.

    RGB, or RGBA where the source has transparency; turned upright by its EXIF orientation; of the source's
    size unless the words ask to crop or rotate. Takes any mode of Pillow's. CPU-bound; call it in a thread.
    """
    image = _plain(source)
    order = _order(instruction, seed)
    unmarked = lift(image)
    changed = unmarked
    for change in _changes(order):
        changed = change(changed, order)
    if not _visible(unmarked, changed):
        changed = tone.recolour(changed, order)
    if not _visible(unmarked, changed):
        changed = tone.deepen(changed, order)
    return stamp(changed)


def _plain(source: Image.Image) -> Image.Image:
    """RGB or RGBA, upright, in memory."""
    upright = ImageOps.exif_transpose(source)
    clear = upright.has_transparency_data
    if upright.mode == "La":
        upright = upright.convert("LA")  # the only way on from there
    if upright.mode.startswith(("I", "F")):
        # 16-bit and float greys: Pillow would clip them at 255 instead of scaling.
        levels = np.asarray(upright, np.float64)
        spread = max(float(levels.max() - levels.min()), 1e-9)
        upright = Image.fromarray(((levels - levels.min()) / spread * 255).astype(np.uint8))
    return upright.convert("RGBA" if clear else "RGB")


def _order(instruction: str, seed: int) -> Order:
    words = words_of(instruction)
    rng = chance("edit", instruction, seed)
    return Order(instruction, frozenset(words), quoted(instruction), choose_palette(words, rng), rng)


def _changes(order: Order) -> list[Edit]:
    wanted = {_BY_WORD[word] for word in order.words if word in _BY_WORD}
    if order.says("black") and order.says("white"):
        wanted.add(tone.black_and_white)
    if local.blur in wanted:
        wanted.discard(local.background)
    if order.quote or order.says("caption", "text"):
        wanted.add(finish.caption)
    if wanted - {local.place}:
        # "Add snow" and "add a frame" are no request for a thing.
        wanted.discard(local.place)
    changes = [change for _, change in EDITS if change in wanted]
    if not changes or (_names_colour(order) and not wanted & _OWN_COLOURS):
        changes.append(tone.recolour)
    return changes


_OWN_COLOURS: frozenset[Edit] = frozenset(
    {
        tone.black_and_white,
        tone.sepia,
        local.background,
        local.replace,
        local.place,
        finish.frame,
        finish.caption,
        style.halftone,
    }
)


def _names_colour(order: Order) -> bool:
    return bool(named([word for word in order.words if word not in _BY_WORD]))


def _visible(before: Image.Image, after: Image.Image) -> bool:
    if before.size != after.size:
        return True
    sample = (min(512, before.width), min(512, before.height))
    first, second = (
        np.asarray(image.convert("RGBA").resize(sample, Image.Resampling.NEAREST), np.int16)
        for image in (before, after)
    )
    change = np.abs(first - second).max(axis=2)
    return float(np.percentile(change, 98)) > _SEEN
