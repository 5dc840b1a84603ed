"""gradio_client sees five endpoints, and every model through them."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from imagestudio.catalog import MODELS, default_model
from imagestudio.catalog.spec import ModelSpec
from imagestudio.ui.tools import Tools
from tests.conftest import Live, picture
from tests.tables import rows

pytestmark = pytest.mark.slow

PARAMETERS = {
    "/generate": {
        "prompt": None,
        "model": (None,),
        "width": (None,),
        "height": (None,),
        "aspect_ratio": (None,),
        "num_images": (None,),
        "image_size": (None,),
        "seed": (None,),
        "vector": (None,),
        "dry_run": (False,),
        "webhook_url": (None,),
    },
    "/edit": {
        "prompt": None,
        "image": (None,),
        "image_url": (None,),
        "model": (None,),
        "seed": (None,),
        "dry_run": (False,),
        "webhook_url": (None,),
    },
    "/models": {"task": (None,)},
    "/job": {"job_id": None, "look_again": (False,), "run_again": (False,)},
    "/cancel": {"job_id": None},
}
"""The public contract: each endpoint's parameters, required (None) or with their default."""
SETTINGS = {
    "width": 512,
    "height": 512,
    "aspect_ratio": "16:9",
    "num_images": 2,
    "image_size": "2K",
    "seed": 7,
    "vector": True,
}


def test_five_endpoints_are_public_and_no_other(live: Live) -> None:
    info = httpx.get(f"{live.url}/gradio_api/info").json()
    assert info["unnamed_endpoints"] == {}
    seen = {
        name: {
            parameter["parameter_name"]: (
                (parameter["parameter_default"],) if parameter["parameter_has_default"] else None
            )
            for parameter in endpoint["parameters"]
        }
        for name, endpoint in info["named_endpoints"].items()
    }
    assert seen == PARAMETERS


@pytest.mark.parametrize("spec", MODELS.values(), ids=lambda spec: spec.id)
def test_every_model_gives_the_providers_own_bytes(
    client: Client, live: Live, tmp_path: Path, spec: ModelSpec
) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(picture(80, 60, colour="navy"))
    given: dict[str, Any] = {"image": handle_file(str(source))} if spec.task == "edit" else {}
    files, job = client.predict(prompt="a fox", model=spec.id, **given, api_name=f"/{spec.task}")
    (file,), (image,) = files, job["images"]
    assert Path(file).read_bytes() in live.drawn
    assert (job["status"], job["model"], job["demo"]) == ("succeeded", spec.id, False)
    assert image == {
        "id": image["id"],
        "url": f"{live.url}/api/v1/image/files/{image['id']}",
        "mimeType": image["mimeType"],
        "width": image["width"],
        "height": image["height"],
        "bytes": Path(file).stat().st_size,
    }
    assert len(live.submits) == 1
    assert [entry.fault for entry in live.requests if entry.fault] == []


UNTAKEN = [
    (spec, name)
    for spec in MODELS.values()
    for name in SETTINGS
    if name in PARAMETERS[f"/{spec.task}"] and spec.control(name) is None
]


@rows(("spec", "name"), UNTAKEN)
def test_what_a_model_does_not_take_is_refused_by_name(
    client: Client, live: Live, spec: ModelSpec, name: str
) -> None:
    source = {"image_url": "https://example.com/x.png"} if spec.task == "edit" else {}
    given = {"prompt": "a fox", "model": spec.id, name: SETTINGS[name], **source}
    with pytest.raises(AppError) as refusal:
        client.predict(**given, api_name=f"/{spec.task}")
    assert str(refusal.value).startswith(f"UNSUPPORTED_PARAMETER: {spec.name} takes no {name}.")
    assert live.requests == []


def test_settings_reach_the_provider(client: Client, live: Live) -> None:
    client.predict(prompt="a fox", model="flux-2-pro", width=512, height=768, seed=7, api_name="/generate")
    (submit,) = live.submits
    assert submit.body == {"prompt": "a fox", "width": 512, "height": 768, "seed": 7}


def test_several_pictures_come_as_several_files(client: Client, live: Live) -> None:
    files, job = client.predict(prompt="a fox", model="imagen-4", num_images=3, api_name="/generate")
    assert len(files) == len(job["images"]) == len(live.submits) == 3
    assert job["served_by"] == "gemini-nano-banana-2.1"


def test_a_drawing_comes_as_svg(client: Client, live: Live) -> None:
    (file,), job = client.predict(prompt="a fox", model="recraft-v4", vector=True, api_name="/generate")
    assert Path(file).suffix == ".svg"
    assert Path(file).read_bytes() in live.drawn
    assert job["images"][0]["mimeType"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"prompt": ""}, "MISSING_REQUIRED_FIELD: "),
        ({"prompt": "x" * 10_001}, "INVALID_PARAMETER: "),
        ({"prompt": 7}, "INVALID_PARAMETER: prompt must be text"),
        ({"prompt": "x", "model": "zzz"}, "INVALID_MODEL: "),
        ({"prompt": "x", "model": "seedream-5"}, "INVALID_MODEL: "),
        ({"prompt": "x", "width": "wide"}, "INVALID_PARAMETER: width must be a whole number"),
        ({"prompt": "x", "width": 1000}, "INVALID_PARAMETER: "),
        ({"prompt": "x demo:refuse"}, "CONTENT_REFUSED: "),
        ({"prompt": "x demo:out-of-credits"}, "MODEL_UNAVAILABLE: "),
        ({"prompt": "x demo:fail"}, "PROVIDER_ERROR: "),
    ],
)
def test_a_refusal_starts_with_its_code(client: Client, given: dict[str, Any], message: str) -> None:
    with pytest.raises(AppError) as refusal:
        client.predict(**given, api_name="/generate")
    assert str(refusal.value).startswith(message)


