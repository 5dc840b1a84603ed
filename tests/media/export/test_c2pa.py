"""Signed files stay byte for byte as they are."""

import struct

from imagestudio.media.export.c2pa import has_manifest
from imagestudio.media.export.embed import attach
from imagestudio.media.export.recipe import Recipe
from tests.media.export.signed import AVIF, GIF, PNG, SIGNED, STORE_TYPE, in_jpeg, in_png, in_webp
from tests.tables import rows


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
