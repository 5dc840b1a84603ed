"""The whole studio, served on loopback: as a demo, and live in front of the strict emulator."""

import functools
import gc
import io
import os
import random
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PIL import Image

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.journal import Entry
from imagestudio.server.create import create_app

KEYS = {"GEMINI_API_KEY": "marked-google-key", "BFL_API_KEY": "marked-bfl-key", "FAL_KEY": "marked:fal-key"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="9" height="9"/></svg>'
HELD = "held"
"""What a prompt says that is drawn only while the gate is open."""

HERE = Path(__file__).parent
CACHE = pytest.StashKey[str]()


def pytest_xdist_auto_num_workers() -> int:
    """One a core, with a browser each: more of them only wait for each other."""
    return os.cpu_count() or 1


SUITES = {
    "planted": "Secrets are planted wherever one can come in, and searched for wherever anything comes out.",
    "chaos": "The studio is killed, cut off and starved: no job, picture or dollar is lost or doubled.",
    "bombs": "Files that explode when they are read: the server answers all along, and does not grow.",
    "corpus": "Generated pictures by every entrance, against what a real browser shows of them.",
    "browser": "The real page in headless Chromium.",
    "hosting": "The studio on machines of its own: container, Space, proxies, logs, metrics, storage.",
    "crash": "kill -9 at every step of a run, and what the next start makes of it.",
    "crowd": "Many visitors at once, each of whom gets their own picture.",
}
"""The suites of the whole product, longest first: begun last, one would keep a core busy alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = [*SUITES]

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(HERE).parts[0]
        return order.index(folder) if folder in order else len(order)

    items.sort(key=turn)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file or folder that carries a mark as a whole is not even imported where that mark is left out."""
    if not re.fullmatch(r"not \w+( and not \w+)*", config.option.markexpr):
        return None
    left_out = set(re.findall(r"not (\w+)", config.option.markexpr))
    files = [*collection_path.rglob("test_*.py")] if collection_path.is_dir() else [collection_path]
    return True if files and all(_marks(file) & left_out for file in files) else None


def _marks(file: Path) -> set[str]:
    """The marks of a test file as a whole."""
    lines = re.findall(r"^pytestmark = .*$", file.read_text(), re.MULTILINE) if file.suffix == ".py" else []
    return {mark for line in lines for mark in re.findall(r"pytest\.mark\.(\w+)", line)}


def pytest_configure(config: pytest.Config) -> None:
    # Read when Gradio is imported: no telemetry, and a cache that goes with the session.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = config.stash[CACHE] = tempfile.mkdtemp(prefix="gradio-")
    # Tests trust nobody, for they call nobody far away: reading the system's certificates takes each new
    # client of httpx longer than anything else that it does.
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = config.stash[CACHE]
    gc.disable()  # until all tests are imported
    # Gradio counts its events with what the newest pandas deprecates.
    config.addinivalue_line("filterwarnings", "ignore:'future.no_silent_downcasting' is deprecated")
    config.addinivalue_line("filterwarnings", "ignore:The copy keyword is deprecated:DeprecationWarning")


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector of garbage need not look at it again."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[CACHE], ignore_errors=True)


class Announcing(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextmanager
def served(make: Callable[[], Any], **config: Any) -> Iterator[str]:
    """An app in a thread of its own, on a free port of loopback; its address.

    It is made there too: Gradio leaves event loops behind when no loop is running.
    """
    server = Announcing(uvicorn.Config(make, factory=True, port=0, log_level="error", **config))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.up.wait(120), "the server did not start"
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(120)
    assert not thread.is_alive(), "the server did not stop"


@dataclass
class Live:
    """A studio with keys, and the providers it calls."""

    url: str
    data: Path
    emulator: Any
    drawn: set[bytes] = field(default_factory=set)
    """The bytes of every picture that a provider has made."""
    gate: threading.Event = field(default_factory=threading.Event)
    """Closed, it keeps back every picture whose prompt says `held`: a run lasts as long as a test wants."""

    @property
    def requests(self) -> list[Entry]:
        return list(self.emulator.state.journal)

    @property
    def submits(self) -> list[Entry]:
        return [entry for entry in self.requests if entry.method == "POST"]


@functools.cache
def picture(width: int = 64, height: int = 64, kind: str = "png", colour: str = "teal") -> bytes:
    """A plain picture file."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()


def _plain(wish: Wish) -> bytes:
    return SVG if wish.format == "svg" else picture(wish.width, wish.height, wish.format)


def _noise(wish: Wish) -> bytes:
    """As large as a picture of its size can be."""
    size, buffer = (wish.width, wish.height), io.BytesIO()
    pixels = random.Random(0).randbytes(wish.width * wish.height * 3)
    Image.frombytes("RGB", size, pixels).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


def _broken_word(png: bytes) -> bytes:
    """The PNG, with a text whose checksum is wrong before its end."""
    return png[:-12] + b"\x00\x00\x00\x03tEXta\x00b" + b"\x00" * 4 + png[-12:]


ODD: dict[str, Callable[[Wish], bytes]] = {
    "of noise": _noise,
    "as AVIF": lambda wish: picture(wish.width, wish.height, "avif"),
    "as GIF": lambda wish: picture(wish.width, wish.height, "gif"),
    "with a broken word": lambda wish: _broken_word(picture(wish.width, wish.height, "png")),
    "cut off": lambda wish: _plain(wish)[: -len(_plain(wish)) // 3],
}
"""What a prompt says that is drawn otherwise."""


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The studio as it starts without a key."""
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("demo")})
    with served(lambda: create_app(settings)) as url:
        yield url


@pytest.fixture(scope="session")
def live_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The studio with three keys. Its providers are the strict emulator, and draw soon."""
    drawn: set[bytes] = set()
    gate = threading.Event()
    gate.set()

    def paint(wish: Wish) -> bytes:
        assert HELD not in wish.prompt or gate.wait(100)
        odd = next((make for word, make in ODD.items() if word in wish.prompt), None)
        drawn.add(made := odd(wish) if odd else _plain(wish))
        return made

    emulator = create_sandbox(speed=0.01, paint=paint)
    with served(lambda: emulator, lifespan="off") as providers:
        origins = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}" for name in ("google", "bfl", "fal")
        }
        data = tmp_path_factory.mktemp("live")
        settings = load_settings({**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": data})
        with served(lambda: create_app(settings)) as url:
            yield Live(url, data, emulator, drawn, gate)


@pytest.fixture
def live(live_studio: Live) -> Iterator[Live]:
    """The live studio, with nothing asked of its providers yet."""
    live_studio.emulator.state.journal.clear()
    yield live_studio
    live_studio.gate.set()
