"""Looking again and running again as OpenAPI has them."""

from typing import Any

from imagestudio.api.openapi import errors as failures
from imagestudio.api.openapi import parts
from imagestudio.api.openapi.components import ref, succeeded
from imagestudio.api.openapi.errors import responses
from imagestudio.core.errors import InvalidParameter, StudioError
from imagestudio.core.messages import Message


def look_again() -> dict[str, Any]:
    """The operation that is free."""
    return _operation(
        "lookAgain",
        "Ask the provider once more what became of a job, free of charge",
        "For jobs that offer `look_again`: the same job runs again, on the ticket that was kept.",
        [parts.prefer()],
        [InvalidParameter(Message("job.no_ticket"), field="job_id")],
    )


def run_again() -> dict[str, Any]:
    """The operation that is paid for."""
    return _operation(
        "runAgain",
        "The same request as a new job",
        "For ended jobs. The new job is paid for like any other, and names the old one as `replaces`.",
        [parts.prefer(), parts.idempotency_key()],
        failures.refusals(),
    )


def _operation(
    name: str,
    summary: str,
    description: str,
    parameters: list[dict[str, Any]],
    refused: list[StudioError],
) -> dict[str, Any]:
    failed = [*failures.access(), *failures.foreign(), *failures.missing(), *refused, *failures.ours()]
    return {
        "operationId": name,
        "summary": summary,
        "description": f"{description} Answers as generate does.",
        "parameters": parameters,
        "responses": {
            "200": parts.answer("The job has ended: with pictures, or canceled.", succeeded(ref("Job"))),
            "202": parts.goes_on(),
            **responses([*failed, *failures.endings()]),
        },
    }
