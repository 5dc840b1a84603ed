"""Comparisons: one prompt for several models, the jobs that came of it, and how its owner judged them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from imagestudio.core.errors import Failure, NotFound
from imagestudio.core.messages import Message
from imagestudio.store.database import Database
from imagestudio.store.tables import calls, comparison_entries, comparisons, jobs

THERE = comparisons.c.gone_at.is_(None)
"""Of comparisons: not deleted."""
DELETED = NotFound(Message("job.deleted")).failure


@dataclass(frozen=True, slots=True)
class ComparisonEntry:
    """One model's part in a comparison."""

    place: int
    """From 1, in the order shown."""
    model: str
    settings: dict[str, Any]
    """What the model is asked for: of all that it takes, the nearest to what was wished."""
    job_id: str | None = None
    error: Failure | None = None
    """Why there is no job, where it was refused or deleted."""
    deleted: bool = False
    """Whether its job was deleted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A vote."""

    winner: int | None
    """The place of the picture that was preferred; None where none was better."""
    shown: tuple[int, ...]
    """The places that had a picture."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One prompt for several models."""

    id: str
    owner: str
    created_at: float
    prompt: str
    wishes: dict[str, Any]
    blind: bool
    demo: bool
    """Whether the sandbox drew it: such votes say nothing about the models themselves."""
    entries: tuple[ComparisonEntry, ...]
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a model's runs in comparisons took on average; None where that is unknown."""

    model: str
    usd: float | None
    seconds: float | None


class ComparisonStore:
    """The one place that writes comparisons."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self.clock = clock

    async def add(self, comparison: Comparison, key: str | None, fingerprint: str) -> tuple[Comparison, str]:
        """Keep a new comparison; where its owner's key names one already, that one, and its fingerprint."""
        values = {
            field.name: getattr(comparison, field.name)
            for field in fields(comparison)
            if field.name not in ("entries", "verdict")
        }
        rows = [
            {"comparison_id": comparison.id, "place": one.place, "model": one.model, "settings": one.settings}
            for one in comparison.entries
        ]

        def change(connection: Connection) -> tuple[Comparison, str]:
            conditions = (comparisons.c.owner == comparison.owner, comparisons.c.key == key)
            existing = (
                connection.execute(select(comparisons).where(*conditions)).one_or_none() if key else None
            )
            if existing is not None:
                return _load(connection, [existing])[0], existing.fingerprint
            connection.execute(insert(comparisons).values(**values, key=key, fingerprint=fingerprint))
            connection.execute(insert(comparison_entries), rows)
            return comparison, fingerprint

        return await self._database.write(change)

    async def get(self, owner: str, comparison_id: str) -> Comparison | None:
        """A comparison of this owner's."""
        query = select(comparisons).where(
            comparisons.c.id == comparison_id, comparisons.c.owner == owner, THERE
        )
        return next(iter(await self._read(query)), None)

    async def page(self, owner: str, limit: int) -> list[Comparison]:
        """An owner's latest comparisons, newest first."""
        query = select(comparisons).where(comparisons.c.owner == owner, THERE)
        return await self._read(query.order_by(comparisons.c.id.desc()).limit(limit))

    async def set_job(self, comparison_id: str, place: int, job_id: str) -> None:
        """An entry has its job."""
        await self._change(comparison_id, place, {"job_id": job_id, "error": None})

    async def set_error(self, comparison_id: str, place: int, error: Failure) -> None:
        """An entry was refused, unless it has a job meanwhile."""
        await self._change(comparison_id, place, {"error": error})

    async def set_verdict(self, comparison_id: str, verdict: Verdict) -> None:
        """Keep a vote instead of any before."""
        values = {"winner": verdict.winner, "shown": list(verdict.shown), "voted_at": self.clock()}

        def change(connection: Connection) -> None:
            condition = comparisons.c.id == comparison_id
            connection.execute(update(comparisons).where(condition).values(**values))

        await self._database.write(change)

    async def with_verdict(self, owner: str, demo: bool) -> list[Comparison]:
        """The comparisons that an owner has voted on, the demo's or the live ones."""
        conditions = (
            comparisons.c.owner == owner,
            comparisons.c.demo == demo,
            comparisons.c.voted_at.is_not(None),
            THERE,
        )
        return await self._read(select(comparisons).where(*conditions).order_by(comparisons.c.id))

    async def costs(self, owner: str, demo: bool) -> list[Cost]:
        """What each model took on average in an owner's comparisons: USD as reported, else as estimated."""
        reported = select(func.sum(calls.c.reported_usd)).where(calls.c.job_id == jobs.c.id).scalar_subquery()
        query = (
            select(
                jobs.c.model,
                func.avg(func.coalesce(reported, jobs.c.estimated_usd)).label("usd"),
                func.avg(jobs.c.finished_at - jobs.c.started_at).label("seconds"),
            )
            .join(comparison_entries, comparison_entries.c.job_id == jobs.c.id)
            .where(jobs.c.owner == owner, jobs.c.demo == demo, jobs.c.status == "succeeded")
            .group_by(jobs.c.model)
        )

        def fetch(connection: Connection) -> list[Cost]:
            return [Cost(**row._mapping) for row in connection.execute(query)]

        return await self._database.read(fetch)

    async def _read(self, query: Select[Any]) -> list[Comparison]:
        return await self._database.read(lambda connection: _load(connection, connection.execute(query)))

    async def _change(self, comparison_id: str, place: int, values: dict[str, Any]) -> None:
        table = comparison_entries.c
        condition = (table.comparison_id == comparison_id, table.place == place, table.job_id.is_(None))

        def change(connection: Connection) -> None:
            connection.execute(update(comparison_entries).where(*condition).values(**values))

        await self._database.write(change)


def _load(connection: Connection, selected: Iterable[Row[Any]]) -> list[Comparison]:
    rows = list(selected)
    table = comparison_entries.c
    query = (
        select(comparison_entries, jobs.c.gone)
        .outerjoin(jobs, jobs.c.id == table.job_id)
        .where(table.comparison_id.in_([row.id for row in rows]))
    )
    entries: dict[str, list[ComparisonEntry]] = {row.id: [] for row in rows}
    for row in connection.execute(query.order_by(table.comparison_id, table.place)):
        values = dict(row._mapping)
        if values.pop("gone") is not None:
            values |= {"deleted": True, "error": DELETED}
        entries[values.pop("comparison_id")].append(ComparisonEntry(**values))
    return [_comparison(row, tuple(entries[row.id])) for row in rows]


def _comparison(row: Row[Any], entries: tuple[ComparisonEntry, ...]) -> Comparison:
    return Comparison(
        id=row.id,
        owner=row.owner,
        created_at=row.created_at,
        prompt=row.prompt,
        wishes=row.wishes,
        blind=row.blind,
        demo=row.demo,
        entries=entries,
        verdict=None if row.voted_at is None else Verdict(row.winner, tuple(row.shown)),
    )
