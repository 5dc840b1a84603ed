"""Bodies of every sort: what is taken, and how what isn't is refused."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from imagestudio.api.bodies import MAX_BODY, MAX_TEXT, MAX_WAITING
from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.turns import Asker, SharedThreads
from tests.api.asking import DATA_URI
from tests.api.conftest import API, picture
from tests.jobs.conftest import Emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEEP = b'{"prompt":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BROKEN = {
    "empty": b"",
    "not JSON": b"prompt=a fox",
    "cut off": b'{"prompt": "a',
    "list": b'["a fox"]',
    "text": b'"a fox"',
    "null": b"null",
    "NaN": b'{"prompt": "x", "seed": NaN}',
    "Infinity": b'{"prompt": "x", "seed": Infinity}',
    "-Infinity": b'{"prompt": "x", "seed": -Infinity}',
    "not UTF-8": b'{"prompt": "\xff\xfe"}',
    "UTF-16": '{"prompt": "x"}'.encode("utf-16"),
    "field twice": b'{"prompt": "x", "prompt": "y"}',
    "deep": DEEP,
    "rather deep": b'{"prompt":' + b"[" * 500 + b"]" * 500 + b"}",
}


@rows("body", BROKEN.values())
@rows("task", ["generate", "edit"])
async def test_what_is_no_json_object_is_a_bad_request(
    api: httpx.AsyncClient, task: str, body: bytes
) -> None:
    response = await api.post(f"{API}/{task}", content=body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST")


@rows("kind", [None, "text/plain", "application/x-www-form-urlencoded", "nonsense", "image/png"])
async def test_json_is_json_whatever_it_is_called(api: httpx.AsyncClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    response = await api.post(f"{API}/generate", content=b'\xef\xbb\xbf {"prompt": "x"}', headers=headers)
    assert response.status_code == 200


@rows("seed", ["1" * 20, "9" * 10_000, "-" + "9" * 10_000, "1e400", "-1e400", "1e30", "0.5"])
async def test_numbers_out_of_every_bound_are_refused_by_name(api: httpx.AsyncClient, seed: str) -> None:
    response = await api.post(f"{API}/generate", content=f'{{"prompt": "x", "seed": {seed}}}')
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "INVALID_PARAMETER")
    assert error["details"]["field"] == "seed"


@rows("field", ["prompt", "model", "response_format", "\\ud800"])
async def test_half_a_surrogate_pair_is_answered_in_valid_utf8(api: httpx.AsyncClient, field: str) -> None:
    body = f'{{"prompt": "x", "{field}": "\\ud800"}}'.replace('"prompt": "x", "prompt"', '"prompt"')
    response = await api.post(f"{API}/generate", content=body)
    assert response.status_code == 400
    json.loads(response.content.decode("utf-8")).get("error")
    response.text.encode("utf-8")


async def pieces(total: int) -> AsyncIterator[bytes]:
    yield b'{"prompt": "'
    for _ in range(total // 65_536 + 1):
        yield b"x" * 65_536


@rows("kind", ["application/json", "multipart/form-data; boundary=b"])
async def test_a_body_is_counted_while_it_streams(api: httpx.AsyncClient, kind: str) -> None:
    start = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n'

    async def body() -> AsyncIterator[bytes]:
        yield start if "multipart" in kind else b""
        async for piece in pieces(MAX_BODY):
            yield piece

    response = await api.post(f"{API}/edit", content=body(), headers={"Content-Type": kind})
    assert "content-length" not in response.request.headers
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert error["details"] == {"allowed": {"maxBytes": MAX_BODY}}


@rows("length", [str(MAX_BODY + 1), "9" * 30])
async def test_a_body_that_says_it_is_too_large_is_not_read(api: httpx.AsyncClient, length: str) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    response = await api.post(f"{API}/generate", content=unread(), headers={"Content-Length": length})
    assert response.status_code == 413


async def edit(api: httpx.AsyncClient, data: dict[str, Any], files: Any) -> httpx.Response:
    return await api.post(f"{API}/edit", data=data, files=files)


async def test_a_form_edits_its_file(api: httpx.AsyncClient, emulator: Emulator) -> None:
    data = {
        "prompt": "make it blue — größer",
        "model": "flux-kontext",
        "seed": " 42 ",
        "response_format": "base64",
    }
    response = await edit(api, data, {"image": ("photo.png", picture(96, 64))})
    assert response.status_code == 200, response.text
    job = response.json()["data"]
    stored = job["asked"].pop("image")
    assert job["asked"] == data | {"seed": 42}
    assert (await api.get(stored)).content == picture(96, 64)
    assert '"make it blue — größer"' in json.dumps(emulator.submits[0].body, ensure_ascii=False)
    assert "base64" in job["images"][0]


async def test_a_form_may_name_the_picture(api: httpx.AsyncClient) -> None:
    first = await edit(api, {"prompt": "x"}, {"image": picture()})
    address = first.json()["data"]["images"][0]["url"]
    parts = {"prompt": (None, "again"), "image_url": (None, address)}
    assert (await api.post(f"{API}/edit", files=parts)).status_code == 200


PNG = ("a.png", picture(), "image/png")
FORMS: dict[str, tuple[list[tuple[str, Any]], str, str]] = {
    "no picture": ([("prompt", (None, "x"))], "MISSING_REQUIRED_FIELD", "image_url"),
    "no prompt": ([("image", PNG)], "MISSING_REQUIRED_FIELD", "prompt"),
    "both": (
        [("prompt", (None, "x")), ("image", PNG), ("image_url", (None, "https://example.com/a.png"))],
        "INVALID_PARAMETER",
        "image_url",
    ),
    "two files": ([("prompt", (None, "x")), ("image", PNG), ("image", PNG)], "INVALID_PARAMETER", "image"),
    "other file": ([("prompt", (None, "x")), ("mask", PNG)], "UNSUPPORTED_PARAMETER", "mask"),
    "prompt as file": ([("prompt", PNG), ("image", PNG)], "UNSUPPORTED_PARAMETER", "prompt"),
    "image as text": ([("prompt", (None, "x")), ("image", (None, "a.png"))], "INVALID_PARAMETER", "image"),
    "prompt twice": ([("prompt", (None, "x"))] * 2 + [("image", PNG)], "INVALID_PARAMETER", "prompt"),
    "several": ([("prompt", (None, "x")), ("image[]", PNG)], "UNSUPPORTED_PARAMETER", "image[]"),
    "with brackets": (
        [("prompt", (None, "x")), ("image", PNG), ("style[name]", (None, "oil"))],
        "UNSUPPORTED_PARAMETER",
        "style[name]",
    ),
    "all but the picture empty": (
        [("prompt", (None, "")), ("image", PNG), ("image_url", (None, ""))],
        "MISSING_REQUIRED_FIELD",
        "prompt",
    ),
    "other field": (
        [("prompt", (None, "x")), ("image", PNG), ("strength", (None, "1"))],
        "UNSUPPORTED_PARAMETER",
        "strength",
    ),
    "a control of others": (
        [("prompt", (None, "x")), ("image", PNG), ("width", (None, "512"))],
        "UNSUPPORTED_PARAMETER",
        "width",
    ),
    "seed in words": (
        [("prompt", (None, "x")), ("model", (None, "flux-kontext")), ("image", PNG), ("seed", (None, "ten"))],
        "INVALID_PARAMETER",
        "seed",
    ),
    "huge seed": (
        [
            ("prompt", (None, "x")),
            ("model", (None, "flux-kontext")),
            ("image", PNG),
            ("seed", (None, "9" * 9999)),
        ],
        "INVALID_PARAMETER",
        "seed",
    ),
    "seed where none is taken": (
        [("prompt", (None, "x")), ("image", PNG), ("seed", (None, "1"))],
        "UNSUPPORTED_PARAMETER",
        "seed",
    ),
    "empty file": ([("prompt", (None, "x")), ("image", ("a.png", b""))], "INVALID_IMAGE", "image"),
    "no image": ([("prompt", (None, "x")), ("image", ("a.png", b"hello"))], "INVALID_IMAGE", "image"),
}


@rows(("parts", "code", "field"), FORMS.values())
async def test_forms_are_refused_by_name(
    api: httpx.AsyncClient, emulator: Emulator, parts: list[Any], code: str, field: str
) -> None:
    response = await api.post(f"{API}/edit", files=parts)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, code), error
    assert error["details"]["field"] == field
    assert emulator.requests == []


def raw_form(*parts: tuple[str, bytes]) -> bytes:
    """A form by its parts' headers and contents."""
    lines = (b"--b\r\n" + head.encode() + b"\r\n\r\n" + content for head, content in parts)
    return b"\r\n".join([*lines, b"--b--\r\n"])


