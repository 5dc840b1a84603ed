"""What a stranger's text costs grows with its length and no faster: a test's time-out ends what does not.

The texts are so long that twice nested work on them would take far longer.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator

import pytest
from starlette.datastructures import Headers

import imagestudio
from imagestudio.api.bodies import MAX_BODY, parse_object
from imagestudio.api.file_response import is_range
from imagestudio.api.middleware.body_limits import limit_of
from imagestudio.api.middleware.tidy_path import _tidied
from imagestudio.api.params import prefers_csv, respond_async
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import StudioError
from imagestudio.core.redaction import Redactor
from imagestudio.jobs.data_uri import DATA_URI, bare_base64, decode
from imagestudio.jobs.sources import OWN_FILE, SHARED
from imagestudio.media.export import xmp
from imagestudio.media.kinds import other_kind
from imagestudio.media.svg import values
from imagestudio.media.svg.measure import size_of
from imagestudio.net import FetchError
from imagestudio.net.url import parse
from imagestudio.store.search_text import fts_query, search_text
from tests.tables import rows

pytestmark = pytest.mark.timeout(60)

N = 400_000
PIECES = (
    " ", "\t", "1", "a", "-", "_", ".", "/", "%", ":", "\\", '"', "'", '\\"', "1.", "a.", "a-", "1e", "+1",
    ",", ";base64", "http://", "cookie:", "eyJ0000000000-", "a/", "hf_a-", "\u5b57",
)  # fmt: skip
"""What a worst input repeats, for patterns that are asked of a text's beginning."""


def patterns(*, of_page: bool) -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Every pattern that a module of the page, or of the package's rest, holds, the sandbox aside."""
    for module in pkgutil.walk_packages(imagestudio.__path__, "imagestudio."):
        if ".sandbox" in module.name or module.name.endswith("__main__") or "migrations" in module.name:
            continue
        if module.name.startswith("imagestudio.ui.") != of_page:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("of_page", "count"), [(False, 30), pytest.param(True, 1, marks=pytest.mark.slow)], ids=["rest", "page"]
)
def test_no_pattern_backtracks_from_the_beginning_of_a_text(of_page: bool, count: int) -> None:
    every = dict(patterns(of_page=of_page))
    assert len(every) >= count
    for pattern in every.values():
        for piece in PIECES:
            for begin in ("", "data:"):
                text = begin + piece * (N // 20 // len(piece)) + "\n!"
                subject = text.encode() if isinstance(pattern.pattern, bytes) else text
                pattern.match(subject)  # type: ignore[arg-type]
                pattern.fullmatch(subject)  # type: ignore[arg-type]


def _url(text: str) -> None:
    with pytest.raises(FetchError):
        parse(text)


def _sheet(text: str) -> None:
    list(values.rules(text))


WORST: list[tuple[Callable[[str], object], str]] = [
    (lambda text: respond_async(Headers({"prefer": text})), '"' + '\\"' * N),
    (lambda text: respond_async(Headers({"prefer": text})), '"\\' * N),
    (prefers_csv, "text/csv;q=0.1," * (N // 10)),
    (lambda text: is_range(text.encode()), "bytes=," + " " * N + "1x"),
    (lambda text: is_range(text.encode()), "bytes=" + "0-," * N),
    (limit_of, "/visitor/" * (N // 10) + "\n"),
    (_url, "http://" + "a." * N),
    (_url, "http://" + "1" * 8000 + ".x!"),
    (fts_query_of := lambda text: fts_query("owner", text), '"' * N),
    (fts_query_of, "a " * N),
    (search_text, "\u0e01\u0e48" * N),
    (search_text, "\U0001f98a%" * N),
    (decode, "data:," + "%41" * N),
    (DATA_URI.match, "data:" + ";base64 " * N),
    (bare_base64, "A" * N + "."),
    (lambda text: other_kind(text.encode()), "<" * N),
    (OWN_FILE.fullmatch, "/" * N),
    (SHARED.fullmatch, "shared/" * N),
    (_tidied, "/api/" + "/" * N + "\n"),
    (fts_query_of, '"' + "a" * N),
    (lambda text: size_of(text, None, None), "1" * N + "!"),
    (lambda text: size_of(None, None, text), "1" * N + "! 1 1 1"),
    (lambda text: size_of(None, None, text), " " * N + "!"),
    (values.references, "url(" + " " * N),
    (values.references, "url(#" + "a" * N),
    (lambda text: values.is_safe("fill", text), "url(" * N),
    (lambda text: values.is_safe("d", text), "M" * N + "!"),
    (values.declarations, "fill:" + "url(" * N),
    (_sheet, "/*" * N),
    (_sheet, ("," * 390 + "{}") * 500),
    (lambda text: xmp._END.findall(text.encode()), "</" + "a" * N),
    (lambda text: xmp._END.findall(text.encode()), "</RDF " * N),
    (lambda text: xmp._OWN.sub(b"", text.encode()), "<rdf:Description " * (N // 10)),
    (Redactor(["secret-of-the-host"]), "http://" * (N // 20)),
    (Redactor(), "eyJ00000000-" * (N // 20)),
    (Redactor(), "eyJ00000000." * (N // 20)),
    (Redactor(), 'cookie:"' + '\\"cookie:' * (N // 10)),
    (Redactor(), "key " * (N // 10)),
    (Redactor(), "key " + ":" * (N // 10)),
    (Redactor(), "authorization" + " " * (N // 10)),
    (Redactor(), "AIza" * (N // 10)),
    (Redactor(), "0" * (N // 10)),
]  # fmt: skip


@rows("read, worst", WORST)
def test_what_reads_a_stranger_s_text_takes_time_in_proportion(
    read: Callable[[str], object], worst: str
) -> None:
    read(worst)


def _wide(piece: str) -> bytes:
    return ('{"prompt":[' + piece * ((MAX_BODY // 4) // len(piece)) + "1]}").encode()


BODIES: list[Callable[[], bytes]] = [
    lambda: _wide("{},"),
    lambda: _wide("1,"),
    lambda: _wide('"",'),
    lambda: _wide('"\\"",'),
    lambda: _wide("["),
    lambda: _wide("\\"),
    lambda: _wide(" "),
    lambda: b"{" + b",".join(b'"%x":1' % number for number in range(N)) + b"}",
    lambda: b'{"prompt":"' + b"\\u0061" * 1_000_000 + b'"}',
    lambda: b'{"' + b"a" * 5_000_000 + b'":1}',
    lambda: b'{"seed":' + b"9" * 5_000_000 + b"}",
    lambda: b'{"image_url":[' + b'"data:",' * 1_000_000 + b"1]}",
    # Within every other bound.
    lambda: b"{" + b",".join(b'"%x":1' % (number % 1999) for number in range(2000)) + b"}",
    lambda: b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}",
    lambda: b'{"a":' + b"]" * 250_000 + b"}",
]


@rows("body", BODIES)
def test_a_body_of_any_shape_is_refused_before_it_costs_more_than_its_bytes(
    body: Callable[[], bytes],
) -> None:
    with pytest.raises(StudioError) as refused:
        parse_object(body())
    assert len(str(refused.value.as_dict())) < 1000


def test_an_excerpt_writes_no_more_than_it_shows() -> None:
    parts = 0

    class Counted(list[int]):
        def __iter__(self) -> Iterator[int]:
            nonlocal parts
            for item in super().__iter__():
                parts += 1
                yield item

    assert excerpt({"a": Counted([1] * N)}) == '{"a": [' + "1, " * 16 + "1,..."
    assert parts < 100
    assert excerpt("x" * N) == '"' + "x" * 56 + "..."
