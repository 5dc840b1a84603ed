"""fal's models: what comes out, what it costs, what each refuses once it runs."""

import pytest

from imagestudio.sandbox.drawing import paint
from tests.tables import rows

VECTOR = "fal-ai/recraft/v4/text-to-vector"
V3 = "fal-ai/recraft/v3/text-to-image"
IDEOGRAM = "fal-ai/ideogram/v3"
SD = "fal-ai/stable-diffusion-v35-large"
QWEN = "fal-ai/qwen-image"
QWEN_EDIT = "fal-ai/qwen-image-edit"
SEEDREAM = "bytedance/seedream/v5/lite/edit"
SMALL = {"image_size": {"width": 256, "height": 192}}


async def test_vectors_are_svg(sandbox):
    for endpoint, more in ((VECTOR, {}), (V3, {"style": "vector_illustration/line_art"})):
        result = (await sandbox.fal_result(endpoint, {"prompt": "a fox", **more})).json()
        file = await sandbox.http.get(result["images"][0]["url"])
        assert file.headers["content-type"] == "image/svg+xml"
        assert b"<svg" in file.content
    assert [charge.usd for charge in sandbox.app.state.bill] == [0.08, 0.08]


async def test_images_have_sizes_and_files_have_not(open_sandbox, read_image):
    sandbox = await open_sandbox(paint=paint)
    result = (await sandbox.fal_result(SD, {"prompt": "a fox", "num_images": 2, "seed": 5, **SMALL})).json()
    addresses = [image.pop("url") for image in result["images"]]
    assert result == {
        "images": [{"width": 256, "height": 192, "content_type": "image/jpeg"}] * 2,
        "seed": 5,
        "prompt": "a fox",
        "timings": {"inference": 0.0},
        "has_nsfw_concepts": [False, False],
    }
    files = [await sandbox.http.get(address) for address in addresses]
    assert [read_image(file.content) for file in files] == [("JPEG", (256, 192))] * 2
    assert files[0].content != files[1].content


async def test_ideogram_reports_its_seed_and_nothing_of_the_size(sandbox):
    result = (await sandbox.fal_result(IDEOGRAM, {"prompt": "a", "seed": 9, **SMALL})).json()
    assert result["seed"] == 9
    assert sorted(result["images"][0]) == ["content_type", "file_name", "file_size", "url"]
    assert result["images"][0]["content_type"] == "image/png"


@pytest.mark.parametrize(
    ("endpoint", "body", "expected"),
    [
        ("fal-ai/recraft/v4/pro/text-to-vector", {}, 0.30),
        ("fal-ai/recraft/v4/pro/text-to-image", {}, 0.25),
        ("fal-ai/recraft-v3", {}, 0.04),
        (IDEOGRAM, {"rendering_speed": "QUALITY", "num_images": 2}, 0.18),
        (SD, {"image_size": "square_hd"}, 0.065),
        (QWEN, {"image_size": {"width": 2048, "height": 1024}, "num_images": 2}, 0.08),
    ],
)
async def test_prices(open_sandbox, endpoint, body, expected):
    sandbox = await open_sandbox(paint=lambda wish: b"")
    await sandbox.fal(endpoint, {"prompt": "a", **body})
    assert [charge.usd for charge in sandbox.app.state.bill] == [pytest.approx(expected)]


@rows("endpoint", [SD, QWEN, QWEN_EDIT])
async def test_an_unsafe_picture_is_black_and_marked(sandbox, png_base64, read_image, endpoint):
    body = {"prompt": "a fox demo:refuse-image", "output_format": "png", **SMALL}
    if endpoint == QWEN_EDIT:
        body["image_url"] = f"data:image/png;base64,{png_base64}"
    result = await sandbox.fal_result(endpoint, body)
    assert result.status_code == 200
    assert result.json()["has_nsfw_concepts"] == [True]
    file = await sandbox.http.get(result.json()["images"][0]["url"])
    assert len(file.content) < 1000


async def test_an_edit_follows_its_picture(sandbox, png_base64, read_image):
    uri = f"data:image/png;base64,{png_base64}"
    result = (await sandbox.fal_result(QWEN_EDIT, {"prompt": "make it blue", "image_url": uri})).json()
    assert (result["images"][0]["width"], result["images"][0]["height"]) == (96, 64)
    file = await sandbox.http.get(result["images"][0]["url"])
    assert read_image(file.content) == ("PNG", (96, 64))


