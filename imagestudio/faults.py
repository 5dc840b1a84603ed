"""Faults of our own: the reason goes to the log under an id, and the caller gets the id."""

import logging
from typing import Any

from imagestudio.errors import InternalError
from imagestudio.ids import new_id

log = logging.getLogger(__name__)


def fault(error: Exception, what: str = "The studio failed", **details: Any) -> InternalError:
    """Log an unexpected exception and make the public error for it."""
    fault_id = new_id()
    log.error("fault %s: %s", fault_id, what, exc_info=error)
    return InternalError(f"{what}. The reason is in the log under {fault_id}.", id=fault_id, **details)
