"""Pictures with content credentials, in each format and way that carries them."""

import struct
import zlib

from imagestudio.media.export import jpeg, png, webp
from tests.media.export.conftest import file_of, noise

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
