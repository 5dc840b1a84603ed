"""Servers in processes of their own, forked from one that has imported what they need: a start takes a tenth
of what it takes from nothing, for there is no page in them. Whoever needs the page starts `app.py`."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

IMPORTED = (
    "alembic.command",
    "alembic.config",
    "imagestudio.sandbox.pictures.picture",
    "tests.forked",
    "tests.chaos.launcher",
    "tests.chaos.providers",
)
"""There is one such process for all tests, so it has what any of them needs."""


def fork(function: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Call a function in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED])
    process = context.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process


class Child:
    """A forked process, as `subprocess` has its own."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        assert process.pid
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        if self.poll() is None:
            self.send_signal(signal.SIGKILL)


def studio(environment: dict[str, str], log: Path | None) -> None:
    """Serve as `app.py` does, but for the page."""
    from imagestudio.cli.serve import prepare
    from imagestudio.core.settings import load_settings
    from imagestudio.server.create import create_app
    from imagestudio.server.serve import serve

    _become(environment, log)
    settings = load_settings()
    prepare(settings)
    serve(create_app(settings, with_page=False), settings.server_name, settings.server_port)


def emulator(arguments: list[str], log: Path | None) -> None:
    """`python -m imagestudio.sandbox`."""
    from imagestudio.sandbox.__main__ import main

    _become(dict(os.environ), log)
    sys.argv[1:] = arguments
    main()


def _become(environment: dict[str, str], log: Path | None) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if log:
        with log.open("ab") as file:
            for stream in (1, 2):
                os.dup2(file.fileno(), stream)
