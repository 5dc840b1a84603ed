"""What was spent: by model, provider or day, as JSON or CSV."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, WithJsonSchema
from starlette.responses import Response

from imagestudio.api import schemas
from imagestudio.api.deps import studio_of
from imagestudio.api.openapi.errors import access, refused
from imagestudio.api.params import one_of, period_end, period_start, prefers_csv
from imagestudio.api.responses import GuardedRoute, success
from imagestudio.core.csv_text import csv_text
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.jobs.document import timestamp
from imagestudio.store.accounts import Report
from imagestudio.store.budget import Balance, Period
from imagestudio.store.usage import GroupBy, Usage

USAGE = "/api/v1/usage"
GROUP_BY: tuple[GroupBy, ...] = get_args(GroupBy)
Format = Literal["json", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)


TEXT = WithJsonSchema({"type": "string"})
Since = Annotated[
    float | None,
    BeforeValidator(lambda text: period_start(text, "from")),
    TEXT,
    Query(alias="from", description="A date or date-time, UTC; without it this month's beginning."),
]
Until = Annotated[
    float | None,
    BeforeValidator(lambda text: period_end(text, "to")),
    TEXT,
    Query(
        alias="to",
        description="A date, which is within, or a date-time, which is not; without it now.",
    ),
]
Group = Annotated[GroupBy, one_of("group_by", GROUP_BY), Query(description="What a group is.")]
As = Annotated[Format | None, one_of("format", FORMATS), Query(description="Without it what Accept names.")]
WRONG = InvalidParameter(
    Message("query.one_of", field="group_by", allowed=GROUP_BY, value='"x"'), field="group_by"
)

router = APIRouter(route_class=GuardedRoute, tags=["Usage"])


@router.get(
    USAGE,
    operation_id="readUsage",
    summary="What jobs cost, by model, provider or day",
    response_model=schemas.Answer[schemas.Usage],
    response_description="The sums. As CSV, a header and a line a group.",
    responses={
        200: {
            "headers": {"Vary": {"schema": {"type": "string"}}},
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **refused(*access(), WRONG),
    },
)
async def read_usage(
    request: Request,
    group_by: Group = "model",
    format: As = None,
    since: Since = None,
    until: Until = None,
) -> Response:
    """Of the demo's jobs while the studio is a demo, else of live ones, by the moment they were asked for.
    USD are exact to the millionth. charged, unknown and reserved together are what budgets count."""
    report = await studio_of(request).report(group_by, since, until)
    if report.selection.since > report.selection.until:
        raise InvalidParameter(Message("query.period"), field="from")
    as_csv = format == "csv" if format else prefers_csv(request.headers.get("accept", ""))
    return _csv(report) if as_csv else success(_view(report), headers={"Vary": "Accept"})


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
