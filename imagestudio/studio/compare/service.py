"""One prompt for several models: what it would cost, the runs, and which picture its owner liked best.

Each run is an ordinary job of the visitor's, submitted under a key of its own that follows from the
comparison: however often a comparison is begun or gone on with, no run is paid twice.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from imagestudio.catalog import get_model, models_for
from imagestudio.catalog.adapt import SHAPE, Adaptation, adapt, is_of_kind
from imagestudio.catalog.spec import ModelSpec
from imagestudio.catalog.validation import CONTROLS, excerpt, validate
from imagestudio.core.errors import (
    IdempotencyConflict,
    InvalidParameter,
    MissingField,
    NotFound,
    StudioError,
    UnsupportedParameter,
)
from imagestudio.core.ids import new_id
from imagestudio.core.job import Job, Progress, StoredFile
from imagestudio.core.messages import Message, field_name
from imagestudio.core.request import fingerprint
from imagestudio.store.comparisons import Comparison, ComparisonEntry, ComparisonStore, Verdict
from imagestudio.studio.compare.rating import Rank, Usual, Vote, rank
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
class ModelRun:
    """One model's part, and its job as it stands."""

    entry: ComparisonEntry
    job: Job | None = None
    """None where it was refused, or did not begin yet."""
    progress: Progress | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.entry.error is not None if self.job is None else self.job.ended

    @property
    def picture(self) -> StoredFile | None:
        """What came of it, while it is there."""
        return next(iter(self.job.pictures), None) if self.job else None


@dataclass(frozen=True, slots=True)
class ComparisonState:
    """A comparison at a moment."""

    comparison: Comparison
    runs: tuple[ModelRun, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing more comes by itself."""
        return all(run.ended for run in self.runs)

    @property
    def unstarted(self) -> int:
        """Runs that were neither started nor refused: a restart came between."""
        return sum(run.job is None and run.entry.error is None for run in self.runs)

    @property
    def shown(self) -> tuple[int, ...]:
        """The places with a picture, once all have come to an end: there is no voting before."""
        return tuple(run.entry.place for run in self.runs if run.picture) if self.ended else ()

    @property
    def hidden(self) -> bool:
        """Whether it must not be told which model is which: blind, not voted on, and there can be a vote."""
        waits = not self.ended or len(self.shown) >= FEWEST
        return self.comparison.blind and self.comparison.verdict is None and waits


@dataclass(frozen=True, slots=True)
class Ranking:
    """The models that were voted on, the best first."""

    ranks: tuple[Rank, ...]
    votes: int
    """Comparisons that were voted on."""
    votes_of: dict[str, int]
    """By model."""
    demo: bool
    """Whether these are the demo's pictures: drawn by the sandbox, they say nothing about the models."""


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
            if entry.job_id is not None and not entry.deleted:
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

    async def state(self, comparison: Comparison) -> ComparisonState:
        """How it stands now."""
        runs = []
        for entry in comparison.entries:
            job = await self.studio.job(entry.job_id) if entry.job_id and not entry.deleted else None
            progress = self.studio.progress(job.id) if job and not job.ended else None
            runs.append(ModelRun(entry, job, progress))
        return ComparisonState(comparison, tuple(runs))

    async def wait_for_change(
        self, comparison: Comparison, wait_s: float, is_known: Callable[[ComparisonState], bool]
    ) -> ComparisonState:
        """How it stands now or, where that is known and something runs, after the next change or `wait_s`."""
        async with AsyncExitStack() as stack:
            watches = {
                entry.place: await stack.enter_async_context(
                    aclosing(self.studio.watch(entry.job_id, every_s=wait_s))
                )
                for entry in comparison.entries
                if entry.job_id and not entry.deleted
            }
            # Each watch listens from its first word on: no change falls between it and the waiting.
            seen = {place: await anext(watch) for place, watch in watches.items()}
            runs = (ModelRun(entry, *seen.get(entry.place, ())) for entry in comparison.entries)
            now = ComparisonState(comparison, tuple(runs))
            running = [run.entry.place for run in now.runs if run.job and not run.ended]
            if not running or not is_known(now):
                return now
            changes: list[asyncio.Future[Any]] = [
                asyncio.ensure_future(anext(watches[place], None)) for place in running
            ]
            await _wait_for_first(changes, wait_s)
        return await self.state(comparison)

    async def ranking(self) -> Ranking:
        """The ranking by the visitor's own votes, the demo's or the live ones as they run now."""
        owner, demo = self.studio.visitor.owner, self.studio.demo
        votes = [vote for one in await self.store.with_verdict(owner, demo) if (vote := _vote(one))]
        costs = await self.store.costs(owner, demo)
        usual = {cost.model: Usual(cost.usd, cost.seconds) for cost in costs}
        votes_of = Counter(model for vote in votes for model in vote.shown)
        return Ranking(rank(votes, usual), len(votes), dict(votes_of), demo)


async def _wait_for_first(tasks: list[asyncio.Future[Any]], wait_s: float) -> None:
    """Wait for one of them, and leave none behind."""
    try:
        await asyncio.wait(tasks, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _vote(comparison: Comparison) -> Vote | None:
    verdict = comparison.verdict
    if verdict is None:
        return None
    models = {entry.place: entry.model for entry in comparison.entries}
    chosen = None if verdict.winner is None else models[verdict.winner]
    return Vote(tuple(models[place] for place in verdict.shown), chosen)
