"""All fourteen models against the strict emulator: the right endpoint and body, one submit a picture."""

import asyncio
import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from imagestudio.catalog import MODELS
from imagestudio.core.settings import Settings, load_settings
from imagestudio.studio.service import Studio, Upload
from tests.jobs.conftest import KEYS, Emulator, png
from tests.opened import open_studio
from tests.tables import rows

PROMPT = "a quiet lake at dawn"
SHAPES = {"width", "height", "aspect_ratio"}
GEMINI = "/google/v1beta/models/{}:generateContent"


def gemini(thinking: str | None, **image: str) -> dict[str, Any]:
    config: dict[str, Any] = {"responseModalities": ["IMAGE"]}
    if thinking:
        config["thinkingConfig"] = {"thinkingLevel": thinking}
    if image:
        config["imageConfig"] = image
    return {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}], "generationConfig": config}


def sized(**size: Any) -> dict[str, Any]:
    return {"prompt": PROMPT, **({"image_size": size} if size else {})}


# What is asked beyond prompt and model, the path, and the whole body that must arrive.
CASES: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("imagen-4", {}, GEMINI.format("gemini-nano-banana-2.1"), gemini("HIGH")),
    (
        "imagen-4",
        {"aspect_ratio": "16:9", "image_size": "2K"},
        GEMINI.format("gemini-nano-banana-2.1"),
        gemini("HIGH", aspectRatio="16:9", imageSize="2K"),
    ),
    (
        "imagen-4-fast",
        {"aspect_ratio": "4:3"},
        GEMINI.format("gemini-nano-banana-2.1"),
        gemini("MINIMAL", aspectRatio="4:3"),
    ),
    (
        "imagen-4-ultra",
        {"aspect_ratio": "1:1", "image_size": "2K"},
        GEMINI.format("gemini-3-pro-image"),
        gemini(None, aspectRatio="1:1", imageSize="2K"),
    ),
    ("flux-2-pro", {}, "/bfl/v1/flux-2-pro", {"prompt": PROMPT}),
    (
        "flux-2-pro",
        {"width": 512, "seed": 5},
        "/bfl/v1/flux-2-pro",
        {"prompt": PROMPT, "width": 512, "height": 1024, "seed": 5},
    ),
    (
        "flux-2-klein",
        {"width": 512, "height": 512, "seed": 1},
        "/bfl/v1/flux-2-klein-4b",
        {"prompt": PROMPT, "width": 512, "height": 512, "seed": 1},
    ),
    (
        "flux-1.1-pro",
        {"width": 512, "height": 512, "seed": 0},
        "/bfl/v1/flux-pro-1.1",
        {"prompt": PROMPT, "width": 512, "height": 512, "seed": 0},
    ),
    (
        "recraft-v4",
        {"width": 1024, "height": 768},
        "/fal/fal-ai/recraft/v4/text-to-image",
        sized(width=1024, height=768),
    ),
    ("recraft-v4", {"vector": True}, "/fal/fal-ai/recraft/v4/text-to-vector", sized()),
    (
        "recraft-v3",
        {"width": 700, "height": 301},
        "/fal/fal-ai/recraft/v3/text-to-image",
        sized(width=700, height=301),
    ),
    (
        "ideogram-v3",
        {"aspect_ratio": "9:16"},
        "/fal/fal-ai/ideogram/v3",
        {"prompt": PROMPT, "image_size": "portrait_16_9"},
    ),
    (
        "sd-3.5",
        {"width": 1024, "height": 768},
        "/fal/fal-ai/stable-diffusion-v35-large",
        sized(width=1024, height=768),
    ),
    (
        "qwen-image",
        {"width": 1024, "height": 768},
        "/fal/fal-ai/qwen-image",
        sized(width=1024, height=768),
    ),
]


@rows(("model", "controls", "path", "body"), CASES)
async def test_generate(
    studio: Studio,
    emulator: Emulator,
    model: str,
    controls: dict[str, Any],
    path: str,
    body: dict[str, Any],
) -> None:
    emulator.app.state.journal.clear()
    job = await studio.submit("generate", {"prompt": PROMPT, "model": model, **controls})
    job = await studio.wait(job.id, 60)
    assert job.status == "succeeded", job.error
    (submit,) = emulator.submits
    assert (submit.path, submit.body) == (path, body)
    assert not emulator.faults()
    assert [(call.endpoint, call.body) for call in job.calls] == [(emulator.url + path, body)]
    await assert_kept(studio, job.files[0].id)


async def assert_kept(studio: Studio, file_id: str) -> None:
    file, path = await studio.file(file_id)
    content = path.read_bytes()
    assert (len(content), sha256(content).hexdigest()) == (file.bytes, file.sha256)


