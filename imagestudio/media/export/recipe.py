"""What a picture was made with: prompt and settings, to be made again or changed."""

from datetime import UTC, datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from imagestudio.catalog.spec import ControlName
from imagestudio.core.job import Job
from imagestudio.core.request import Task

MAX_BYTES = 64 * 1024
"""Bytes of a recipe's JSON, at most; every recipe of a job of this studio has fewer."""
LARGEST_SEED = 4_294_967_295
SIDECAR = ".recipe.json"
"""What the name of a recipe's own file ends with, in place of the picture's ending."""


class BadRecipe(ValueError):
    """The bytes are no recipe, or one of a version that this studio doesn't know."""


def _an_instant(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("an instant names its time zone")
    return text


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("no NUL belongs here")
    return text


Prompt = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(_without_nul)]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9 ._:/-]+$")]
Setting = bool | Annotated[int, Field(ge=0, le=LARGEST_SEED)] | Word


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Lineage(_Strict):
    """Where a picture comes from."""

    replaces: Word | None = None
    """The job that its job repeated."""
    source_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """The picture that was edited."""


class Recipe(_Strict):
    """What may leave the studio with a picture: never a key, an owner, or an address."""

    version: Literal[1] = 1
    prompt: Prompt
    model: Word
    task: Task
    controls: dict[ControlName, Setting] = Field(default_factory=dict)
    served_by: Word | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] | None = None
    created_at: Annotated[str, Field(max_length=40), AfterValidator(_an_instant)]
    """ISO 8601 with a time zone."""
    lineage: Lineage = Lineage()

    def to_json(self) -> bytes:
        """UTF-8 JSON on one line, the same for the same recipe."""
        return self.model_dump_json().encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Recipe":
        """The recipe in UTF-8 JSON. Raises `BadRecipe`."""
        if len(data) > MAX_BYTES:
            raise BadRecipe(f"A recipe has at most {MAX_BYTES:,} bytes.")
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            wrong = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, wrong["loc"])) or "the file"
            raise BadRecipe(f"This is no recipe of version 1: {where}: {wrong['msg']}.") from error


def recipe_of(job: Job, source_sha256: str | None = None) -> Recipe:
    """The recipe of a job's pictures. `source_sha256` is of the picture that it edited."""
    created = datetime.fromtimestamp(job.created_at, UTC)
    controls: dict[ControlName, Setting] = {
        name: job.controls[name] for name in get_args(ControlName) if name in job.controls
    }
    return Recipe(
        prompt=job.prompt,
        model=job.model,
        task=job.task,
        controls=controls,
        served_by=job.served_by,
        seed=job.seed if job.seed is not None and job.seed <= LARGEST_SEED else None,
        created_at=created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        lineage=Lineage(replaces=job.replaces, source_sha256=source_sha256),
    )
