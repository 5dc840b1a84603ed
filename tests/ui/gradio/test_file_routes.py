"""No request gets at a file that its caller has not uploaded or been given, by whatever name it asks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from gradio.utils import get_upload_folder
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from imagestudio.ui.tools import FILE
from tests.conftest import Live, picture
from tests.public import Canary
from tests.ui.conftest import mcp_session, texts

pytestmark = pytest.mark.slow

MARK = b"the secret of this machine"
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def uploads() -> Path:
    return Path(get_upload_folder())


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.png"
    path.write_bytes(picture() + MARK)
    return path


@pytest.fixture
def link(secret: Path) -> Iterator[Path]:
    """A way out of the upload folder, should anybody make one."""
    uploads().mkdir(parents=True, exist_ok=True)
    link = uploads() / "link.png"
    link.symlink_to(secret)
    yield link
    link.unlink()


def tricks(secret: Path, link: Path, data: Path) -> list[str]:
    """Names of files that were not uploaded."""
    return [
        str(secret),
        str(link),
        f"{uploads()}/../../..{secret}",
        f"{uploads()}/imagestudio/..//../../../..{secret}",
        quote(str(secret), safe=""),
        str(secret).replace("/", "\\"),
        f"\\\\127.0.0.1\\share{secret}",
        f"//127.0.0.1{secret}",
        f"{secret}\x00.png",
        f"file://{secret}",
        f"FILE:///{secret}",
        f"file://localhost{secret}",
        str(uploads()),
        "",
        ".",
        "~/.ssh/id_rsa",
        "/etc/passwd",
        "/proc/self/environ",
        f"{data}/studio.db",
        f"{data}/secret-key",
        "a" * 5000,
        "../" * 50 + "etc/passwd",
        "CON",
    ]


def named(path: str) -> list[Any]:
    """Ways to pass a name for a file."""
    marked = {"path": path, "meta": {"_type": FILE}}
    return [
        marked,
        {"path": path},
        {**marked, "url": f"file://{path}"},
        {**marked, "is_stream": True},
        {**marked, "meta": FILE},
        [marked],
        {"nested": marked},
        path,
    ]


def leaked() -> list[Path]:
    """Copies of the secret where Gradio would serve them."""
    files = [path for path in uploads().rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if MARK in path.read_bytes()]


def events(live: Live) -> list[dict[str, Any]]:
    config = httpx.get(f"{live.url}/config").json()
    return [dependency for dependency in config["dependencies"] if dependency["backend_fn"]]


def run(live: Live, event: dict[str, Any], value: Any) -> str:
    """Run any event, public or private, with every input set to `value`; all that comes back."""
    body = {
        "fn_index": event["id"],
        "data": [value] * len(event["inputs"]),
        "session_hash": "probe",
        "event_data": None,
        "trigger_id": None,
    }
    joined = httpx.post(f"{live.url}/gradio_api/queue/join", json=body)
    if joined.is_error:
        return joined.text
    with httpx.stream("GET", f"{live.url}/gradio_api/queue/data?session_hash=probe", timeout=30) as stream:
        return "".join(stream.iter_text())


def test_naming_a_file_is_refused_by_every_event(live: Live, secret: Path, link: Path) -> None:
    all_events = events(live)
    assert len(all_events) >= 11
    for event in all_events:
        for value in (*named(str(secret)), named(str(link))[0], named(f"{uploads()}/../..{secret}")[0]):
            answer = run(live, event, value)
            assert MARK.decode() not in answer
            assert '"success":true' not in answer or event["api_visibility"] != "public", answer
    assert leaked() == []
    assert live.requests == []


@pytest.mark.parametrize("route", ["call/edit", "call/v2/edit"])
def test_every_name_is_refused_by_every_call(live: Live, secret: Path, link: Path, route: str) -> None:
    for value in [value for path in tricks(secret, link, live.data) for value in named(path)[:4]]:
        body = {"prompt": "x", "image": value} if "v2" in route else {"data": ["x", value, *[None] * 5]}
        answer = httpx.post(f"{live.url}/gradio_api/{route}", json=body)
        assert answer.is_success, answer.text
        text = httpx.get(f"{live.url}/gradio_api/{route}/{answer.json()['event_id']}", timeout=30).text
        assert "event: complete" not in text
        assert MARK.decode() not in text
        assert "INVALID_IMAGE" in text, value
    assert leaked() == []
    assert live.requests == []


async def test_every_name_is_refused_by_mcp(live: Live, secret: Path, link: Path) -> None:
    async with mcp_session(live.url) as session:
        for path in tricks(secret, link, live.data):
            for value in (named(path)[0], path):
                result = await session.call_tool("edit_image", {"prompt": "x", "image": value})
                assert result.isError, value
                assert MARK.decode() not in str(texts(result))
    assert live.requests == []


def test_every_name_is_refused_by_rest(live: Live, secret: Path, link: Path) -> None:
    for path in tricks(secret, link, live.data):
        for field in ({"image_url": path}, {"image": path}):
            answer = httpx.post(f"{live.url}/api/v1/image/edit", json={"prompt": "x", **field})
            assert answer.status_code == 400, (field, answer.text)
            form = {"prompt": (None, "x"), "image_url": (None, path)}
            answer = httpx.post(f"{live.url}/api/v1/image/edit", files=form)
            assert answer.status_code == 400, (field, answer.text)
    assert live.requests == []


def test_the_file_address_serves_nothing_else(live: Live, secret: Path, link: Path) -> None:
    for path in tricks(secret, link, live.data):
        for address in (f"file={quote(path)}", f"file={quote(path, safe='')}", f"file/{quote(path)}"):
            answer = httpx.get(f"{live.url}/gradio_api/{address}")
            assert answer.status_code == 404, address
            assert MARK not in answer.content


def test_files_are_found_by_their_whole_address_only(live: Live) -> None:
    (path,) = upload(live, "a.png")
    assert httpx.get(f"{live.url}/gradio_api/file={path}").content == picture()
    folder, _, name = path.rpartition("/")
    for other in (
        folder,
        f"{folder}/%2e/{name}",
        f"{folder}//{name}",
        f"{folder}/%2e%2e/x",
        name,
        path.upper(),
    ):
        assert httpx.get(f"{live.url}/gradio_api/file={other}").status_code == 404, other


def upload(live: Live, name: str, data: bytes | None = None) -> list[str]:
    answer = httpx.post(f"{live.url}/gradio_api/upload", files={"files": (name, data or picture())})
    assert answer.status_code == 200, answer.text
    paths: list[str] = answer.json()
    return paths


@pytest.mark.parametrize(
    "name",
    [
        "../../../escaped.png",
        "..\\..\\escaped.png",
        "/etc/cron.d/escaped",
        "C:\\Windows\\escaped.dll",
        "%2e%2e%2fescaped.png",
        "escaped\x00.png",
        ".bashrc",
        "..",
        "a" * 800 + ".png",
        "a." + "b" * 800,
        'quo"te\r\nSet-Cookie: a=b.png',
        "𝔲𝔫𝔦\u202egnp.png",
        " ",
    ],
)
def test_no_name_leaves_the_upload_folder(live: Live, name: str) -> None:
    before = {path for path in uploads().parent.iterdir() if path.name.startswith("escaped")}
    (path,) = upload(live, name)
    place = Path(path)
    assert place.parent.parent == uploads() / "imagestudio"
    assert place.resolve() == place
    assert place.read_bytes() == picture()
    assert len(place.name) <= 202
    assert not place.name.startswith(".")
    assert {path for path in uploads().parent.iterdir() if path.name.startswith("escaped")} == before
    served = httpx.get(f"{live.url}/gradio_api/file={quote(path)}")
    assert served.content == picture()
    assert "set-cookie" not in served.headers


def test_two_uploads_never_share_a_name(live: Live) -> None:
    assert upload(live, "same.png") != upload(live, "same.png")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("application/json", b"{}"),
        ("", b"\xff\xfe"),
        ("multipart/form-data; boundary=b; charset=nonsense", b"--b\r\n\r\n--b--"),
    ],
)
def test_what_is_no_upload_is_refused(live: Live, kind: str, body: bytes) -> None:
    for query in ("", "?upload_id=abc"):
        headers = {"Content-Type": kind}
        answer = httpx.post(f"{live.url}/gradio_api/upload{query}", content=body, headers=headers)
        assert answer.status_code == 400, answer.text
        assert answer.json()["detail"].startswith("BAD_REQUEST: ")


def test_an_upload_has_its_limits(live: Live) -> None:
    too_large = httpx.post(
        f"{live.url}/gradio_api/upload", files={"files": ("a.png", b"x" * (40 * 1024**2 + 1))}
    )
    assert (too_large.status_code, too_large.json()["detail"][:17]) == (413, "PAYLOAD_TOO_LARGE")
    too_many = [("files", (f"{n}.png", b"x")) for n in range(11)]
    assert httpx.post(f"{live.url}/gradio_api/upload", files=too_many).status_code == 400


def test_an_svg_is_never_served_as_a_page(client: Client, live: Live, tmp_path: Path) -> None:
    source = tmp_path / "drawing.svg"
    source.write_bytes(SCRIPT)
    with pytest.raises(AppError, match=r"^INVALID_IMAGE: "):
        client.predict(prompt="x", image=handle_file(str(source)), api_name="/edit")
    for name, data in (("x.svg", SCRIPT), ("x.png", SCRIPT), ("x.html", b"<script>alert(1)</script>")):
        (path,) = upload(live, name, data)
        served = httpx.get(f"{live.url}/gradio_api/file={path}")
        assert served.content == data
        assert served.headers["content-type"] == "application/octet-stream"
        assert served.headers["content-disposition"].startswith("attachment")
        assert served.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_answers_are_lent_not_copied(client: Client, live: Live) -> None:
    before = {path for path in uploads().rglob("*") if path.is_file()}
    images, job = client.predict(prompt="a fox", model="recraft-v4", vector=True, api_name="/generate")
    assert Path(images[0]).read_bytes() in live.drawn
    assert job["status"] == "succeeded"
    assert {path for path in uploads().rglob("*") if path.is_file()} == before


def test_gradio_fetches_no_address(client: Client, live: Live, canary: Canary) -> None:
    for address in (canary.url, canary.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(AppError, match=r"^INVALID_IMAGE: "):
            client.predict(prompt="x", image=handle_file(address), api_name="/edit")
        for event in events(live):
            for path in (address, "x", str(uploads())):
                run(live, event, {"path": path, "url": address, "orig_name": "x", "meta": {"_type": FILE}})
        for address_of_gradio in ("file=", "proxy=", "file/"):
            answer = httpx.get(f"{live.url}/gradio_api/{address_of_gradio}{address}")
            assert answer.status_code == 404
    assert canary.requests == []
    assert live.requests == []


def test_an_address_is_fetched_by_the_studio_itself(client: Client, live: Live) -> None:
    _, made = client.predict(prompt="a fox", api_name="/generate")
    address = made["images"][0]["url"]
    _, job = client.predict(prompt="winter", image=handle_file(address), api_name="/edit")
    assert job["status"] == "succeeded"


def test_nothing_is_told_about_the_machine(live: Live) -> None:
    config = httpx.get(f"{live.url}/config").text
    for key in ("marked-google-key", "marked-bfl-key", "marked:fal-key", str(live.data)):
        assert key not in config
    assert json.loads(config)["run_history"] is False
