"""Imagen's `:predict`, for those who still serve it."""

import base64

import pytest

from imagestudio.sandbox.drawing import paint
from tests.tables import rows

STANDARD = "imagen-4.0-generate-001:predict"
FAST = "imagen-4.0-fast-generate-001:predict"


@pytest.fixture
async def imagen(open_sandbox):
    return await open_sandbox(imagen=True)


def ask(prompt: str = "a fox", **parameters: object) -> dict:
    return {"instances": [{"prompt": prompt}], "parameters": {"sampleCount": 1, **parameters}}


async def test_predictions_hold_the_pictures(open_sandbox, read_image):
    imagen = await open_sandbox(imagen=True, paint=paint)
    options = {"mimeType": "image/jpeg"}
    answer = await imagen.google(STANDARD, ask(sampleCount=2, aspectRatio="16:9", outputOptions=options))

    predictions = answer.json()["predictions"]
    assert [p["mimeType"] for p in predictions] == ["image/jpeg"] * 2
    data = [base64.b64decode(p["bytesBase64Encoded"], validate=True) for p in predictions]
    assert [read_image(d) for d in data] == [("JPEG", (1408, 768))] * 2
    assert data[0] != data[1]
    assert [charge.usd for charge in imagen.app.state.bill] == [0.08]


async def test_a_filtered_sample_is_missing(imagen):
    answer = await imagen.google(STANDARD, ask("demo:one-refused", sampleCount=4))
    assert len(answer.json()["predictions"]) == 3


async def test_when_all_are_filtered_the_key_is_missing_too(imagen):
    answer = await imagen.google(STANDARD, ask("demo:refuse-image", sampleCount=4))
    assert (answer.status_code, answer.json()) == (200, {})
    assert len(imagen.app.state.bill) == 0


async def test_with_reasons_each_missing_one_is_told(imagen):
    answer = await imagen.google(STANDARD, ask("demo:refuse-image", sampleCount=2, includeRaiReason=True))
    assert [list(p) for p in answer.json()["predictions"]] == [["raiFilteredReason"]] * 2


async def test_a_refused_prompt_is_an_invalid_argument(imagen):
    answer = await imagen.google(STANDARD, ask("demo:refuse"))
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@rows(
    ("call", "body"),
    [
        (STANDARD, ask(seed=1)),
        (STANDARD, ask(negativePrompt="x")),
        (STANDARD, ask(sampleCount=5)),
        (STANDARD, ask(sampleCount="1")),
        (STANDARD, ask(aspectRatio="2:3")),
        (STANDARD, ask(safetySetting="block_none")),
        (STANDARD, ask(imageSize="1K")),
        (STANDARD, ask("word " * 481)),
        (STANDARD, {"instances": [{"prompt": "a"}, {"prompt": "b"}]}),
        (STANDARD, {"instances": []}),
        (FAST, ask(sampleImageSize="2K")),
    ],
)
async def test_what_the_contract_has_not_is_refused(imagen, call, body):
    answer = await imagen.google(call, body)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert len(imagen.app.state.bill) == 0


async def test_values_of_person_generation_come_in_any_case(imagen):
    assert (await imagen.google(FAST, ask(personGeneration="ALLOW_ADULT"))).status_code == 200
