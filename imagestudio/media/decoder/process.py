"""One decoding process, from the studio's side. Everything here blocks but `kill`."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO

from imagestudio.media.decoder.protocol import Broken, Facts, receive, send

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from imagestudio.media.decoder.child import main; main(confined=sys.argv[2] == 'yes')"
)
DYING_S = 1.0
KILLED = -9
TASKS_EACH = 200
"""After so many it makes room for a new one: decoders may leave memory in pieces."""


class Process:
    """Started with its first question. One question at a time. One that is not `confined` is for tests, of
    systems that can't confine."""

    def __init__(self, *, confined: bool = True) -> None:
        self._confined = confined
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._asked = 0
        self._changing = Lock()

    @property
    def pid(self) -> int | None:
        """None before the first question."""
        return self._process.pid if self._process else None

    @property
    def fit(self) -> bool:
        """Whether it can be asked once more."""
        return not self._ended and self._asked < TASKS_EACH

    @property
    def alive(self) -> bool:
        """Whether it has not died by itself; one that was not started yet has not."""
        return self._process is None or self._process.poll() is None

    def died_of_it(self) -> bool:
        """Whether it has died by itself: nobody killed it, the system for want of memory, say."""
        if self._ended or self._process is None:
            return False
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(DYING_S) != KILLED
        return False

    def ask(self, facts: Facts, data: bytes | IO[bytes]) -> tuple[Facts, bytes]:
        """The answer. Raises `Broken` where the process died of it, or was killed."""
        self._asked += 1
        running = self._running()
        if running.stdin is None or running.stdout is None:
            raise Broken("no pipes")
        try:
            send(running.stdin, facts, data)
            return receive(running.stdout)
        except OSError as error:
            raise Broken("it died") from error

    def _running(self) -> subprocess.Popen[bytes]:
        with self._changing:
            if self._ended:
                raise Broken("it was ended")
            if self._process is None:
                # An empty environment: no key of the studio's is in it. Its own memory arenas would count.
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-I",
                        "-c",
                        START,
                        json.dumps([str(Path(p).absolute()) for p in sys.path]),
                        "yes" if self._confined else "no",
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={"MALLOC_ARENA_MAX": "1"},
                )
            return self._process

    def kill(self) -> None:
        """Whoever waits for its answer gets `Broken`."""
        with self._changing:
            self._ended = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """Kill it, and leave nothing behind."""
        self.kill()
        if self._process is not None:
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    with suppress(OSError):  # half a question is still in it
        pipe.close()