@pytest.mark.parametrize(
    ("size", "expected"),
    [("auto_2K", (2508, 1672)), ("square", (1920, 1920)), ({"width": 3000, "height": 1500}, (3000, 1500))],
)
async def test_seedream_rescales(open_sandbox, png_base64, size, expected):
    wishes = []
    sandbox = await open_sandbox(paint=lambda wish: wishes.append(wish) or b"")
    uris = [f"data:image/png;base64,{png_base64}"]
    await sandbox.fal_result(SEEDREAM, {"prompt": "a", "image_urls": uris, "image_size": size})
    assert [(wish.width, wish.height) for wish in wishes] == [expected]


async def test_of_more_than_ten_pictures_the_last_ten_count(open_sandbox, png_base64):
    sandbox = await open_sandbox(paint=lambda wish: b"")
    uris = ["nonsense", *[f"data:image/png;base64,{png_base64}"] * 10]
    assert (await sandbox.fal_result(SEEDREAM, {"prompt": "a", "image_urls": uris})).status_code == 200


async def test_sync_mode_puts_the_file_into_the_answer(sandbox):
    result = (await sandbox.fal_result(QWEN, {"prompt": "a", "sync_mode": True, **SMALL})).json()
    assert result["images"][0]["url"].startswith("data:image/png;base64,iVBOR")


@rows(
    ("endpoint", "body", "place", "type"),
    [
        (VECTOR, {}, ["prompt"], "missing"),
        (VECTOR, {"prompt": "a", "seed": 1}, ["seed"], "extra_forbidden"),
        (VECTOR, {"prompt": "a", "style": "any"}, ["style"], "extra_forbidden"),
        (VECTOR, {"prompt": "a", "colors": ["#fff"]}, ["colors", 0], "model_type"),
        (VECTOR, {"prompt": "a", "background_color": {"r": 0, "g": 0, "b": 256}}, ["background_color", "b"],
         "less_than_equal"),
        (V3, {"prompt": "a" * 1001}, ["prompt"], "string_too_long"),
        (V3, {"prompt": "a", "style": "oil"}, ["style"], "string_pattern_mismatch"),
        (IDEOGRAM, {"prompt": "a", "aspect_ratio": "1:1"}, ["aspect_ratio"], "extra_forbidden"),
        (IDEOGRAM, {"prompt": "a", "num_images": 9}, ["num_images"], "less_than_equal"),
        (IDEOGRAM, {"prompt": "a", "style": "AUTO", "style_codes": ["0011AAFF"]}, [], "value_error"),
        (SD, {"prompt": "a", "num_inference_steps": 51}, ["num_inference_steps"], "less_than_equal"),
        (SD, {"prompt": "a", "output_format": "webp"}, ["output_format"], "literal_error"),
        (QWEN, {"prompt": "a", "num_inference_steps": 1}, ["num_inference_steps"], "greater_than_equal"),
        (QWEN, {"prompt": "a", "loras": [{}] * 4}, ["loras"], "sequence_too_long"),
        (QWEN_EDIT, {"prompt": "a"}, ["image_url"], "missing"),
        (QWEN_EDIT, {"prompt": "a", "image_url": "iVBORw0KGgo="}, ["image_url"], "image_load_error"),
        (QWEN_EDIT, {"prompt": "a", "image_url": "http://localhost/a.png"}, ["image_url"],
         "file_download_error"),
        (SEEDREAM, {"prompt": "a", "image_urls": []}, ["image_urls"], "sequence_too_short"),
        (SEEDREAM, {"prompt": "a", "image_urls": ["https://example.com/a.png"], "seed": 1}, ["seed"],
         "extra_forbidden"),
    ],
)  # fmt: skip
async def test_validation_comes_with_the_result(sandbox, endpoint, body, place, type):
    ticket = (await sandbox.fal(endpoint, body)).json()
    assert ticket["status"] == "IN_QUEUE"
    assert "error" not in (await sandbox.fal_get(ticket["status_url"])).json()
    answer = await sandbox.fal_get(ticket["response_url"])
    detail = answer.json()["detail"]
    assert answer.status_code == 422
    assert [(d["loc"], d["type"], sorted(d)) for d in detail] == [
        (["body", *place], type, ["loc", "msg", "type", "url"])
    ]
    assert answer.headers["x-fal-error-type"] == type
    assert len(sandbox.app.state.bill) == 0


@rows("size", ["16:9", "1024x1024", {"width": 0}, {"width": 14143}, {"side": 5}])
async def test_sizes_outside_the_vocabulary(sandbox, size):
    answer = await sandbox.fal_result(VECTOR, {"prompt": "a", "image_size": size})
    assert answer.status_code == 422
    assert {tuple(d["loc"][:2]) for d in answer.json()["detail"]} == {("body", "image_size")}


async def test_a_missing_side_is_512(sandbox):
    result = await sandbox.fal_result(QWEN, {"prompt": "a", "image_size": {"width": 256}})
    assert result.json()["images"][0]["height"] == 512
