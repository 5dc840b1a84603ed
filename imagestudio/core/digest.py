"""Requests as short text: a digest to tell them apart, and bodies short enough to show."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

LONGEST = 1000
"""Characters of a string that are shown whole."""
HEAD = 60


def fingerprint(task: str, fields: Mapping[str, Any], upload: bytes | None) -> str:
    """The same for the same request, whatever the order of its fields. Blocking on large pictures."""
    content = sha256(upload).hexdigest() if upload is not None else None
    text = json.dumps([task, dict(fields), content], sort_keys=True, default=repr)
    return sha256(text.encode()).hexdigest()


def shorten(value: Any) -> Any:
    """A JSON value with its long strings cut to their beginning and their length."""
    match value:
        case str() if len(value) > LONGEST:
            return f"{value[:HEAD]}… ({len(value)} characters)"
        case dict():
            return {key: shorten(item) for key, item in value.items()}
        case list():
            return [shorten(item) for item in value]
    return value
