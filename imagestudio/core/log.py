"""What the process writes about itself: configured once, here, and free of secrets.

Faults of our own, too: the reason goes to the log under an id, and the caller gets the id.
"""

import asyncio
import json
import logging
import re
import sys
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from imagestudio.core.errors import InternalError
from imagestudio.core.ids import new_id
from imagestudio.core.log_guard import Collapse, bounded, escaped, plain_stream
from imagestudio.core.messages import Message
from imagestudio.core.redaction import Redactor, secrets_of
from imagestudio.core.settings import Settings

CUT = "Cancel %s running task(s), timeout graceful shutdown exceeded"
"""What uvicorn says, as an error, of streams without an end."""

log = logging.getLogger(__name__)

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the HTTP request that is being answered."""
JOB: ContextVar[str | None] = ContextVar("job", default=None)
"""The id of the job that is being run."""

_LEVELS = {
    # These tell each request or retry, addresses included. What comes of it is told by the job.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
    "stamina": logging.ERROR,
    "alembic": logging.WARNING,
    "mcp": logging.WARNING,
    "asyncio": logging.WARNING,
}
# Parts of a path that open something to whoever has them: share links, Gradio's copies and sessions.
_CAPABILITY = re.compile(r"(/shared/|/file=|/heartbeat/|/deep_link/)[^ ]+")


def configure(settings: Settings, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log line of the process to `stream` (standard error), in the settings' format.

    Secrets are taken out of messages, arguments and tracebacks alike, because it happens last, to the text.
    What is repeated is told once, and each record is cut (`log_guard`).
    """
    redact = Redactor(secrets_of(settings))
    handler = logging.StreamHandler(stream or plain_stream(sys.stderr))
    handler.addFilter(_is_worth_logging)
    handler.addFilter(Collapse(time.monotonic, handler.emit))
    handler.setFormatter(JsonLines(redact) if settings.log_format == "json" else Text(redact))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        theirs = logging.getLogger(name)  # which has its own handlers where uvicorn's command started us
        theirs.handlers.clear()
        theirs.propagate = True
    for name, least in _LEVELS.items():
        logging.getLogger(name).setLevel(least)
    logging.captureWarnings(True)


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Not that the end of the process cuts a page's open stream, nor its traceback: that is what is meant."""
    is_cut = record.name == "uvicorn.error" and record.msg == CUT
    return not (is_cut or (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError)))


class Text(logging.Formatter):
    """Lines for people: when, how bad, who, what, and of which request or job."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """One line, and one for each of the traceback's where there is one. Each begins with when and who,
        whatever a caller put into a name: nobody writes lines of their own into the log."""
        ids = "".join(f" {name}={value}" for name, value in _ids(record).items())
        begin = f"{_when(record)} {record.levelname:<7} {record.name}: "
        lines = [escaped(bounded(_message(record), self._redact) + self._redact(ids))]
        if trace := _trace(record):
            lines += [f"| {escaped(line)}" for line in bounded(trace, self._redact).split("\n")]
        return "\n".join(begin + line for line in lines)


class JsonLines(logging.Formatter):
    """Lines for machines: one JSON object each."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """`time`, `level`, `logger`, `message`, and where known `request_id`, `job_id` and `traceback`."""
        line: dict[str, Any] = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": bounded(_message(record), self._redact),
            **{f"{name}_id": self._redact(value) for name, value in _ids(record).items()},
        }
        if trace := _trace(record):
            line["traceback"] = bounded(trace, self._redact)
        return escaped(json.dumps(line, ensure_ascii=False))


def _when(record: logging.LogRecord) -> str:
    return (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _ids(record: logging.LogRecord) -> dict[str, str]:
    ids = {"request": REQUEST.get(), "job": JOB.get()}
    return {name: value for name, value in ids.items() if value}


def _message(record: logging.LogRecord) -> str:
    if record.name == "uvicorn.access" and isinstance(record.args, tuple) and len(record.args) == 5:
        client, method, path, _, status = record.args
        return f"{client} {method} {_plain(str(path))} {status}"
    try:
        return record.getMessage().strip()
    except (TypeError, ValueError):  # arguments that don't fit the message: better half a line than none
        return str(record.msg)


def _plain(path: str) -> str:
    return _CAPABILITY.sub(r"\1…", path.partition("?")[0])


def _trace(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    return "".join(traceback.format_exception(record.exc_info[1])).rstrip()


def log_fault(
    error: Exception, text: Message | None = None, *, task: str = "", **details: Any
) -> InternalError:
    """Log an unexpected exception and make the public error for it, under the request's id if any. `text` is
    what people are told, where it is more than that the studio failed; `task` stands in the log only."""
    internal = _internal(REQUEST.get() or new_id(), text or Message("fault"), details)
    log.error("fault %s: %s", internal.details["id"], task or internal.message, exc_info=error)
    return internal


def internal_error() -> InternalError:
    """The public error for an exception that whoever serves the request will log."""
    return _internal(REQUEST.get() or new_id(), Message("fault"), {})


def _internal(fault_id: str, text: Message, details: dict[str, Any]) -> InternalError:
    return InternalError(text.filled(fault_id=fault_id), id=fault_id, **details)
