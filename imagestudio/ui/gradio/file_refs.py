"""Files that a call names: those that its caller has uploaded, and no others."""

from typing import Any

from imagestudio.ui.gradio.file_exchange import Exchange
from imagestudio.ui.tools import FILE

ADDRESSES = ("http://", "https://", "data:")


def own_files(value: Any, exchange: Exchange, holder: str | None) -> Any:
    """The same value, in which Gradio finds no file but the caller's own.

    Gradio takes any marked object for a file: it would read the path, and download what is an address. An
    address becomes plain text, which the endpoints take as `image_url` and fetch with their own precautions.
    What names anything else loses its mark, and is refused by whoever expects a picture.
    """
    if isinstance(value, list):
        return [own_files(item, exchange, holder) for item in value]
    if not isinstance(value, dict):
        return value
    if "path" not in value or "meta" not in value:
        return {name: own_files(item, exchange, holder) for name, item in value.items()}
    path = value["path"]
    if exchange.find(path, holder):
        name = value.get("orig_name")
        return {"path": path, "orig_name": name if isinstance(name, str) else None, "meta": {"_type": FILE}}
    if isinstance(path, str) and path.lower().startswith(ADDRESSES):
        return path
    return {"path": None}