def part(name: str, more: str = "") -> str:
    return f'Content-Disposition: form-data; name="{name}"{more}'


PROMPT = (part("prompt"), b"x")
NO_FILE = part("image", '; filename=""\r\nContent-Type: application/octet-stream')


@rows(
    "parts",
    [
        [
            PROMPT,
            (part("image", '; filename="a.png"'), picture()),
            (part("image_url"), b""),
            (part("seed"), b""),
        ],
        [PROMPT, (part("image", "\r\nContent-Type: image/png"), picture()), (part("model"), b"")],
        [PROMPT, (part("image", "\r\nContent-Type: application/octet-stream"), picture())],
        [PROMPT, (part("image", '; filename=""'), picture())],
        [PROMPT, (NO_FILE, b""), (part("image_url"), DATA_URI.encode()), (part("dry_run"), b"")],
        [PROMPT, (NO_FILE, b""), (NO_FILE, b""), (part("image_url"), DATA_URI.encode())],
        [(part("prompt"), b""), PROMPT, (part("image"), b""), (part("image_url"), DATA_URI.encode())],
        [PROMPT, (NO_FILE.replace("image", "mask", 1), b""), (part("image_url"), DATA_URI.encode())],
        [
            (part("prompt", "\r\nContent-Type: text/plain; charset=utf-8"), b"x"),
            (part("image_url", "\r\nContent-Type: text/plain"), DATA_URI.encode()),
        ],
    ],
)
async def test_an_empty_part_is_left_out_and_a_nameless_picture_is_a_file(
    api: httpx.AsyncClient, parts: list[tuple[str, bytes]]
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await api.post(f"{API}/edit", content=raw_form(*parts), headers=headers)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()["data"]["asked"]) <= {"prompt", "image", "image_url"}


