"""What is handed in and lent: to whom, for how long, and how much."""

import os
from pathlib import Path

import pytest

from imagestudio.core.turns import Asker
from imagestudio.ui.gradio.file_exchange import KEEP_S, MOST_OF_ONE, NETWORK_FILES, Exchange


class Clock:
    """Seconds, as a test has them."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def exchange(tmp_path: Path, clock: Clock) -> Exchange:
    exchange = Exchange(tmp_path / "uploads", clock)
    exchange.open()
    return exchange


def test_a_file_is_its_holders(exchange: Exchange, tmp_path: Path) -> None:
    mine = exchange.take_in(b"mine", "a.png", "ann")
    lent = exchange.lend(tmp_path / "b.png", "ann")
    free = exchange.take_in(b"free", "c.png", None)
    for address in (mine, lent):
        assert exchange.find(address, "ann")
        assert exchange.find(address, "ben") is None
        assert exchange.find(address, None) is None
    for holder in ("ann", "ben", None):
        assert exchange.find(free, holder)
    for nothing in (None, 7, [mine], "", str(Path(mine).parent)):
        assert exchange.find(nothing, "ann") is None


def test_what_is_lent_is_not_where_it_seems_to_be(exchange: Exchange, tmp_path: Path) -> None:
    real = tmp_path / "picture.png"
    real.write_bytes(b"bytes")
    address = exchange.lend(real, "ann")
    assert exchange.find(address, "ann") == real
    assert not Path(address).exists()
    assert Path(address).name == "picture.png"
    exchange.close()
    assert real.exists()


def test_a_name_tells_nothing_and_is_never_the_same(exchange: Exchange) -> None:
    addresses = {exchange.take_in(b"same", "a.png", "ann") for _ in range(20)}
    assert len(addresses) == 20
    assert all(len(Path(address).parent.name) == 32 for address in addresses)


def test_what_nobody_used_for_a_day_goes(exchange: Exchange, clock: Clock, tmp_path: Path) -> None:
    old, used = exchange.take_in(b"x", "old.png", "ann"), exchange.take_in(b"x", "used.png", "ann")
    lent = exchange.lend(tmp_path / "lent.png", "ann")
    clock.now += KEEP_S - 1
    assert exchange.find(used, "ann")
    clock.now += 2
    exchange.take_in(b"x", "new.png", "ben")
    exchange.lend(tmp_path / "new.png", "ben")
    assert exchange.find(old, "ann") is None
    assert exchange.find(lent, "ann") is None
    assert not Path(old).parent.exists()
    assert exchange.find(used, "ann")


def test_it_goes_without_another_upload(exchange: Exchange, clock: Clock) -> None:
    old = exchange.take_in(b"x", "old.png", "ann")
    clock.now += KEEP_S - 1
    young = exchange.take_in(b"x", "young.png", "ann")
    clock.now += 2
    exchange.expire()
    assert not Path(old).parent.exists()
    assert exchange.find(young, "ann")


def test_one_holder_has_so_many(exchange: Exchange) -> None:
    first = exchange.take_in(b"x", "first.png", "ann")
    others = exchange.take_in(b"x", "others.png", "ben")
    free = exchange.take_in(b"x", "free.png", None)
    for _ in range(MOST_OF_ONE):
        exchange.take_in(b"x", "next.png", "ann")
    assert exchange.find(first, "ann") is None
    assert exchange.find(others, "ben")
    assert exchange.find(free, None)


def test_all_together_have_so_many_bytes(tmp_path: Path, clock: Clock) -> None:
    exchange = Exchange(tmp_path, clock, most_bytes=25)
    one, two, three = (exchange.take_in(b"x" * 10, f"{n}.png", None) for n in range(3))
    assert exchange.find(one, None) is None
    assert exchange.find(two, None)
    assert exchange.find(three, None)


def test_whoever_uploads_most_loses_their_own(tmp_path: Path, clock: Clock) -> None:
    exchange = Exchange(tmp_path, clock, most_bytes=25)
    victim = exchange.take_in(b"x" * 5, "mine.png", "ann", Asker("session:ann", "a"))
    quiet = exchange.take_in(b"x" * 5, "quiet.png", "ben", Asker("session:ben", "b"))
    flood = [exchange.take_in(b"x" * 10, f"{n}.png", None, Asker(f"session:{n}", "b")) for n in range(6)]
    assert exchange.find(victim, "ann")
    assert exchange.find(quiet, "ben")
    assert [bool(exchange.find(address, None)) for address in flood] == [False] * 5 + [True]


def test_guests_of_one_network_have_so_many_files(exchange: Exchange) -> None:
    most = MOST_OF_ONE * NETWORK_FILES
    addresses = [
        exchange.take_in(b"x", f"{n}.png", None, Asker(f"session:{n}", "a")) for n in range(most + 3)
    ]
    assert [exchange.find(address, None) is None for address in addresses] == [True] * 3 + [False] * most


def test_what_a_killed_server_left_goes_once_nobody_can_use_it(tmp_path: Path, clock: Clock) -> None:
    Exchange(tmp_path / "uploads", clock).open()
    old, new = tmp_path / "uploads" / "old", tmp_path / "uploads" / "new"
    for folder, age in ((old, 3 * KEEP_S), (new, KEEP_S)):
        folder.mkdir()
        (folder / "a.png").write_bytes(b"x")
        os.utime(folder, (clock.now - age, clock.now - age))
    Exchange(tmp_path / "uploads", clock).open()
    assert not old.exists()
    assert new.exists()


def test_at_the_end_no_upload_is_left(exchange: Exchange, tmp_path: Path) -> None:
    for n in range(3):
        exchange.take_in(b"x", f"{n}.png", None)
    exchange.close()
    assert list((tmp_path / "uploads").iterdir()) == []
