"""Usage as OpenAPI has it."""

from typing import Any, get_args

from imagestudio.api.openapi import errors as failures
from imagestudio.api.openapi.components import TEXT, Schema, instant, one_of, record, ref, succeeded
from imagestudio.api.openapi.errors import responses
from imagestudio.api.openapi.parts import optional
from imagestudio.api.usage import FORMATS, GROUP_BY
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.store.budget import Period

NUMBER: Schema = {"type": "integer", "minimum": 0}
USD: Schema = {"type": "number", "minimum": 0}


def usage() -> dict[str, Any]:
    """The operation."""
    refused = InvalidParameter(
        Message("query.group_by", allowed=["model", "provider", "day"], value='"x"'), field="group_by"
    )
    failed = [*failures.access(), refused, *failures.ours()]
    return {
        "operationId": "readUsage",
        "summary": "What jobs cost, by model, provider or day",
        "description": "Of the demo's jobs while the studio is a demo, else of live ones, by the moment they "
        "were asked for. USD are exact to the millionth. charged, unknown and reserved together are what "
        "budgets count.",
        "parameters": [
            optional("query", "from", TEXT, "A date or date-time, UTC; without it this month's beginning."),
            optional(
                "query", "to", TEXT, "A date, which is within, or a date-time, which is not; without it now."
            ),
            optional(
                "query", "group_by", one_of(list(GROUP_BY)) | {"default": GROUP_BY[0]}, "What a group is."
            ),
            optional("query", "format", one_of(list(FORMATS)), "Without it what Accept names."),
        ],
        "responses": {
            "200": {
                "description": "The sums. As CSV, a header and a line a group.",
                "headers": {"Vary": {"schema": {"type": "string"}}},
                "content": {
                    "application/json": {"schema": succeeded(ref("Usage"))},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            **responses(failed),
        },
    }


def usage_shape() -> Schema:
    """The answer."""
    budget = record({"limit_usd": USD, "spent_usd": USD, "left_usd": USD})
    return record(
        {
            "from": instant(),
            "to": instant() | {"description": "Just after the period."},
            "group_by": one_of(list(GROUP_BY)),
            "demo": {"type": "boolean", "description": "Play money."},
            "groups": {"type": "array", "items": record({"key": {"type": "string"}, **_sums()})},
            "total": record(_sums()),
            "budgets": record(
                {period: {"anyOf": [budget, {"type": "null"}]} for period in get_args(Period)},
                description="Where the limits that are set stand now, for the whole studio.",
            ),
        }
    )


def _sums() -> Schema:
    charged = "Known to be charged: what the provider reported, else the highest price that the sources name."
    return {
        "jobs": NUMBER,
        "images": NUMBER,
        "calls": NUMBER | {"description": "Paid requests; a job may need several."},
        "charged_usd": USD | {"description": charged},
        "estimated_usd": USD | {"description": "The part of charged_usd that no provider reported."},
        "unknown_usd": USD | {"description": "Of calls that may have been charged."},
        "reserved_usd": USD | {"description": "Of calls that have not ended."},
    }
