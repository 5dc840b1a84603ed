"""The processes of a benchmark: the providers, the baseline, and studios with empty data folders."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import httpx
import psutil

from tests.benchmarks.loop_watch import Hold

ROOT = Path(__file__).parents[2]
START_S = 180
NOTHING: Mapping[str, str] = {}
PROVIDERS = ("google", "bfl", "fal")
KEYS = {"GEMINI_API_KEY": "key-of-google", "BFL_API_KEY": "key-of-bfl", "FAL_KEY": "key-of:fal"}


@dataclass
class Providers:
    """The fast emulator."""

    url: str

    async def log(self) -> list[dict[str, Any]]:
        """Its tasks since the last call."""
        answer = await asyncio.to_thread(httpx.get, f"{self.url}/log")
        tasks: list[dict[str, Any]] = answer.json()
        return tasks


@dataclass
class Baseline:
    """The hand-tuned client."""

    orders: IO[str]
    answers: IO[str]

    async def wave(
        self, provider: str, count: int, prompt: str, *, at_once: bool
    ) -> tuple[float, list[float]]:
        """Seconds for all the runs together, and for each."""
        order = {"provider": provider, "count": count, "prompt": prompt, "at_once": at_once}
        self.orders.write(json.dumps(order) + "\n")
        self.orders.flush()
        answer = json.loads(await asyncio.to_thread(self.answers.readline))
        return answer["elapsed"], answer["times"]


@dataclass
class Studio:
    """The studio, and what its process takes from the machine."""

    url: str
    process: psutil.Process

    async def held(self) -> float:
        """The longest that its event loop was held since the last call, in seconds."""
        return (await self.hold()).clock_s

    async def hold(self) -> Hold:
        """The longest hold of its event loop since the last call."""
        answer = await asyncio.to_thread(httpx.get, f"{self.url}/_held", timeout=60)
        return Hold(**answer.json())

    def memory(self) -> int:
        """Bytes resident."""
        return int(self.process.memory_info().rss)

    def cpu(self) -> float:
        """Seconds of processor time since its start."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory_of_all(self) -> tuple[int, int]:
        """Bytes of the studio's process and of its decoding ones; what they share counts once."""
        children = 0
        for child in self.process.children():
            with suppress(psutil.Error):  # it has ended meanwhile
                children += int(child.memory_full_info().pss)
        return int(self.process.memory_full_info().pss), children

    def cpu_of_children(self) -> float:
        """Seconds of processor time that its decoding processes took, which have ended or not."""
        ended = self.process.cpu_times()
        running = [child.cpu_times() for child in self.process.children()]
        return sum(float(one.user + one.system) for one in running) + float(
            ended.children_user + ended.children_system
        )


@contextmanager
def providers() -> Iterator[Providers]:
    port = _free_port()
    with _python("-m", "tests.benchmarks.provider", str(port)):
        made = Providers(f"http://127.0.0.1:{port}")
        _wait_for(f"{made.url}/log")
        yield made


@contextmanager
def baseline(providers: Providers) -> Iterator[Baseline]:
    with _python("-m", "tests.benchmarks.baseline", providers.url, answers=True) as process:
        assert process.stdin
        assert process.stdout
        yield Baseline(process.stdin, process.stdout)


@contextmanager
def studio(
    providers: Providers, *, with_page: bool = False, log: Path | None = None, **more: str
) -> Iterator[Studio]:
    """On its own, or with its page; `more` are settings. It writes to `log`, if given."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    origins = {f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers.url}/{name}" for name in PROVIDERS}
    with TemporaryDirectory() as folder:
        settings = {
            **KEYS,
            **origins,
            "IMAGESTUDIO_DATA_DIR": folder,
            "GRADIO_SERVER_PORT": str(port),
            **more,
        }
        page = ("page",) if with_page else ()
        with _python("-m", "tests.benchmarks.server", *page, environment=settings, log=log) as process:
            _wait_for(f"{url}/api/health")
            yield Studio(url, psutil.Process(process.pid))


@contextmanager
def plain() -> Iterator[str]:
    """Gradio's own page; its address."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _python("-m", "tests.benchmarks.plain", str(port)):
        _wait_for(f"{url}/api/health")
        yield url


@contextmanager
def _python(
    *arguments: str,
    answers: bool = False,
    environment: Mapping[str, str] = NOTHING,
    log: Path | None = None,
) -> "Iterator[subprocess.Popen[str]]":
    """A Python process, killed at the end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IMAGESTUDIO_")}
    with (
        log.open("w") if log else nullcontext(subprocess.DEVNULL) as errors,
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**clean, **environment},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
            stderr=errors,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up within {START_S} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
