"""The sandbox as a process, seen with curl."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.crash.conftest import eventually

pytestmark = pytest.mark.slow

SMALL = {"width": 256, "height": 256}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "imagestudio.sandbox", "--port", str(port), "--speed", "0", "--journal"]
    with subprocess.Popen(command) as process:
        origin = f"http://127.0.0.1:{port}"
        eventually(lambda: process.poll() is not None or httpx.get(f"{origin}/_sandbox/bill"))
        yield origin
        process.terminate()
    assert process.returncode in (0, -15)


def curl(url: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["curl", "-sS", "--max-time", "20", *options, url], capture_output=True, check=False
    )


def post(url: str, key: str, body: object) -> subprocess.CompletedProcess[bytes]:
    return curl(url, "-H", key, "-H", "content-type: application/json", "-d", json.dumps(body))


def test_a_picture_from_submit_to_file(origin):
    submitted = json.loads(post(f"{origin}/bfl/v1/flux-2-pro", "x-key: k", {"prompt": "a", **SMALL}).stdout)
    assert submitted["polling_url"].startswith(f"{origin}/bfl/")
    ready = json.loads(curl(submitted["polling_url"], "-H", "x-key: k").stdout)
    assert curl(ready["result"]["sample"]).stdout.startswith(b"\xff\xd8\xff")


def test_a_dropped_submit_closes_the_socket_and_is_on_the_bill(origin):
    before = len(json.loads(curl(f"{origin}/_sandbox/bill").stdout))
    empty_reply = 52
    result = post(f"{origin}/bfl/v1/flux-2-pro", "x-key: k", {"prompt": "demo:drop", **SMALL})
    assert (result.returncode, result.stdout) == (empty_reply, b"")
    assert len(json.loads(curl(f"{origin}/_sandbox/bill").stdout)) == before + 1


def test_a_truncated_file_ends_too_early(origin):
    body = {"prompt": "demo:truncate", **SMALL}
    submitted = json.loads(post(f"{origin}/bfl/v1/flux-2-pro", "x-key: k", body).stdout)
    ready = json.loads(curl(submitted["polling_url"], "-H", "x-key: k").stdout)
    partial_file = 18
    result = curl(ready["result"]["sample"])
    assert result.returncode == partial_file
    assert result.stdout.startswith(b"\xff\xd8\xff")


def test_the_stream_of_a_request(origin):
    key = "Authorization: Key a:b"
    size = {"image_size": {"width": 256, "height": 256}}
    ticket = json.loads(post(f"{origin}/fal/fal-ai/recraft-v3", key, {"prompt": "a", **size}).stdout)
    lines = curl(ticket["status_url"] + "/stream", "-N", "-H", key).stdout.decode().split("\n\n")
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line]
    assert [event["status"] for event in events] == ["COMPLETED"]
