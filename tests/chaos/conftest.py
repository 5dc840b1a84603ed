"""A studio to be killed and started again, in front of providers that stay."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.checkpoints import Checkpoint
from tests.chaos import launcher, providers
from tests.chaos.prompts import request
from tests.crash.conftest import START_S, eventually, free_port
from tests.forked import fork

API = "/api/v1/image"
ENDED = ("succeeded", "failed", "canceled", "uncertain")
KEYS = {"GEMINI_API_KEY": "key-of-google", "BFL_API_KEY": "key-of-bfl", "FAL_KEY": "key-of:fal"}
POSTERS = 4


@dataclass
class Providers:
    """The emulator's process, and what it saw."""

    url: str
    client: httpx.Client

    def get(self, path: str) -> Any:
        return self.client.get(self.url + path).json()

    @property
    def accepted(self) -> Counter[str]:
        return Counter(self.get("/_chaos")["accepted"])

    @property
    def left_open(self) -> set[str]:
        """Prompts of submits whose answer the network lost."""
        return set(self.get("/_chaos")["left_open"])

    def submits(self) -> int:
        """Submits that have arrived."""
        return sum(entry["method"] == "POST" for entry in self.get("/_sandbox/journal"))

    def drawn(self) -> dict[str, list[str]]:
        """SHA-256 of every picture, by its prompt."""
        found: dict[str, list[str]] = self.get("/_sandbox/drawn")
        return found

    def faults(self) -> list[str]:
        return [entry["fault"] for entry in self.get("/_sandbox/journal") if entry["fault"]]


@dataclass
class Studio:
    """The studio, in one process after another."""

    folder: Path
    providers: Providers
    client: httpx.Client
    port: int = field(default_factory=free_port)
    process: BaseProcess | None = None
    starts: int = 0
    clock_seed: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "steps"

    @property
    def full(self) -> Path:
        return self.folder / "full"

    def start(self, die_at: tuple[Checkpoint, int] | None = None) -> None:
        """Start it and wait until it answers, or has died already."""
        self.starts += 1
        clock = None if self.clock_seed is None else self.clock_seed + self.starts
        orders = launcher.Orders(self.port, self.environment(), self.log, self.full, die_at, clock)
        self.process = fork(launcher.serve, orders)
        eventually(lambda: self.is_dead or self.client.get(self.url + "/api/health").is_success)
        assert self.process.exitcode in (None, -9), "the studio did not start"

    def environment(self) -> dict[str, str]:
        """Live, as far as it knows."""
        origins = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{self.providers.url}/{name}"
            for name in ("google", "bfl", "fal")
        }
        return {**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": str(self.folder / "data")}

    @property
    def is_dead(self) -> bool:
        return self.process is None or not self.process.is_alive()

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None

    def wait_for_death(self) -> None:
        assert self.process is not None
        self.process.join(START_S)
        assert self.process.exitcode == -9, "it did not come to the step at which it was to die"

    def steps(self) -> list[tuple[Checkpoint, str]]:
        """Every step that was taken, over all processes, and what took it."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(Checkpoint[name], what) for name, _, what in (line.partition(" ") for line in lines)]

    def wait_for_steps(self, number: int) -> None:
        """Wait until so many more were taken."""
        target = self._taken() + number
        eventually(lambda: self._taken() >= target)

    def _taken(self) -> int:
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{self.url}{API}/jobs/{job_id}").json()["data"]
        return found

    def ending(self, job_id: str) -> dict[str, Any]:
        """The job once it has ended."""
        return self.once(job_id, lambda job: job["status"] in ENDED)

    def once(self, job_id: str, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The job as it was when this was first true of it."""
        found: dict[str, Any] = eventually(lambda: job if true(job := self.job(job_id)) else None)
        return found

    def picture(self, file_id: str) -> bytes:
        return self.client.get(f"{self.url}{API}/files/{file_id}").content

    def job_ids(self) -> list[str]:
        """All jobs, newest first."""
        found: list[str] = []
        query: dict[str, Any] = {"limit": 100}
        while True:
            page = self.client.get(f"{self.url}{API}/jobs", params=query).json()["data"]
            found += [job["id"] for job in page["jobs"]]
            if page["next_before"] is None:
                return found
            query["before"] = page["next_before"]


@dataclass
class Posters:
    """People who post jobs, and post again with the same key where they get no answer."""

    studio: Studio
    pool: ThreadPoolExecutor
    posted: dict[int, Future[str]] = field(default_factory=dict)
    over: bool = False

    def post(self, numbers: range) -> None:
        for number in numbers:
            self.posted[number] = self.pool.submit(self._post, number)

    def _post(self, number: int) -> str:
        headers = {"prefer": "respond-async", "idempotency-key": f"job {number}"}
        body = request(number)
        post = self.studio.client.post
        answer: httpx.Response = eventually(
            lambda: self.over or post(f"{self.studio.url}{API}/generate", json=body, headers=headers)
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["data"]["id"])

    def ids(self) -> dict[str, int]:
        """The number of each job, by its id, once all were answered 202."""
        return {future.result(START_S): number for number, future in self.posted.items()}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture
def providers_at(client: httpx.Client) -> Iterator[Callable[..., Providers]]:
    """Start the emulator at a speed, with a network that goes wrong by a seed."""
    running: list[BaseProcess] = []

    def serve(speed: float, seed: int | None = None) -> Providers:
        port = free_port()
        running.append(fork(providers.serve, port, speed, seed))
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: client.get(f"{url}/_chaos"))
        return Providers(url, client)

    yield serve
    for process in running:
        process.kill()
        process.join()


@pytest.fixture
def studio_of(tmp_path: Path) -> Iterator[Callable[[Providers], Studio]]:
    """A studio in front of these providers, not started yet."""
    made: list[Studio] = []

    def make(of: Providers) -> Studio:
        made.append(Studio(tmp_path, of, of.client))
        return made[-1]

    yield make
    for studio in made:
        studio.kill()


@pytest.fixture
def posters_of() -> Iterator[Callable[[Studio], Posters]]:
    made: list[Posters] = []
    with ThreadPoolExecutor(POSTERS) as pool:

        def make(studio: Studio) -> Posters:
            made.append(Posters(studio, pool))
            return made[-1]

        yield make
        for posters in made:
            posters.over = True
        pool.shutdown(cancel_futures=True)
