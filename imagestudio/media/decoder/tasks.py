"""What a decoding process can do, each a question's facts and bytes to an answer's."""

import io
from collections.abc import Callable
from pathlib import Path

from imagestudio.core.messages import Message, to_json
from imagestudio.media import formats as media
from imagestudio.media.decoder.protocol import Facts

Task = Callable[[Facts, bytes], tuple[Facts, bytes]]
FONTS_FOR = b"<text"


def verify(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """Type and size of the bytes, or of the file at `path`, once all of it was decoded."""
    found = media.verify(_source(facts) or data, max_pixels=facts["max_pixels"])
    return {"mime_type": found.mime_type, "width": found.width, "height": found.height}, b""


def still(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The first picture of the bytes, as a PNG."""
    return {}, media.still(data, max_pixels=facts["max_pixels"])


def shrink(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """A WebP of the file at `path`, its longer side at most `side` pixels; a drawing is drawn so large."""
    path, side = Path(facts["path"]), facts["side"]
    if media.inspect(path).mime_type != media.SVG:
        return {}, media.shrink(path, side)
    return {}, _as_webp(_draw(_clean(path), side))


def clean(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The drawing at `path`, rewritten so that it only draws."""
    return {}, _clean(Path(facts["path"]))


def convert(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The file at `path` in another `format`, at most `side` pixels long, if that is given."""
    from imagestudio.media.export.conversion import Conversion
    from imagestudio.media.export.convert import convert

    conversion = Conversion(facts["format"], facts["side"], facts["quality"])
    made = convert(Path(facts["path"]), conversion, _draw_any)
    return {"mime_type": made.mime_type}, made.data


def losses(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """What the file at `path` loses where it is converted so."""
    from imagestudio.media.export.conversion import Conversion
    from imagestudio.media.export.convert import losses

    conversion = Conversion(facts["format"], facts["side"], facts["quality"])
    return {"losses": list(losses(Path(facts["path"]), conversion, _draw_any))}, b""


def fit(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The picture within a model's `max_bytes` and `max_pixels`, and upright."""
    from imagestudio.catalog.spec import SourceImage
    from imagestudio.media import fit as fitting

    made = fitting.fit(
        data, SourceImage("image", "base64", max_bytes=facts["max_bytes"], max_pixels=facts["max_pixels"])
    )
    return {"notice": to_json(made.notice) if made.notice else None}, made.data


TASKS: dict[str, Task] = {
    "verify": verify,
    "still": still,
    "shrink": shrink,
    "clean": clean,
    "convert": convert,
    "losses": losses,
    "fit": fit,
}


def _source(facts: Facts) -> Path | None:
    return Path(facts["path"]) if "path" in facts else None


def _clean(path: Path) -> bytes:
    from imagestudio.media import svg

    with path.open("rb") as file:
        return _cleaned(file.read(svg.MAX_BYTES + 1))


def _draw_any(drawing: bytes, side: int | None) -> bytes:
    return _draw(_cleaned(drawing), side)


def _cleaned(data: bytes) -> bytes:
    from imagestudio.media import svg

    try:
        return svg.sanitize(data)
    except svg.NotSvg as error:
        raise media.NotAnImage(Message("svg.not_shown", reason=error.text)) from error


def _draw(drawing: bytes, side: int | None) -> bytes:
    """A PNG, its longer side as given, or of the drawing's own size. resvg fetches nothing; fonts take a
    while to list, so only a drawing with words has them."""
    import resvg_py

    from imagestudio.media import svg

    width, height = svg.measure([drawing])
    try:
        return resvg_py.svg_to_bytes(
            svg_string=drawing.decode(),
            skip_system_fonts=FONTS_FOR not in drawing,
            width=side if width >= height else None,
            height=None if width >= height else side,
        )
    except ValueError as error:
        raise media.NotAnImage(Message("svg.not_drawn", reason=str(error))) from error


def _as_webp(png: bytes) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        image.save(buffer, "WEBP", method=0, quality=90)
    return buffer.getvalue()
