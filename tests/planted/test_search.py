"""The search finds what is there: each secret, in every way to write or pack it. Else 0 finds would say
nothing."""

import base64
import gzip
import html
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.planted.search import Search
from tests.planted.secrets import MARK, SECRETS
from tests.tables import rows

WAYS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "quoted": lambda key: quote(key, safe="").encode(),
    "each letter quoted": lambda key: "".join(f"%{ord(letter):02x}" for letter in key).encode(),
    "hexadecimal": lambda key: key.encode().hex().encode(),
    "HEXADECIMAL": lambda key: key.encode().hex().upper().encode(),
    "base64": lambda key: base64.b64encode(key.encode()),
    "base64 after one": lambda key: base64.b64encode(b"x" + key.encode() + b"tail"),
    "base64 after two": lambda key: base64.b64encode(b"xy" + key.encode() + b"t"),
    "base64 for addresses": lambda key: base64.urlsafe_b64encode(b"\xff\xff" + key.encode()),
    "in JSON": lambda key: json.dumps({"a": key}).encode(),
    "escaped in JSON": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key).encode(),
    "in HTML": lambda key: html.escape(key).encode(),
    "two bytes a letter": lambda key: key.encode("utf-16-le"),
    "its first half": lambda key: key[: len(key) // 2].encode(),
    "its last half": lambda key: key[len(key) // 2 :].encode(),
    "in a gzip": lambda key: gzip.compress(b" " * 99 + key.encode()),
    "in a zip": lambda key: zipped("a.txt", key.encode()),
    "in a zip in a zip": lambda key: zipped("b.zip", zipped("a.txt", key.encode())),
    "in a PNG's iTXt": lambda key: png(lambda info: info.add_itxt("recipe", key, zip=True)),
    "in a PNG's zTXt": lambda key: png(lambda info: info.add_text("recipe", key, zip=True)),
    "in a PNG's tEXt": lambda key: png(lambda info: info.add_text("recipe", key)),
}


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def png(write: Callable[[PngInfo], None]) -> bytes:
    buffer, info = io.BytesIO(), PngInfo()
    write(info)
    Image.new("RGB", (4, 4)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


@rows("way", WAYS)
def test_it_finds_each_secret_in_every_form(way: str) -> None:
    for secret in SECRETS:
        search = Search()
        search.look("here", WAYS[way](secret))
        assert search.finds, secret
        with pytest.raises(AssertionError, match="finds:\nhere"):
            search.nothing()


def test_it_finds_a_row_that_was_deleted_and_one_in_the_log(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "studio.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (key TEXT)")
        database.execute("INSERT INTO t VALUES (?)", [SECRETS[0]])
        database.commit()
        database.execute("DELETE FROM t")
        database.commit()
        search = Search()
        search.look_at_files(tmp_path)
    assert any("studio.db" in find for find in search.finds)


def test_it_finds_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / f"upload-{MARK}.png").write_bytes(b"")
    search = Search()
    search.look_at_files(tmp_path)
    assert search.finds


def test_it_finds_nothing_where_nothing_is(tmp_path: Path) -> None:
    search = Search()
    for way in WAYS.values():
        search.look("here", way("an ordinary sentence, long enough to be a key"))
    search.look("here", bytes(range(256)) * 999)
    search.nothing()


def test_having_looked_nowhere_is_no_success() -> None:
    with pytest.raises(AssertionError, match="nothing was looked through"):
        Search().nothing()
