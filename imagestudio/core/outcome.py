"""What a job's ended calls add up to."""

from typing import Any

from imagestudio.core.job import Job, JobStatus


def ending(job: Job) -> tuple[JobStatus, dict[str, Any] | None]:
    """The job's status and error: any picture makes a success, a lost submit outweighs a failure."""
    first = {call.state: call for call in reversed(job.calls)}
    if "succeeded" in first:
        return "succeeded", None
    if "uncertain" in first:
        return "uncertain", _with_ways_on(job, first["uncertain"].error)
    for state in ("unstored", "failed"):
        if state in first:
            return "failed", first[state].error
    return "canceled", None


def _with_ways_on(job: Job, error: dict[str, Any] | None) -> dict[str, Any] | None:
    """A lost submit's error with what a person can do: nothing more is done by itself."""
    if error is None:
        return None
    look = "Its ticket can be looked at again, free of charge (look_again). " if job.can_look_again else ""
    run = "It can be run again as a new job (run_again); if this one was accepted, both are charged."
    offers = ["look_again", "run_again"] if look else ["run_again"]
    return error | {
        "message": f"{error['message']} {look}{run}",
        "details": error["details"] | {"offers": offers},
    }


def all_warnings(job: Job) -> tuple[str, ...]:
    """The job's own warnings, its calls', and what became of the calls that brought nothing."""
    said = [*job.warnings, *(text for call in job.calls for text in call.warnings)]
    if any(call.state == "succeeded" for call in job.calls):
        total = len(job.calls)
        said += [
            f"Picture {call.position + 1} of {total} did not come: {call.error['message']}"
            for call in job.calls
            if call.state != "succeeded" and call.error
        ]
    return tuple(dict.fromkeys(said))
