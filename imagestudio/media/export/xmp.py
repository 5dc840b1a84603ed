"""A recipe in an XMP packet: one property of our own, beside whatever else the packet says.

XMP specification part 1 (ISO 16684-1), 7.3 for the packet, 7.4 and 7.5 for the property.
"""

import re
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from imagestudio.media.export.chunks import MAX_XMP

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OURS = "urn:x-imagestudio:recipe/"
PROPERTY = f"{{{OURS}}}recipe"

_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF></x:xmpmeta>'
    '<?xpacket end="w"?>'
).encode()
_OWN = re.compile(
    re.escape(f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="'.encode())
    + rb'[^"<>]*'
    + re.escape(f'" xmlns:imagestudio="{OURS}"><imagestudio:recipe>'.encode())
    + rb"[^<]*</imagestudio:recipe></rdf:Description>"
)
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?RDF\s*>")
_SUBJECT = re.compile(rb'rdf:about="([^"<>&]*)"')
_NOT_XML = re.compile("[\ufffe\uffff]")


class NoPlace(ValueError):
    """The packet is not one that a property can be added to."""


def with_recipe(packet: bytes | None, recipe: bytes) -> bytes:
    """The packet (None: a new one) with the recipe's JSON, in place of one it had. Raises `NoPlace`."""
    if packet is not None and len(packet) > MAX_XMP:
        raise NoPlace("the XMP packet is longer than a megabyte")
    packet = _EMPTY if packet is None else _OWN.sub(b"", packet)
    ends = list(_END.finditer(packet))
    if len(ends) != 1:
        raise NoPlace("the XMP packet is not in UTF-8, or not as the specification draws it")
    if recipe_in(packet) is not None:
        raise NoPlace("another program has written the recipe that it carries anew")
    about = _SUBJECT.search(packet)  # all descriptions of a packet are about the same thing
    subject = about[1].decode("utf-8", "replace") if about else ""
    # JSON may hold two characters that XML may not; JSON has another spelling for them.
    content = escape(_NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", recipe.decode()))
    description = (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{subject}" xmlns:imagestudio="{OURS}">'
        f"<imagestudio:recipe>{content}</imagestudio:recipe></rdf:Description>"
    )
    place = ends[0].start()
    return packet[:place] + description.encode() + packet[place:]


def recipe_in(packet: bytes) -> bytes | None:
    """The recipe's JSON in a packet, as this studio or a program that wrote it anew spells it; else None."""
    if len(packet) > MAX_XMP:
        return None
    try:
        root = ElementTree.fromstring(packet)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    for element in root.iter():
        content = element.text if element.tag == PROPERTY else element.get(PROPERTY)
        if content:
            return bytes(content, "utf-8")
    return None
