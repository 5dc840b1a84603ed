"""What the log says, and what it never says."""

import asyncio
import io
import json
import logging
import re
import sys
import traceback
import warnings
from collections.abc import Iterator
from typing import TextIO

import pytest

from imagestudio.core import log_guard
from imagestudio.core.log import JOB, REQUEST, configure
from imagestudio.core.log_guard import Collapse
from imagestudio.core.redaction import HIDDEN, Redactor
from imagestudio.core.settings import Settings, load_settings
from tests.tables import rows

SECRETS = {
    "GEMINI_API_KEY": "marked-google-key",
    "BFL_API_KEY": "marked/bfl key+",
    "FAL_KEY": "marked:fal-key",
    "IMAGESTUDIO_API_KEYS": "marked-first-api-key,marked-second-api-key",
    "IMAGESTUDIO_METRICS_TOKEN": "marked-metrics-token",
}


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was: it is the process's."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


def settings(**more: str) -> Settings:
    return load_settings(SECRETS | more)


def written(log_format: str) -> io.StringIO:
    stream = io.StringIO()
    configure(settings(IMAGESTUDIO_LOG_FORMAT=log_format), stream)
    return stream


@rows("log_format", ["text", "json"])
@rows("secret", ["marked-google-key", "marked/bfl key+", "marked%2Fbfl%20key%2B"])
def test_a_key_of_the_settings_is_never_written(log_format: str, secret: str) -> None:
    stream = written(log_format)
    try:
        raise ValueError(f"refused: {secret}")
    except ValueError:
        logging.getLogger("somebody").exception("with %s and %r", secret, {"k": secret})
    text = stream.getvalue()
    assert "refused" in text
    assert secret not in text
    assert text.count(HIDDEN) >= 3


