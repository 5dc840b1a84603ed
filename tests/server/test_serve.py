"""How the process ends: at once where it can't start, and by a signal whatever it is doing."""

import errno
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from imagestudio.cli import main
from imagestudio.cli.commands import FAULTY
from imagestudio.cli.serve import prepare
from imagestudio.core.data_dir import UnusableData, make_private
from imagestudio.core.settings import load_settings
from imagestudio.server.listening import reason
from imagestudio.server.serve import FAILED_TO_START, Server, serve
from tests.conftest import picture
from tests.crash.conftest import Process
from tests.tables import rows

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def restored_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_is_the_accounts_alone_at_each_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    prepare(load_settings({"IMAGESTUDIO_DATA_DIR": folder}))
    assert rights(folder) == 0o700
    assert rights(folder / "studio.db") == 0o600
    (folder / "gradio" / "upload").mkdir(parents=True)
    (folder / "picture").touch()
    assert (rights(folder / "gradio"), rights(folder / "picture")) == (0o700, 0o600)


def test_a_folder_of_another_account_is_warned_of_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    tmp_path.chmod(0o777)
    monkeypatch.setattr(Path, "chmod", refuse)
    make_private(tmp_path)
    assert "belongs to another account" in caplog.text


def test_a_damaged_database_ends_the_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "studio.db").write_bytes(os.urandom(5000))
    monkeypatch.setenv("IMAGESTUDIO_DATA_DIR", str(tmp_path))
    assert main(["serve"]) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        f"{tmp_path / 'studio.db'}: the database can't be opened (file is not a database)."
    )


def app_that(opening: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    app = FastAPI(lifespan=opening)
    app.state.settings = load_settings({})
    return app


def test_data_found_bad_during_the_start_is_told_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    @asynccontextmanager
    async def opening(app: FastAPI) -> AsyncIterator[None]:
        app.state.unusable = UnusableData("studio.db: it is bad")
        raise app.state.unusable
        yield

    with pytest.raises(SystemExit) as ended, caplog.at_level("ERROR"):
        serve(app_that(opening), "127.0.0.1", 0)
    assert ended.value.code == FAILED_TO_START
    assert [record.message for record in caplog.records] == [
        "studio.db: it is bad",
        "Application startup failed. Exiting.",
    ]


@pytest.mark.slow
def test_sigterm_ends_a_start_that_hangs() -> None:
    script = """
import asyncio, os, signal
from contextlib import asynccontextmanager
from fastapi import FastAPI
from imagestudio.core.settings import load_settings
from imagestudio.server.serve import serve

@asynccontextmanager
async def opening(app):
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    await asyncio.Event().wait()
    yield

app = FastAPI(lifespan=opening)
app.state.settings = load_settings({})
serve(app, "127.0.0.1", 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGTERM, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_no_answer_tells_where_the_data_lies(tmp_path: Path) -> None:
    studio = Process(["app.py"], "/api/health")
    data, temporary = tmp_path / "the data", tmp_path / "temporary"
    temporary.mkdir()
    studio.environment = {
        "IMAGESTUDIO_DATA_DIR": str(data),
        "GRADIO_SERVER_PORT": str(studio.port),
        "GRADIO_TEMP_DIR": "",
        "TMPDIR": str(temporary),
    }
    studio.start()
    try:
        upload = studio.client.post("/gradio_api/upload", files={"files": ("a.png", picture())})
        (address,) = upload.json()
        shown = studio.client.get(f"/gradio_api/file={address}")
        file = {"path": address, "meta": {"_type": "gradio.FileData"}}
        call = studio.client.post(
            "/gradio_api/call/edit", json={"data": ["winter", file, None, None, None, False, None]}
        )
        ended = studio.client.get(f"/gradio_api/call/edit/{call.json()['event_id']}")
        page, config = studio.client.get("/"), studio.client.get("/config")
    finally:
        studio.kill()
    assert shown.content == picture()
    assert '"status": "succeeded"' in ended.text
    assert str(temporary) in upload.text
    for answer in (upload, ended, page, config):
        assert str(data) not in answer.text
    assert list((data / "gradio").rglob("a.png"))


def test_no_answer_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    configs: list[uvicorn.Config] = []

    def run(server: Server, sockets: object) -> None:
        configs.append(server.config)
        server.started = True

    monkeypatch.setattr(Server, "run", run)
    app = FastAPI()
    app.state.settings = load_settings({})
    serve(app, "127.0.0.1", 0)
    assert [config.server_header for config in configs] == [False]


ENDED_WHILE_A_PAGE_IS_OPEN = """
import os, signal, socket, threading, time
from contextlib import asynccontextmanager
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from imagestudio.core.log import configure
from imagestudio.core.settings import load_settings
from imagestudio.server.listening import listen
from imagestudio.server.serve import serve

async def endless():
    yield b"x"
    await __import__("asyncio").Event().wait()

def press(port):
    page = socket.create_connection(("127.0.0.1", port))
    page.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    page.recv(1)
    for _ in range(TIMES):
        os.kill(os.getpid(), signal.SIGINT)
    while page.recv(1000):
        pass

app = FastAPI()
app.state.settings = load_settings({})
configure(app.state.settings)
app.get("/")(lambda: StreamingResponse(endless()))
sockets = listen("127.0.0.1", 0)
threading.Thread(target=press, args=[sockets[0].getsockname()[1]], daemon=True).start()
serve(app, "127.0.0.1", 0, sockets=sockets)
"""
ENDED_AT_THE_START = """
import signal
from imagestudio.cli import main
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.01)
main(["check", "--offline"])
"""


@pytest.mark.slow
@rows(
    "script",
    [
        ENDED_WHILE_A_PAGE_IS_OPEN.replace("TIMES", "1"),
        ENDED_WHILE_A_PAGE_IS_OPEN.replace("TIMES", "2"),
        ENDED_AT_THE_START,
    ],
)
def test_ctrl_c_ends_it_without_a_trace(tmp_path: Path, script: str) -> None:
    environment = {**os.environ, "IMAGESTUDIO_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGINT, done.stderr
    # A page that is open, and cut off at the end, is nothing to write about.
    for trace in ("Traceback", "KeyboardInterrupt", "ERROR"):
        assert trace not in done.stderr


def test_where_it_cannot_listen_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("IMAGESTUDIO_DATA_DIR", str(tmp_path / "data"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for name, value, said in (
            ("127.0.0.1", port, f"GRADIO_SERVER_PORT: another program listens on port {port}."),
            ("localhost", port, f"GRADIO_SERVER_PORT: another program listens on port {port}."),
            ("192.0.2.7", "0", "GRADIO_SERVER_NAME: 192.0.2.7 is no address of this machine."),
            ("no.such.name.invalid", "0", "GRADIO_SERVER_NAME: no address is known for"),
        ):
            monkeypatch.setenv("GRADIO_SERVER_NAME", name)
            monkeypatch.setenv("GRADIO_SERVER_PORT", value)
            assert main(["serve"]) == FAULTY
            (line,) = capsys.readouterr().err.splitlines()
            assert line.startswith(said)
    assert not (tmp_path / "data").exists()
    refused = reason(PermissionError(errno.EACCES, "Permission denied"), "127.0.0.1", 80)
    assert refused.startswith("GRADIO_SERVER_PORT: this account may not listen on port 80.")
