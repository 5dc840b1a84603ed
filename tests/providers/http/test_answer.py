"""What is read from an answer."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from imagestudio.providers.http import Answer, same_origin
from tests.tables import rows


async def test_a_key_that_comes_back_is_taken_out(site: Any, wire_to: Any) -> None:
    body = b'{"detail": "No user for test-key-3f9a."}'
    site.then(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    answer = await wire_to().submit("/paint", {})
    assert answer.json == {"detail": "No user for [key]."}
    assert "3f9a" not in answer.text


async def test_it_is_taken_out_of_large_answers_and_headers_too(site: Any, wire_to: Any) -> None:
    body = b'["test-key-3f9a", "' + b"a" * 200_000 + b'"]'
    head = b"HTTP/1.1 401 Unauthorized\r\nx-why: test-key-3f9a\r\ncontent-length: %d\r\n\r\n"
    site.then(head % len(body) + body)
    answer = await wire_to().submit("/paint", {})
    assert answer.json == ["[key]", "a" * 200_000]
    assert answer.text.startswith('["[key]", "aaa')
    assert answer.headers["x-why"] == "[key]"


async def test_a_large_answer_is_parsed_as_well(site: Any, wire_to: Any) -> None:
    body = b'["' + b"a" * 200_000 + b'"]'
    site.then(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    answer = await wire_to().submit("/paint", {})
    assert (answer.json, len(answer.text)) == (["a" * 200_000], 500)


@rows("body", [b"", b"<html>", b'{"a":', b"\xff\xfe"])
async def test_what_is_not_json_has_no_json(site: Any, wire_to: Any, body: bytes) -> None:
    site.then(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    answer = await wire_to().submit("/paint", {})
    assert (answer.status, answer.json, answer.text) == (502, None, body.decode("utf-8", "replace"))


def wait(value: str | None) -> float | None:
    headers = {} if value is None else {"retry-after": value}
    return Answer(429, None, "", httpx.Headers(headers)).retry_after


@rows(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", None),
        ("soon", None),
        ("-5", None),
        ("inf", None),
        ("nan", None),
        ("9" * 400, None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_or_left(value: str | None, seconds: float | None) -> None:
    assert wait(value) == seconds


def test_retry_after_may_be_a_date() -> None:
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert wait(format_datetime(later, usegmt=True)) == pytest.approx(120, abs=10)


@rows(
    ("one", "other", "same"),
    [
        ("https://acme.example/a", "https://acme.example", True),
        ("https://acme.example:443/a", "https://acme.example", True),
        ("http://acme.example", "http://ACME.example:80/x", True),
        ("http://acme.example", "https://acme.example", False),
        ("https://acme.example:444", "https://acme.example", False),
        ("https://api.acme.example", "https://acme.example", False),
        ("https://acme.example.evil.example", "https://acme.example", False),
        ("https://[", "https://acme.example", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same
