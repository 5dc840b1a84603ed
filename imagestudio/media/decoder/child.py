"""The decoding process: confined, it answers one question after another until the studio is gone.

It is started without the environment, so it knows no key, and it never writes a file.
"""

import os
import sys
from typing import IO

from imagestudio.media.decoder import limits
from imagestudio.media.decoder.messages import Broken, Facts, receive, send
from imagestudio.media.decoder.tasks import TASKS
from imagestudio.media.formats import NotAnImage, TooManyPixels

REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (TooManyPixels, "too_many_pixels"),
    (NotAnImage, "not_an_image"),
    (FileNotFoundError, "gone"),
    (MemoryError, "limits"),
)


def main() -> None:
    """Questions on standard input, answers on standard output."""
    limits.confine()
    questions, answers = sys.stdin.buffer, _alone_with_output()
    while True:
        try:
            facts, data = receive(questions)
        except Broken:
            return
        limits.another_task()
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
        return {"refused": kind, "message": str(error)[:500]}, b""
