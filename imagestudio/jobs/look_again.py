"""Whether a job can be looked at again, by whoever asks, and with which key."""

from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.core.errors import InvalidParameter, ModelUnavailable
from imagestudio.core.job import OWN, Job
from imagestudio.core.messages import Message
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
        raise InvalidParameter(Message("job.was_demo" if job.demo else "job.was_live"), field="job_id")
    title = LINES[key_name(job)].title
    if job.payer in OWN:
        key, header = visitor.keys.get(key_name(job)) or keys.of(job), OWN_KEYS[key_name(job)]
        if key is None:
            raise ModelUnavailable(
                Message("key.to_look_own", title=title, header=header),
                reason="missing_key",
                set=header,
            )
        return key
    if lines.of(job) is None:
        variable = LINES[job.provider].key_variables[0]
        message = Message("key.to_look", title=title, variable=variable)
        raise ModelUnavailable(message, reason="missing_key", set=variable)
    return None


def _nothing_to_look_for(job: Job) -> Message:
    if job.status == "succeeded":
        return Message("job.has_pictures")
    if not job.ended:
        return Message("job.on_its_way")
    return Message("job.no_ticket")
