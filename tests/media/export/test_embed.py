"""Recipes go into files and come out again, and nothing else of the files changes."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagestudio.media.export import jpeg, png, webp
from imagestudio.media.export.embed import CannotEmbed, attach, embed, read_recipe
from imagestudio.media.export.recipe import Recipe
from tests.media.export.conftest import file_of, noise, pixels
from tests.tables import rows

XMP_NAME = b"XML:com.adobe.xmp"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
THEIRS = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="{RDF}">'
    '<r:Description r:about="" rdf:about="urn:theirs" xmlns:rdf="urn:x" xmlns:dc="urn:dc" dc:title="Theirs"/>'
    "</r:RDF></x:xmpmeta>"
).encode()


def kinds_of(data: bytes) -> dict[object, bytes]:
    """Everything in the file but what a recipe may add, by its kind."""
    if data.startswith(png.SIGNATURE):
        return {c.type: data[c.start : c.end] for c in png.chunks(data) if c.type != b"iTXt"}
    if data.startswith(b"\xff\xd8"):
        kept = {s.start: data[s.start : s.end] for s in jpeg.segments(data) if not jpeg.is_xmp(s)}
        last = max(s.end for s in jpeg.segments(data))
        return {**dict(enumerate(kept.values())), "scan": data[last:]}
    return {c.type: bytes(c.data) for c in webp.chunks(data) if c.type not in (b"XMP ", b"VP8X")}


def with_packet(kind: str, packet: bytes) -> bytes:
    data = file_of(noise(), {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}[kind])
    if kind == "png":
        return png.with_texts(data, {XMP_NAME: packet})
    return jpeg.with_xmp(data, packet) if kind == "jpeg" else webp.with_xmp(data, packet)


def packet_of(data: bytes) -> bytes:
    container = png if data.startswith(png.SIGNATURE) else jpeg if data.startswith(b"\xff\xd8") else webp
    packet = container.xmp(data)
    assert packet is not None
    return packet


def test_a_recipe_comes_out_as_it_went_in(picture: bytes, recipe: Recipe) -> None:
    assert read_recipe(picture) is None
    carrying = embed(picture, recipe)
    assert read_recipe(carrying) == recipe
    assert pixels(carrying) == pixels(picture)
    assert kinds_of(carrying) == kinds_of(picture)


def test_xmp_alone_is_enough(picture: bytes, recipe: Recipe) -> None:
    carrying = embed(picture, recipe)
    if picture.startswith(png.SIGNATURE):
        carrying = b"".join(
            [png.SIGNATURE]
            + [
                carrying[chunk.start : chunk.end]
                for chunk in png.chunks(carrying)
                if png.keyword(chunk) in (None, XMP_NAME)
            ]
        )
    assert read_recipe(carrying) == recipe


def test_a_later_recipe_takes_the_place_of_an_earlier_one(picture: bytes, recipe: Recipe) -> None:
    later = recipe.model_copy(update={"prompt": "a blue fox"})
    again = embed(embed(picture, recipe), later)
    assert read_recipe(again) == later
    assert again == embed(picture, later)


def test_the_sides_and_transparency_stay_in_an_extended_webp(recipe: Recipe) -> None:
    clear = file_of(noise(300, 2, "RGBA"), "WEBP", lossless=True)
    carrying = embed(clear, recipe)
    assert pixels(carrying) == pixels(clear)
    header = next(webp.chunks(carrying))
    assert (header.type, bytes(header.data)) == (b"VP8X", b"\x14\0\0\0" + b"\x2b\x01\0" + b"\x01\0\0")


@rows("kind", ["png", "jpeg", "webp"])
def test_what_others_wrote_in_xmp_stays(kind: str, recipe: Recipe) -> None:
    carrying = embed(with_packet(kind, THEIRS), recipe)
    assert read_recipe(carrying) == recipe
    assert b'dc:title="Theirs"' in packet_of(carrying)
    assert b'rdf:about="urn:theirs" xmlns:imagestudio' in packet_of(carrying)


@rows("kind", ["png", "jpeg", "webp"])
@rows("packet", [b"not xml", THEIRS.decode().encode("utf-16"), THEIRS + THEIRS])
def test_a_packet_that_is_not_understood_is_left_alone(kind: str, packet: bytes, recipe: Recipe) -> None:
    data = with_packet(kind, packet)
    carried = attach(data, recipe)
    assert (carried.data, carried.sidecar) == (data, recipe.to_json())
    assert carried.why is not None
    assert read_recipe(data) is None


def test_a_program_may_have_written_the_property_anew(recipe: Recipe) -> None:
    packet = packet_of(embed(file_of(noise(), "JPEG"), recipe))
    before, rest = packet.split(b"<imagestudio:recipe>")
    content, after = rest.split(b"</imagestudio:recipe>")
    attribute = b' imagestudio:recipe="' + content.replace(b'"', b"&quot;") + b'">'
    rewritten = before.removesuffix(b">") + attribute + after
    data = with_packet("webp", rewritten)
    assert read_recipe(data) == recipe
    assert attach(data, recipe.model_copy(update={"prompt": "later"})).data == data


def test_profile_and_rotation_stay_in_front_in_a_jpeg(recipe: Recipe) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = file_of(noise(), "JPEG", exif=exif, icc_profile=b"\0" * 16 + b"RGB " + b"\0" * 200)
    carrying = embed(data, recipe)
    assert [segment.marker for segment in jpeg.segments(carrying)][:3] == [0xE0, 0xE1, 0xE1]
    with Image.open(io.BytesIO(carrying)) as image:
        assert image.getexif()[0x0112] == 6
        assert image.info["icc_profile"][16:20] == b"RGB "
    assert pixels(carrying) == pixels(data)


def test_an_animation_keeps_its_frames(recipe: Recipe) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green", "blue")]
    for kind in ("PNG", "WEBP"):
        data = file_of(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)
        carrying = embed(data, recipe)
        assert read_recipe(carrying) == recipe
        with Image.open(io.BytesIO(carrying)) as image:
            assert image.n_frames == 3


def test_bytes_behind_the_picture_stay(picture: bytes, recipe: Recipe) -> None:
    if picture[8:12] == b"WEBP":
        assert embed(picture + b"behind", recipe).endswith(b"behind")
    else:
        carrying = embed(picture + b"behind", recipe)
        assert (carrying[-6:], read_recipe(carrying)) == (b"behind", recipe)


@rows("kind", ["GIF", "AVIF"])
def test_other_kinds_get_a_recipe_beside_them(kind: str, recipe: Recipe) -> None:
    data = file_of(noise(), kind)
    carried = attach(data, recipe)
    assert carried.data == data
    assert carried.sidecar is not None
    assert read_recipe(carried.sidecar) == recipe
    assert carried.why == "Only PNG, JPEG and WebP files take a recipe in."


def test_the_longest_recipe_fits_into_a_jpeg(recipe: Recipe) -> None:
    for character in ("\x01", "\U0001f98a", '"', "&", "<"):
        longest = recipe.model_copy(update={"prompt": character * 10_000})
        assert read_recipe(embed(file_of(noise(), "JPEG"), longest)) == longest


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(extra: bytes) -> bytes:
    plain = file_of(noise(), "PNG")
    return plain[:33] + extra + plain[33:]


def test_a_packed_recipe_is_read_and_a_bomb_is_not(recipe: Recipe) -> None:
    head = b"Image Studio recipe\0\x01\0\0\0"
    packed = png_with(chunk(b"iTXt", head + zlib.compress(recipe.to_json())))
    bomb = png_with(chunk(b"iTXt", head + zlib.compress(b"{" + b" " * 50_000_000)))
    cut = png_with(chunk(b"iTXt", head + zlib.compress(recipe.to_json())[:-9]))
    assert read_recipe(packed) == recipe
    assert read_recipe(bomb) is None
    assert read_recipe(cut) is None


def test_entities_in_xmp_are_not_opened() -> None:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    attack = entities + THEIRS.replace(b"Theirs", b"&b;")
    assert read_recipe(with_packet("webp", attack)) is None


def test_a_file_of_empty_chunks_is_given_up() -> None:
    assert read_recipe(png_with(chunk(b"teXt", b"") * 60_000)) is None
    plain = file_of(noise(), "JPEG")
    assert read_recipe(plain[:2] + b"\xff\xfe\0\x02" * 60_000 + plain[2:]) is None


@given(st.data())
@settings(deadline=None)
def test_damaged_files_are_read_without_a_fault(data: st.DataObject) -> None:
    recipe = Recipe(prompt="x", model="m", task="generate", created_at="2026-11-24T00:00:00Z")
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP"]))
    whole = bytearray(embed(file_of(noise(8, 8), kind), recipe))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    read_recipe(damaged)
    carried = attach(damaged, recipe)
    assert carried.sidecar is None or carried.data == damaged


def test_what_can_not_be_carried_says_why() -> None:
    recipe = Recipe(prompt="x", model="m", task="generate", created_at="2026-11-24T00:00:00Z")
    with pytest.raises(CannotEmbed, match="can't be added to safely"):
        embed(file_of(noise(), "PNG")[:60], recipe)
