"""Whether a file carries content credentials: a C2PA manifest, or a pointer to one elsewhere.

Such a file is signed as it is: a byte more, and the credentials don't hold. Places by the C2PA technical
specification 2.1 (spec.c2pa.org): 11.3, embedding manifests into file formats; 11.5, manifests elsewhere.
In doubt the answer is yes: nothing worse follows than a recipe in a file of its own.
"""

from imagestudio.media.export import jpeg, png, webp
from imagestudio.media.export.chunks import Malformed, boxes

BOX_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` box of a BMFF file, such as AVIF, that holds a manifest."""
GIF_BLOCK = b"\x21\xff\x0bC2PA_GIF\x01\x00\x00"
SVG_NAMESPACE = b"c2pa.org/manifest"


def has_manifest(data: bytes) -> bool:
    """Whether a PNG, JPEG, WebP, AVIF, GIF or SVG file has one. Checks no signature."""
    try:
        if data.startswith(png.SIGNATURE):
            has_chunk = any(chunk.type == b"caBX" for chunk in png.chunks(data))
            return has_chunk or _points_elsewhere(png.xmp(data))
        if data.startswith(jpeg.SIGNATURE):
            has_chunk = any(_is_manifest(segment) for segment in jpeg.segments(data))
            return has_chunk or _points_elsewhere(jpeg.xmp(data))
        if data[8:12] == b"WEBP":
            has_chunk = any(chunk.type == b"C2PA" for chunk in webp.chunks(data))
            return has_chunk or _points_elsewhere(webp.xmp(data))
        if data[4:8] == b"ftyp":
            return any(box.type == b"uuid" and box.data[:16] == BOX_ID for box in boxes(data))
    except Malformed:
        return b"c2pa" in data or b"C2PA" in data or b"caBX" in data
    if data.startswith(b"GIF8"):
        return GIF_BLOCK in data
    return SVG_NAMESPACE in data


def _is_manifest(segment: jpeg.Segment) -> bool:
    """JUMBF in APP11 (ISO 19566-5, D.2): "JP", box number, packet number, then the box of type `jumb`, whose
    description names its label near its beginning."""
    head = bytes(segment.data[:128])
    return segment.marker == jpeg.APP11 and head[:2] == b"JP" and b"jumb" in head and b"c2pa" in head


def _points_elsewhere(packet: bytes | None) -> bool:
    """`dcterms:provenance` in XMP names where the manifest is kept."""
    return packet is not None and b"purl.org/dc/terms/" in packet and b"provenance" in packet
