"""A studio in a process of its own, whose providers draw when they are told to: runs last as wanted."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from tests.conftest import HELD, KEYS, picture, served
from tests.crash.conftest import Process, eventually


@dataclass
class Studio:
    """The process, and the gate in front of its providers' easels."""

    process: Process
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return self.process.url

    def hold(self) -> None:
        self.gate.clear()

    def release(self) -> None:
        self.gate.set()

    def newest(self) -> dict[str, Any]:
        job: dict[str, Any] = httpx.get(f"{self.url}/api/v1/image/jobs?limit=1").json()["data"]["jobs"][0]
        return job

    def finish(self) -> None:
        """Release, and wait until the newest job has ended."""
        self.release()
        eventually(lambda: self.newest()["finished_at"])


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("held")
    process = Process(["app.py"], "/api/health", log=folder / "log")
    held = Studio(process)

    def paint(wish: Wish) -> bytes:
        assert HELD not in wish.prompt or held.gate.wait(100)
        return picture(wish.width, wish.height, wish.format)

    with served(lambda: create_sandbox(speed=0.01, paint=paint), lifespan="off") as providers:
        process.environment = {
            **KEYS,
            **{
                f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}"
                for name in ("google", "bfl", "fal")
            },
            "IMAGESTUDIO_DATA_DIR": str(folder / "data"),
            "GRADIO_SERVER_PORT": str(process.port),
        }
        process.start()
        yield held
        held.release()
        process.kill()
