"""README, requirements and catalog say the same."""

import re
import tomllib
from pathlib import Path

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.sandbox.script import WORDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
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


def test_pictures_in_the_readme_exist() -> None:
    paths = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README) + re.findall(
        r'<img src="([^"]+)" alt="[^"]+"', README
    )
    assert len(paths) >= 5
    for path in paths:
        assert (ROOT / path).is_file(), path
