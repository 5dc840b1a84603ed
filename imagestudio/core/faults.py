"""Faults of our own: the reason goes to the log under an id, and the caller gets the id."""

import logging
from typing import Any

from imagestudio.core.errors import InternalError
from imagestudio.core.ids import new_id
from imagestudio.core.log import REQUEST

log = logging.getLogger(__name__)

FAILED = "The studio failed"


def fault(error: Exception, what: str = FAILED, **details: Any) -> InternalError:
    """Log an unexpected exception and make the public error for it, under the request's id if any."""
    fault_id = REQUEST.get() or new_id()
    log.error("fault %s: %s", fault_id, what, exc_info=error)
    return _internal(what, fault_id, details)


def untold() -> InternalError:
    """The public error for an exception that whoever serves the request will log."""
    return _internal(FAILED, REQUEST.get() or new_id(), {})


def _internal(what: str, fault_id: str, details: dict[str, Any]) -> InternalError:
    return InternalError(f"{what}. The reason is in the log under {fault_id}.", id=fault_id, **details)
