"""Who pays, over the whole matrix of modes and visitors."""

import pytest

from imagestudio.catalog import MODELS
from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.settings import load_settings
from imagestudio.core.visitor import LOCAL, NOBODY, Visitor
from imagestudio.jobs.payers import Payers, payers_of
from tests.jobs.conftest import BFL, FAL, GOOGLE, SPACE, visitor
from tests.tables import rows

STRANGER = Visitor("session:x", "session")
HOLDER = Visitor("key:x", "key", trusted=True)
BFL_KEY, HUGGING = visitor("ann", ["bfl"]), visitor("ann", ["huggingface"])
NONE: dict[str, str] = {}
KEYED = {"BFL_API_KEY": "b" * 20, "FAL_KEY": "f" * 20}
BUDGET = {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "5"}
ON, OFF = {"IMAGESTUDIO_SANDBOX": "on"}, {"IMAGESTUDIO_SANDBOX": "off"}


def payers(**settings: str) -> Payers:
    return payers_of(load_settings(settings))


def payer(rules: Payers, who: Visitor, model: str) -> str:
    spec = MODELS[model]
    try:
        return rules.choose(who, spec, spec.route({})).payer
    except ModelUnavailable as error:
        return str(error.details["set"])


@rows(
    ("settings", "who", "model", "found"),
    [
        # nothing set: a demo, but for whoever brings a key
        (NONE, LOCAL, BFL, "nobody"),
        (NONE, BFL_KEY, BFL, "visitor"),
        (NONE, BFL_KEY, GOOGLE, "GEMINI_API_KEY"),
        (NONE, HUGGING, FAL, "huggingface"),
        (NONE, HUGGING, "recraft-v4", "FAL_KEY"),
        (NONE, HUGGING, BFL, "BFL_API_KEY"),
        # a laptop with keys
        (KEYED, LOCAL, BFL, "studio"),
        (KEYED, LOCAL, GOOGLE, "GEMINI_API_KEY"),
        (KEYED, STRANGER, BFL, "studio"),
        (KEYED, BFL_KEY, BFL, "visitor"),
        (KEYED, BFL_KEY, FAL, "studio"),
        (KEYED, NOBODY, BFL, "X-BFL-Key"),
        (KEYED | ON, LOCAL, BFL, "nobody"),
        (KEYED | ON, BFL_KEY, BFL, "nobody"),
        # a public address: the host's keys serve whom the host chose
        (KEYED | SPACE, STRANGER, BFL, "nobody"),
        (KEYED | SPACE | OFF, STRANGER, BFL, "X-BFL-Key"),
        (KEYED | SPACE, HOLDER, BFL, "studio"),
        (KEYED | SPACE, HOLDER, GOOGLE, "GEMINI_API_KEY"),
        (KEYED | SPACE, BFL_KEY, BFL, "visitor"),
        (KEYED | SPACE, BFL_KEY, FAL, "X-Fal-Key"),
        (KEYED | SPACE | BUDGET, STRANGER, BFL, "studio"),
        (KEYED | SPACE | BUDGET, STRANGER, GOOGLE, "X-Gemini-Key"),
        (KEYED | SPACE | BUDGET, BFL_KEY, BFL, "visitor"),
        (KEYED | SPACE | BUDGET, HUGGING, FAL, "huggingface"),
        (KEYED | SPACE | BUDGET, HUGGING, "recraft-v4", "studio"),
        (KEYED | SPACE | BUDGET, NOBODY, BFL, "X-BFL-Key"),
    ],
)
def test_who_pays(settings: dict[str, str], who: Visitor, model: str, found: str) -> None:
    rules = payers(**settings)
    assert payer(rules, who, model) == found
    assert rules.is_demo(who) is (found == "nobody")
    if found in ("studio", "visitor", "huggingface", "nobody"):
        assert found in rules.running


@rows("address", [{"GRADIO_SERVER_NAME": "0.0.0.0"}, SPACE, {"IMAGESTUDIO_PUBLIC_URL": "https://x.test"}])
def test_public_by_accident_is_impossible(address: dict[str, str]) -> None:
    rules = payers(**KEYED, **address)
    for model in MODELS:
        assert payer(rules, STRANGER, model) == "nobody"
        assert payer(payers(**KEYED, **address, **OFF), STRANGER, model).startswith("X-")


def test_a_model_that_hugging_face_does_not_route_is_refused_by_name_with_what_would_run_it() -> None:
    spec = MODELS["recraft-v4"]
    with pytest.raises(ModelUnavailable) as refusal:
        payers(**SPACE).choose(HUGGING, spec, spec.route({}))
    assert refusal.value.message == (
        "Recraft V4 needs a key of fal.ai. A Hugging Face token pays for Stable Diffusion 3.5, Qwen Image, "
        "Qwen Image Edit only. Give yours on the page, or send it in X-Fal-Key."
    )
