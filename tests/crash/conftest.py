"""Real processes: the providers' emulator, and the studio itself, to be killed and started again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import forked
from tests.forked import Child

ROOT = Path(__file__).parents[2]
START_S = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], Any], within_s: float = START_S) -> Any:
    """The condition's first true answer. Connections that fail count as not yet."""
    deadline, pause = time.monotonic() + within_s, 0.02
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except httpx.TransportError:
            pass
        time.sleep(pause)  # asking all the time takes the processor from what is waited for
        pause = min(1.5 * pause, 0.25)
    raise AssertionError("the condition did not come true in time")


@dataclass
class Process:
    """A server in a process of its own, listening on a port of loopback."""

    command: list[str]
    health: str
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    """Where what it writes on both streams is added; None: where the tests' goes."""
    running: subprocess.Popen[bytes] | Child | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def client(self) -> httpx.Client:
        """One for all: making it takes longer than asking. A busy machine may take its time."""
        return httpx.Client(base_url=self.url, timeout=60)

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("IMAGESTUDIO_")}
        self.running = self._launch(clean | {"PYTHONPATH": str(ROOT)} | self.environment)
        eventually(lambda: self.client.get(self.health).status_code < 500)

    def _launch(self, environment: dict[str, str]) -> subprocess.Popen[bytes] | Child:
        command = [part.replace("PORT", str(self.port)) for part in self.command]
        with ExitStack() as opened:
            log = opened.enter_context(self.log.open("ab")) if self.log else None
            return subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """kill -9: no handler runs."""
        if self.running:
            self.running.kill()
            self.running.wait()
            self.running = None
            self.client.close()
            del self.client


class Emulator(Process):
    """The providers; `command` is what follows `python -m imagestudio.sandbox`."""

    def _launch(self, environment: dict[str, str]) -> Child:
        arguments = [part.replace("PORT", str(self.port)) for part in self.command]
        return Child(forked.fork(forked.emulator, arguments, self.log))


class Pageless(Process):
    """The studio without its page, which no kill can harm, and whose import takes longer than a test."""

    def _launch(self, environment: dict[str, str]) -> Child:
        return Child(forked.fork(forked.studio, environment, self.log))


@pytest.fixture
def emulator(request: pytest.FixtureRequest) -> Iterator[Process]:
    """As fast as usual, unless the test is marked with another `pace`."""
    pace = request.node.get_closest_marker("pace")
    speed = str(pace.args[0]) if pace else "1"
    process = Emulator(["--port", "PORT", "--journal", "--speed", speed], "/_sandbox/journal")
    process.start()
    yield process
    process.kill()


@pytest.fixture
def studio(emulator: Process, tmp_path: Path) -> Iterator[Process]:
    """A live studio, as far as it knows: its providers are the emulator."""
    process = Pageless([], "/api/health")
    process.environment = {
        "GEMINI_API_KEY": "key-of-google",
        "BFL_API_KEY": "key-of-bfl",
        "FAL_KEY": "key-of:fal",
        "IMAGESTUDIO_GOOGLE_BASE_URL": f"{emulator.url}/google",
        "IMAGESTUDIO_BFL_BASE_URL": f"{emulator.url}/bfl",
        "IMAGESTUDIO_FAL_BASE_URL": f"{emulator.url}/fal",
        "IMAGESTUDIO_DATA_DIR": str(tmp_path / "data"),
        "GRADIO_SERVER_PORT": str(process.port),
    }
    yield process
    process.kill()