RAW: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"--b\r\n\r\n"),
    "not a form": ("multipart/form-data; boundary=b", b"hello"),
    "no name": (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
    ),
    "not UTF-8": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n\xff\r\n--b--\r\n',
    ),
    "odd charset": (
        "multipart/form-data; boundary=b; charset=idna",
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n\xff\r\n--b--\r\n',
    ),
    "open quote": (
        'multipart/form-data; boundary="b',
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n\xc3\xa4\r\n--b--\r\n',
    ),
    "many parts": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' * 200 + b"--b--\r\n",
    ),
}


@rows(("kind", "body"), RAW.values())
async def test_broken_forms_are_bad_requests(api: httpx.AsyncClient, kind: str, body: bytes) -> None:
    response = await api.post(f"{API}/edit", content=body, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST"), response.text


async def test_a_field_that_is_there_twice_is_named_plainly(api: httpx.AsyncClient) -> None:
    answer = await api.post(f"{API}/generate", content=b'{"prompt": "x", "seed": 1, "seed": 2}')
    assert answer.json()["error"]["details"]["field"] == "seed"


async def test_generate_takes_no_form(api: httpx.AsyncClient) -> None:
    response = await api.post(f"{API}/generate", files={"prompt": (None, "x")})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST")


async def test_one_large_body_is_read_at_a_time_and_few_wait() -> None:
    bodies, go_on, reading, most = SharedThreads(1, "body", room=MAX_WAITING), threading.Event(), 0, 0
    asker = Asker("ann", "a")

    def read() -> int:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        go_on.wait(20)
        reading -= 1
        return 1

    turns = [asyncio.create_task(bodies.run(asker, read)) for _ in range(1 + MAX_WAITING // 4)]
    await asyncio.sleep(0)
    with pytest.raises(ModelUnavailable) as refused:
        await bodies.run(asker, read)
    turns.append(asyncio.create_task(bodies.run(Asker("bob", "b"), read)))
    assert refused.value.details == {"reason": "busy", "retryAfter": 5, "charged": "no"}
    go_on.set()
    assert await asyncio.gather(*turns) == [1] * len(turns)
    assert most == 1
    assert await bodies.run(asker, read) == 1


async def test_only_a_picture_may_be_long(api: httpx.AsyncClient) -> None:
    long = "x" * MAX_TEXT
    refused = await api.post(f"{API}/edit", json={"prompt": long, "image_url": "https://example.com/a.png"})
    assert (refused.status_code, refused.json()["error"]["details"]) == (
        413,
        {"allowed": {"maxBytes": MAX_TEXT}},
    )
    taken = await api.post(f"{API}/edit", json={"prompt": "x", "image_url": f"data:image/png;base64,{long}"})
    assert taken.json()["error"]["code"] == "INVALID_IMAGE"