EDITS = [
    ("flux-kontext", {"seed": 3}, "/bfl/v1/flux-kontext-pro", "input_image", ""),
    ("qwen-image-edit", {}, "/fal/fal-ai/qwen-image-edit", "image_url", "data:image/png;base64,"),
    ("seedream-5", {}, "/fal/bytedance/seedream/v5/lite/edit", "image_urls", "data:image/png;base64,"),
]


@rows(("model", "controls", "path", "field", "prefix"), EDITS)
async def test_edit(
    studio: Studio,
    emulator: Emulator,
    model: str,
    controls: dict[str, Any],
    path: str,
    field: str,
    prefix: str,
) -> None:
    emulator.app.state.journal.clear()
    source = png()
    fields = {"prompt": PROMPT, "model": model, **controls}
    job = await studio.submit("edit", fields, upload=Upload(source))
    job = await studio.wait(job.id, 60)
    assert job.status == "succeeded", job.error
    sent = prefix + base64.b64encode(source).decode()
    (submit,) = emulator.submits
    expected = {"prompt": PROMPT, **controls, field: [sent] if field == "image_urls" else sent}
    assert (submit.path, submit.body) == (path, expected)
    assert not emulator.faults()
    assert job.asked["image"] == f"/api/v1/image/files/{job.input_file}"
    await assert_kept(studio, job.files[0].id)


def test_the_cases_cover_every_control_of_every_model() -> None:
    """So that the sandbox takes each, too. A ratio stands for its sides; `num_images` has a test below."""
    covered: dict[str, set[str]] = {spec: {"num_images"} for spec in MODELS}
    for model, controls, *_ in [*CASES, *EDITS]:
        covered[model] |= SHAPES | controls.keys() if SHAPES & controls.keys() else controls.keys()
    assert {case[0] for case in [*CASES, *EDITS]} == set(MODELS)
    for spec in MODELS.values():
        assert {control.name for control in spec.controls} <= covered[spec.id], spec.id


async def test_the_imagen_route_speaks_predict(
    settings: Settings, emulator: Emulator, tmp_path: Path
) -> None:
    """The sandbox answers as Google does since the shutdown: named as retired, nothing charged."""
    chosen = settings.model_copy(update={"imagen_route": "imagen"})
    async with open_studio(chosen) as studio:
        job = await studio.submit("generate", {"prompt": PROMPT, "model": "imagen-4", "num_images": 4})
        job = await studio.wait(job.id, 60)
    (submit,) = emulator.submits
    assert submit.path == "/google/v1beta/models/imagen-4.0-generate-001:predict"
    assert submit.body == {
        "instances": [{"prompt": PROMPT}],
        "parameters": {"sampleCount": 4, "includeRaiReason": True},
    }
    assert job.status == "failed"
    assert job.error
    assert (job.error.code, job.error.details["reason"]) == ("MODEL_UNAVAILABLE", "retired")
    assert job.charged == "no"


async def test_four_images_are_four_calls_side_by_side_and_a_refused_one_is_a_warning(
    studio: Studio, emulator: Emulator
) -> None:
    fields = {"prompt": f"{PROMPT} demo:one-refused", "model": "imagen-4", "num_images": 4}
    job = await studio.wait((await studio.submit("generate", fields)).id, 60)
    assert job.status == "succeeded"
    assert job.served_by == "gemini-nano-banana-2.1"
    assert len(emulator.submits) == 4
    assert len(job.files) == 3
    assert any("gemini-nano-banana-2.1" in str(warning) for warning in job.warnings)
    assert any("of 4 did not come: Google" in str(warning) for warning in job.warnings)


async def test_keys_are_kept_nowhere(studio: Studio, emulator: Emulator, tmp_path: Path) -> None:
    jobs = [
        await studio.submit("generate", {"prompt": "x", "model": model})
        for model in ("imagen-4", "flux-2-pro", "recraft-v4")
    ]
    await asyncio.gather(*(studio.wait(job.id, 60) for job in jobs))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(kept) > 1000
    for key in KEYS.values():
        assert key.encode() not in kept
    assert not emulator.faults()


async def test_a_missing_key_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    settings = load_settings({"FAL_KEY": "k:k", "IMAGESTUDIO_DATA_DIR": tmp_path})
    async with open_studio(settings) as studio:
        view = studio.model("flux-2-pro")
        assert (view.can_run, view.set) == (False, "BFL_API_KEY")
        with pytest.raises(Exception, match="Set BFL_API_KEY"):
            await studio.submit("generate", {"prompt": "x"})
        assert await studio.jobs() == []
