"""What a model does not take is refused by name; nothing is clamped, rounded or dropped."""

from typing import Any

import pytest

from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.catalog.validation import FIELDS, validate
from imagestudio.core.errors import (
    InvalidModel,
    InvalidParameter,
    MissingField,
    StudioError,
    UnsupportedParameter,
)
from tests.catalog.controls import TAKEN, UNTAKEN, VALID
from tests.tables import rows


@rows(("spec", "name"), UNTAKEN)
def test_every_control_a_model_does_not_take_is_refused_by_name(spec: ModelSpec, name: str) -> None:
    with pytest.raises(UnsupportedParameter) as caught:
        validate(spec.task, {"prompt": "x", "model": spec.id, name: VALID[name]})
    assert caught.value.details["field"] == name
    assert spec.name in caught.value.message or spec.task in caught.value.message


@rows(("spec", "control"), TAKEN)
def test_every_control_a_model_takes_is_taken(spec: ModelSpec, control: Control) -> None:
    checked = validate(spec.task, {"prompt": "x", "model": spec.id, control.name: VALID[control.name]})
    assert checked.controls[control.name] == VALID[control.name]
    assert checked.asked == {"prompt": "x", "model": spec.id, control.name: VALID[control.name]}


@rows(
    ("spec", "control"),
    [pair for pair in TAKEN if pair[1].kind == "integer"],
)
@rows("value", ["512", " ", True, [512], {}, 512.5, float("nan"), float("inf"), -1, 10**400, 2**40])
def test_wrong_numbers_are_refused(spec: ModelSpec, control: Control, value: object) -> None:
    with pytest.raises(InvalidParameter) as caught:
        validate(spec.task, {"prompt": "x", "model": spec.id, control.name: value})
    assert caught.value.details["field"] == control.name
    assert caught.value.details["allowed"]["maximum"] == control.maximum


@rows("empty", [None, ""])
def test_what_is_empty_is_left_out(empty: str | None) -> None:
    for task, names in FIELDS.items():
        checked = validate(task, {**dict.fromkeys(names, empty), "prompt": "x"})
        assert checked.asked == {"prompt": "x"}
        assert (checked.spec.default, checked.controls, checked.image_url) == (True, {}, None)


@rows(
    ("model", "value", "nearest"),
    [
        ("flux-2-pro", 1000, [992, 1008]),
        ("flux-2-pro", 255, [256]),
        ("flux-2-pro", 2049, [2048]),
        ("flux-1.1-pro", 1000, [992, 1024]),
        ("flux-1.1-pro", 1441, [1440]),
        ("sd-3.5", 100, [256]),
    ],
)
def test_a_value_that_would_be_rounded_is_refused_with_the_nearest(
    model: str, value: int, nearest: list[int]
) -> None:
    with pytest.raises(InvalidParameter) as caught:
        validate("generate", {"prompt": "x", "model": model, "width": value})
    assert caught.value.details["allowed"]["nearest"] == nearest


@rows("value", [512, 512.0])
def test_whole_numbers_are_taken_in_either_spelling(value: float) -> None:
    assert validate("generate", {"prompt": "x", "width": value}).controls == {"width": 512, "height": 1024}


@rows(
    ("model", "asked", "size"),
    [
        ("flux-2-pro", {"height": 512}, (1024, 512)),
        ("flux-1.1-pro", {"width": 512}, (512, 768)),
        ("sd-3.5", {"width": 512}, (512, 768)),
        ("recraft-v4", {"height": 300}, (1024, 300)),
    ],
)
def test_a_lone_side_is_completed(model: str, asked: dict[str, int], size: tuple[int, int]) -> None:
    controls = validate("generate", {"prompt": "x", "model": model, **asked}).controls
    assert (controls["width"], controls["height"]) == size


def test_ratio_and_sides_must_agree() -> None:
    agreeing = {"prompt": "x", "model": "sd-3.5", "aspect_ratio": "16:9", "width": 1365, "height": 768}
    assert validate("generate", agreeing).controls["width"] == 1365
    with pytest.raises(InvalidParameter, match=r"1024 x 576 or 1365 x 768") as caught:
        validate("generate", {"prompt": "x", "model": "sd-3.5", "aspect_ratio": "16:9", "width": 1024})
    assert caught.value.details["field"] == "aspect_ratio"


@rows(
    ("task", "fields", "error", "field"),
    [
        ("generate", {}, MissingField, "prompt"),
        ("generate", {"prompt": ""}, MissingField, "prompt"),
        ("generate", {"prompt": " \n\t"}, MissingField, "prompt"),
        ("generate", {"prompt": None}, MissingField, "prompt"),
        ("generate", {"prompt": 5}, InvalidParameter, "prompt"),
        ("generate", {"prompt": "x" * 10_001}, InvalidParameter, "prompt"),
        ("generate", {"prompt": "x" * 1001, "model": "recraft-v3"}, InvalidParameter, "prompt"),
        ("generate", {"prompt": "\ud800"}, InvalidParameter, "prompt"),
        ("generate", {"prompt": "a\x00b"}, InvalidParameter, "prompt"),
        ("generate", {"prompt": "x", "model": "nope"}, InvalidModel, "model"),
        ("generate", {"prompt": "x", "model": 3}, InvalidParameter, "model"),
        ("generate", {"prompt": "x", "model": "seedream-5"}, InvalidModel, "model"),
        ("edit", {"prompt": "x", "model": "flux-2-pro"}, InvalidModel, "model"),
        ("generate", {"prompt": "x", "negative_prompt": "y"}, UnsupportedParameter, "negative_prompt"),
        ("generate", {"prompt": "x", "image_url": "https://a"}, UnsupportedParameter, "image_url"),
        ("edit", {"prompt": "x", "width": 512}, UnsupportedParameter, "width"),
        ("edit", {"prompt": "x", "image_url": " "}, MissingField, "image_url"),
        ("edit", {"prompt": "x", "image_url": 7}, InvalidParameter, "image_url"),
        ("generate", {"prompt": "x", "response_format": "gif"}, InvalidParameter, "response_format"),
        ("generate", {"prompt": "x", "response_format": []}, InvalidParameter, "response_format"),
        ("generate", {"prompt": "x", "model": "recraft-v4", "vector": 1}, InvalidParameter, "vector"),
        (
            "generate",
            {"prompt": "x", "model": "imagen-4", "image_size": "4K"},
            InvalidParameter,
            "image_size",
        ),
        (
            "generate",
            {"prompt": "x", "model": "imagen-4", "aspect_ratio": "2:1"},
            InvalidParameter,
            "aspect_ratio",
        ),
    ],
)
def test_refusals(task: Any, fields: dict[str, Any], error: type[StudioError], field: str) -> None:
    with pytest.raises(error) as caught:
        validate(task, fields)
    assert caught.value.details["field"] == field
    caught.value.message.encode()


def test_an_unknown_field_with_a_hostile_name_is_shown_in_plain_ascii() -> None:
    with pytest.raises(UnsupportedParameter) as caught:
        validate("generate", {"prompt": "x", "\ud800" * 100: 1})
    assert caught.value.message.isascii()
    assert str(caught.value.details["field"]).isascii()


def test_prompts_are_trimmed_and_asked_is_what_came() -> None:
    checked = validate("generate", {"prompt": "  a fox \n", "seed": None})
    assert checked.prompt == "a fox"
    assert checked.asked == {"prompt": "  a fox \n"}
    assert validate("generate", {"prompt": "x" * 10_000}).prompt == "x" * 10_000
    assert set(FIELDS["edit"]) - set(FIELDS["generate"]) == {"image_url"}