@rows(
    ("text", "left"),
    [
        ("Authorization: Bearer abc", f"Authorization: {HIDDEN}"),
        ("{'x-key': 'abc', 'n': 1}", f"{{'x-key': {HIDDEN}, 'n': 1}}"),
        ("(b'x-api-key', b'abc')", f"(b'x-api-key', {HIDDEN})"),
        ('{"X-Gemini-Key": "a\\"b"}', f'{{"X-Gemini-Key": {HIDDEN}}}'),
        ("sent Key 0a1b2c3d4e5f60718293", f"sent Key {HIDDEN}"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv!", f"{HIDDEN}!"),
        ("key is studio_Ab3-d_fGh1jKlMn0pQ", f"key is {HIDDEN}"),
        ("token hf_abcdefghijklmnopqrstuvwx.", f"token {HIDDEN}."),
        (f"key studio_{'k3-_' * 10}abc.", f"key {HIDDEN}."),
        (f"01234567-89ab-cdef-0123-456789abcdef:{'0f' * 16}", HIDDEN),
        # In a repr of a repr, and in an address.
        ("x\\nAuthorization: Bearer abc", f"x\\nAuthorization: {HIDDEN}"),
        (f"x\\\\nhf_{'a' * 20}", f"x\\\\n{HIDDEN}"),
        (f"%0Ahf_{'a' * 20}", f"%0A{HIDDEN}"),
        (f"\\x0aAIza{'b' * 24}", f"\\x0a{HIDDEN}"),
        ("[type=a, input_value=['abc'], input_type=list]\n", f"[type=a, input_value={HIDDEN}\n"),
        ("GET https://x.example/a?key=1&b=2 200", "GET https://x.example/a?… 200"),
        ("http://ann:word@proxy.example/", f"http://{HIDDEN}@proxy.example/"),
        ("job 019aa0c1d2e3f405162738495a6b7c8d took 3 s", "job 019aa0c1d2e3f405162738495a6b7c8d took 3 s"),
    ],
)
def test_what_looks_like_a_key_goes_too(text: str, left: str) -> None:
    assert Redactor()(text) == left


def test_a_line_for_machines_is_one_object() -> None:
    stream = written("json")
    REQUEST.set("r1")
    JOB.set("j1")
    logging.getLogger("imagestudio.jobs.worker").warning("taking up\njob %s", 7)
    REQUEST.set(None)
    JOB.set(None)
    logging.getLogger("imagestudio.jobs.worker").info("plain")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("time").endswith("Z")
    assert first == {
        "level": "warning",
        "logger": "imagestudio.jobs.worker",
        "message": "taking up\njob 7",
        "request_id": "r1",
        "job_id": "j1",
    }
    assert set(second) == {"time", "level", "logger", "message"}


def test_nobody_writes_lines_of_their_own() -> None:
    stream = written("text")
    logging.getLogger("a").info("name\n2026-01-01 ERROR forged")
    assert len(stream.getvalue().splitlines()) == 1


def test_an_access_line_tells_no_query_and_nothing_that_opens_a_door() -> None:
    stream = written("text")
    log = logging.getLogger("uvicorn.access")
    log.setLevel(logging.INFO)
    form = '%s - "%s %s HTTP/%s" %d'
    for path in ("/api/v1/usage?from=secret", "/shared/secret", "/gradio_api/file=secret/x.png"):
        log.info(form, "127.0.0.1:5", "GET", path, "1.1", 200)
    log.info(form, "127.0.0.1:5", "GET", "/gradio_api/heartbeat/secret", "1.1", 200)
    lines = stream.getvalue()
    assert "secret" not in lines
    assert "127.0.0.1:5 GET /api/v1/usage 200" in lines
    assert "GET /shared/… 200" in lines


def test_noise_is_left_out_and_faults_are_not() -> None:
    stream = written("text")
    logging.getLogger("httpx").info("HTTP Request: GET https://a.example")
    logging.getLogger("stamina").warning("stamina.retry_scheduled")
    for error in (asyncio.CancelledError(), RuntimeError("broken")):
        try:
            raise error
        except (asyncio.CancelledError, RuntimeError):
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    lines = stream.getvalue()
    assert "HTTP Request" not in lines
    assert "retry_scheduled" not in lines
    assert lines.count("Exception in ASGI application") == 1
    assert "RuntimeError: broken" in lines


FORGED = "x\n2026-11-30T00:00:00.000Z CRITICAL imagestudio.payers: FORGED\x1b[31m\u2028 marked/bfl key+"
BEGINS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ +(\S+): ")


def _print(text: str, to: TextIO) -> None:
    to.write(text)
    to.write("\n")


@pytest.fixture
def printing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process's streams are the test's own until it ends."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())


@rows("log_format", ["text", "json"])
def test_what_libraries_print_is_a_record_a_line_and_holds_no_key(log_format: str, printing: None) -> None:
    stream = written(log_format)
    log_guard.capture_prints()
    _print(f"Received inputs: {FORGED}", to=sys.stdout)
    _print(FORGED, to=sys.stderr)
    try:
        raise ValueError(FORGED)
    except ValueError:
        traceback.print_exc()
        logging.getLogger("ours").exception("went wrong with %s", FORGED)
    with warnings.catch_warnings(action="always"):
        logging.captureWarnings(True)
        warnings.warn(FORGED, stacklevel=1)
    text = stream.getvalue()
    assert text.count("FORGED") >= 5
    assert "marked/bfl" not in text
    assert not set("\x1b\u2028") & set(text)
    for line in text.splitlines():
        if log_format == "json":
            assert json.loads(line)["logger"] in ("imagestudio.printed", "ours", "py.warnings")
        else:
            begin = BEGINS.match(line)
            assert begin, line
            assert begin[1] != "imagestudio.payers"


@rows("log_format", ["text", "json"])
def test_a_record_is_cut_and_what_is_cut_is_no_half_of_a_key(log_format: str, printing: None) -> None:
    stream = written(log_format)
    log_guard.capture_prints()
    key = "hf_" + "k" * 40
    logging.getLogger("ours").warning("%s%s %s", "x" * (log_guard.READ - 10), key, "y" * 10**6)
    logging.getLogger("ours").warning("%s", f"{key} " * 10_000)
    _print("z" * 10**7, to=sys.stderr)
    _print(f"Authorization: Bearer '{key}" * 1000, to=sys.stderr)
    text = stream.getvalue()
    assert len(text) < 50_000
    assert "hf_" not in text
    assert text.count("[cut]") == 4


def test_a_storm_is_told_in_a_few_lines() -> None:
    now, written_records = 0.0, []
    collapse = Collapse(lambda: now, written_records.append)
    handler = logging.Handler()
    handler.emit = written_records.append  # type: ignore[method-assign]
    handler.addFilter(collapse)
    storm = logging.LogRecord("asyncio", logging.ERROR, "", 0, "socket.accept() out of resource", (), None)
    own = logging.LogRecord("imagestudio", logging.ERROR, "", 0, "fault", (), None)
    for number in range(100_000):
        handler.handle(storm)
        if number == 50_000:
            handler.handle(own)
    assert len(written_records) == log_guard.REPEATS + 1
    now = log_guard.WINDOW_S
    handler.handle(own)
    assert written_records[-2].getMessage() == "… 99995 more lines like this: socket.accept() out of resource"


def test_a_flood_of_requests_is_told_in_a_few_lines() -> None:
    collapse = Collapse(lambda: 0.0, lambda record: None)
    form = '%s - "%s %s HTTP/%s" %d'

    def passed(client: str, path: str, status: int) -> int:
        args = (client, "GET", path, "1.1", status)
        return collapse.filter(logging.LogRecord("uvicorn.access", logging.INFO, "", 0, form, args, None))

    flood = sum(passed(f"10.0.0.1:{port}", f"/nothing/{port}", 404) for port in range(10_000))
    assert flood == log_guard.ACCESSES
    assert passed("10.0.0.1:7", "/", 200)
    assert passed("10.0.0.2:7", "/nothing/7", 404)


@rows(
    "worst",
    [
        "cookie='" + "\\a" * 20_000,
        "http://" * 20_000,
        "eyJaaaaaaaa-" * 10_000,
        "key " + " " * 100_000,
        "x-key" + " " * 100_000,
        "wss://a" + "@" * 100_000,
        "bearer " + "." * 100_000,
        ("0" * 8 + "-") * 20_000,
    ],
)
def test_hiding_reads_every_text_once(worst: str) -> None:
    """Else this would take longer than the test may: minutes, or for ever."""
    assert Redactor(["a-secret"])(worst)


@rows("half", ["x-key: 'abcdef", 'cookie: "abc\\', "eyJhbGciOiJIUzI1NiJ9", "Cookie: b'abc def"])
def test_what_was_cut_in_its_value_is_hidden(half: str) -> None:
    assert "abc" not in Redactor()(half)
    assert "eyJ" not in Redactor()(half)
