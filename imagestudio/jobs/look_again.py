"""Whether a job can be looked at again, by whoever asks, and with which key."""

from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.core.errors import InvalidParameter, ModelUnavailable
from imagestudio.core.job import OWN, Job
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.job_keys import JobKeys, key_name
from imagestudio.jobs.payers import Payers
from imagestudio.jobs.provider_pool import Lines
from imagestudio.providers import LINES


def key_to_look(job: Job, visitor: Visitor, payers: Payers, lines: Lines, keys: JobKeys) -> SecretStr | None:
    """The key of the visitor's that looking takes; None where it takes none of theirs. Raises
    `InvalidParameter` where there is nothing to look for, or nothing here can look, and `ModelUnavailable`
    where the key is missing."""
    if not job.can_look_again:
        raise InvalidParameter(_nothing_to_look_for(job), field="job_id")
    if job.payer not in payers.running:
        mode = "a demo" if job.demo else "live"
        raise InvalidParameter(f"This job was {mode}, and this studio now is not.", field="job_id")
    title = LINES[key_name(job)].title
    if job.payer in OWN:
        key, header = visitor.keys.get(key_name(job)) or keys.of(job), OWN_KEYS[key_name(job)]
        if key is None:
            raise ModelUnavailable(
                f"Looking again takes your key of {title}. Give it on the page, or send it in {header}.",
                reason="missing_key",
                set=header,
            )
        return key
    if lines.of(job) is None:
        variable = LINES[job.provider].key_variables[0]
        message = f"Looking again takes the key of {title}. Set {variable}."
        raise ModelUnavailable(message, reason="missing_key", set=variable)
    return None


def _nothing_to_look_for(job: Job) -> str:
    if job.status == "succeeded":
        return "This job has its pictures; there is nothing to look for."
    if not job.ended:
        return "This job has no ticket yet; it is on its way. Wait for it."
    return "This job has no ticket to ask about. Its request can only be run again, as a new job."
