"""The house: each room imports itself and the rooms before it, and each outside thing has one room."""

import re
from pathlib import Path

from imagestudio.catalog import MODELS
from tests import source
from tests.source import PACKAGE
from tests.tables import rows

FILES = [path.relative_to(PACKAGE) for path in source.FILES]
ORDER = [
    "core", "net", "catalog", "media", "providers", "store", "access",
    "jobs", "studio", "api", "ui", "server", "cli", "__main__",
]  # fmt: skip
ANNEX = "sandbox"
"""Written from the providers' documentation: it shares no code with what it checks."""


def imports(path: Path) -> frozenset[str]:
    return source.source(PACKAGE / path).imports


def room(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


@rows("path", FILES)
def test_a_file_keeps_to_its_room(path: Path) -> None:
    here, names = room(path), imports(path)
    rooms = {name.split(".")[1] for name in names if name.startswith("imagestudio.")} - {here}
    if here in (ANNEX, "__init__"):
        assert not rooms
        return
    if path == Path("server/wiring.py"):
        rooms.discard(ANNEX)
    assert rooms <= set(ORDER[: ORDER.index(here)]), f"{path} imports from above its room"
    packages = {name.split(".")[0] for name in names}
    assert here == "store" or "sqlalchemy" not in packages
    assert here == "ui" or "gradio" not in packages
    assert path == Path("core/settings.py") or not {"os.environ", "os.getenv"} & names
    assert path == Path("core/settings.py") or "os.environ" not in (PACKAGE / path).read_text()


def test_there_are_few_rooms_and_few_doors() -> None:
    assert len([folder for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()]) <= 15
    assert len(list(PACKAGE.glob("*.py"))) <= 3
    arrows = {
        (room(path), name.split(".")[1])
        for path in FILES
        for name in imports(path)
        if name.startswith("imagestudio.") and name.split(".")[1] != room(path)
    }
    assert len(arrows) <= 75


def test_no_model_id_is_named_outside_the_catalog() -> None:
    for path in FILES:
        # What the page says of each model in its languages, and the examples that it fills the form with.
        texts = path.parts[:2] == ("ui", "locale") or path == Path("ui/examples.py")
        if texts or room(path) in ("catalog", ANNEX):
            continue
        assert not source.source(PACKAGE / path).constants & set(MODELS), f"{path} names a model"


def test_no_test_imports_from_another() -> None:
    """What two test modules share is a builder: a module of its own, or a conftest."""
    tests = Path(__file__).parent
    its_own = re.compile(
        r"^\s*(?:from|import) tests\b(?:[\w.]*\.test_|[\w.]* import (?:\([^)]*|.*)\btest_)", re.MULTILINE
    )
    assert its_own.search("from tests import a\nfrom tests.api import (\n    b,\n    test_c,\n)")
    for path in tests.rglob("*.py"):
        assert not its_own.search(path.read_text()), path.relative_to(tests)
