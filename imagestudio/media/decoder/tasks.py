"""What a decoding process can do, each a question's facts and bytes to an answer's."""

import io
import socket
from collections.abc import Callable
from pathlib import Path

from imagestudio.core.messages import Message, to_json
from imagestudio.media import formats as media
from imagestudio.media.decoder.protocol import Facts

Task = Callable[[Facts, bytes], tuple[Facts, bytes]]
FONTS_FOR = b"<text"
CONNECT_S = 2.0


def verify(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """Type and size, once all of it was decoded."""
    return _info(media.verify(data, max_pixels=facts["max_pixels"])), b""


def _info(found: media.MediaInfo) -> Facts:
    return {"mime_type": found.mime_type, "width": found.width, "height": found.height}


def shrink(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """A WebP, its longer side at most `side` pixels; a drawing is drawn so large."""
    side = facts["side"]
    if media.inspect(data).mime_type != media.SVG:
        return {}, media.shrink(data, side)
    return {}, _as_webp(_draw(_cleaned(data), side))


def clean(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The drawing, rewritten so that it only draws."""
    return {}, _cleaned(data)


def convert(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The picture in another `format`, at most `side` pixels long, if that is given."""
    from imagestudio.media.export.conversion import Conversion
    from imagestudio.media.export.convert import convert

    conversion = Conversion(facts["format"], facts["side"], facts["quality"])
    made = convert(data, conversion, _draw_any)
    return {"mime_type": made.mime_type}, made.data


def losses(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """What the picture loses where it is converted so."""
    from imagestudio.media.export.conversion import Conversion
    from imagestudio.media.export.convert import losses

    conversion = Conversion(facts["format"], facts["side"], facts["quality"])
    return {"losses": list(losses(data, conversion, _draw_any))}, b""


def take_in(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The picture as a provider is to see it, within `max_bytes` and `max_pixels`; no bytes where it is the
    one that came."""
    from imagestudio.media import intake

    taken = intake.take_in(
        data, max_bytes=facts["max_bytes"], max_pixels=facts["max_pixels"], scale=facts["scale"]
    )
    notice = to_json(taken.notice) if taken.notice else None
    return {**_info(taken.info), "notice": notice}, b"" if taken.data == data else taken.data


def probe(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """Whether the `file`, or folder, can be read, and the `port` of this machine be reached."""

    def read() -> None:
        path = Path(facts["file"])
        if path.is_dir():
            next(path.iterdir(), None)
        else:
            path.open("rb").close()

    def connect() -> None:
        socket.create_connection(("127.0.0.1", facts["port"]), timeout=CONNECT_S).close()

    return {"files": _succeeds(read), "network": _succeeds(connect)}, b""


def _succeeds(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


TASKS: dict[str, Task] = {
    "verify": verify,
    "shrink": shrink,
    "clean": clean,
    "convert": convert,
    "losses": losses,
    "take_in": take_in,
    "probe": probe,
}


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
