"""One prompt for several models: what it would cost, the runs, and which picture its owner liked best.

Each run is an ordinary job of the visitor's, submitted under a key of its own that follows from the
comparison: however often a comparison is begun or gone on with, no run is paid twice.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from imagestudio.catalog import get_model, models_for
from imagestudio.catalog.adapt import SHAPE, Adaptation, adapt, is_of_kind
from imagestudio.catalog.spec import ModelSpec
from imagestudio.catalog.validation import CONTROLS, excerpt, field_name, validate
from imagestudio.core.errors import (
    IdempotencyConflict,
    InvalidParameter,
    MissingField,
    NotFound,
    StudioError,
    UnsupportedParameter,
)
from imagestudio.core.ids import new_id
from imagestudio.core.messages import Message
from imagestudio.core.request import fingerprint
from imagestudio.store.comparisons import Comparison, ComparisonEntry, ComparisonStore, Verdict
from imagestudio.studio.service import Studio

WISHES = tuple(name for name in CONTROLS if name != "num_images")
"""What can be wished for; each model makes one picture."""
FIELDS = ("prompt", "models", "blind")
FEWEST = 2

Order = Callable[[Sequence[ModelSpec]], Sequence[ModelSpec]]


@dataclass(frozen=True, slots=True)
class Line:
    """What a model would do with a wish."""

    spec: ModelSpec
    nearest: Adaptation
    estimate_usd: float | None
    can_run: bool
    missing: Message | None
    """What is missing where it can't run."""


@dataclass(frozen=True, slots=True)
class Total:
    """What several runs cost together, as far as the sources tell."""

    usd: float
    unknown: int
    """Runs whose price no source tells: they come on top."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be compared."""

    prompt: str
    models: tuple[ModelSpec, ...]
    wishes: dict[str, Any]
    blind: bool = False


def wish_of(fields: Mapping[str, Any]) -> Wish:
    """A request's fields, checked: `prompt`, `models`, `blind`, and the wishes by the controls' names.

    Raises the `StudioError` that names the fault. What only some of the models refuse is left to them.
    """
    models = fields.get("models")
    if not isinstance(models, list) or not all(isinstance(one, str) for one in models):
        raise InvalidParameter(Message("compare.models"), field="models")
    if len(set(models)) < FEWEST:
        raise InvalidParameter(Message("compare.too_few"), field="models", allowed={"min": FEWEST})
    specs = tuple(get_model(one, "generate") for one in dict.fromkeys(models))
    blind = fields.get("blind", False)
    if not isinstance(blind, bool):
        raise InvalidParameter(Message("compare.blind"), field="blind", allowed=[True, False])
    wishes = wishes_of(fields)
    if blind and not any(name in wishes for name in SHAPE):
        wishes["aspect_ratio"] = "1:1"  # a shape of its own would tell a model
    return Wish(_prompt(fields.get("prompt"), specs), specs, wishes, blind)


def wishes_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The wishes among a request's fields. Raises `UnsupportedParameter` or `InvalidParameter`."""
    for name in fields:
        if name not in (*FIELDS, *WISHES):
            allowed = [*FIELDS, *WISHES]
            raise UnsupportedParameter(Message("compare.fields", allowed=allowed), allowed=allowed)
    wishes = {name: fields[name] for name in WISHES if fields.get(name) is not None}
    for name, value in wishes.items():
        if not is_of_kind(name, value):
            raise InvalidParameter(
                Message("compare.value", value=excerpt(value), field=field_name(name)), field=name
            )
    return wishes


def _prompt(prompt: Any, specs: Sequence[ModelSpec]) -> str:
    if prompt is None:
        raise MissingField(Message("prompt.missing_for_all"), field="prompt")
    refusals = []
    for spec in specs:
        try:
            return validate("generate", {"prompt": prompt, "model": spec.id}).prompt
        except StudioError as error:
            refusals.append(error)
    raise refusals[0]


