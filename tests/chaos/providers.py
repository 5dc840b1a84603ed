"""The three providers in a process of their own: the strict emulator behind a network that can go wrong.

Its pictures are small, and no two are alike. `/_chaos` tells what came through, `/_sandbox/drawn` what was
drawn.
"""

import io
import threading
from hashlib import sha256

import uvicorn
from PIL import Image, PngImagePlugin
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.server import CuttingProtocol
from tests.chaos.network import Network


class Drawings:
    """Draws, and keeps the checksum of everything it drew by prompt."""

    def __init__(self) -> None:
        self._sums: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def paint(self, wish: Wish) -> bytes:
        """A tiny PNG that carries its prompt and seed."""
        words = PngImagePlugin.PngInfo()
        words.add_text("wish", f"{wish.prompt} {wish.seed}")
        buffer = io.BytesIO()
        Image.new("RGB", (16, 16), f"#{wish.seed % 2**24:06x}").save(buffer, "PNG", pnginfo=words)
        with self._lock:
            self._sums.setdefault(wish.prompt, []).append(sha256(buffer.getvalue()).hexdigest())
        return buffer.getvalue()

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
