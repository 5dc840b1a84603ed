"""What was spent: by model, provider or day, as JSON or CSV."""

from dataclasses import fields
from decimal import Decimal
from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.deps import studio_of
from imagestudio.api.params import period_end, period_start, prefers_csv
from imagestudio.api.responses import GuardedRoute, success
from imagestudio.catalog.validation import excerpt
from imagestudio.core.csv_text import csv_text
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.jobs.document import timestamp
from imagestudio.store.accounts import Report
from imagestudio.store.budget import Balance, Period
from imagestudio.store.usage import GroupBy, Usage

USAGE = "/api/v1/usage"
GROUP_BY: tuple[GroupBy, ...] = get_args(GroupBy)
FORMATS = ("json", "csv")

router = APIRouter(route_class=GuardedRoute)


@router.get(USAGE)
async def read_usage(request: Request) -> Response:
    """What the jobs of a period cost."""
    studio = studio_of(request)
    query = request.query_params
    group_by, as_csv = _group_by(query.get("group_by")), _wants_csv(request)
    since, until = period_start(query.get("from"), "from"), period_end(query.get("to"), "to")
    report = await studio.report(group_by, since, until)
    if report.selection.since > report.selection.until:
        raise InvalidParameter(Message("query.period"), field="from")
    return _csv(report) if as_csv else success(_view(report), headers={"Vary": "Accept"})


def _group_by(text: str | None) -> GroupBy:
    for known in GROUP_BY:
        if text in (known, None):
            return known
    raise InvalidParameter(
        Message("query.group_by", allowed=GROUP_BY, value=excerpt(text)),
        field="group_by",
        allowed=list(GROUP_BY),
    )


def _wants_csv(request: Request) -> bool:
    text = request.query_params.get("format")
    if text is None:
        return prefers_csv(request.headers.get("accept", ""))
    if text not in FORMATS:
        raise InvalidParameter(
            Message("query.format", allowed=FORMATS, value=excerpt(text)),
            field="format",
            allowed=list(FORMATS),
        )
    return text == "csv"


def _view(report: Report) -> dict[str, Any]:
    balances = {balance.period: balance for balance in report.budgets}
    periods: tuple[Period, ...] = get_args(Period)
    return {
        "from": timestamp(report.selection.since),
        "to": timestamp(report.selection.until),
        "group_by": report.group_by,
        "demo": report.selection.demo,
        "groups": [{"key": group.key, **_sums(group)} for group in report.groups],
        "total": _sums(report.total),
        "budgets": {period: _budget(balances.get(period)) for period in periods},
    }


def _sums(usage: Usage) -> dict[str, Any]:
    values = {field.name: getattr(usage, field.name) for field in fields(usage) if field.name != "key"}
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _budget(balance: Balance | None) -> dict[str, float] | None:
    if balance is None:
        return None
    return {
        "limit_usd": balance.limit_usd,
        "spent_usd": balance.spent_usd,
        "left_usd": balance.left_usd,
    }


def _csv(report: Report) -> Response:
    names = [field.name for field in fields(Usage)]
    rows = [[_cell(getattr(group, name)) for name in names] for group in report.groups]
    text = csv_text([report.group_by, *names[1:]], rows)
    since, until = (
        str(timestamp(moment))[:10] for moment in (report.selection.since, report.selection.until)
    )
    name = f"usage-{since}-{until}-by-{report.group_by}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"}
    return Response(text, media_type="text/csv", headers=headers)


def _cell(value: str | int | Decimal) -> str | int:
    return f"{value:f}" if isinstance(value, Decimal) else value
