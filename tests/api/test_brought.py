"""A picture that is brought: what leaves of it, what is said of that, and what is no picture."""

import base64
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from tests.api.conftest import API, ORIGIN, Open, picture
from tests.bombs import rasters
from tests.jobs.conftest import Emulator
from tests.photos import PHOTOS, check_sent
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "https://pictures.example/studio"
EDIT = {"prompt": "winter", "model": "flux-kontext"}


def data_uri(data: bytes) -> str:
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()


async def edited(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post(f"{API}/edit", json={**EDIT, **fields})
    assert answer.status_code == 200, answer.text
    job: dict[str, Any] = answer.json()["data"]
    return job


async def refused(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post(f"{API}/edit", json={**EDIT, **fields})
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (
        400,
        "INVALID_IMAGE",
        "image_url",
    )
    return error


@rows(("make", "said"), PHOTOS)
@rows("as_file", [True, False])
async def test_it_leaves_upright_as_one_frame_and_without_private_data(
    api: httpx.AsyncClient, emulator: Emulator, as_file: bool, make: Callable[[], bytes], said: str
) -> None:
    data = make()
    if as_file:
        answer = await api.post(f"{API}/edit", data=EDIT, files={"image": ("photo", data)})
    else:
        answer = await api.post(f"{API}/edit", json={**EDIT, "image_url": data_uri(data)})
    assert answer.status_code == 200, answer.text
    (warning,) = answer.json()["data"]["warnings"]
    assert said in warning
    submit = emulator.submits[-1]
    check_sent(base64.b64decode(submit.body["input_image"]), said)


@rows("kind", ["png", "jpeg", "webp", "avif"])
async def test_what_tells_nothing_leaves_as_it_came(
    api: httpx.AsyncClient, emulator: Emulator, kind: str
) -> None:
    job = await edited(api, image_url=data_uri(picture(64, 48, kind)))
    assert job["warnings"] == []
    assert base64.b64decode(emulator.submits[-1].body["input_image"]) == picture(64, 48, kind)


PNG = picture(40, 30)
PLAIN = base64.b64encode(PNG).decode()
LINES = "\r\n".join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76))


@rows(
    "uri",
    [
        f"data:image/png;base64,{LINES}",
        f"data:image/png;base64,{LINES}\n",
        f"data:image/png;base64, {PLAIN}",
        f"data:image/png;base64,{PLAIN.rstrip('=')}",
        f"data:image/png;base64,{base64.urlsafe_b64encode(PNG).decode()}",
        f"data:image/png;base64,{quote(PLAIN, safe='')}",
        f"data:image/png; base64 ,{PLAIN}",
        f"DATA:;BASE64,{PLAIN}",
        f"data:text/plain;charset=utf-8;base64,{PLAIN}",
        f"data:image/png,{quote(PNG)}",
    ],
)
async def test_a_data_uri_is_read_as_browsers_read_it(
    api: httpx.AsyncClient, emulator: Emulator, uri: str
) -> None:
    await edited(api, image_url=uri)
    assert base64.b64decode(emulator.submits[-1].body["input_image"]) == PNG


@rows(
    ("url", "said"),
    [
        (PLAIN, "Put data:image/png;base64, in front of it."),
        (base64.b64encode(picture(40, 30, "jpeg")).decode(), "Put data:image/jpeg;base64, in front of it."),
        (base64.b64encode(picture(40, 30, "webp")).decode(), "Put data:image/webp;base64, in front of it."),
        (LINES * 400, "Put data:image/png;base64, in front of it."),
        (f"data:image/png,{PLAIN}", "Begin it with data:image/png;base64, instead."),
        (f"data:image/png;base64,{PLAIN[:-3]}!!!", "The data URI is not valid base64."),
    ],
)
async def test_base64_that_is_no_data_uri_is_named(api: httpx.AsyncClient, url: str, said: str) -> None:
    error = await refused(api, image_url=url)
    assert error["message"].endswith(said)


def boxed(*brands: bytes) -> bytes:
    names = brands[0] + bytes(4) + b"".join(brands[1:])
    return (len(names) + 8).to_bytes(4, "big") + b"ftyp" + names + b"\0\0\0\x08mdat"


