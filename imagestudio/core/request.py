"""What is asked of a provider, in the studio's own words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

Task = Literal["generate", "edit"]
ResponseFormat = Literal["auto", "url", "base64"]


@dataclass(frozen=True, slots=True)
class InputImage:
    """A source picture kept on disk: what it is was read from its bytes."""

    path: Path
    mime_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A validated request: every control in `controls` is one that the model takes, within its bounds.

    `controls` holds only what was asked (a lone side completed by its partner), by public name.
    """

    task: Task
    model: str
    prompt: str
    controls: Mapping[str, Any] = field(default_factory=dict)
    image: InputImage | None = None

    def control(self, name: str) -> Any:
        """The value asked for, or None where it was left to the model."""
        return self.controls.get(name)


def fingerprint(task: str, fields: Mapping[str, Any], upload: bytes | None) -> str:
    """The same for the same request, whatever the order of its fields. Blocking on large pictures."""
    content = sha256(upload).hexdigest() if upload is not None else None
    text = json.dumps([task, dict(fields), content], sort_keys=True, default=repr)
    return sha256(text.encode()).hexdigest()
