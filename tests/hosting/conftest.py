"""Machines that end with their test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hosting.machine import Machine


@pytest.fixture
def machine_with(tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    """Makes a machine with an environment and, if asked for, a volume."""
    made: list[Machine] = []

    def make(environment: dict[str, str], *, volume: bool) -> Machine:
        folder = tmp_path / "volume" if volume else None
        if folder:
            folder.mkdir()
        made.append(Machine(tmp_path, dict(environment), folder))
        return made[-1]

    yield make
    for machine in made:
        machine.kill()
