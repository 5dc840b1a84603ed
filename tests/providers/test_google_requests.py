"""What goes out to Google: the whole body of every model, route and control."""

from typing import Any

from imagestudio.providers.base import Call
from imagestudio.providers.google import Google
from tests.tables import rows

PROMPT = "A red cup"
HIGH, MINIMAL = (
    {"thinkingConfig": {"thinkingLevel": "HIGH"}},
    {"thinkingConfig": {"thinkingLevel": "MINIMAL"}},
)
NANO = "/v1beta/models/gemini-nano-banana-2.1:generateContent"
PRO = "/v1beta/models/gemini-3-pro-image:generateContent"
IMAGEN = "/v1beta/models/imagen-4.0-generate-001:predict"
FAST = "/v1beta/models/imagen-4.0-fast-generate-001:predict"
ULTRA = "/v1beta/models/imagen-4.0-ultra-generate-001:predict"


def generate(config: dict[str, Any], **image_config: str) -> dict[str, Any]:
    asked = {"imageConfig": image_config} if image_config else {}
    return {
        "contents": [{"role": "user", "parts": [{"text": PROMPT}]}],
        "generationConfig": {"responseModalities": ["IMAGE"], **config, **asked},
    }


def predict(**parameters: Any) -> dict[str, Any]:
    return {
        "instances": [{"prompt": PROMPT}],
        "parameters": {"sampleCount": 1, "includeRaiReason": True, **parameters},
    }


ALL = {"aspect_ratio": "9:16", "num_images": 3, "image_size": "2K"}
FAST_ALL = {"aspect_ratio": "9:16", "num_images": 3}
SUCCESSORS = [
    ("imagen-4", {}, NANO, generate(HIGH), 1),
    ("imagen-4", {"aspect_ratio": "16:9"}, NANO, generate(HIGH, aspectRatio="16:9"), 1),
    ("imagen-4", {"image_size": "1K"}, NANO, generate(HIGH, imageSize="1K"), 1),
    ("imagen-4", {"num_images": 4}, NANO, generate(HIGH), 4),
    ("imagen-4", ALL, NANO, generate(HIGH, aspectRatio="9:16", imageSize="2K"), 3),
    ("imagen-4-fast", {}, NANO, generate(MINIMAL), 1),
    ("imagen-4-fast", {"aspect_ratio": "4:3"}, NANO, generate(MINIMAL, aspectRatio="4:3"), 1),
    ("imagen-4-fast", {"num_images": 2}, NANO, generate(MINIMAL), 2),
    ("imagen-4-fast", FAST_ALL, NANO, generate(MINIMAL, aspectRatio="9:16"), 3),
    ("imagen-4-ultra", {}, PRO, generate({}), 1),
    ("imagen-4-ultra", {"aspect_ratio": "1:1"}, PRO, generate({}, aspectRatio="1:1"), 1),
    ("imagen-4-ultra", {"image_size": "2K"}, PRO, generate({}, imageSize="2K"), 1),
    ("imagen-4-ultra", {"num_images": 1}, PRO, generate({}), 1),
    ("imagen-4-ultra", ALL, PRO, generate({}, aspectRatio="9:16", imageSize="2K"), 3),
]
ORIGINALS = [
    ("imagen-4", {}, IMAGEN, predict()),
    ("imagen-4", {"aspect_ratio": "16:9"}, IMAGEN, predict(aspectRatio="16:9")),
    ("imagen-4", {"image_size": "2K"}, IMAGEN, predict(sampleImageSize="2K")),
    ("imagen-4", {"num_images": 4}, IMAGEN, predict(sampleCount=4)),
    ("imagen-4", ALL, IMAGEN, predict(aspectRatio="9:16", sampleCount=3, sampleImageSize="2K")),
    ("imagen-4-fast", {}, FAST, predict()),
    ("imagen-4-fast", FAST_ALL, FAST, predict(aspectRatio="9:16", sampleCount=3)),
    ("imagen-4-ultra", {}, ULTRA, predict()),
    ("imagen-4-ultra", ALL, ULTRA, predict(aspectRatio="9:16", sampleCount=3, sampleImageSize="2K")),
]


@rows(("model", "controls", "endpoint", "body", "calls"), SUCCESSORS)
async def test_a_successor_makes_one_picture_a_call(
    wire_for: Any, ask: Any, model: str, controls: dict[str, Any], endpoint: str, body: Any, calls: int
) -> None:
    google, _ = wire_for(Google)
    assert await google.prepare(*ask(model, **controls)) == (Call(endpoint, body),) * calls


@rows(("model", "controls", "endpoint", "body"), ORIGINALS)
async def test_imagen_makes_all_pictures_in_one_call(
    wire_for: Any, ask: Any, model: str, controls: dict[str, Any], endpoint: str, body: Any
) -> None:
    google, _ = wire_for(Google)
    assert await google.prepare(*ask(model, route="imagen", **controls)) == (Call(endpoint, body),)


async def test_a_prepared_call_goes_out_as_it_is(wire_for: Any, ask: Any) -> None:
    google, server = wire_for(Google)
    server.answer("POST", NANO, 200, "google/generated.json")
    (call,) = await google.prepare(*ask("imagen-4", image_size="2K"))
    await google.submit(call)
    (sent,) = server.sent
    assert (sent.method, sent.url) == ("POST", "https://generativelanguage.googleapis.com" + NANO)
    assert sent.json == generate(HIGH, imageSize="2K")


async def test_the_key_travels_in_its_header_and_nowhere_else(wire_for: Any, ask: Any) -> None:
    google, server = wire_for(Google)
    server.answer("POST", NANO, 200, "google/generated.json")
    await google.submit((await google.prepare(*ask("imagen-4")))[0])
    (sent,) = server.sent
    assert [name for name, value in sent.headers.items() if server.key in value] == ["x-goog-api-key"]
    assert server.key not in sent.url + str(sent.json)


async def test_a_gateway_is_called_under_its_path(wire_for: Any, ask: Any) -> None:
    google, server = wire_for(Google, base_url="https://gateway.example/google/")
    server.answer("POST", IMAGEN, 200, "google/predicted.json")
    (call,) = await google.prepare(*ask("imagen-4", route="imagen", num_images=2))
    await google.submit(call)
    assert [sent.url for sent in server.sent] == ["https://gateway.example/google" + IMAGEN]


@rows(
    ("url", "owned"),
    [
        ("https://generativelanguage.googleapis.com/v1beta/models", True),
        ("https://generativelanguage.googleapis.com:443/v1beta/models", True),
        ("http://generativelanguage.googleapis.com/v1beta/models", False),
        ("https://generativelanguage.googleapis.com.evil.example/", False),
        ("https://generativelanguage.googleapis.com@evil.example/", False),
        ("https://storage.googleapis.com/picture.png", False),
        ("http://[broken", False),
    ],
)
def test_the_key_goes_to_the_base_alone(url: str, owned: bool) -> None:
    assert Google.owns(url, Google.base_url) is owned
