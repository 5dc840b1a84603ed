"""The studio's process, whom it calls, and all places where a key could have been left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.server import CuttingProtocol
from tests.conftest import SVG, picture, served
from tests.crash.conftest import Process
from tests.planted.provider import Nasty
from tests.planted.search import Search
from tests.planted.secrets import SETTINGS


@dataclass
class Receiver:
    """Takes webhooks, and keeps what arrived."""

    arrived: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.arrived.append(b"\n".join([*(b": ".join(pair) for pair in scope["headers"]), body]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@dataclass
class World:
    """`told` is what clients got to see, by what showed it; `during` was searched while a key was sealed."""

    studio: Process
    providers: Nasty
    emulator: Any
    receiver: Receiver
    folder: Path
    told: dict[str, str] = field(default_factory=dict)
    during: Search = field(default_factory=Search)

    @property
    def logs(self) -> list[Path]:
        """One of each format."""
        return [self.folder / "text.log", self.folder / "json.log"]

    @property
    def answers(self) -> Path:
        return self.folder / "answers"

    @property
    def disk(self) -> Path:
        """All that the studio may write to."""
        return self.folder / "disk"

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    @property
    def profile(self) -> Path:
        """The browser's own files."""
        return self.folder / "profile"

    def start(self, log_format: str) -> None:
        self.studio.log = self.folder / f"{log_format}.log"
        self.studio.environment["IMAGESTUDIO_LOG_FORMAT"] = log_format
        self.studio.start()


def paint(wish: Wish) -> bytes:
    return SVG if wish.format == "svg" else picture(wish.width, wish.height, wish.format)


@contextmanager
def planted(folder: Path) -> Iterator[World]:
    """A studio that has keys of its own, not started yet, before providers that repeat them."""
    emulator = create_sandbox(speed=0, paint=paint)
    providers, receiver = Nasty(emulator), Receiver()
    for name in ("answers", "disk/tmp", "disk/home", "disk/data", "downloads", "profile"):
        (folder / name).mkdir(parents=True)
    with (
        served(lambda: providers, lifespan="off", http=CuttingProtocol) as url,
        served(lambda: receiver, lifespan="off") as webhooks,
    ):
        port = webhooks.rsplit(":", 1)[1]
        studio = Process(["-m", "tests.planted.launcher", str(folder / "answers"), port], "/api/health")
        studio.environment = SETTINGS | {
            **{
                f"IMAGESTUDIO_{short}_BASE_URL": f"{url}/{name}"
                for short, name in (
                    ("GOOGLE", "google"),
                    ("BFL", "bfl"),
                    ("FAL", "fal"),
                    ("HF", "huggingface"),
                )
            },
            "IMAGESTUDIO_DATA_DIR": str(folder / "disk/data"),
            "GRADIO_TEMP_DIR": str(folder / "disk/gradio"),
            "TMPDIR": str(folder / "disk/tmp"),
            "HOME": str(folder / "disk/home"),
            "GRADIO_SERVER_PORT": str(studio.port),
        }
        world = World(studio, providers, emulator, receiver, folder)
        try:
            yield world
        finally:
            studio.kill()
