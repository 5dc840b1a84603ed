"""The container, as far as it goes without a daemon: what its files say, and its command in such a place."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import yaml
from packaging.requirements import Requirement

from tests.hosting.machine import ROOT, Machine

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
LAST_STAGE = DOCKERFILE.rsplit("\nFROM ", 1)[1]
SERVICE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["studio"]
PORT = "7860"


def instruction(name: str) -> str:
    """The last one of that name, of the image that is kept."""
    return re.findall(rf"^\s*{name} (.*)$", LAST_STAGE, re.MULTILINE)[-1].strip()


def variables() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(instruction("ENV")))


def test_the_image_runs_without_root_and_asks_after_its_health() -> None:
    assert instruction("USER") == "1000:1000"
    assert instruction("VOLUME") == variables()["IMAGESTUDIO_DATA_DIR"] == "/data"
    assert instruction("EXPOSE") == PORT
    assert json.loads(instruction("CMD")) == ["imagestudio", "serve"]
    assert "HEALTHCHECK" in LAST_STAGE
    # What only the build needs stays in its stage.
    assert "pip install" not in LAST_STAGE
    assert "apt-get" not in DOCKERFILE


def pinned(name: str) -> dict[str, str]:
    """The version of each package that a list of the container installs. Each has the hashes of its files,
    and where they come from is nobody's business but pip's."""
    text = (ROOT / "container" / name).read_text()
    assert "://" not in text
    entries = [line for line in text.replace("\\\n", "").splitlines() if not line.startswith("#")]
    found = [re.fullmatch(r"([a-z0-9-]+)==(\S+)((?:\s+--hash=sha256:[0-9a-f]{64})+)", one) for one in entries]
    assert all(found), entries
    return {each[1]: each[2] for each in found if each}


def test_all_that_is_installed_is_named_by_hash() -> None:
    installs = re.findall(r"pip install ([^&\n]*)", DOCKERFILE)
    assert [command.split() for command in installs] == [
        ["-r", "container/requirements.txt"],
        ["-r", "container/build-requirements.txt"],
        ["--no-deps", "--no-index", "/wheels/*.whl"],
    ]
    assert "PIP_REQUIRE_HASHES=1" in DOCKERFILE
    versions = pinned("requirements.txt")
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            wanted = Requirement(line)
            assert wanted.specifier.contains(versions[wanted.name]), line
    assert {"hatchling", "packaging"} <= pinned("build-requirements.txt").keys()


def test_compose_takes_away_what_is_not_needed() -> None:
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert SERVICE["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert SERVICE["volumes"] == ["data:/data"]
    assert "privileged" not in SERVICE


def test_nothing_but_the_code_goes_into_the_build() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert {f"!{part}" for parts in copied for part in parts.split()} == {
        line for line in lines if line.startswith("!")
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_serves_on_a_read_only_file_system(machine_with: Callable[..., Machine]) -> None:
    environment = {name: value for name, value in variables().items() if name != "PATH"}
    container = machine_with(environment | {"HOME": "/tmp"}, volume=True)
    container.start("-m", "imagestudio", "serve")
    _, asked = instruction("HEALTHCHECK").split(" CMD ")
    python, *rest = json.loads(asked)
    assert python == "python"
    command = [part.replace(PORT, str(container.port)) for part in rest]
    assert subprocess.run([sys.executable, *command], timeout=60).returncode == 0
    with httpx.Client(base_url=container.url, timeout=60) as client:
        client.cookies = httpx.Cookies({"imagestudio": client.get("/").cookies["imagestudio"]})
        answer = client.post("/api/v1/image/generate", json={"prompt": "a hill"})
        # A page that is open, and cut off at the end, is nothing to write about.
        with client.stream("GET", "/gradio_api/heartbeat/a-page") as page:
            container.stop()
    assert page.status_code == 200
    job: dict[str, Any] = answer.json()["data"]
    assert (job["status"], job["demo"]) == ("succeeded", True)
    assert subprocess.run([sys.executable, *command], timeout=60, capture_output=True).returncode != 0
    # Every line of the log, the end's included, is an object; what is said at the start is for people.
    lines = [json.loads(line) for line in container.log.splitlines() if line.startswith("{")]
    assert len(lines) > 5
    assert not [line for line in lines if "traceback" in line]
    if container.isolated and container.volume:
        kept = {path.name for path in container.volume.iterdir()}
        assert {"studio.db", "files"} <= kept
