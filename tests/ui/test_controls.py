"""A control of the catalog has a name, a label, a place in the form, and a parameter in Gradio and MCP."""

import inspect

import pytest

from imagestudio.catalog.validation import CONTROLS, controls_of
from imagestudio.core.messages.en import EN as SENTENCES
from imagestudio.ui.controls import control_names
from imagestudio.ui.form import PAIRS
from imagestudio.ui.tools import Tools

pytestmark = pytest.mark.slow  # importing Gradio takes longer than the tests


def test_every_control_is_named_labelled_and_placed() -> None:
    assert [name for name in CONTROLS if f"field.{name}" not in SENTENCES] == []
    assert sorted(name for pair in PAIRS for name in pair) == sorted(CONTROLS)
    assert set(control_names("generate")) == set(controls_of("generate"))
    assert set(control_names("edit")) == set(controls_of("edit"))


def test_every_control_is_a_parameter_of_its_tool() -> None:
    generate = inspect.signature(Tools.generate_image).parameters
    assert [name for name in controls_of("generate") if name not in generate] == []
    edit = inspect.signature(Tools.edit_image).parameters
    assert [name for name in controls_of("edit") if name not in edit] == []
