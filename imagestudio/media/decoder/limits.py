"""What a decoding process may use, where the system can hold it to that: Linux all of it, macOS the most,
Windows the wall clock alone, which the studio keeps."""

import os
import sys
from contextlib import suppress

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


def another_task() -> None:
    """Grant the processor time of one more task: the system counts it from the process's beginning."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime) + 1 + CPU_S
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
