"""Whatever comes in, the answer is a documented one."""

import asyncio
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.sandbox import SandboxTransport, create_sandbox

KEYS = {"google": {"x-goog-api-key": "k"}, "bfl": {"x-key": "k"}, "fal": {"authorization": "Key k"}}
CALLS = [
    "/google/v1beta/models/gemini-2.5-flash-image:generateContent",
    "/google/v1beta/models/imagen-4.0-generate-001:predict",
    "/bfl/v1/flux-2-pro",
    "/bfl/v1/flux-kontext-pro",
    "/fal/fal-ai/qwen-image-edit",
    "/fal/bytedance/seedream/v5/lite/edit",
]
FAL_AND_BFL = ["prompt", "image_url", "image_urls", "input_image", "image_size", "aspect_ratio", "seed"]
GOOGLE = ["contents", "parts", "text", "inlineData", "generationConfig", "instances", "parameters"]
NAMES = st.sampled_from([*FAL_AND_BFL, *GOOGLE])
TEXTS = st.text(max_size=20) | st.sampled_from(
    ["a", "0:0", "16:9", "auto_2K", "http://[::1/", "https://example.com/a.png", "data:image/png;base64,AAAA"]
)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


async def answers(call: str, body: Any) -> list[int]:
    """The code of the submit, and of the result where there is one."""
    app = create_sandbox(speed=0, imagen=True, paint=lambda wish: b"")
    headers = KEYS[call.split("/")[1]]
    async with httpx.AsyncClient(transport=SandboxTransport(app), base_url="http://sandbox") as http:
        first = await http.post(call, json=body, headers=headers)
        told = first.json()
        url = told.get("response_url") or told.get("polling_url")
        return [first.status_code, (await http.get(url, headers=headers)).status_code if url else 200]


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(CALLS), BODIES)
def test_no_body_makes_a_server_error(call: str, body: Any) -> None:
    assert set(asyncio.run(answers(call, body))) <= {200, 400, 422}
