"""Webhooks as OpenAPI has them: what the studio sends, and how to have it sent again."""

from typing import Any, get_args

from imagestudio.api.openapi import errors as failures
from imagestudio.api.openapi.components import Schema, instant, one_of, record, ref, succeeded
from imagestudio.api.openapi.errors import EXAMPLE_ID, responses
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.job import ENDED, JobStatus
from imagestudio.core.messages import Message
from imagestudio.jobs.webhooks.delivery import ANSWER_S, GONE, PAUSES_S

WEBHOOK_ID: Schema = {
    "type": "string",
    "pattern": "^msg_[0-9a-f]{28}$",
    "examples": [f"msg_{EXAMPLE_ID[:28]}"],
}
ENDINGS = [f"job.{status}" for status in get_args(JobStatus) if status in ENDED]


def replay() -> dict[str, Any]:
    """The operation that sends it once more."""
    refused = InvalidParameter(Message("webhook.none"), field="job_id")
    failed = [*failures.access(), *failures.foreign(), *failures.missing(), refused, *failures.ours()]
    answer = succeeded(record({"webhook_id": WEBHOOK_ID}))
    return {
        "operationId": "replayWebhook",
        "summary": "Send an ended job's webhook once more, as a new message",
        "responses": {
            "202": {
                "description": "It is on its way; the job's `webhook` tells how it goes.",
                "content": {"application/json": {"schema": answer}},
            },
            **responses(failed),
        },
    }


def job_ended() -> dict[str, Any]:
    """What arrives at a request's `webhook_url`."""
    message = record({"type": one_of(ENDINGS), "timestamp": instant(), "data": ref("Job")})
    return {
        "operationId": "jobEnded",
        "summary": "What the studio sends to a webhook_url when the job ends",
        "description": "Signed by the Standard Webhooks scheme (www.standardwebhooks.com). Images are given "
        "by url. A message may come twice, by the same webhook-id. It is sent "
        f"{len(PAUSES_S) + 1} times at most, over {sum(PAUSES_S) / 3600:.0f} hours.",
        "security": [],
        "parameters": [
            _header("webhook-id", WEBHOOK_ID, "The same at every attempt."),
            _header("webhook-timestamp", {"type": "string"}, "Seconds since 1970: when it was sent."),
            _header("webhook-signature", {"type": "string"}, "`v1,` and an HMAC-SHA256 in base64."),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": message}}},
        "responses": {
            "2XX": {"description": f"Taken, if it comes within {ANSWER_S:g} s. The body is not looked at."},
            str(GONE): {"description": "Not wanted: this message is given up."},
            "default": {"description": "Tried again. Redirects are not followed."},
        },
    }


def _header(name: str, schema: Schema, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": schema, "description": description}
