"""The three providers in a process of their own: the strict emulator behind a network that can go wrong.

Its pictures are small, and no two are alike. `/_chaos` tells what came through, `/_sandbox/drawn` what was
drawn.
"""

import io
import struct
import threading
import zlib
from hashlib import sha256

import uvicorn
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.server import CuttingProtocol
from tests.chaos.network import Network


def png() -> tuple[bytes, bytes]:
    """A tiny PNG, taken apart where a chunk may be put in."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), "teal").save(buffer, "PNG")
    head, end, rest = buffer.getvalue().rpartition(b"\x00\x00\x00\x00IEND")
    return head, end + rest


def text_chunk(words: str) -> bytes:
    """By the PNG specification: length, type, keyword and text, checksum."""
    body = b"tEXt" + b"wish\x00" + words.encode("latin-1")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


class Drawings:
    """Draws, and keeps the checksum of everything it drew by prompt."""

    def __init__(self) -> None:
        self._sums: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._head, self._tail = png()

    def paint(self, wish: Wish) -> bytes:
        """A tiny PNG that carries its prompt and seed. Ten thousand are wanted, so none is encoded anew."""
        drawn = self._head + text_chunk(f"{wish.prompt} {wish.seed}") + self._tail
        with self._lock:
            self._sums.setdefault(wish.prompt, []).append(sha256(drawn).hexdigest())
        return drawn

    async def tell(self, _: Request) -> Response:
        """The checksums."""
        with self._lock:
            return JSONResponse(self._sums)


def serve(port: int, speed: float, seed: int | None) -> None:
    """Serve until killed."""
    drawings = Drawings()
    app = create_sandbox(speed=speed, journal=True, paint=drawings.paint)
    app.routes.append(Route("/_sandbox/drawn", drawings.tell))
    uvicorn.run(
        Network(app, seed),
        host="127.0.0.1",
        port=port,
        http=CuttingProtocol,
        log_level="error",
        lifespan="off",
    )
