"""What the log says, and what it never says."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from imagestudio.core.log import JOB, REQUEST, configure
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