def shuffled(models: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
    """In an order that nobody can know beforehand."""
    return SystemRandom().sample(models, len(models))


def total(estimates: Iterable[float | None]) -> Total:
    """The sum of what is known, and how many are not."""
    known = list(estimates)
    return Total(round(sum(usd for usd in known if usd is not None), 6), known.count(None))


@dataclass(frozen=True, slots=True)
class Comparisons:
    """A visitor's comparisons."""

    studio: Studio
    store: ComparisonStore
    order: Order = shuffled
    """How the models of a blind comparison are shown."""
    count: Callable[[], None] = lambda: None
    """Counts a run, and refuses one too many by raising."""

    def forecast(self, wishes: Mapping[str, Any]) -> list[Line]:
        """What each model that generates would do with these wishes. Nothing is sent or kept."""
        return [self._line(spec, wishes) for spec in models_for("generate")]

    def _line(self, spec: ModelSpec, wishes: Mapping[str, Any]) -> Line:
        near, view = adapt(spec, wishes), self.studio.model(spec.id)
        return Line(spec, near, self.studio.estimate(spec.id, near.settings), view.can_run, view.missing)

    async def begin(self, wish: Wish, key: str | None = None, origin: str | None = None) -> Comparison:
        """Keep a comparison and start its runs; those that are refused don't stop the others.

        The same key with the same wish gives the same comparison. Raises `IdempotencyConflict`.
        """
        models = self.order(wish.models) if wish.blind else wish.models
        new = Comparison(
            id=new_id(),
            owner=self.studio.visitor.owner,
            created_at=self.store.clock(),
            prompt=wish.prompt,
            wishes=wish.wishes,
            blind=wish.blind,
            demo=self.studio.demo,
            entries=tuple(
                ComparisonEntry(place, spec.id, adapt(spec, wish.wishes).settings)
                for place, spec in enumerate(models, 1)
            ),
        )
        asked = {"prompt": wish.prompt, "wishes": wish.wishes, "blind": wish.blind}
        asked["models"] = [spec.id for spec in wish.models]
        mark = await asyncio.to_thread(fingerprint, "compare", asked, None)
        comparison, known = await self.store.add(new, key, mark)
        if known != mark:
            raise IdempotencyConflict(Message("compare.key_reused"))
        return await self.go_on(comparison, origin)

    async def go_on(self, comparison: Comparison, origin: str | None = None) -> Comparison:
        """Start the runs that have no job yet: a restart came between, or they were refused before."""
        waiting = [entry for entry in comparison.entries if entry.job_id is None]
        await asyncio.gather(*(self._start(comparison, entry, origin) for entry in waiting))
        return await self.find(comparison.id)

    async def _start(self, comparison: Comparison, entry: ComparisonEntry, origin: str | None) -> None:
        fields = {"prompt": comparison.prompt, "model": entry.model, **entry.settings}
        key = f"comparison:{comparison.id}:{entry.place}"
        try:
            self.count()
            job = await self.studio.submit("generate", fields, idempotency_key=key, origin=origin)
        except StudioError as error:
            await self.store.set_error(comparison.id, entry.place, error.failure)
        else:
            await self.store.set_job(comparison.id, entry.place, job.id)

    async def find(self, comparison_id: str) -> Comparison:
        """A comparison of this visitor's. Raises `NotFound`."""
        comparison = await self.store.get(self.studio.visitor.owner, comparison_id)
        if comparison is None:
            raise NotFound(Message("compare.unknown"))
        return comparison

    async def page(self, limit: int) -> list[Comparison]:
        """The latest comparisons, newest first."""
        return await self.store.page(self.studio.visitor.owner, limit)

    async def stop(self, comparison: Comparison) -> None:
        """Cancel what still runs of it."""
        for entry in comparison.entries:
            if entry.job_id is not None:
                await self.studio.cancel(entry.job_id)

    async def vote(self, comparison: Comparison, verdict: Verdict) -> Comparison:
        """Keep a vote; a later one replaces it. Raises `InvalidParameter` where that can't be voted for."""
        if len(verdict.shown) < FEWEST:
            raise InvalidParameter(Message("compare.nothing_to_choose"), field="winner")
        if verdict.winner is not None and verdict.winner not in verdict.shown:
            raise InvalidParameter(
                Message("compare.winner"),
                field="winner",
                allowed=[*verdict.shown, None],
            )
        await self.store.set_verdict(comparison.id, verdict)
        return await self.find(comparison.id)
