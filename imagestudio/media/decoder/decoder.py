"""Decodes pictures of strangers without the studio ever touching their pixels.

A few processes, started when first needed and ended when idle, do it under limits of memory and time. A
picture that one of them dies of is refused, and the next one is decoded in a fresh process. Whoever asks
takes turns with all others; what may take long leaves one process to what does not, unless it was paid for.
A picture that went beyond the limits is refused at once when it comes again.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock

from imagestudio.core.messages import Message, from_json
from imagestudio.core.turns import STUDIO, Asker, Turns, busy
from imagestudio.core.units import MAX_PIXELS
from imagestudio.media.decoder.process import Process
from imagestudio.media.decoder.protocol import Broken, Facts
from imagestudio.media.effort import count
from imagestudio.media.export.conversion import Conversion
from imagestudio.media.formats import MediaInfo, NotAnImage, TakenIn, TooManyPixels

PROCESSES = 2
WALL_S = 30.0
"""For one task. Its processor time is limited too: see `child`."""
LONG_S = 1.0
"""By what is counted of a picture beforehand. A photograph of 25 megapixels takes less."""
MOST_WEIGHED, AT_ONCE = 8 * 1024 * 1024, 64 * 1024
"""Bytes of a picture that is looked at beforehand, and of one that is looked at on the event loop."""
MOST_WAITING = 128
MOST_HELD, PART_HELD = 192 * 1024 * 1024, 1 / 3
"""Bytes of pictures that wait or are decoded, and how much of that is one party's. One picture always may."""
IDLE_S = 60.0
REMEMBERED = 1000
"""Refused pictures, and networks that brought them."""
SLOW_S, SLOW = 600.0, "slow"
"""After a picture beyond the limits its network counts so long as one with all such networks."""
CLOSED = Message("image.stopping")
LIMITS = Message("image.beyond_limits")
BEYOND: Facts = {"refused": "limits"}
GONE: Facts = {"refused": "gone"}

REFUSALS: dict[str, Callable[[Message], Exception]] = {
    "too_many_pixels": TooManyPixels,
    "not_an_image": NotAnImage,
    "gone": FileNotFoundError,
}


