"""The documents say what the code does: README, docs/, CONTRIBUTING, SECURITY, requirements."""

import re
import tomllib
from pathlib import Path

from fastapi.testclient import TestClient

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.core import errors
from imagestudio.core.settings import load_settings
from imagestudio.sandbox.script import WORDS
from imagestudio.server.create import create_app
from tests.tables import rows

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCS = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *DOCS]
PACKAGE = ROOT / "imagestudio"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def takes(control: Control) -> str:
    if control.kind == "choice":
        return f"`{control.name}` {' '.join(control.choices)}"
    if control.kind == "flag" or control.name == "seed":
        return f"`{control.name}`"
    step = f" ×{control.step}" if control.step > 1 else ""
    return f"`{control.name}` {control.minimum}–{control.maximum}{step}"


def row(spec: ModelSpec) -> str:
    name = f"{spec.name} (default)" if spec.default else spec.name
    price = spec.listed_price or "see the page"
    controls = "; ".join(takes(control) for control in spec.controls)
    return f"| `{spec.id}` | {name} | {spec.provider} | {spec.task} | {price} | {controls} |"


def test_the_models_table_is_the_catalog() -> None:
    rows = [
        line
        for line in README.splitlines()
        if re.match(r"\| `[a-z0-9.-]+` \| .* \| (generate|edit) \|", line)
    ]
    assert rows == [row(spec) for spec in MODELS.values()]


def test_the_demos_words_are_the_sandboxs() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| `demo:")]
    assert rows == [f"| `{word}` | {meaning} |" for word, meaning in WORDS.items()]


def test_requirements_are_the_packages_dependencies() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == PROJECT["dependencies"]


def test_the_space_pins_the_gradio_that_the_package_needs() -> None:
    version = re.search(r"^sdk_version: (\S+)$", README, re.MULTILINE)
    assert version
    assert f"gradio=={version[1]}" in PROJECT["dependencies"]
    assert "\napp_file: app.py\n" in README


def test_the_two_commands_stand_alone_and_early() -> None:
    lines = README.splitlines()
    assert lines.index("pip install -e . && python app.py") < 35
    assert lines.index("pip install -e '.[test]' && pytest") < 40


def test_the_pages_icon_is_the_logo() -> None:
    assert (ROOT / "assets/logo.svg").read_bytes() == (PACKAGE / "ui/logo.svg").read_bytes()


def test_pictures_in_the_readme_exist() -> None:
    paths = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README) + re.findall(
        r'<img src="([^"]+)" alt="[^"]+"', README
    )
    assert len(paths) >= 5
    for path in paths:
        assert (ROOT / path).is_file(), path


def test_the_readme_is_short_and_leads_to_every_other_document() -> None:
    assert len(README.splitlines()) <= 220
    for path in DOCS:
        assert f"](docs/{path.name})" in README


@rows("path", DOCUMENTS)
def test_links_lead_to_files_and_headings_that_are_there(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if not re.match(r"https?://", link):
            target, _, heading = link.partition("#")
            there = (path.parent / target).resolve() if target else path
            assert there.exists(), link
            if heading:
                titles = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
                assert heading in {
                    re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles
                }


@rows("path", DOCUMENTS)
def test_files_that_are_named_exist(path: Path) -> None:
    for name in re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:/|\.py|\.js|\.md|\.sh))`", path.read_text()):
        assert any((root / name).exists() for root in (ROOT, PACKAGE)), f"{path.name} names {name}"


def test_addresses_in_the_documents_are_the_studios(tmp_path: Path) -> None:
    app = create_app(load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path}), with_page=False)
    with TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 50000)) as client:
        document = client.get("/openapi.json").json()
    known = {re.sub(r"\{[^}]+\}", "ID", path) for path in document["paths"]}
    for path in DOCUMENTS:
        text = path.read_text()
        for address in re.findall(r"(/api/(?:v1|health)[\w/{}-]*)", text):
            named = re.sub(r"\{[^}]+\}", "ID", address).rstrip("/")
            assert named in known or named == "/api/v1", f"{path.name} names {address}"


def test_every_code_is_in_the_table() -> None:
    table = (ROOT / "docs/api.md").read_text().split("## Errors", 1)[1].split("\n## ", 1)[0]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, errors.StudioError) and hasattr(kind, "code")}
    assert codes <= set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", table))
