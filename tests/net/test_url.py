"""Links are read so that no other reader could read another host."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imagestudio.net import FetchError
from imagestudio.net.url import join, origin, parse
from tests.tables import rows


@rows(
    ("text", "canonical"),
    [
        ("https://example.com/a.png?x=1#part", "https://example.com/a.png?x=1"),
        (" HTTPS://EXAMPLE.com.:443/ \n", "https://example.com/"),
        ("http://münchen.example/ä", "http://xn--mnchen-3ya.example/%C3%A4"),
        ("https://under_score.example/a b", "https://under_score.example/a%20b"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://8.8.8.8./", "https://8.8.8.8/"),
        ("http://example.com#@127.0.0.1/", "http://example.com"),
        ("http://127.0.0.1.example.com/", "http://127.0.0.1.example.com/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
    ],
)
def test_a_link_is_brought_to_one_form(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@rows(
    ("text", "reason"),
    [
        ("", "url"),
        ("picture.png", "url"),
        ("//example.com/a.png", "url"),
        ("http:example.com", "url"),
        ("http:///etc/passwd", "url"),
        ("file:///etc/passwd", "url"),
        ("ftp://example.com/a.png", "url"),
        ("gopher://example.com:70/_", "url"),
        ("dict://127.0.0.1:11211/", "url"),
        ("data:image/png;base64,iVBORw0KGgo=", "url"),
        ("javascript:alert(1)", "url"),
        ("https://user:secret@example.com/", "url"),
        ("https://example.com@127.0.0.1/", "url"),
        ("https://a@b@c/", "url"),
        ("http://example.com\\@127.0.0.1/", "url"),
        ("http://127.0.0.1\\.example.com/", "url"),
        ("http://127%2e0%2e0%2e1/", "url"),
        ("http://ex ample.com/", "url"),
        ("http://a..b/", "url"),
        ("http://xn--/", "url"),
        ("http://xn--a/", "url"),
        ("http://example.com../", "url"),
        ("http://①②⑦.0.0.1/", "url"),
        ("http://ｌocalhost/", "url"),
        ("http://[::1", "url"),
        ("http://[fe80::1%25eth0", "url"),
        ("http://exa\x00mple.com/", "url"),
        ("http://0177.0.0.1/", "url"),
        ("http://256.1.1.1/", "url"),
        (f"http://{'a' * 64}.example/", "url"),
        (f"http://{'a.' * 130}example/", "url"),
        (f"http://example.com/{'a' * 9000}", "url"),
        ("http://2130706433/", "address"),
        ("http://017700000001/", "address"),
        ("http://0x7f000001/", "address"),
        ("http://0x7f.1/", "address"),
        ("http://127.1/", "address"),
        ("http://127.0.1/", "address"),
        ("http://127.0.0.0x1/", "address"),
        ("http://example.1/", "address"),
    ],
)
def test_tricks_are_refused(text: str, reason: str) -> None:
    with pytest.raises(FetchError) as failure:
        parse(text)
    assert failure.value.reason == reason


@settings(deadline=None)
@given(st.text(max_size=60).map(lambda tail: f"http://{tail}") | st.text(max_size=60))
@example("http://[")
@example("http://[::1]:x/")
def test_whatever_comes_the_refusal_is_ours(text: str) -> None:
    try:
        url = parse(text)
    except FetchError:
        return
    assert str(parse(str(url))) == str(url)


@settings(deadline=None)
@given(st.text(max_size=60).map(lambda tail: f"//{tail}") | st.text(max_size=60))
@example("http://[::1")
@example("//[")
@example("//℀.example/")
def test_whatever_a_redirect_names_the_refusal_is_ours(location: str) -> None:
    try:
        url = join(parse("https://example.com/a/b"), location)
    except FetchError:
        return
    assert url.scheme in {"http", "https"}


def test_an_origin_has_its_default_port() -> None:
    assert origin(parse("https://Example.com/a")) == ("https", "example.com", 443)
    assert origin(parse("http://example.com")) == ("http", "example.com", 80)
    assert origin(parse("http://127.0.0.1:8090/v1")) == ("http", "127.0.0.1", 8090)