class Decoder:
    """One for the whole studio. `aclose` it at the end. Whatever is asked raises `ModelUnavailable` where
    there is no turn for the asker in time."""

    def __init__(
        self,
        *,
        processes: int = PROCESSES,
        wall_s: float = WALL_S,
        idle_s: float = IDLE_S,
        patience_s: float | None = None,
    ) -> None:
        self._processes = processes
        self._turns = Turns(processes, room=MOST_WAITING)
        self._long = Turns(max(1, processes - 1), room=MOST_WAITING)
        self._patience_s = patience_s
        self._beyond_limits: dict[tuple[str, str], None] = {}
        """By task and the picture's path or hash."""
        self._remembering = Lock()
        self._slow: dict[str, float] = {}
        self._threads = ThreadPoolExecutor(processes, "decoder")
        self._wall_s = wall_s
        self._idle_s = idle_s
        self._free: list[Process] = []
        self._busy: set[Process] = set()
        self._waiting = 0
        self._held: Counter[str] = Counter()
        """Bytes, by party."""
        self._rest: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing is being decoded, or waits for that."""
        return self._waiting == 0

    async def verify(
        self, data: bytes | Path, *, max_pixels: int = MAX_PIXELS, asker: Asker = STUDIO
    ) -> MediaInfo:
        """Type and size, once the whole picture was decoded (of an animation, the first one).

        Raises `NotAnImage`, `TooManyPixels`, and `FileNotFoundError` for a path.
        """
        facts: Facts = {"task": "verify", "max_pixels": max_pixels}
        if isinstance(data, Path):
            facts, data = {**facts, "path": str(data)}, b""
        answer, _ = await self._ask(asker, facts, data)
        return _info(answer)

    async def shrink(self, path: Path, side: int, *, asker: Asker = STUDIO) -> bytes:
        """A WebP of any picture, its longer side at most `side` pixels; of a drawing exactly so many. Raises
        as `verify` does."""
        return (await self._ask(asker, {"task": "shrink", "path": str(path), "side": side}))[1]

    async def clean(self, path: Path, *, asker: Asker = STUDIO) -> bytes:
        """A drawing, rewritten so that it only draws: see `svg.sanitize`. Raises as `verify` does."""
        return (await self._ask(asker, {"task": "clean", "path": str(path)}))[1]

    async def convert(self, path: Path, conversion: Conversion, *, asker: Asker = STUDIO) -> bytes:
        """A picture so converted. Raises as `verify` does."""
        return (await self._ask(asker, {"task": "convert", "path": str(path), **_facts(conversion)}))[1]

    async def losses(self, path: Path, conversion: Conversion, *, asker: Asker = STUDIO) -> tuple[str, ...]:
        """What a picture so converted is not any more: see `convert.losses`. Raises as `verify` does."""
        answer, _ = await self._ask(asker, {"task": "losses", "path": str(path), **_facts(conversion)})
        return tuple(str(loss) for loss in answer.get("losses", ()))

    async def take_in(
        self, data: bytes, *, max_bytes: int, max_pixels: int, scale: bool, asker: Asker = STUDIO
    ) -> TakenIn:
        """A picture that somebody brought, as a provider is to see it: see `intake.take_in`. Raises as
        `verify` does."""
        facts: Facts = {"max_bytes": max_bytes, "max_pixels": max_pixels, "scale": scale}
        answer, made = await self._ask(asker, {"task": "take_in", **facts}, data)
        notice = answer.get("notice")
        return TakenIn(made or data, _info(answer), from_json(notice) if notice else None)

    async def _ask(self, asker: Asker, facts: Facts, data: bytes = b"") -> tuple[Facts, bytes]:
        self._waiting += 1
        try:
            async with self._turn(self._among(asker), facts, data):
                answer = await self._asked(facts, data)
        except NotAnImage:
            self._note_slow(asker)
            raise
        finally:
            self._waiting -= 1
        if answer[0].get("refused") == BEYOND["refused"]:
            self._note_slow(asker)
        if refused := answer[0].get("refused"):
            text = answer[0].get("text")
            raise REFUSALS[refused](from_json(text)) if refused in REFUSALS else NotAnImage(LIMITS)
        return answer

    @asynccontextmanager
    async def _turn(self, asker: Asker, facts: Facts, data: bytes) -> AsyncIterator[None]:
        patience_s = self._patience_s or asker.patience_s
        async with AsyncExitStack() as places:
            places.enter_context(self._room_for(len(data), asker))
            if not asker.paid and await _may_take_long(facts, data):
                await places.enter_async_context(self._long.turn(asker, patience_s))
            await places.enter_async_context(self._turns.turn(asker, patience_s))
            yield

    @contextmanager
    def _room_for(self, size: int, asker: Asker) -> Iterator[None]:
        of_party = self._held[asker.party]
        is_full = self._held.total() + size > MOST_HELD or of_party + size > MOST_HELD * PART_HELD
        if of_party and is_full and not asker.paid:
            raise busy()
        self._held[asker.party] += size
        try:
            yield
        finally:
            self._held[asker.party] -= size
            self._held += Counter()  # drops those that are 0

    def _among(self, asker: Asker) -> Asker:
        """Who takes the turn: networks that brought pictures beyond the limits have one together."""
        is_slow = bool(asker.network) and self._slow.get(asker.party, 0.0) > asyncio.get_running_loop().time()
        return replace(asker, owner=asker.party, network=SLOW) if is_slow else asker

    def _note_slow(self, asker: Asker) -> None:
        if asker.network:
            self._slow.pop(asker.party, None)
            self._slow[asker.party] = asyncio.get_running_loop().time() + SLOW_S
            if len(self._slow) > REMEMBERED:
                del self._slow[next(iter(self._slow))]

    async def _asked(self, facts: Facts, data: bytes) -> tuple[Facts, bytes]:
        if self._closed:
            raise NotAnImage(CLOSED)
        process = self._take()
        try:
            return await self._within_time(process, facts, data)
        except Broken as error:
            process.kill()
            raise NotAnImage(CLOSED if self._closed else LIMITS) from error
        except BaseException:  # nobody waits for its answer any more
            process.kill()
            raise
        finally:
            self._give_back(process)

    async def _within_time(self, process: Process, facts: Facts, data: bytes) -> tuple[Facts, bytes]:
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._threads, partial(self._answer, process, facts, data))
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        if not (await asyncio.wait({answer}, timeout=self._wall_s))[0]:
            process.kill()  # and so the thread's waiting ends
        return await answer

    def _answer(self, process: Process, facts: Facts, data: bytes) -> tuple[Facts, bytes]:
        """Blocking. The answer, which is remembered where it took the process to its limits."""
        name = facts.get("path") or hashlib.sha256(data).hexdigest()
        known = (facts["task"], name)
        if known in self._beyond_limits:
            return BEYOND, b""
        try:
            answer = _ask(process, facts, data)
        except Broken:
            if process.died_of_it():
                self._remember(known)
            raise
        if answer[0].get("refused") == BEYOND["refused"]:
            self._remember(known)
        return answer

    def _remember(self, known: tuple[str, str]) -> None:
        with self._remembering:
            self._beyond_limits[known] = None
            if len(self._beyond_limits) > REMEMBERED:
                del self._beyond_limits[next(iter(self._beyond_limits))]

    def _take(self) -> Process:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        process = self._free.pop() if self._free else Process()
        if not process.alive:  # killed while it was idle, for want of memory, say: not this picture's fault
            self._threads.submit(process.end)
            process = Process()
        self._busy.add(process)
        return process

    def _give_back(self, process: Process) -> None:
        self._busy.discard(process)
        if process.fit:
            self._free.append(process)
        else:
            self._threads.submit(process.end)
        if not self._busy and not self._closed:
            self._rest = asyncio.get_running_loop().call_later(self._idle_s, self._end_free)

    def _end_free(self) -> None:
        while self._free:
            self._threads.submit(self._free.pop().end)

    async def aclose(self) -> None:
        """End every process; whoever waits for an answer is refused."""
        self._closed = True
        if self._rest is not None:
            self._rest.cancel()
        for process in self._busy:
            process.kill()
        async with AsyncExitStack() as turns:
            for _ in range(self._processes):  # once all turns are ours, nobody else has one
                await turns.enter_async_context(self._turns.turn(STUDIO))
            self._end_free()
            await asyncio.to_thread(self._threads.shutdown)


def _ask(process: Process, facts: Facts, data: bytes) -> tuple[Facts, bytes]:
    """The file at `path` is opened here: the process may open none."""
    if "path" not in facts:
        return process.ask(facts, data)
    try:
        with Path(facts["path"]).open("rb") as file:
            return process.ask(facts, file)
    except FileNotFoundError:
        return GONE, b""


def _info(answer: Facts) -> MediaInfo:
    try:
        return MediaInfo(str(answer["mime_type"]), int(answer["width"]), int(answer["height"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnImage(LIMITS) from error


async def _may_take_long(facts: Facts, data: bytes) -> bool:
    if "path" in facts:
        try:
            data = await asyncio.to_thread(_beginning, Path(facts["path"]))
        except FileNotFoundError:
            return False
    if len(data) > MOST_WEIGHED:
        return True
    effort = count(data) if len(data) <= AT_ONCE else await asyncio.to_thread(count, data)
    return effort.refusal is None and effort.seconds > LONG_S


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_WEIGHED + 1)


def _facts(conversion: Conversion) -> Facts:
    return {"format": conversion.format, "side": conversion.longer_side, "quality": conversion.quality}
