"""Decoding in processes of their own: what they answer, what they may use, and how they end."""

import asyncio
import io
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
from PIL import Image

from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.turns import Asker
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.media.formats import MediaInfo, NotAnImage, TooManyPixels
from tests.bombs import drawings, rasters

ROOT = Path(__file__).parents[3]
PNG = rasters.plain(40, 30, "PNG")
LARGE = 2048
"""A side at which the drawing that `endless` is takes longer than a process may have."""


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    found = Decoder()
    yield found
    await found.aclose()


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file whose work can't be counted beforehand."""
    path = tmp_path / "endless.svg"
    path.write_text(drawings.deadly())
    return path


Children = Callable[[], list[psutil.Process]]


@pytest.fixture
def children() -> Children:
    """The decoding processes of this one that the test has started: other tests' studios have theirs."""

    def decoding() -> list[psutil.Process]:
        mine = psutil.Process().children()
        return [
            child for child in mine if any("imagestudio.media.decoder" in part for part in child.cmdline())
        ]

    before = decoding()
    return lambda: [child for child in decoding() if child not in before]


async def until(condition: Callable[[], object], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.01)


async def test_bytes_and_files_are_verified(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(PNG)
    assert await decoder.verify(PNG) == await decoder.verify(path) == MediaInfo("image/png", 40, 30)
    with pytest.raises(TooManyPixels, match=r"At most 0\.001 megapixels"):
        await decoder.verify(PNG, max_pixels=1000)
    with pytest.raises(NotAnImage, match="text, not a picture"):
        await decoder.verify(b"hello")
    with pytest.raises(NotAnImage, match="empty"):
        await decoder.verify(b"")
    with pytest.raises(FileNotFoundError):
        await decoder.verify(tmp_path / "nothing")


async def test_pictures_and_drawings_are_shrunk(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    for data, size in (
        (rasters.plain(600, 300, "JPEG"), (200, 100)),
        (drawings.svg(drawings.GREEN).encode(), (200, 200)),
        (drawings.svg("<text>a</text>", attributes='viewBox="0 0 1 4"').encode(), (50, 200)),
    ):
        path.write_bytes(data)
        with Image.open(io.BytesIO(await decoder.shrink(path, 200))) as image:
            assert (image.format, image.size) == ("WEBP", size)


async def test_a_drawing_is_cleaned(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    path.write_text(drawings.svg("<script/><g/>"))
    assert await decoder.clean(path) == (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><g></g></svg>'
    )
    path.write_bytes(PNG)
    with pytest.raises(NotAnImage, match="The drawing can't be shown"):
        await decoder.clean(path)


async def test_nothing_runs_before_it_is_needed_or_once_it_is_idle(children: Children) -> None:
    decoder = Decoder(idle_s=0.05)
    assert children() == []
    assert decoder.idle
    await asyncio.gather(*(decoder.verify(PNG) for _ in range(6)))
    assert 1 <= len(children()) <= 2
    await until(lambda: children() == [])
    assert await decoder.verify(PNG)
    await decoder.aclose()
    assert children() == []


async def test_it_knows_no_secret_and_writes_no_file(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch, children: Children
) -> None:
    monkeypatch.setenv("FAL_KEY", "marked-key")
    await decoder.verify(PNG)
    (child,) = children()
    assert "marked-key" not in str(child.environ())
    assert child.nice() > psutil.Process().nice()
    assert child.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert child.rlimit(psutil.RLIMIT_AS) == (2**30, 2**30)
    assert child.rlimit(psutil.RLIMIT_CPU)[0] < 20


async def test_a_picture_that_takes_too_much_memory_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "tower.svg"  # 512 pixels wide, so ten million high
    path.write_text(drawings.svg(drawings.GREEN, attributes='width="1em" height="20000em"'))
    with pytest.raises(NotAnImage, match="limits of memory and time"):
        await decoder.shrink(path, 512)
    assert await decoder.verify(PNG) == MediaInfo("image/png", 40, 30)


async def test_a_picture_beyond_the_limits_is_refused_at_once_when_it_comes_again(
    decoder: Decoder, tmp_path: Path
) -> None:
    path = tmp_path / "tower.svg"
    path.write_text(drawings.svg(drawings.GREEN, attributes='width="1em" height="20000em"'))
    with pytest.raises(NotAnImage, match="limits of memory and time"):
        await decoder.shrink(path, 512)
    path.unlink()
    with pytest.raises(NotAnImage, match="limits of memory and time"):
        await decoder.shrink(path, 512)
    with pytest.raises(FileNotFoundError):
        await decoder.verify(path)


async def test_one_network_s_slow_pictures_hold_up_nobody_else(children: Children, endless: Path) -> None:
    decoder = Decoder()
    slow = [
        asyncio.create_task(decoder.shrink(endless, LARGE, asker=Asker(f"session:{number}", "a")))
        for number in range(4)
    ]
    await until(children)
    assert await decoder.verify(PNG, asker=Asker("session:x", "b")) == MediaInfo("image/png", 40, 30)
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    await decoder.aclose()


async def test_networks_that_brought_pictures_beyond_the_limits_count_as_one(
    children: Children, tmp_path: Path, endless: Path
) -> None:
    decoder = Decoder()
    path = tmp_path / "tower.svg"
    path.write_text(drawings.svg(drawings.GREEN, attributes='width="1em" height="20000em"'))
    askers = [Asker("session:x", network) for network in ("a", "b")]
    for asker in askers:
        with pytest.raises(NotAnImage, match="limits of memory and time"):
            await decoder.shrink(path, 512, asker=asker)
    slow = [asyncio.create_task(decoder.shrink(endless, LARGE, asker=asker)) for asker in askers]
    await until(children)
    assert await decoder.verify(PNG, asker=Asker("session:y", "c")) == MediaInfo("image/png", 40, 30)
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    await decoder.aclose()


async def test_what_may_take_long_leaves_a_process_to_what_does_not(
    children: Children, endless: Path
) -> None:
    decoder = Decoder()
    slow = [
        asyncio.create_task(decoder.shrink(endless, LARGE, asker=Asker("session:x", network)))
        for network in "abcd"
    ]
    await until(children)
    assert await decoder.verify(PNG, asker=Asker("session:y", "e")) == MediaInfo("image/png", 40, 30)
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    await decoder.aclose()


async def test_a_network_s_waiting_pictures_take_no_more_memory_than_its_part(
    children: Children, endless: Path
) -> None:
    decoder = Decoder(processes=1)
    slow = asyncio.create_task(decoder.shrink(endless, LARGE))
    await until(children)
    large = bytes(40 * 1024 * 1024)
    waiting = asyncio.create_task(decoder.verify(large, asker=Asker("session:x", "a")))
    await asyncio.sleep(0)
    with pytest.raises(ModelUnavailable):
        await decoder.verify(large, asker=Asker("session:y", "a"))
    others = asyncio.create_task(decoder.verify(PNG, asker=Asker("session:z", "b")))
    await asyncio.sleep(0)
    assert [waiting.done(), others.done()] == [False, False]
    slow.cancel()
    assert await others == MediaInfo("image/png", 40, 30)
    waiting.cancel()
    await asyncio.gather(slow, waiting, return_exceptions=True)
    await decoder.aclose()


async def test_whoever_waits_too_long_for_a_turn_is_refused(children: Children, endless: Path) -> None:
    decoder = Decoder(processes=1, patience_s=0.01)
    slow = asyncio.create_task(decoder.shrink(endless, LARGE))
    await until(children)
    with pytest.raises(ModelUnavailable):
        await decoder.verify(PNG)
    assert not slow.done()
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    await decoder.aclose()


@pytest.mark.slow
async def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_is_not(endless: Path) -> None:
    decoder = Decoder(processes=1, wall_s=5.0)
    slow = asyncio.create_task(decoder.shrink(endless, LARGE))
    next_one = asyncio.create_task(decoder.verify(PNG))
    with pytest.raises(NotAnImage, match="limits of memory and time"):
        await slow
    assert await next_one == MediaInfo("image/png", 40, 30)
    await decoder.aclose()


async def test_a_process_that_was_killed_while_idle_is_no_picture_s_fault(
    decoder: Decoder, children: Children
) -> None:
    await decoder.verify(PNG)
    (child,) = children()
    child.kill()
    await until(lambda: child.status() == psutil.STATUS_ZOMBIE)
    assert await decoder.verify(PNG) == MediaInfo("image/png", 40, 30)
    assert children() != [child]


async def test_whoever_gives_up_leaves_the_others_their_turn(children: Children, endless: Path) -> None:
    decoder = Decoder(processes=1)
    slow = asyncio.create_task(decoder.shrink(endless, LARGE))
    await until(lambda: children() and children()[0].cpu_times().user > 0.3)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert await decoder.verify(PNG) == MediaInfo("image/png", 40, 30)
    await decoder.aclose()


async def test_closing_ends_what_is_under_way(children: Children, endless: Path) -> None:
    decoder = Decoder()
    slow = asyncio.create_task(decoder.shrink(endless, LARGE))
    await until(children)
    await decoder.aclose()
    with pytest.raises(NotAnImage, match="about to stop"):
        await slow
    assert children() == []
    with pytest.raises(NotAnImage, match="about to stop"):
        await decoder.verify(PNG)


PARENT = """
import asyncio, sys
from imagestudio.media.decoder.decoder import Decoder
from tests.bombs import rasters
async def main():
    decoder = Decoder()
    await decoder.verify(rasters.plain(40, 30, "PNG"))
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.slow
def test_it_dies_with_its_parent(children: Children) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        (child,) = psutil.Process(parent.pid).children()
        parent.kill()
    child.wait(timeout=20)
