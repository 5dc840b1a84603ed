"""No request gets at a file that was not uploaded, and nothing that was uploaded runs as a page."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from imagestudio.api.tools import FILE, read_upload
from imagestudio.errors import InvalidImage
from imagestudio.ui.sharing import share, uploads
from tests.conftest import Live, picture
from tests.ui.conftest import mcp_session, texts

pytestmark = pytest.mark.slow

MARK = b"the secret of this machine"
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.png"
    path.write_bytes(picture() + MARK)
    return path


def named(path: Path, **more: Any) -> list[Any]:
    """Ways to name a file without uploading it."""
    marked = {"path": str(path), "meta": {"_type": FILE}, **more}
    return [
        marked,
        {"path": str(path)},
        {**marked, "url": f"file://{path}"},
        {**marked, "is_stream": True},
        {**marked, "path": f"{uploads()}/../../..{path}"},
        [marked],
        {"nested": marked},
        str(path),
        f"file://{path}",
    ]


def leaked() -> list[Path]:
    """Copies of the secret where Gradio would serve them."""
    return [path for path in uploads().rglob("*") if path.is_file() and MARK in path.read_bytes()]


def dependencies(live: Live) -> list[dict[str, Any]]:
    config = httpx.get(f"{live.url}/config").json()
    return [dependency for dependency in config["dependencies"] if dependency["backend_fn"]]


def run(live: Live, dependency: dict[str, Any], value: Any) -> str:
    """Run any event, public or private, with every input set to `value`; all that comes back."""
    body = {
        "fn_index": dependency["id"],
        "data": [value] * len(dependency["inputs"]),
        "session_hash": "probe",
        "event_data": None,
        "trigger_id": None,
    }
    joined = httpx.post(f"{live.url}/gradio_api/queue/join", json=body)
    if joined.is_error:
        return joined.text
    with httpx.stream("GET", f"{live.url}/gradio_api/queue/data?session_hash=probe", timeout=30) as stream:
        return "".join(stream.iter_text())


def test_naming_a_file_is_refused_by_every_event(live: Live, secret: Path) -> None:
    events = dependencies(live)
    assert len(events) >= 11
    for dependency in events:
        for value in named(secret):
            answer = run(live, dependency, value)
            assert MARK.decode() not in answer
            assert '"success":true' not in answer or dependency["api_visibility"] != "public", answer
    assert leaked() == []
    assert live.requests == []


@pytest.mark.parametrize("route", ["call/edit", "run/edit", "api/edit", "call/v2/edit"])
def test_naming_a_file_is_refused_by_every_route(live: Live, secret: Path, route: str) -> None:
    for value in named(secret):
        body = {"prompt": "x", "image": value} if "v2" in route else {"data": ["x", value, None, None, None]}
        answer = httpx.post(f"{live.url}/gradio_api/{route}", json=body)
        text = answer.text
        if event := (answer.json() or {}).get("event_id") if answer.is_success else None:
            text = httpx.get(f"{live.url}/gradio_api/{route}/{event}", timeout=30).text
            assert "event: complete" not in text
        else:
            assert answer.is_error, text
        assert "Traceback" not in text
    assert leaked() == []
    assert live.requests == []


async def test_naming_a_file_is_refused_by_mcp(live: Live, secret: Path) -> None:
    async with mcp_session(live.url) as session:
        for value in named(secret):
            result = await session.call_tool("edit_image", {"prompt": "x", "image": value})
            assert result.isError, texts(result)
    assert leaked() == []
    assert live.requests == []


def test_files_are_read_from_the_upload_folder_only(secret: Path, tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "link.png").symlink_to(secret)
    inside = folder / "picture.png"
    inside.write_bytes(b"fine")
    mark = {"meta": {"_type": FILE}}
    assert read_upload({"path": str(inside), **mark}, folder) == b"fine"
    refused = [
        {"path": str(inside)},
        {"path": str(folder), **mark},
        {"path": str(folder / "link.png"), **mark},
        {"path": str(folder / ".." / "secret.png"), **mark},
        {"path": "\x00", **mark},
        {"path": 7, **mark},
        {"path": str(inside), "meta": "gradio.FileData"},
        [],
    ]
    for image in refused:
        with pytest.raises(InvalidImage):
            read_upload(image, folder)


@pytest.mark.parametrize(
    "path", ["{secret}", "{uploads}/../..{secret}", "file://{secret}", "{data}/studio.db", "/etc/passwd"]
)
def test_the_file_route_serves_nothing_else(live: Live, secret: Path, path: str) -> None:
    named_path = path.format(secret=secret, uploads=uploads(), data=live.data)
    answer = httpx.get(f"{live.url}/gradio_api/file={named_path}")
    assert answer.status_code in (403, 404)
    assert MARK not in answer.content


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/api/health", "http://localhost:{port}/api/health"])
@pytest.mark.parametrize("route", ["file=", "proxy="])
def test_no_route_fetches_from_this_machine(live: Live, route: str, url: str) -> None:
    port = live.url.rpartition(":")[2]
    answer = httpx.get(f"{live.url}/gradio_api/{route}{url.format(port=port)}")
    assert answer.is_error
    assert "version" not in answer.text


def test_an_upload_can_not_leave_its_folder(live: Live) -> None:
    before = set(uploads().parent.iterdir())
    files = {"files": ("../../../escaped.png", picture())}
    (path,) = httpx.post(f"{live.url}/gradio_api/upload", files=files).json()
    assert Path(path).resolve().is_relative_to(uploads().resolve())
    assert set(uploads().parent.iterdir()) == before


def test_an_svg_is_never_served_as_a_page(client: Client, live: Live, tmp_path: Path) -> None:
    source = tmp_path / "drawing.svg"
    source.write_bytes(SCRIPT)
    (path,) = httpx.post(f"{live.url}/gradio_api/upload", files={"files": ("x.svg", SCRIPT)}).json()
    with pytest.raises(AppError, match=r"^INVALID_IMAGE: "):
        client.predict(prompt="x", image=handle_file(str(source)), api_name="/edit")
    image = {"path": path, "meta": {"_type": FILE}}
    httpx.post(f"{live.url}/gradio_api/run/edit", json={"data": ["x", image, None, None, None]})
    client.predict(prompt="a fox", model="recraft-v4", vector=True, api_name="/generate")
    mine = list(uploads().rglob("*.svg"))
    assert {path.read_bytes() for path in mine} >= {SCRIPT, *[d for d in live.drawn if d.startswith(b"<svg")]}
    for path in mine:
        served = httpx.get(f"{live.url}/gradio_api/file={path}")
        assert served.headers["content-type"] == "application/octet-stream"
        assert served.headers["content-disposition"].startswith("attachment")


def test_a_shared_copy_has_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(picture())
    copy = Path(share(path))
    assert copy != path
    assert (copy.name, copy.read_bytes()) == (path.name, path.read_bytes())
    assert share(path) == str(copy)


def test_nothing_is_told_about_the_machine(live: Live) -> None:
    config = httpx.get(f"{live.url}/config").text
    for key in ("marked-google-key", "marked-bfl-key", "marked:fal-key", str(live.data)):
        assert key not in config
    assert httpx.get(f"{live.url}/monitoring/summary").status_code == 403
    assert json.loads(config)["run_history"] is False
