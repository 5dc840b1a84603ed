"""A recipe into a picture file, and out of one, without a pixel's byte being touched.

PNG takes it as text under a keyword of its own and in XMP, JPEG and WebP in XMP. Whatever else the file says
stays. Every other file, and one with content credentials, stays as it is: its recipe goes beside it.
"""

from dataclasses import dataclass

from imagestudio.media.export import c2pa, jpeg, png, webp, xmp
from imagestudio.media.export.chunks import Malformed
from imagestudio.media.export.recipe import MAX_BYTES, BadRecipe, Recipe

KEYWORD = b"Image Studio recipe"
"""Of the PNG's text chunk."""


class CannotEmbed(ValueError):
    """The file can't take a recipe in; the message says why, and the recipe belongs beside it."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to give away, and what lies beside it."""

    data: bytes
    sidecar: bytes | None = None
    """The recipe's own file, where the picture could not take it in."""
    why: str | None = None
    """Why it could not, in a sentence."""


def attach(data: bytes, recipe: Recipe) -> Attached:
    """The picture with its recipe inside, or byte for byte as it was with the recipe beside it.

    Blocking for some milliseconds on large files.
    """
    try:
        return Attached(embed(data, recipe))
    except CannotEmbed as error:
        return Attached(data, recipe.to_json(), str(error))


def embed(data: bytes, recipe: Recipe) -> bytes:
    """The file with the recipe in it, in place of an earlier one. Raises `CannotCarry`."""
    if c2pa.has_manifest(data):
        raise CannotEmbed("It carries content credentials (C2PA), which a changed file would break.")
    content = recipe.to_json()
    try:
        if data.startswith(png.SIGNATURE):
            packet = xmp.with_recipe(png.xmp(data), content)
            return png.with_texts(data, {KEYWORD: content, png.XMP: packet})
        if data.startswith(jpeg.SIGNATURE):
            return jpeg.with_xmp(data, xmp.with_recipe(jpeg.xmp(data), content))
        if data[8:12] == b"WEBP":
            return webp.with_xmp(data, xmp.with_recipe(webp.xmp(data), content))
    except (Malformed, xmp.NoPlace) as error:
        raise CannotEmbed(f"It can't be added to safely: {error}.") from error
    raise CannotEmbed("Only PNG, JPEG and WebP files take a recipe in.")


def read_recipe(data: bytes) -> Recipe | None:
    """The recipe in a PNG, JPEG or WebP file, or in a recipe's own file; None where there is none to be read.

    For bytes of anybody: at most 64 KB of text and a megabyte of XMP are unpacked, and nothing is raised.
    """
    for content in (_own_text, _in_xmp):
        try:
            encoded = content(data)
            if encoded is not None:
                return Recipe.from_json(encoded)
        except (Malformed, BadRecipe):
            continue
    return None


def _own_text(data: bytes) -> bytes | None:
    if data.startswith(png.SIGNATURE):
        return png.find_text(data, KEYWORD, MAX_BYTES)
    return data if data[:1] == b"{" else None


def _in_xmp(data: bytes) -> bytes | None:
    packet = None
    if data.startswith(png.SIGNATURE):
        packet = png.xmp(data)
    elif data.startswith(jpeg.SIGNATURE):
        packet = jpeg.xmp(data)
    elif data[8:12] == b"WEBP":
        packet = webp.xmp(data)
    return None if packet is None else xmp.recipe_in(packet)
