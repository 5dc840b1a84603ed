"""What a list of requirements brings with it."""

from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement


def needed(requirements: Path) -> list[str]:
    """What lies in site-packages of the distributions that the list names, and of those that they need."""
    wanted = [
        Requirement(line)
        for line in requirements.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    found: dict[str, set[str]] = {}
    paths = set()
    while wanted:
        requirement = wanted.pop()
        mine = distribution(requirement.name)
        new = {"", *requirement.extras} - found.setdefault(mine.name, set())
        found[mine.name] |= new
        paths |= {file.parts[0] for file in mine.files or ()}
        wanted += [theirs for theirs in map(Requirement, mine.requires or ()) if _applies(theirs, new)]
    return sorted(path for path in paths if path not in ("..", "__pycache__"))


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return bool(extras) and (marker is None or any(marker.evaluate({"extra": extra}) for extra in extras))
