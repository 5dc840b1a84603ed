"""What an agent writes that omits, empties, stringifies and repeats, and what each refusal has to have."""

import json
import os
from random import Random
from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.core.errors import (
    IdempotencyConflict,
    InvalidImage,
    InvalidModel,
    InvalidParameter,
    MissingField,
    NotFound,
    StudioError,
    UnsupportedParameter,
)
from tests.messages import kinds
from tests.ui.conftest import SOURCE

STEPS, SEED = (int(text) for text in os.environ.get("WALK", "150 11").split())
"""Requests, and where the walk goes: `WALK="1000 7" pytest -k random_walk` goes further."""
CODES = {kind.code for kind in kinds(StudioError)} - {"INTERNAL_ERROR"}
FIELD_FAULTS = (MissingField, InvalidModel, InvalidParameter, UnsupportedParameter, InvalidImage)
ABOUT_A_FIELD = {kind.code for kind in (*FIELD_FAULTS, IdempotencyConflict, NotFound)}
PROMPTS = ["a walking fox", "a walking owl", "a walking fox demo:fail", "a walking owl demo:crash"]
MODEL_IDS = [*MODELS, "dall-e-3"]
VALUES: dict[str, list[Any]] = {
    "prompt": PROMPTS,
    "model": MODEL_IDS,
    "width": [512, 1024, 1000],
    "height": [512, 1024],
    "aspect_ratio": ["1:1", "16:9", "wide"],
    "num_images": [1, 2, 9],
    "image_size": ["1K", "2K"],
    "seed": [7, -1],
    "vector": [True, False],
    "dry_run": [True, False],
    "image": [SOURCE, "nothing"],
    "image_url": [SOURCE, "http://127.0.0.1/x.png"],
    "idempotency_key": ["walk-1", "walk-2", "walk-3"],
    "inline": ["preview", "original", "all"],
    "task": ["generate", "edit", "draw"],
    "status": ["succeeded", "failed", "done"],
    "limit": [1, 50, 51],
    "look_again": [True, False],
    "run_again": [True, False],
    "wait_s": [0, 1, 51],
    "nonsense": ["x"],
}


def as_written(value: Any, random: Random) -> Any:
    """As a model might write it."""
    dice = random.random()
    if dice < 0.08:
        return None
    if dice < 0.16:
        return ""
    if dice < 0.4 and not isinstance(value, str):
        return json.dumps(value)
    return [value] if dice < 0.42 else value


def meant(value: Any) -> Any:
    """A value as it was meant."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value or None
