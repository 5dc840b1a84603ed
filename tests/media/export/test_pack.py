"""Many pictures in one file: names that are safe, memory that stays small."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.media.export.pack import CHUNK, Item, pack, picture_name, words
from tests.tables import rows

MOMENT = 1_795_515_630.0  # 2026-11-24 10:20:30 UTC


def unpacked(items: list[Item]) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pack(items))))
    assert archive.testzip() is None
    assert {entry.compress_type for entry in archive.infolist()} <= {zipfile.ZIP_STORED}
    return {name: archive.read(name) for name in archive.namelist()}


@rows(
    ("prompt", "name"),
    [
        ("A red fox", "2026-11-24_flux-2-pro_a-red-fox_1a2b.png"),
        ("../../etc/passwd\0\\x", "2026-11-24_flux-2-pro_etc-passwd-x_1a2b.png"),
        ("ein Fuchs, grün & 狐", "2026-11-24_flux-2-pro_ein-fuchs-grün-狐_1a2b.png"),
        ("!?", "2026-11-24_flux-2-pro_1a2b.png"),
        (
            "one two three four five six seven eight nine",
            "2026-11-24_flux-2-pro_one-two-three-four-five-six-seven-eight_1a2b.png",
        ),
        ("x" * 99, f"2026-11-24_flux-2-pro_{'x' * 40}_1a2b.png"),
    ],
)
def test_a_name_tells_day_model_and_words(prompt: str, name: str) -> None:
    assert picture_name(MOMENT, "flux-2-pro", prompt, "0" * 28 + "1a2b", "image/png") == name


@given(st.text())
@settings(deadline=None)
def test_no_prompt_makes_a_path(prompt: str) -> None:
    line = words(prompt)
    assert len(line) <= 40
    assert not set(line) & set('/\\:*?"<>|.\0\n ')
    assert line.strip("-") == line


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    large = bytes(range(256)) * (CHUNK // 100)
    path = tmp_path / "large.png"
    path.write_bytes(large)
    items = [Item("a.png", MOMENT, path, b"{}"), Item("b.webp", 0.0, b"small")]
    assert unpacked(items) == {"a.png": large, "a.recipe.json": b"{}", "b.webp": b"small"}
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pack(items))))
    assert archive.getinfo("a.png").date_time == (2026, 11, 24, 10, 20, 30)
    assert archive.getinfo("b.webp").date_time[0] == 1980


def test_no_two_files_share_a_name_and_none_leaves_the_folder() -> None:
    names = ("a.png", "A.png", "a.webp", "a-2.png", "../a.png", "/etc/b", "c:\\d.png", "..", ".hidden", "")
    items = [Item(name, MOMENT, b"x", b"{}") for name in names]
    assert list(unpacked(items))[::2] == [
        "a.png",
        "A-2.png",
        "a-3.webp",
        "a-2-2.png",
        "a-4.png",
        "b",
        "d.png",
        "picture",
        "hidden",
        "picture-2",
    ]
    assert list(unpacked(items))[1::2] == [
        f"{Path(name).stem}.recipe.json" for name in list(unpacked(items))[::2]
    ]


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    files = unpacked(
        [Item("gone.png", MOMENT, tmp_path / "gone", b"{}"), Item("missing.txt", MOMENT, b"mine")]
    )
    assert files == {
        "missing-2.txt": b"mine",
        "missing.txt": b"These files are gone from the studio's disk:\ngone.png\n",
    }


def test_an_empty_pack_is_a_zip_file() -> None:
    assert unpacked([]) == {}


def test_memory_holds_a_piece_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(b"x" * 4_000_000)
    taken = []

    def items() -> Iterator[Item]:
        for number in range(8):
            taken.append(number)
            yield Item(f"{number}.png", MOMENT, path)

    pieces = pack(items())
    next(pieces)
    assert taken == [0]
    tracemalloc.start()
    total = sum(map(len, pieces))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 31_000_000
    assert peak < 8 * CHUNK
