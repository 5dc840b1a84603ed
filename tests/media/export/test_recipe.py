"""What a recipe holds, and what it can never hold."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.core.job import Job
from imagestudio.media.export.recipe import MAX_BYTES, BadRecipe, Recipe, recipe_of
from tests.tables import rows

SHA = "ab" * 32
WHOLE: dict[str, Any] = {
    "version": 1,
    "prompt": "a red fox",
    "model": "flux-2-pro",
    "task": "edit",
    "controls": {"seed": 7, "aspect_ratio": "16:9", "vector": True},
    "served_by": "flux-3",
    "seed": 7,
    "created_at": "2026-11-24T10:20:30.000Z",
    "lineage": {"replaces": "0" * 32, "source_sha256": SHA},
}


def job(**changed: Any) -> Job:
    fields: dict[str, Any] = {
        "id": "1" * 32,
        "owner": "marked-owner",
        "task": "edit",
        "status": "succeeded",
        "model": "flux-kontext",
        "provider": "bfl",
        "served_by": None,
        "demo": False,
        "created_at": 1_795_000_000.5,
        "asked": {"image_url": "https://example.org/?token=marked-secret"},
        "prompt": "add a hat",
        "controls": {"seed": 9},
        "response_format": "auto",
        "input_file": "2" * 32,
        "estimated_usd": 0.04,
        "webhook_url": "https://example.org/?token=marked-secret",
        "origin": "https://marked-origin.example",
    }
    return Job(**(fields | changed))


def test_a_recipe_is_the_same_after_a_trip_through_json() -> None:
    recipe = Recipe.from_json(json.dumps(WHOLE).encode())
    assert json.loads(recipe.to_json()) == WHOLE
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_jobs_recipe_is_its_prompt_and_settings_and_nothing_private() -> None:
    text = recipe_of(job(replaces="3" * 32), SHA).to_json()
    assert json.loads(text) == {
        "version": 1,
        "prompt": "add a hat",
        "model": "flux-kontext",
        "task": "edit",
        "controls": {"seed": 9},
        "served_by": None,
        "seed": 9,
        "created_at": "2026-11-18T11:06:40.500Z",
        "lineage": {"replaces": "3" * 32, "source_sha256": SHA},
    }
    assert b"marked" not in text


@rows(
    "changed",
    [
        {"version": 2},
        {"prompt": ""},
        {"prompt": "x" * 10_001},
        {"prompt": "a\0b"},
        {"prompt": 5},
        {"model": "https://example.org/?key=1"},
        {"task": "delete"},
        {"controls": {"api_key": "x"}},
        {"controls": {"seed": -1}},
        {"controls": {"seed": 2**32}},
        {"controls": {"seed": 1.5}},
        {"controls": {"seed": "https://example.org/?key=1"}},
        {"seed": "7"},
        {"created_at": "yesterday"},
        {"created_at": "2026-11-24T10:20:30"},
        {"owner": "me"},
        {"lineage": {"owner": "me"}},
        {"lineage": {"source_sha256": "ab"}},
    ],
)
def test_anything_else_is_no_recipe(changed: dict[str, Any]) -> None:
    with pytest.raises(BadRecipe, match="no recipe of version 1"):
        Recipe.from_json(json.dumps(WHOLE | changed).encode())


@rows("data", [b"", b"\xff", b"[]", b"{", b'{"prompt": "\\ud800"}', b"[" * 60_000, b" " * (MAX_BYTES + 1)])
def test_bytes_of_any_kind_are_refused_alike(data: bytes) -> None:
    with pytest.raises(BadRecipe):
        Recipe.from_json(data)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
@settings(deadline=None)
def test_every_prompt_survives(prompt: str) -> None:
    recipe = Recipe.from_json(json.dumps(WHOLE | {"prompt": prompt}).encode())
    assert Recipe.from_json(recipe.to_json()).prompt == prompt


def test_the_longest_prompt_fits() -> None:
    for character in ("\x01", "\U0001f98a", '"', "&"):
        assert len(recipe_of(job(prompt=character * 10_000)).to_json()) <= MAX_BYTES
