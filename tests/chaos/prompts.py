"""Jobs that can be told apart at the provider: each has a prompt of its own."""

from typing import Any

MODELS = ("flux-2-pro", "recraft-v4", "imagen-4-fast", "flux-1.1-pro", "sd-3.5", "imagen-4-fast")


def request(number: int) -> dict[str, Any]:
    """The body of one job's POST: two of six are Google's, and one of those asks for two pictures."""
    model = MODELS[number % len(MODELS)]
    return {"prompt": f"hill {number}", "model": model} | ({"num_images": 2} if number % 6 == 5 else {})


def prompt_of(body: Any) -> str:
    """The prompt in a submit of any of the three providers."""
    if "contents" in body:
        return str(body["contents"][0]["parts"][0]["text"])
    return str(body["prompt"])
