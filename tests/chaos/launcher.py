"""The studio's server in a process that dies where it is told to, on a disk and a clock that misbehave."""

import itertools
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from errno import ENOSPC
from functools import partial
from pathlib import Path

from imagestudio.core.checkpoints import Checkpoint
from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.server.serve import serve as serve_app
from imagestudio.server.wiring import open_host

JUMP_S = 3600.0
READINGS = 60
"""How many readings of the clock there are between two jumps."""


@dataclass(frozen=True)
class Orders:
    """How one process is to live, and where it is to die."""

    port: int
    environment: dict[str, str]
    log: Path
    """Each step is written here as it is taken, and outlives the process."""
    full: Path
    """While this file exists the disk takes no picture."""
    die_at: tuple[Checkpoint, int] | None = None
    """The step, and how often it is taken before it kills."""
    clock_seed: int | None = None
    """The wall clock jumps an hour ahead and back by this seed; None for a clock that does not."""


class Listener:
    """Hears every step. The last thing that a dying process does is to write down where it died."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._log = os.open(orders.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._lock = threading.Lock()
        self._taken: Counter[Checkpoint] = Counter()

    def __call__(self, step: Checkpoint, what: str) -> None:
        with self._lock:
            os.write(self._log, f"{step.name} {what}\n".encode())
            if self._orders.die_at == (step, self._count(step)):
                os.kill(os.getpid(), signal.SIGKILL)
        if step is Checkpoint.DOWNLOADED and self._orders.full.exists():
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def _count(self, step: Checkpoint) -> int:
        self._taken[step] += 1
        return self._taken[step]


def jumping(seed: int) -> Callable[[], float]:
    """A wall clock that is set an hour ahead or back again and again."""
    dice, readings = random.Random(seed), itertools.count()
    offset = dice.choice((-JUMP_S, 0.0, JUMP_S))

    def read() -> float:
        nonlocal offset
        if next(readings) % READINGS == READINGS - 1:
            offset = dice.choice((-JUMP_S, 0.0, JUMP_S))
        return time.time() + offset

    return read


def serve(orders: Orders) -> None:
    """Serve until killed, from within or without."""
    clock = time.time if orders.clock_seed is None else jumping(orders.clock_seed)
    opening = partial(open_host, clock=clock, on_checkpoint=Listener(orders))
    app = create_app(load_settings(orders.environment), with_page=False, opening=opening)
    serve_app(app, "127.0.0.1", orders.port, log_level="error")
