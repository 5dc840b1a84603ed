"""The steps on a job's way that a restart must survive, each named where it is taken.

Nobody listens in production. A test stops the process at one of them, or makes it fail there.
"""

from collections.abc import Callable
from enum import StrEnum


class Checkpoint(StrEnum):
    """Each is reached once what it says has happened."""

    KEPT_JOB = "kept the job"
    WROTE_INTENT = "wrote the intent"
    SENT_SUBMIT = "sent the submit"
    """Its answer is read and not yet used."""
    KEPT_TICKET = "kept the ticket"
    POLLED_DONE = "polled done"
    DOWNLOADED = "downloaded"
    SYNCED_FILE = "synced the file"
    RENAMED_FILE = "renamed the file"
    KEPT_RESULT = "kept the result"
    ENDED_JOB = "ended the job"


OnCheckpoint = Callable[[Checkpoint, str], None]
"""Told a step and what took it: the job's id, or the file's name. May be called in any thread."""


def ignore_checkpoint(_: Checkpoint, __: str) -> None:
    """Nobody listens."""
