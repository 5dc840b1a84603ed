"""A drawing that only draws: rewritten from an allow-list, so that what is unknown is left out.

The result looks the same for what drawing programs and models write. It runs nothing, names nothing outside
itself, and is never much more work than it has elements.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.handler import ContentHandler, feature_external_ges, feature_namespaces
from xml.sax.saxutils import escape, quoteattr
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.expatreader import DefusedExpatParser

from imagestudio.core.messages import Message
from imagestudio.media.svg import allowlist, values
from imagestudio.media.svg.measure import SVG_NAMESPACE, NotSvg

MAX_LINKS = 200
"""References and elements that hold each other, in a row."""


class Endless(ValueError):
    """The references lead back to where they began, or nearly never end."""


@dataclass(slots=True)
class Part:
    """An element with an id, or the whole drawing: what is in it, less what has an id of its own."""

    weight: int = 0
    names: list[str] = field(default_factory=list)
    """The ids that it refers to, one for each time."""
    parts: list["Part"] = field(default_factory=list)
    cost: int | None = None
    counting: bool = False


def cost_of(part: Part, by_id: Mapping[str, Part], links: int = 0) -> int:
    """The weight of a part and of everything it leads to, each time it does. Linear: every part is counted
    once. Raises `Endless`."""
    if part.cost is not None:
        return part.cost
    if part.counting or links > MAX_LINKS:
        raise Endless
    part.counting = True
    inner = [*part.parts, *(by_id[name] for name in part.names if name in by_id)]
    part.cost = part.weight + sum(cost_of(other, by_id, links + 1) for other in inner)
    return part.cost


MAX_BYTES = 16 * 1024 * 1024
"""Of what comes in, and of what goes out."""
MAX_ELEMENTS, MAX_DEPTH, MAX_ATTRIBUTES = 100_000, 100, 100
MAX_COST = 300_000
"""Elements, counted as often as they are referred to, with `allowlist.WEIGHTS`."""
MAX_PAINT = 200
"""What a rule of a style sheet may refer to: it counts for every element at once."""
XLINK, XML = "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"


class TooHeavy(NotSvg):
    """The drawing is larger or more work than the studio shows."""


def sanitize(data: bytes) -> bytes:
    """The drawing in UTF-8, rewritten. Blocking, and linear in its size. Raises `NotSvg`, of which `TooHeavy`
    is one."""
    if len(data) > MAX_BYTES:
        raise TooHeavy(Message("svg.too_many_bytes", size=len(data), most=MAX_BYTES))
    rewriter = _Rewriter()
    parser = DefusedExpatParser(forbid_entities=True, forbid_external=False)
    parser.setFeature(feature_external_ges, False)  # named in a document type, and never opened
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(rewriter)
    try:
        parser.feed(data)
        parser.close()
    except NotSvg:
        raise
    except Exception as error:  # expat, its codecs and defusedxml share no base class
        raise NotSvg(Message("svg.malformed", error=str(error))) from error
    return rewriter.result()


class _Rewriter(ContentHandler):
    """Writes what is allowed as it comes by."""

    def __init__(self) -> None:
        super().__init__()
        self._out: list[str] = []
        self._length = 0
        self._open: list[tuple[str, bool]] = []
        """The elements around: as written, and whether each has an id."""
        self._skipped = 0
        """How many elements deep we are in something that is left out."""
        self._sheet: list[str] | None = None
        self._elements = 0
        self._parts = [Part()]
        self._by_id: dict[str, Part] = {}
        self._painted: list[str] = []

    def result(self) -> bytes:
        """The drawing. Raises `TooHeavy`, and `NotSvg` where there was none."""
        if not self._elements:
            raise NotSvg(Message("svg.empty"))
        try:
            cost = cost_of(self._parts[0], self._by_id)
            painted = [self._by_id[name] for name in self._painted if name in self._by_id]
            paint = max((cost_of(part, self._by_id) for part in painted), default=0)
        except Endless as error:
            raise TooHeavy(Message("svg.endless")) from error
        if cost > MAX_COST or paint > MAX_PAINT:
            raise TooHeavy(Message("svg.too_many_references"))
        return "".join(self._out).encode()

    def startElementNS(  # noqa: N802 (SAX's name)
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        space, tag = name
        if not self._open and not self._skipped and (space, tag) != (SVG_NAMESPACE, "svg"):
            raise NotSvg(Message("svg.outermost", element=repr(tag[:40])))
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) + self._skipped >= MAX_DEPTH:
            raise TooHeavy(Message("svg.too_many_elements", most=MAX_ELEMENTS, depth=MAX_DEPTH))
        if len(attrs) > MAX_ATTRIBUTES:
            raise TooHeavy(Message("svg.too_many_attributes", most=MAX_ATTRIBUTES))
        if self._skipped or self._sheet is not None or space != SVG_NAMESPACE:
            self._skipped += 1
        elif tag == allowlist.STYLE:
            self._sheet = []
        elif tag in allowlist.ELEMENTS:
            self._begin(tag, attrs)
        elif tag in allowlist.AS_GROUPS:
            self._begin("g", attrs)
        else:
            self._skipped += 1

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        if self._skipped:
            self._skipped -= 1
        elif self._sheet is not None:
            self._write_sheet("".join(self._sheet))
            self._sheet = None
        else:
            tag, named = self._open.pop()
            self._write(f"</{tag}>")
            if named:
                part = self._parts.pop()
                self._parts[-1].parts.append(part)

    def characters(self, content: str) -> None:
        if self._skipped:
            return
        if self._sheet is not None:
            self._sheet.append(content)
        elif self._open and self._open[-1][0] in allowlist.TEXTS:
            self._write(escape(content))

    def _begin(self, tag: str, attrs: AttributesNSImpl) -> None:
        attributes, names = self._attributes(tag, attrs)
        if "id" in attributes:
            part = self._by_id[attributes["id"]] = Part()
            self._parts.append(part)
        here = self._parts[-1]
        here.weight += allowlist.WEIGHTS.get(tag, 1)
        here.names += names
        space = "" if self._open else f' xmlns="{SVG_NAMESPACE}"'
        self._open.append((tag, "id" in attributes))
        written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
        self._write(f"<{tag}{space}{written}>")

    def _attributes(self, tag: str, attrs: AttributesNSImpl) -> tuple[dict[str, str], list[str]]:
        """What may stand, and the ids that it refers to."""
        attributes: dict[str, str] = {}
        names: list[str] = []
        for (space, name), value in attrs.items():
            if name == "href" and space in (None, XLINK):
                if tag in allowlist.POINTING and (target := values.target_of(value)):
                    attributes["href"] = f"#{target}"
                    names.append(target)
            elif (space, name) == (XML, "space"):
                attributes["xml:space"] = "preserve" if value == "preserve" else "default"
            elif space is None and name == "style":
                if style := values.to_css(values.declarations(value)):
                    attributes["style"] = style
                    names += values.references(style)
            elif space is None and name in allowlist.ATTRIBUTES and values.is_safe(name, value):
                attributes[name] = value
                names += values.references(value)
        if attributes.get("id") in self._by_id:  # which of two is meant, renderers disagree on
            del attributes["id"]
        return attributes, names

    def _write_sheet(self, sheet: str) -> None:
        rules = []
        for selectors, attributes in values.rules(sheet):
            style = values.to_css(attributes)
            self._painted += values.references(style)
            rules.append(f"{selectors}{{{style}}}")
        if rules:
            self._write(f"<style>{escape(''.join(rules))}</style>")

    def _write(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_BYTES:
            raise TooHeavy(Message("svg.too_much_to_show", most=MAX_BYTES))
        self._out.append(text)
