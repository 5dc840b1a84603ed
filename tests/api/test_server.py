"""The studio as a process: how it starts, answers curl, and stops."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import API, picture
from tests.crash.conftest import ROOT, eventually, free_port
from tests.tables import rows

pytestmark = pytest.mark.slow

HEAVY = "import sys; {}; sys.exit(any(name in sys.modules for name in ('gradio', 'PIL', 'numpy')))"
BARE = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("IMAGESTUDIO_", "GRADIO_")) and not name.endswith(("_API_KEY", "FAL_KEY"))
}


def python(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=BARE | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_api_needs_no_gradio(tmp_path: Path) -> None:
    started = (
        "from imagestudio.server.create import create_app; "
        "from imagestudio.core.settings import load_settings; "
        "create_app(load_settings(), with_page=False)"
    )
    ran = python("-c", HEAVY.format(started), IMAGESTUDIO_DATA_DIR=str(tmp_path / "data"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert not (tmp_path / "data").exists()


def test_importing_the_app_does_no_work() -> None:
    ran = python("-c", HEAVY.format("import app; app.create_app"), IMAGESTUDIO_SANDBOX="wrong")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


class Studio:
    """`python app.py` without any key, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "log"
        settings = {"IMAGESTUDIO_DATA_DIR": str(folder / "data"), "GRADIO_SERVER_PORT": str(self.port)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"], cwd=ROOT, env=BARE | settings, stdout=log, stderr=log
            )

    def is_up(self) -> bool:
        log = self.log.read_text()
        assert self.process.poll() is None, log
        return "Application startup complete" in log

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def curl(self, *arguments: str, path: str = "", expect: int = 0) -> bytes:
        program = shutil.which("curl")
        assert program, "These tests call the studio with curl; install it."
        command = [program, "--silent", "--noproxy", "*", *arguments, self.url + path]
        ran = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert ran.returncode == expect, ran.stderr
        return ran.stdout

    def post(self, body: dict[str, Any], *arguments: str, expect: int = 0) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON of a call of generate."""
        data = ("--data", json.dumps(body), "--include")
        answer = self.curl(*data, *arguments, path=f"{API}/generate", expect=expect)
        head, _, content = answer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers, json.loads(content)

    def get(self, path: str) -> Any:
        return json.loads(self.curl(path=path))

    def ended(self, prompt: str) -> dict[str, Any] | None:
        """The job of that prompt, once it has ended."""
        jobs = self.get(f"{API}/jobs")["data"]["jobs"]
        found = [job for job in jobs if job["asked"]["prompt"] == prompt and job["finished_at"]]
        return found[0] if found else None


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    try:
        eventually(studio.is_up)
        yield studio
    finally:
        studio.process.kill()
        studio.process.wait()


def test_the_start_says_where_it_is_and_that_it_is_a_demo(studio: Studio) -> None:
    lines = studio.log.read_text().splitlines()
    assert lines[0] == f"Image Studio at {studio.url}"
    assert lines[1].startswith("*** DEMO:")
    assert studio.get("/api/health")["demo"] is True


def test_page_api_and_reference_are_one_origin(studio: Studio) -> None:
    assert b"<!doctype html>" in studio.curl(path="/").lower()
    assert b"<!doctype html>" in studio.curl(path="/docs").lower()
    assert studio.get("/openapi.json")["openapi"] == "3.1.0"
    assert studio.get("/api/nowhere")["error"]["code"] == "NOT_FOUND"
    assert [tool["name"] for tool in studio.get("/gradio_api/mcp/schema")]


def test_a_call_is_answered_with_its_picture(studio: Studio) -> None:
    status, _, answer = studio.post({"prompt": "a hill", "width": 256, "height": 256})
    (image,) = answer["data"]["images"]
    assert status == 200
    assert image["url"] == f"{studio.url}{API}/files/{image['id']}"
    path = image["url"].removeprefix(studio.url)
    whole = studio.curl(path=path)
    assert len(whole) == image["bytes"]
    assert studio.curl("--range", "100-199", path=path) == whole[100:200]
    assert b"HTTP/1.1 206" in studio.curl("--head", "--range", "0-0", path=path)


def test_a_call_may_be_answered_at_once(studio: Studio) -> None:
    body = {"prompt": "a hill, later", "width": 256, "height": 256}
    status, headers, answer = studio.post(body, "--header", "Prefer: respond-async")
    assert (status, headers["location"]) == (202, answer["data"]["poll_url"])
    found = eventually(lambda: studio.ended("a hill, later"))
    assert (found["id"], found["status"]) == (answer["data"]["id"], "succeeded")


def test_hanging_up_cancels_nothing(studio: Studio) -> None:
    body = json.dumps({"prompt": "a hill, alone", "width": 256, "height": 256})
    studio.curl("--data", body, "--max-time", "0.4", path=f"{API}/generate", expect=28)
    assert eventually(lambda: studio.ended("a hill, alone"))["status"] == "succeeded"


def test_a_file_is_edited(studio: Studio, tmp_path: Path) -> None:
    source = tmp_path / "photo.png"
    source.write_bytes(picture(128, 96))
    form = ("--form", "prompt=make it winter", "--form", f"image=@{source}")
    answer = json.loads(studio.curl(*form, path=f"{API}/edit"))
    assert answer["data"]["status"] == "succeeded"


def test_a_stream_without_an_end_is_refused(studio: Studio, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b" " * 40 * 1024 * 1024)
    chunked = ("--header", "Transfer-Encoding: chunked", "--data-binary", f"@{large}")
    answer = json.loads(studio.curl(*chunked, path=f"{API}/generate"))
    assert answer["error"]["code"] == "PAYLOAD_TOO_LARGE"


@rows("kind", ["application/json", "multipart/form-data; boundary=b"])
def test_a_body_that_never_comes_troubles_nobody(studio: Studio, kind: str) -> None:
    head = f"POST {API}/edit HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 500\r\n\r\n"
    with socket.create_connection(("127.0.0.1", studio.port)) as connection:
        connection.sendall(head.encode() + b'{"prompt": "')
    assert studio.get("/api/health")["status"] == "ok"


def test_it_stops_when_told_and_no_stack_trace_was_written(studio: Studio) -> None:
    studio.process.send_signal(signal.SIGTERM)
    assert studio.process.wait(20) in (0, -signal.SIGTERM)
    log = studio.log.read_text()
    assert "Application shutdown complete" in log
    assert "Traceback" not in log