@rows(
    ("data", "said"),
    [
        (b"<!doctype html>\n<html><body><img src=x.jpg></body></html>", "That is a web page, not a picture."),
        (b'\xef\xbb\xbf <?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "web page"),
        (b"<html><head><title>404", "That is a web page, not a picture."),
        (b'{"error": "gone"}', "That is text, not a picture."),
        (boxed(b"heic", b"mif1", b"heic"), "HEIC, as iPhones take photos"),
        (boxed(b"mif1", b"heic"), "Share or export it as JPEG"),
        (boxed(b"isom", b"mp42"), "That is a video, not a picture. Save one of its frames"),
        (b"\x1aE\xdf\xa3" + bytes(60), "That is a video"),
        (b"II*\0" + bytes(60), "That is TIFF or a camera's raw file"),
        (b"%PDF-1.7\n", "That is a PDF"),
        (b"BM" + bytes(60), "That is BMP, which is not taken here. Save it as PNG or JPEG"),
        (b"PK\3\4" + bytes(60), "Unpack it"),
        (bytes(range(256)), "not a PNG, JPEG, WebP, AVIF, GIF or SVG picture"),
        (PNG[:40], "damaged"),
    ],
)
async def test_what_is_no_picture_is_named_with_a_way_out(
    api: httpx.AsyncClient, data: bytes, said: str
) -> None:
    error = await refused(api, image_url=data_uri(data))
    assert said in error["message"]


async def test_the_studio_s_own_addresses_are_its_pictures(open_api: Open, emulator: Emulator) -> None:
    settings = {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": 50, "IMAGESTUDIO_PUBLIC_URL": PUBLIC}
    async with open_api(**settings) as api:
        made = await api.post(f"{API}/generate", json={"prompt": "x", "response_format": "url"})
        image = made.json()["data"]["images"][0]
        link = (await api.post(f"{API}/files/{image['id']}/share")).json()["data"]["url"]
        path = link.removeprefix(PUBLIC)
        for url in (
            image["url"],
            f"{API}/files/{image['id']}",
            f"{API}/files/{image['id']}/thumbnail",
            f"{ORIGIN}{API}/files/{image['id']}/preview",
            f"{ORIGIN}/visitor/files/{image['id']}",
            f"/visitor/files/{image['id']}/download?format=png",
            f"/studio/visitor/files/{image['id']}/",
            link,
            path,
            f"{ORIGIN}{path}?utm_source=x#y",
        ):
            job = await edited(api, image_url=url, dry_run=True)
            assert job["warnings"] == [], url
        job = await edited(api, image_url=f"/visitor/files/{image['id']}")
        original = (await api.get(f"{API}/files/{image['id']}")).content
        assert base64.b64decode(emulator.submits[-1].body["input_image"]) == original
        for url in ("0" * 32, f"{'0' * 32}/thumbnail"):
            error = await refused(api, image_url=f"{ORIGIN}/visitor/files/{url}")
            assert "pictures.example" not in error["message"]


async def test_others_own_addresses_are_theirs_until_they_share(open_api: Open, emulator: Emulator) -> None:
    keys = {"IMAGESTUDIO_API_KEYS": "marked-key-of-ann-0,marked-key-of-bob-0"}
    async with open_api(**keys) as api:
        ann, bob = ({"X-API-Key": f"marked-key-of-{name}-0"} for name in ("ann", "bob"))
        made = await api.post(f"{API}/generate", json={"prompt": "x", "response_format": "url"}, headers=ann)
        image = made.json()["data"]["images"][0]
        body = {**EDIT, "image_url": f"/visitor/files/{image['id']}"}
        answer = await api.post(f"{API}/edit", json=body, headers=bob)
        assert (
            answer.json()["error"]["message"] == "There is no picture of yours at this address of the studio."
        )
        link = (await api.post(f"{API}/files/{image['id']}/share", headers=ann)).json()["data"]["url"]
        answer = await api.post(f"{API}/edit", json={**EDIT, "image_url": link}, headers=bob)
        assert answer.status_code == 200, answer.text
        original = (await api.get(f"{API}/files/{image['id']}", headers=ann)).content
        assert base64.b64decode(emulator.submits[-1].body["input_image"]) == original


TEXT = rasters.chunk(b"tEXt", b"Comment\0hello")


@rows(
    "chunk",
    [
        rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(3)),
        rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(20)),
        rasters.chunk(b"zTXt", b"x\0\0" + rasters.nothing(3)),
        TEXT[:-4] + bytes(4),
        rasters.chunk(b"gAMA", bytes(4))[:-4] + b"ouch",
    ],
)
@rows("as_file", [True, False])
async def test_what_only_accompanies_a_picture_is_no_reason_to_refuse_it(
    api: httpx.AsyncClient, emulator: Emulator, as_file: bool, chunk: bytes
) -> None:
    data = rasters.small(chunk)
    if as_file:
        answer = await api.post(f"{API}/edit", data=EDIT, files={"image": ("photo", data)})
    else:
        answer = await api.post(f"{API}/edit", json={**EDIT, "image_url": data_uri(data)})
    assert answer.status_code == 200, answer.text
    sent = base64.b64decode(emulator.submits[-1].body["input_image"])
    with Image.open(io.BytesIO(sent)) as image:
        assert (image.format, image.size) == ("PNG", (8, 8))
