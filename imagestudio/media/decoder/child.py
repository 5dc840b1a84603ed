"""The decoding process: confined, it answers one question after another until the studio is gone.

It is started without the environment, so it knows no key, it never writes a file, and where the system can
keep it from that, it opens none and reaches nobody: a picture comes by the pipe.
"""

import os
import sys
from contextlib import suppress
from typing import IO

from imagestudio.core.errors import Explained
from imagestudio.core.messages import to_json
from imagestudio.media.decoder.confinement import give_up
from imagestudio.media.decoder.protocol import Broken, Facts, receive, send
from imagestudio.media.decoder.tasks import TASKS
from imagestudio.media.formats import NotAnImage, TooManyPixels

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space. A picture of 100 megapixels takes 400 MB decoded."""
CPU_S = 10
"""Seconds of processor time for one task, in all its threads."""
OPEN_FILES = 64
NICE = 5
"""Whoever answers requests goes first."""


def confine() -> None:
    """Give up, for good, what no task needs: memory, files to write, a memory image after a crash."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(NICE)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        with suppress(ValueError, OSError):  # a system that knows the limit but does not take it
            resource.setrlimit(what, (most, most))


def allow_another_task() -> None:
    """Grant the processor time of one more task: the system counts it from the process's beginning."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime) + 1 + CPU_S
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (TooManyPixels, "too_many_pixels"),
    (NotAnImage, "not_an_image"),
    (MemoryError, "limits"),
)


def main(*, confined: bool = True) -> None:
    """Questions on standard input, answers on standard output."""
    confine()
    if confined:
        give_up()
    questions, answers = sys.stdin.buffer, _alone_with_output()
    while True:
        try:
            facts, data = receive(questions)
        except Broken:
            return
        allow_another_task()
        try:
            send(answers, *_answer(facts, data))
        except OSError:
            return


def _alone_with_output() -> IO[bytes]:
    """The pipe to the studio. Whatever a library prints goes elsewhere from now on."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _answer(facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    try:
        return TASKS[facts["task"]](facts, data)
    except BaseException as error:  # Rust's panics are no Exception
        kind = next((name for known, name in REFUSALS if isinstance(error, known)), "limits")
        text = to_json(error.text) if isinstance(error, Explained) else None
        return {"refused": kind, "text": text}, b""
