"""The fourteen models, as data. Page, validation, schemas and tests all derive from here."""

from imagestudio.catalog import bfl, fal, google
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.errors import InvalidModel
from imagestudio.core.messages import Message
from imagestudio.core.request import Task

MODELS: dict[str, ModelSpec] = {spec.id: spec for spec in (*google.MODELS, *bfl.MODELS, *fal.MODELS)}


def models_for(task: Task) -> list[ModelSpec]:
    """The models of a task, in the catalog's order."""
    return [spec for spec in MODELS.values() if spec.task == task]


def default_model(task: Task) -> ModelSpec:
    """The model a task uses when none is named."""
    return next(spec for spec in models_for(task) if spec.default)


def get_model(model_id: str, task: Task) -> ModelSpec:
    """The model of that id; an unknown one, or one of the other task, is refused with the known ones."""
    spec = MODELS.get(model_id)
    allowed = [known.id for known in models_for(task)]
    if spec is None:
        raise InvalidModel(
            Message("model.unknown", allowed=allowed),
            field="model",
            allowed=allowed,
        )
    if spec.task != task:
        other = "model.generates" if task == "edit" else "model.edits"
        raise InvalidModel(
            Message(other, name=spec.name, allowed=allowed),
            field="model",
            allowed=allowed,
        )
    return spec
