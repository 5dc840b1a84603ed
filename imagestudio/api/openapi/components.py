"""The shapes of answers as JSON Schema: what the contract promises, field by field."""

from typing import Any, get_args

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import Status
from imagestudio.core.errors import Charged
from imagestudio.core.job import JobStatus, Offer
from imagestudio.core.request import Task
from imagestudio.jobs.document import PAYERS
from imagestudio.media.formats import EXTENSIONS
from imagestudio.providers import PROVIDERS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
USD_OR_NULL: Schema = {"type": ["number", "null"], "description": "USD; null where it is unknown."}
COUNT: Schema = {"type": "integer", "minimum": 1}
ANY_OBJECT: Schema = {"type": "object", "additionalProperties": True}

ASKED = ANY_OBJECT | {"description": "The request's own fields, long strings shortened."}
SENT: Schema = {
    "type": "array",
    "items": {"$ref": "#/components/schemas/Sent"},
    "description": "What went, or will go, to the provider; long strings shortened, never a key.",
}


def ref(name: str) -> Schema:
    """A component by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: Schema, optional: tuple[str, ...] = (), description: str = "") -> Schema:
    """An object with these fields and no other."""
    schema: Schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }
    return schema | {"description": description} if description else schema


def one_of(values: tuple[str, ...] | list[str], description: str = "") -> Schema:
    """Text out of a list."""
    schema: Schema = {"type": "string", "enum": list(values)}
    return schema | {"description": description} if description else schema


def instant(null: bool = False) -> Schema:
    """A moment in ISO 8601, UTC."""
    return {"type": ["string", "null"] if null else "string", "format": "date-time"}


def succeeded(data: Schema) -> Schema:
    """The envelope of an answer."""
    return record({"success": {"const": True}, "data": data})


def job() -> Schema:
    """The contract's Job."""
    return record(
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "task": one_of(get_args(Task)),
            "status": one_of(
                get_args(JobStatus),
                "The last four are endings. uncertain: the provider may have accepted it, but its answer was "
                "lost; it may be charged, and is never sent again by itself.",
            ),
            "model": one_of(list(MODELS)),
            "provider": one_of(list(PROVIDERS)),
            "served_by": TEXT_OR_NULL
            | {"description": "The model that really answers, where it is not the one asked for."},
            "seed": {"type": ["integer", "null"]}
            | {"description": "What its picture was drawn with: as sent, or as the provider told."},
            "demo": {"type": "boolean", "description": "Drawn by the built-in sandbox; no money moves."},
            "payer": payer(),
            "created_at": instant(),
            "started_at": instant(null=True),
            "finished_at": instant(null=True),
            "poll_url": {"type": "string", "format": "uri"},
            "replaces": TEXT_OR_NULL | {"description": "Id of the job that this one repeats."},
            "asked": ASKED,
            "sent": SENT,
            "images": {"type": "array", "items": ref("Image")},
            "warnings": {"type": "array", "items": TEXT},
            "cost": record(
                {
                    "estimated_usd": USD_OR_NULL,
                    "reported_usd": USD_OR_NULL,
                    "charged": one_of(get_args(Charged), "Whether money moved."),
                }
            ),
            "error": {"anyOf": [ref("ErrorObject"), {"type": "null"}]},
            "offers": {
                "type": "array",
                "items": one_of(get_args(Offer)),
                "description": "For a job that brought no picture. look_again: ask the provider once more, "
                "free of charge. run_again: the same request as a new job, paid for like any other.",
            },
            "webhook": {"anyOf": [_webhook(), {"type": "null"}]},
        }
    )


def dry_run() -> Schema:
    """What a run would be."""
    usd: Schema = {"type": "number", "minimum": 0, "description": "The highest price that the sources name."}
    return record(
        {
            "dry_run": {"const": True},
            "task": one_of(get_args(Task)),
            "model": one_of(list(MODELS)),
            "provider": one_of(list(PROVIDERS)),
            "served_by": TEXT_OR_NULL,
            "demo": {"type": "boolean"},
            "payer": payer(),
            "asked": ASKED,
            "sent": SENT,
            "warnings": {"type": "array", "items": TEXT},
            "cost": record({"estimated_usd": USD_OR_NULL, "at_most_usd": usd, "charged": {"const": "no"}}),
        },
        description="A run that was only tried: checked and priced, nothing kept, sent or charged.",
    )


def payer() -> Schema:
    """Who pays for a run."""
    return one_of(
        list(PAYERS.values()),
        "Who pays. host: this studio, with its own key. visitor: whoever asked, with a key of theirs. "
        "huggingface: whoever asked, by their Hugging Face account. demo: nobody.",
    )


def sent() -> Schema:
    """One request to a provider."""
    return record({"endpoint": TEXT, "body": ANY_OBJECT})


def _webhook() -> Schema:
    return record(
        {
            "url": TEXT,
            "attempts": {"type": "integer", "minimum": 0},
            "delivered_at": instant(null=True),
            "last_error": TEXT_OR_NULL,
            "next_at": instant(null=True) | {"description": "null once it is delivered or given up."},
        },
        description="How far the word of the ending is on its way; null without a webhook_url.",
    )


def image() -> Schema:
    """The contract's Image: by address, or inline."""
    facts = {
        "mimeType": one_of(list(EXTENSIONS), "Read from the bytes, as are the sides."),
        "width": COUNT,
        "height": COUNT,
        "bytes": COUNT,
    }
    url = {"type": "string", "format": "uri", "description": "This studio's own, absolute; never expires."}
    inline = {"type": "string", "contentEncoding": "base64"}
    return {
        "oneOf": [record({"id": TEXT, "url": url, **facts}), record({"id": TEXT, "base64": inline, **facts})]
    }


def model() -> Schema:
    """One entry of the catalog."""
    price: Schema = {
        "estimate_usd": USD_OR_NULL | {"description": "USD for one picture of default settings, or null."},
        "rule": TEXT,
        "source": {"type": "string", "format": "uri"},
        "read": {"type": "string", "format": "date"},
        "note": TEXT_OR_NULL,
    }
    life = {
        "status": one_of(get_args(Status)),
        "since": {"type": ["string", "null"], "format": "date"},
        "successor": TEXT_OR_NULL,
        "note": TEXT,
    }
    available = {
        "can_run": {"type": "boolean"},
        "reason": {"enum": ["missing_key", None]},
        "set": TEXT_OR_NULL | {"description": "The variable to set."},
        "message": TEXT_OR_NULL,
    }
    variants = {"type": "array", "items": record({"controls": ANY_OBJECT, **price})}
    return record(
        {
            "id": one_of(list(MODELS)),
            "name": TEXT,
            "provider": one_of(list(PROVIDERS)),
            "task": one_of(get_args(Task)),
            "note": TEXT,
            "default": {"type": "boolean", "description": "Used where a request names no model."},
            "controls": ANY_OBJECT | {"description": "The body that this model takes, as JSON Schema."},
            "price": record({"listed_usd": TEXT_OR_NULL, **price, "variants": variants}),
            "life": record(life),
            "served_by": TEXT_OR_NULL,
            "available": record(available),
            "sources": {"type": "array", "items": {"type": "string", "format": "uri"}},
        }
    )
