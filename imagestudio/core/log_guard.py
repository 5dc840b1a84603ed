"""What keeps the log readable and small, whoever's words are in it: a bound on each record, repeated lines
told once, and what libraries print made records like all others."""

import logging
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import TextIOBase
from typing import TextIO

MOST = 8 * 1024
"""Characters of a record that are written."""
LONGEST_SECRET = 4 * 1024
"""What is cut in its middle can't be recognized, so it must end beyond what is written."""
READ = MOST + LONGEST_SECRET
"""Characters of it that are searched for secrets."""
CUT = " … [cut]"
WINDOW_S = 60.0
REPEATS = 5
"""Times that the same warning is written in a window."""
ACCESSES = 120
"""Requests of one address for one path, and requests of one address that were refused."""
PRINTED = 400
"""Lines that libraries print."""
KINDS = 2_000
"""Kinds of lines that are told apart at a time; beyond these all others count as one."""
PRINTS = "imagestudio.printed"
"""The logger of what libraries print."""

# C0, DEL and C1; separators of lines and paragraphs; what turns the direction of a terminal's text; halves of
# letters, which no file takes.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def bounded(text: str, redact: Callable[[str], str]) -> str:
    """The text without secrets, cut. Costs no more for a longer one."""
    if len(text) <= READ:
        text = redact(text)
        return text if len(text) <= MOST else text[:MOST] + CUT
    text = redact(text[:READ])
    return text[: min(MOST, max(0, len(text) - LONGEST_SECRET))] + CUT


def escaped(line: str) -> str:
    """A line that nothing in it ends, colours or turns round."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), line)


@dataclass(slots=True)
class _Kind:
    record: logging.LogRecord
    since: float
    count: int = 0


class Collapse(logging.Filter):
    """Lets lines of one kind through some times a minute, and tells afterwards how many more there were."""

    def __init__(self, clock: Callable[[], float], write: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self._clock = clock
        self._write = write
        self._kinds: dict[str, _Kind] = {}
        self._looked_at = clock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        now = self._clock()
        if now - self._looked_at >= WINDOW_S / 10:
            self._looked_at = now
            self.tell(now)
        if (measured := _kind_of(record)) is None:
            return True
        name, most = measured
        if name not in self._kinds and len(self._kinds) >= KINDS:
            name, most = "everything else", ACCESSES
        kind = self._kinds.setdefault(name, _Kind(record, now))
        kind.count += 1
        return kind.count <= most

    def tell(self, now: float | None = None) -> None:
        """Write what was left out in windows that have ended by then; in all of them without a time."""
        for name, kind in list(self._kinds.items()):
            if now is not None and now - kind.since < WINDOW_S:
                continue
            del self._kinds[name]
            measured = _kind_of(kind.record)
            most = ACCESSES if measured is None or name == "everything else" else measured[1]
            if kind.count > most:
                self._write(_more(kind.record, kind.count - most))


def _kind_of(record: logging.LogRecord) -> tuple[str, int] | None:
    """Which lines it is counted with, and how many of them are written; None for what is always written."""
    if record.name == "uvicorn.access" and isinstance(record.args, tuple) and len(record.args) == 5:
        client, method, path, _, status = record.args
        address = str(client).rpartition(":")[0]
        what = "refused" if str(status)[:1] == "4" else f"{method} {str(path).partition('?')[0][:200]}"
        return f"{address} {what}", ACCESSES
    if record.name == PRINTS:
        return PRINTS, PRINTED
    if record.levelno < logging.WARNING:
        return None
    return f"{record.name} {record.levelno} {_text_of(record)[:300]} {type(_error_of(record))}", REPEATS


def _text_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _more(record: logging.LogRecord, count: int) -> logging.LogRecord:
    if record.name == "uvicorn.access":
        text = "requests like this of one address"
    else:
        text = "lines like this" if record.name != PRINTS else "lines that libraries printed"
    first = f": {_text_of(record)[:200]}" if record.name not in (PRINTS, "uvicorn.access") else ""
    return logging.LogRecord(record.name, record.levelno, "", 0, f"… {count} more {text}{first}", (), None)


class Printed(TextIOBase):
    """Stands where the process's standard output or error was: each line becomes a record, bounded while it
    comes. `original` is where the log is written to."""

    def __init__(self, original: TextIO, level: int) -> None:
        self.original = original
        self._level = level
        self._line: list[str] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self.original.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def write(self, text: str, /) -> int:
        """Take some text. A record for each line that is whole."""
        short = text if len(text) <= READ else text[: READ + 1] + "\n"
        *lines, rest = short.split("\n")
        for line in lines:
            self._add(line)
            self._emit()
        self._add(rest)
        return len(text)

    def _add(self, text: str) -> None:
        room = READ + 1 - self._length
        if text and room > 0:
            self._line.append(text[:room])
            self._length += min(len(text), room)

    def _emit(self) -> None:
        line = "".join(self._line).rstrip()
        self._line, self._length = [], 0
        if line:
            logging.getLogger(PRINTS).log(self._level, "%s", line)


def capture_prints() -> None:
    """What the process's libraries print from now on becomes records of the log."""
    if not isinstance(sys.stdout, Printed):
        sys.stdout = Printed(sys.stdout, logging.INFO)
    if not isinstance(sys.stderr, Printed):
        sys.stderr = Printed(sys.stderr, logging.WARNING)


def plain_stream(stream: TextIO) -> TextIO:
    """Where a stream really leads."""
    return stream.original if isinstance(stream, Printed) else stream
