"""Signed files stay byte for byte as they are."""

import struct
import zlib

from imagestudio.media.export import jpeg, png, webp
from imagestudio.media.export.c2pa import has_manifest
from imagestudio.media.export.embed import attach
from imagestudio.media.export.recipe import Recipe
from tests.media.export.conftest import file_of, noise
from tests.tables import rows

# A JUMBF superbox: its description box has the type of a manifest store, toggles, and the label "c2pa".
STORE_TYPE = bytes.fromhex("6332706100110010800000aa00389b71")
DESCRIPTION = struct.pack(">I", 30) + b"jumd" + STORE_TYPE + b"\x03c2pa\0"
JUMBF = struct.pack(">I", 8 + len(DESCRIPTION)) + b"jumb" + DESCRIPTION
POINTER = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" '
    b'dcterms:provenance="https://manifests.example/1"/></rdf:RDF></x:xmpmeta>'
)
PNG, JPEG, WEBP, AVIF, GIF = (file_of(noise(), kind) for kind in ("PNG", "JPEG", "WEBP", "AVIF", "GIF"))


def in_png() -> bytes:
    body = b"caBX" + JUMBF
    return PNG[:33] + struct.pack(">I", len(JUMBF)) + body + struct.pack(">I", zlib.crc32(body)) + PNG[33:]


def in_jpeg() -> bytes:
    content = b"JP" + struct.pack(">HI", 1, 1) + JUMBF
    return JPEG[:2] + b"\xff\xeb" + struct.pack(">H", len(content) + 2) + content + JPEG[2:]


def in_webp() -> bytes:
    whole = WEBP + b"C2PA" + struct.pack("<I", len(JUMBF)) + JUMBF
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def in_avif() -> bytes:
    content = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"\0\0\0\0manifest\0" + b"\0" * 8 + JUMBF
    return AVIF + struct.pack(">I", len(content) + 8) + b"uuid" + content


SIGNED = {
    "png": in_png(),
    "jpeg": in_jpeg(),
    "webp": in_webp(),
    "avif": in_avif(),
    "gif": GIF[:-1] + b"\x21\xff\x0bC2PA_GIF\x01\x00\x00\x01x\x00" + GIF[-1:],
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:c2pa="http://c2pa.org/manifest"/>',
    "png, elsewhere": png.with_texts(PNG, {png.XMP: POINTER}),
    "jpeg, elsewhere": jpeg.with_xmp(JPEG, POINTER),
    "webp, elsewhere": webp.with_xmp(WEBP, POINTER),
}


@rows("data", SIGNED.values())
def test_a_signed_file_stays_as_it_is(data: bytes, recipe: Recipe) -> None:
    assert has_manifest(data)
    carried = attach(data, recipe)
    assert (carried.data, carried.sidecar) == (data, recipe.to_json())
    assert carried.why == "It carries content credentials (C2PA), which a changed file would break."


def test_other_files_carry_none(picture: bytes) -> None:
    assert not has_manifest(picture)
    plain_jumbf = in_jpeg().replace(STORE_TYPE, b"\0" * 16).replace(b"c2pa", b"else")
    large_box = AVIF + struct.pack(">I", 1) + b"free" + struct.pack(">Q", 16) + struct.pack(">I", 0) + b"mdat"
    for data in (AVIF, GIF, b"<svg/>", b"", plain_jumbf, large_box):
        assert not has_manifest(data)


def test_a_damaged_file_with_traces_of_one_counts_as_signed() -> None:
    assert has_manifest(in_png()[:-5])
    assert has_manifest(in_webp()[:-5])
    assert not has_manifest(PNG[:-20])
