"""The outermost boxes of a BMFF file, such as AVIF (ISO/IEC 14496-12, 4.2)."""

from collections.abc import Iterator

from imagestudio.media.export.chunks import MOST, Chunk, Malformed


def boxes(data: bytes) -> Iterator[Chunk]:
    """The boxes, one behind the other. Raises `Malformed`."""
    view, position = memoryview(data), 0
    for _ in range(MOST):
        if position + 8 > len(data):
            return
        head, size = 8, int.from_bytes(view[position : position + 4], "big")
        if size == 1:  # the size did not fit, and stands behind the type
            head, size = 16, int.from_bytes(view[position + 8 : position + 16], "big")
        elif size == 0:  # to the end of the file
            size = len(data) - position
        end = position + size
        if size < head or end > len(data):
            raise Malformed("a box ends behind the file")
        yield Chunk(bytes(view[position + 4 : position + 8]), view[position + head : end], position, end)
        position = end
    raise Malformed("too many boxes")
