"""Wrong requests are refused with their code and the field's name; none is a 500, none reaches a provider."""

import base64
import struct
import zlib
from typing import Any

import httpx
import pytest

from imagestudio.catalog.spec import ModelSpec
from tests.api.conftest import API, picture
from tests.catalog.controls import UNTAKEN, VALID
from tests.jobs.conftest import Emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")


def data_uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def header_only(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and holds nothing."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


PNG = data_uri(picture())
GENERATE: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({}, "MISSING_REQUIRED_FIELD", "prompt"),
    "empty prompt": ({"prompt": ""}, "MISSING_REQUIRED_FIELD", "prompt"),
    "blank prompt": ({"prompt": " \n"}, "MISSING_REQUIRED_FIELD", "prompt"),
    "null prompt": ({"prompt": None}, "MISSING_REQUIRED_FIELD", "prompt"),
    "long prompt": ({"prompt": "x" * 10_001}, "INVALID_PARAMETER", "prompt"),
    "prompt of a list": ({"prompt": ["x"]}, "INVALID_PARAMETER", "prompt"),
    "no such model": ({"prompt": "x", "model": "dall-e"}, "INVALID_MODEL", "model"),
    "a model of the other task": ({"prompt": "x", "model": "seedream-5"}, "INVALID_MODEL", "model"),
    "model of a number": ({"prompt": "x", "model": 4}, "INVALID_PARAMETER", "model"),
    "width in words": ({"prompt": "x", "width": "512"}, "INVALID_PARAMETER", "width"),
    "width of true": ({"prompt": "x", "width": True}, "INVALID_PARAMETER", "width"),
    "fractional width": ({"prompt": "x", "width": 512.5}, "INVALID_PARAMETER", "width"),
    "width between steps": ({"prompt": "x", "width": 1000}, "INVALID_PARAMETER", "width"),
    "negative seed": ({"prompt": "x", "seed": -1}, "INVALID_PARAMETER", "seed"),
    "seed of an object": ({"prompt": "x", "seed": {}}, "INVALID_PARAMETER", "seed"),
    "unknown field": ({"prompt": "x", "steps": 20}, "UNSUPPORTED_PARAMETER", "steps"),
    "format": ({"prompt": "x", "response_format": "b64_json"}, "INVALID_PARAMETER", "response_format"),
    "picture": ({"prompt": "x", "image_url": PNG}, "UNSUPPORTED_PARAMETER", "image_url"),
}
EDIT: dict[str, tuple[str, str]] = {
    "empty": ("", "MISSING_REQUIRED_FIELD"),
    "no address": ("a picture", "INVALID_IMAGE"),
    "a file": ("file:///etc/passwd", "INVALID_IMAGE"),
    "loopback": ("http://127.0.0.1:1/a.png", "INVALID_IMAGE"),
    "loopback in another spelling": ("http://2130706433/a.png", "INVALID_IMAGE"),
    "IPv6 loopback": ("http://[::1]/a.png", "INVALID_IMAGE"),
    "IPv4 in IPv6": ("http://[::ffff:10.0.0.1]/a.png", "INVALID_IMAGE"),
    "private": ("http://10.0.0.1/a.png", "INVALID_IMAGE"),
    "cloud metadata": ("http://169.254.169.254/latest", "INVALID_IMAGE"),
    "not routed": ("http://192.0.2.1/a.png", "INVALID_IMAGE"),
    "broken address": ("http://[::1/a.png", "INVALID_IMAGE"),
    "no such file of ours": ("/api/v1/image/files/" + "0" * 32, "INVALID_IMAGE"),
    "not base64": ("data:image/png;base64,$$$", "INVALID_IMAGE"),
    "empty data": ("data:image/png;base64,", "INVALID_IMAGE"),
    "not a picture": (data_uri(b"hello"), "INVALID_IMAGE"),
    "a drawing": (
        data_uri(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        "INVALID_IMAGE",
    ),
    "cut off": (data_uri(picture(512, 512)[:-40]), "INVALID_IMAGE"),
    "30,000 pixels square": (data_uri(header_only(30_000, 30_000)), "INVALID_IMAGE"),
    "too many bytes": (data_uri(picture() + bytes(20 * 1024 * 1024)), "INVALID_IMAGE"),
}


def refused(response: httpx.Response, code: str, field: str) -> None:
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, code), error
    assert sorted(error) == ["code", "details", "message"]
    assert error["details"]["field"] == field


@rows(("body", "code", "field"), GENERATE.values())
async def test_generate_refuses(
    api: httpx.AsyncClient, emulator: Emulator, body: dict[str, Any], code: str, field: str
) -> None:
    refused(await api.post(f"{API}/generate", json=body), code, field)
    assert emulator.requests == []


@rows(("url", "code"), EDIT.values())
async def test_edit_refuses_pictures(api: httpx.AsyncClient, emulator: Emulator, url: str, code: str) -> None:
    refused(await api.post(f"{API}/edit", json={"prompt": "x", "image_url": url}), code, "image_url")
    assert emulator.requests == []


@rows("value", [5, True, [PNG], {"url": PNG}])
async def test_edit_refuses_what_is_no_address(api: httpx.AsyncClient, value: object) -> None:
    refused(
        await api.post(f"{API}/edit", json={"prompt": "x", "image_url": value}),
        "INVALID_PARAMETER",
        "image_url",
    )


async def test_edit_needs_a_picture(api: httpx.AsyncClient, emulator: Emulator) -> None:
    refused(await api.post(f"{API}/edit", json={"prompt": "x"}), "MISSING_REQUIRED_FIELD", "image_url")
    assert emulator.requests == []


@rows(("spec", "name"), UNTAKEN)
async def test_every_control_a_model_does_not_take_is_refused_by_name(
    api: httpx.AsyncClient, emulator: Emulator, spec: ModelSpec, name: str
) -> None:
    source = {"image_url": PNG} if spec.task == "edit" else {}
    body = {"prompt": "x", "model": spec.id, name: VALID[name], **source}
    refused(await api.post(f"{API}/{spec.task}", json=body), "UNSUPPORTED_PARAMETER", name)
    assert emulator.requests == []


async def test_a_refusal_leaves_no_job(api: httpx.AsyncClient) -> None:
    assert (await api.get(f"{API}/jobs")).json() == {
        "success": True,
        "data": {"jobs": [], "next_before": None},
    }


@rows("key", ["", "x" * 256])
async def test_idempotency_keys_have_a_length(api: httpx.AsyncClient, key: str) -> None:
    response = await api.post(f"{API}/generate", json={"prompt": "x"}, headers={"Idempotency-Key": key})
    refused(response, "INVALID_PARAMETER", "Idempotency-Key")


async def test_idempotency_keys_come_alone(api: httpx.AsyncClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    response = await api.post(f"{API}/generate", json={"prompt": "x"}, headers=headers)
    refused(response, "INVALID_PARAMETER", "Idempotency-Key")
