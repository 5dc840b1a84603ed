"""Sums of the ledger: what the jobs of a period cost, by model, provider or day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Integer, Select, case, cast, func, select

from imagestudio.core.job import OPEN_CALLS
from imagestudio.core.units import DAY_S
from imagestudio.store.tables import calls, files, jobs

GroupBy = Literal["model", "provider", "day"]
EPOCH = date(1970, 1, 1).toordinal()
MILLION = 1_000_000

KEYS: Mapping[GroupBy, ColumnElement[Any]] = {
    "model": jobs.c.model,
    "provider": jobs.c.provider,
    "day": cast(jobs.c.created_at, Integer).op("/")(DAY_S),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose jobs, of which kind, asked for from `since` until just before `until`, in seconds since 1970."""

    owner: str
    demo: bool
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What the jobs of one key add up to. USD are exact to the millionth: whole millionths are added."""

    key: str
    jobs: int = 0
    images: int = 0
    calls: int = 0
    charged_usd: Decimal = Decimal(0)
    """Known to be charged: what the provider reported, else the highest price that the sources name."""
    estimated_usd: Decimal = Decimal(0)
    """The part of `charged_usd` that no provider reported."""
    unknown_usd: Decimal = Decimal(0)
    """Of calls that may have been charged, counted in the same way."""
    reserved_usd: Decimal = Decimal(0)
    """Of calls that are not ended, counted in the same way."""


def usage(connection: Connection, selection: Selection, group_by: GroupBy) -> list[Usage]:
    """The groups, in the order of their keys. Budgets count the three sums of USD together."""
    key = KEYS[group_by].label("key")
    pictures = _restrict(
        selection, select(key, func.count().label("images")).join(files, files.c.job_id == jobs.c.id)
    )
    images = {row.key: row.images for row in connection.execute(pictures)}
    sums = _restrict(selection, select(key, *_sums()).join(calls, calls.c.job_id == jobs.c.id))
    rows = connection.execute(sums.order_by("key"))
    return [
        Usage(
            _text(row.key, group_by),
            row.jobs,
            images.get(row.key, 0),
            row.calls,
            *(Decimal(millionths) / MILLION for millionths in row[3:]),
        )
        for row in rows
    ]


def total(groups: list[Usage]) -> Usage:
    """All groups together."""
    return Usage(
        "total",
        *(sum(getattr(group, name) for group in groups) for name in ("jobs", "images", "calls")),
        *(
            sum((getattr(group, name) for group in groups), Decimal(0))
            for name in ("charged_usd", "estimated_usd", "unknown_usd", "reserved_usd")
        ),
    )


def _restrict(selection: Selection, query: Select[Any]) -> Select[Any]:
    return query.where(
        jobs.c.owner == selection.owner,
        jobs.c.created_at >= selection.since,
        jobs.c.created_at < selection.until,
        jobs.c.demo.is_(selection.demo),
    ).group_by("key")


def _sums() -> list[ColumnElement[Any]]:
    is_open = calls.c.state.in_(OPEN_CALLS)
    charged = ~is_open & (calls.c.charged == "yes")
    return [
        func.sum(case((calls.c.position == 0, 1), else_=0)).label("jobs"),
        func.count().label("calls"),
        _millionths(charged),
        _millionths(charged & calls.c.reported_usd.is_(None)),
        _millionths(~is_open & (calls.c.charged == "unknown")),
        _millionths(is_open),
    ]


def _millionths(condition: ColumnElement[bool]) -> ColumnElement[int]:
    usd = func.coalesce(calls.c.reported_usd, calls.c.reserved_usd, 0.0)
    return func.sum(case((condition, cast(func.round(usd * MILLION), Integer)), else_=0))


def _text(key: Any, group_by: GroupBy) -> str:
    return date.fromordinal(EPOCH + key).isoformat() if group_by == "day" else str(key)
