"""Imports point one way, and the environment is read in one place."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "imagestudio"
FILES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

# Lower layers first: a file imports its own layer and those before it.
LAYERS: list[set[str]] = [
    {
        "certificates",
        "errors",
        "generation",
        "ids",
        "settings",
        "setting_types",
        "svg",
        "media",
        "fetch",
        "pacing",
        "gate",
        "steps",
        "visitor",
        "vault",
        "sealing",
        "redaction",
        "logs",
        "storage",
        "exposure",
    },
    {"faults", "fingerprint", "jobs", "outcome", "rates", "signing"},
    {"gone"},
    {"catalog", "access"},
    {"sides"},
    {"validation", "progress", "store"},
    {"issued", "pictures"},
    {
        "raster",
        "spreadsheet",
        "shapes",
        "differences",
        "reshaping",
        "nearest",
        "lineage",
        "ranking",
        "fitting",
        "snippets",
        "takeaway",
    },
    {"decoding"},
    {"providers"},
    {
        "collector",
        "sources",
        "receivers",
        "thumbnails",
        "downloads",
        "premaker",
        "webhooks",
        "following",
        "payers",
        "job_keys",
    },
    {"figures", "metrics", "runner", "lines", "intake", "accounts"},
    {"worker", "sweep"},
    {"admission", "limits"},
    {"keeper", "cancel", "own_keys", "looking"},
    {"life", "acceptance"},
    {"studio"},
    {"comparisons"},
    {"standing", "verdicts"},
    {"wiring", "api"},
    {"web"},
    {"ui"},
    {"server", "serving"},
    {"command"},
    {"__main__"},
]
LEAVES = {"sandbox"}
"""The sandbox is written from the documentation: it shares no code with what it checks."""


def parts_imported(path: Path) -> set[str]:
    tree = ast.parse((PACKAGE / path).read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    modules += [
        f"imagestudio.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "imagestudio"
        for name in node.names
    ]
    return {module.split(".")[1] for module in modules if module.startswith("imagestudio.")}


def layer(part: str) -> int:
    return next(position for position, parts in enumerate(LAYERS) if part in parts)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_point_one_way(path: Path) -> None:
    part = path.parts[0].removesuffix(".py")
    imported = parts_imported(path) - {part}
    if part == "__init__" or part in LEAVES:
        assert not imported
    else:
        above = {other for other in imported - LEAVES if layer(other) > layer(part)}
        assert not above, f"{path} imports {above} from above itself"
        assert part == "wiring" or not imported & LEAVES


@pytest.mark.parametrize("path", FILES, ids=str)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    source = (PACKAGE / path).read_text()
    if path != Path("settings.py"):
        assert "os.environ[" not in source
        assert "os.environ.get" not in source
        assert "getenv" not in source


@pytest.mark.parametrize("path", FILES, ids=str)
def test_gradio_stays_in_the_page(path: Path) -> None:
    tree = ast.parse((PACKAGE / path).read_text())
    names = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    if path.parts[0] not in ("ui", "server.py") and path != Path("api/tools.py"):
        assert not [name for name in names if name.split(".")[0] == "gradio"]


def test_no_model_id_is_named_outside_the_catalog() -> None:
    from imagestudio.catalog import MODELS

    for path in FILES:
        # What the page says of each model in its languages, and the examples that it fills the form with.
        said = path.parts[:2] == ("ui", "words") or path == Path("ui/examples.py")
        if said or path.parts[0] in ("catalog", "sandbox"):
            continue
        constants = {
            node.value
            for node in ast.walk(ast.parse((PACKAGE / path).read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not constants & set(MODELS), f"{path} names a model"
