"""`:generateContent` as Google documents it."""

import base64

from tests.tables import rows

MODEL = "gemini-nano-banana-2.1"
CALL = f"{MODEL}:generateContent"


def ask(prompt: str = "a fox", *parts: dict, **config: object) -> dict:
    body = {"contents": [{"role": "user", "parts": [{"text": prompt}, *parts]}]}
    return {**body, "generationConfig": {"responseModalities": ["IMAGE"], **config}}


async def test_the_answer_holds_text_and_then_the_picture(sandbox, read_image):
    answer = await sandbox.google(CALL, ask(imageConfig={"aspectRatio": "16:9", "imageSize": "1K"}))

    body = answer.json()
    data = body["candidates"][0]["content"]["parts"][1]["inlineData"].pop("data")
    assert answer.status_code == 200
    assert body == {
        "candidates": [
            {
                "content": {
                    "role": "model",
                    "parts": [{"text": "Here is the picture."}, {"inlineData": {"mimeType": "image/png"}}],
                },
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {"promptTokenCount": 16, "candidatesTokenCount": 1120, "totalTokenCount": 1136},
        "modelVersion": MODEL,
        "responseId": body["responseId"],
    }
    assert read_image(base64.b64decode(data, validate=True)) == ("PNG", (1360, 768))
    assert [(c.provider, c.model, c.usd) for c in sandbox.app.state.bill] == [("google", MODEL, 0.0336)]


async def test_an_edit_keeps_the_shape_of_its_picture(sandbox, png_base64, read_image):
    part = {"inlineData": {"mimeType": "image/png", "data": png_base64}}
    answer = await sandbox.google("gemini-2.5-flash-image:generateContent", ask("make it blue", part))

    data = answer.json()["candidates"][0]["content"]["parts"][1]["inlineData"]["data"]
    assert read_image(base64.b64decode(data)) == ("PNG", (1248, 832))


async def test_url_safe_base64_is_read_too(sandbox, png):
    part = {"inlineData": {"mimeType": "image/png", "data": base64.urlsafe_b64encode(png).decode()}}
    answer = await sandbox.google("gemini-2.5-flash-image:generateContent", ask("make it blue", part))
    assert answer.status_code == 200


async def test_an_unknown_field_is_named(sandbox):
    answer = await sandbox.google(CALL, ask(imageConfig={"size": "1K"}))

    text = (
        'Invalid JSON payload received. Unknown name "size" at '
        "'generation_config.image_config': Cannot find field."
    )
    violation = {"field": "generation_config.image_config", "description": text}
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "code": 400,
            "message": text,
            "status": "INVALID_ARGUMENT",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
            ],
        }
    }


@rows(
    ("model", "config", "message"),
    [
        (
            MODEL,
            {"imageConfig": {"imageSize": "512"}},
            "Invalid image_size '512'. Supported values: 1K, 2K, 4K.",
        ),
        (
            MODEL,
            {"imageConfig": {"imageSize": "1k"}},
            "Invalid image_size '1k'. Supported values: 1K, 2K, 4K.",
        ),
        (
            "gemini-3-pro-image",
            {"imageConfig": {"aspectRatio": "1:8"}},
            "Invalid aspect_ratio '1:8'. Supported values: "
            "1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9.",
        ),
        (
            "gemini-3-pro-image",
            {"thinkingConfig": {"thinkingLevel": "HIGH"}},
            "Thinking level HIGH is not supported for this model.",
        ),
        (
            MODEL,
            {"responseModalities": ["TEXT"]},
            "The requested combination of response modalities is not supported by the model.",
        ),
    ],
)
async def test_what_a_model_does_not_take_is_refused(sandbox, model, config, message):
    answer = await sandbox.google(f"{model}:generateContent", ask(**config))
    assert answer.status_code == 400
    assert answer.json() == {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}
    assert len(sandbox.app.state.bill) == 0


@rows("level", ["MINIMAL", "HIGH"])
async def test_the_documented_thinking_levels_are_taken(sandbox, level):
    answer = await sandbox.google(CALL, ask(thinkingConfig={"thinkingLevel": level}))
    assert answer.status_code == 200


async def test_more_references_than_the_model_takes_are_refused(sandbox, png_base64):
    part = {"inlineData": {"mimeType": "image/png", "data": png_base64}}
    answer = await sandbox.google("gemini-2.5-flash-image:generateContent", ask("mix", *[part] * 4))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Too many images: the model takes up to 3."


async def test_broken_pictures_are_refused(sandbox):
    for data in ("%%%", base64.b64encode(b"no picture").decode()):
        part = {"inlineData": {"mimeType": "image/png", "data": data}}
        answer = await sandbox.google(CALL, ask("mix", part))
        assert answer.json()["error"]["message"] == "Unable to process input image."


@rows("body", [{}, {"contents": []}, {"contents": [{"parts": [{}]}]}])
async def test_an_empty_request_is_refused(sandbox, body):
    answer = await sandbox.google(CALL, body)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
