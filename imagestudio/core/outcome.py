"""What a job's ended calls add up to."""

from dataclasses import replace

from imagestudio.core.errors import Failure
from imagestudio.core.job import Job, JobStatus
from imagestudio.core.messages import Message


def ending(job: Job) -> tuple[JobStatus, Failure | None]:
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


def _with_ways_on(job: Job, error: Failure | None) -> Failure | None:
    """A lost submit's error with what a person can do: nothing more is done by itself."""
    if error is None:
        return None
    if job.can_look_again:
        text, offers = Message("lost.look_or_run", error=error.text), ["look_again", "run_again"]
    else:
        text, offers = Message("lost.run", error=error.text), ["run_again"]
    return replace(error, text=text).with_details(offers=offers)


def all_warnings(job: Job) -> tuple[Message, ...]:
    """The job's own warnings, its calls', and what became of the calls that brought nothing."""
    warnings = [*job.warnings, *(warning for call in job.calls for warning in call.warnings)]
    if any(call.state == "succeeded" for call in job.calls):
        total = len(job.calls)
        warnings += [
            Message("picture.did_not_come", position=call.position + 1, total=total, reason=call.error.text)
            for call in job.calls
            if call.state != "succeeded" and call.error
        ]
    return tuple(dict.fromkeys(warnings))
