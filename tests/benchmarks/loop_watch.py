"""How long an event loop is held, by the clock and by its processor, and where it was then."""

import asyncio
import gc
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass
from typing import Any

BEAT_S = 0.002
LOOK_S = 0.01
SUSPICIOUS_S = 0.05
DEPTH = 12


@dataclass
class Hold:
    """The longest one. A loop that waits for a processor is held by the clock, and not by what it does."""

    clock_s: float = 0.0
    processor_s: float = 0.0
    """The longest of these, perhaps of another hold."""
    stack: str = ""
    """Where the loop was in the longest by the processor, innermost last."""
    collection_s: float = 0.0
    """The longest collection of garbage, whichever thread it met."""


class Watch:
    """Goes by at every beat, and notes how late it was. Beside it a thread looks where a late loop is."""

    def __init__(self) -> None:
        self._hold = Hold()
        self._task: asyncio.Task[None] | None = None
        self._beat_at = 0.0
        self._seen = ""
        self._collecting = 0.0

    def read(self) -> dict[str, Any]:
        """The longest hold since the last call; the first one starts the watch."""
        if self._task is None:
            self._beat_at = time.monotonic()
            self._task = asyncio.create_task(self._beat())
            gc.callbacks.append(self._collect)
            look = threading.Thread(target=self._look, args=(threading.get_ident(),), daemon=True)
            look.start()
        hold, self._hold = self._hold, Hold()
        return asdict(hold)

    async def _beat(self) -> None:
        while True:
            self._beat_at, used = time.monotonic(), time.thread_time()
            await asyncio.sleep(BEAT_S)
            late = time.monotonic() - self._beat_at - BEAT_S
            worked = time.thread_time() - used
            self._hold.clock_s = max(self._hold.clock_s, late)
            if worked > self._hold.processor_s:
                self._hold.processor_s, self._hold.stack = worked, self._seen
            self._seen = ""

    def _collect(self, phase: str, _: object) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._hold.collection_s = max(self._hold.collection_s, time.thread_time() - self._collecting)

    def _look(self, loop: int) -> None:
        while True:
            time.sleep(LOOK_S)
            if time.monotonic() - self._beat_at > SUSPICIOUS_S:
                frames = traceback.extract_stack(sys._current_frames()[loop])[-DEPTH:]
                self._seen = " > ".join(
                    f"{frame.filename[-40:]}:{frame.lineno} {frame.name}" for frame in frames
                )
