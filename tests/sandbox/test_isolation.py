"""The emulator confirms nobody's mistakes, and costs nothing before it is used."""

import subprocess
import sys
from pathlib import Path

import imagestudio.sandbox
from tests.source import source

PACKAGE = Path(imagestudio.sandbox.__file__).parent


def test_it_imports_nothing_else_of_the_studio():
    for path in PACKAGE.rglob("*.py"):
        ours = [name for name in source(path).imports if name.split(".")[0] == "imagestudio"]
        assert not [name for name in ours if not name.startswith("imagestudio.sandbox")], path


def test_drawing_is_not_loaded_before_the_first_picture():
    code = "import sys, imagestudio.sandbox as s; s.create_sandbox(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    names = set(loaded.split())
    assert "imagestudio.sandbox.app" in names
    assert not names & {"numpy", "PIL", "PIL.Image", "imagestudio.sandbox.pictures", "uvicorn"}