def test_an_edit_wants_one_picture(client: Client, tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(picture())
    both = {"image": handle_file(str(source)), "image_url": "https://example.com/x.png"}
    for given, code in (({}, "MISSING_REQUIRED_FIELD"), (both, "INVALID_PARAMETER")):
        with pytest.raises(AppError, match=f"^{code}: "):
            client.predict(prompt="winter", **given, api_name="/edit")


def test_empty_texts_are_left_out(client: Client, live: Live, tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(picture())
    given = {"prompt": "winter", "model": "", "dry_run": True}
    _, made = client.predict(**given, aspect_ratio="", image_size="", webhook_url="", api_name="/generate")
    _, edited = client.predict(**given, image=handle_file(str(source)), image_url="", api_name="/edit")
    assert [made["model"], edited["model"]] == [default_model("generate").id, default_model("edit").id]
    assert live.requests == []


def test_what_is_no_picture_is_refused(client: Client, tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(b"no picture")
    with pytest.raises(AppError, match=r"^INVALID_IMAGE: "):
        client.predict(prompt="winter", image=handle_file(str(source)), api_name="/edit")


def test_a_picture_of_the_studio_can_be_edited_by_its_address(client: Client) -> None:
    _, first = client.predict(prompt="a fox", api_name="/generate")
    _, second = client.predict(prompt="winter", image_url=first["images"][0]["url"], api_name="/edit")
    assert second["status"] == "succeeded"


def test_models_tell_what_they_take(client: Client) -> None:
    assert [model["id"] for model in client.predict(api_name="/models")] == list(MODELS)
    edit = [spec.id for spec in MODELS.values() if spec.task == "edit"]
    assert [model["id"] for model in client.predict(task="edit", api_name="/models")] == edit
    with pytest.raises(AppError, match=r"^INVALID_PARAMETER: "):
        client.predict(task="zzz", api_name="/models")


def test_a_job_can_be_looked_at_and_canceled(client: Client, live: Live) -> None:
    started = httpx.post(
        f"{live.url}/api/v1/image/generate",
        json={"prompt": "a fox"},
        headers={"Prefer": "respond-async"},
    ).json()["data"]
    job = client.predict(job_id=started["id"], api_name="/cancel")
    files, same = client.predict(job_id=started["id"], api_name="/job")
    assert job["status"] in ("canceled", "succeeded")
    assert (same["id"], same["status"]) == (job["id"], job["status"])
    # A picture that arrives all the same is kept, so there may be one more than a moment ago.
    assert len(files) == len(same["images"]) >= len(job["images"])


def test_a_dry_run_is_told_and_not_sent(client: Client, live: Live) -> None:
    files, told = client.predict(prompt="a fox", width=512, dry_run=True, api_name="/generate")
    assert files == []
    assert told["dry_run"] is True
    assert [sent["body"] for sent in told["sent"]] == [{"prompt": "a fox", "width": 512, "height": 1024}]
    assert told["cost"] == {"estimated_usd": 0.03, "at_most_usd": 0.03, "charged": "no"}
    assert live.submits == []


def test_a_failed_job_can_be_looked_at_again_and_run_again(client: Client, live: Live) -> None:
    with pytest.raises(AppError, match=r"^PROVIDER_ERROR: ") as failure:
        client.predict(prompt="x demo:fail", api_name="/generate")
    job_id = re.findall(r"[0-9a-f]{32}", str(failure.value))[-1]
    _, failed = client.predict(job_id=job_id, api_name="/job")
    assert failed["offers"] == ["look_again", "run_again"]
    with pytest.raises(AppError, match=rf"^PROVIDER_ERROR: .*{job_id}"):
        client.predict(job_id=job_id, look_again=True, api_name="/job")
    assert len(live.submits) == 1
    with pytest.raises(AppError, match=r"^PROVIDER_ERROR: ") as failure:
        client.predict(job_id=job_id, run_again=True, api_name="/job")
    assert len(live.submits) == 2
    assert job_id not in str(failure.value)
    with pytest.raises(AppError, match=r"^INVALID_PARAMETER: "):
        client.predict(job_id=job_id, look_again=True, run_again=True, api_name="/job")


@pytest.mark.parametrize("endpoint", ["/job", "/cancel"])
@pytest.mark.parametrize("job_id", ["nothing", 7, None])
def test_an_unknown_job_is_not_found(client: Client, endpoint: str, job_id: Any) -> None:
    with pytest.raises(AppError, match=r"^(NOT_FOUND|INVALID_PARAMETER): "):
        client.predict(job_id=job_id, api_name=endpoint)


def test_the_docstrings_name_the_default_models() -> None:
    assert f"Left out: {default_model('generate').id}." in (Tools.generate_image.__doc__ or "")
    assert f"Left out: {default_model('edit').id}." in (Tools.edit_image.__doc__ or "")
