"""Two thousand calls, many of which go wrong: the ledger adds up to what the providers bill."""

import asyncio
import io
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from PIL import Image

from imagestudio.core.errors import BudgetExceeded
from imagestudio.core.job import CallRecord, Job
from imagestudio.core.settings import Settings, load_settings
from imagestudio.studio.service import Studio, Upload
from tests.chaos.conftest import KEYS, Providers
from tests.opened import open_studio

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CALLS = 2_000
AT_ONCE = 40
MEMORY = Path("/dev/shm")
"""A thousand durable jobs sync ten thousand times: in memory that is quick, by the same code."""

Orders = dict[str, tuple[dict[str, Any], ...]]
MODELS: dict[str, Orders] = {
    "google": {
        "imagen-4": ({"num_images": 4}, {"num_images": 3}),
        "imagen-4-fast": ({"num_images": 4}, {"num_images": 2}),
        "imagen-4-ultra": ({"num_images": 4}, {"num_images": 4, "image_size": "2K"}),
    },
    "bfl": {
        "flux-2-pro": ({}, {"width": 1024, "height": 1040}, {"width": 2048, "height": 2048}),
        "flux-2-klein": ({}, {"width": 256, "height": 2048}),
        "flux-1.1-pro": ({}, {"width": 1440, "height": 1440}),
        "flux-kontext": ({},),
    },
    "fal": {
        "recraft-v4": ({}, {"vector": True}),
        "recraft-v3": ({}, {"aspect_ratio": "9:16"}),
        "ideogram-v3": ({},),
        "sd-3.5": ({}, {"aspect_ratio": "1:1"}, {"width": 700, "height": 301}),
        "qwen-image": ({}, {"width": 1111, "height": 333}),
        "qwen-image-edit": ({},),
        "seedream-5": ({},),
    },
}
EDITS = frozenset({"flux-kontext", "qwen-image-edit", "seedream-5"})
SHARES = {"google": CALLS * 8 // 10, "bfl": CALLS // 10, "fal": CALLS // 10}

WORDS = {
    "google": ("demo:refuse", "demo:refuse-image", "demo:odd-status", "demo:one-refused", "demo:lie"),
    "bfl": ("demo:refuse", "demo:refuse-image", "demo:fail", "demo:odd-status", "demo:expire", "demo:lie"),
    "fal": ("demo:refuse", "demo:refuse-image", "demo:fail", "demo:odd-status", "demo:expire", "demo:lie"),
}
"""What goes wrong with every third job."""
LOST = {
    "google": ("demo:drop", "demo:crash", "demo:fail", "demo:truncate"),
    "bfl": ("demo:drop", "demo:crash", "demo:unavailable", "demo:truncate"),
    "fal": ("demo:drop", "demo:crash", "demo:unavailable", "demo:truncate"),
}
"""What most of all goes wrong: after it the studio spares a provider for some seconds. A few of each."""
LOST_EVERY = 40

BILLED_THOUGH_UNKNOWN = {
    "google": {"demo:drop", "demo:odd-status", "demo:truncate"},
    "bfl": {"demo:drop", "demo:refuse", "demo:refuse-image", "demo:fail"},
    "fal": {"demo:drop"},
}
"""Where no document says whether a failure is charged the ledger counts the most it can have cost, as
unknown. These are the ones for which the emulator does bill; it bills nothing for the other unknowns."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def settings(providers_at: Callable[..., Providers], folder: Path) -> tuple[Settings, Providers]:
    providers = providers_at(speed=0)
    origins = {
        f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers.url}/{name}" for name in ("google", "bfl", "fal")
    }
    return load_settings({**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": folder}), providers


def source() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 200), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def word(provider: str, dice: random.Random, number: int) -> str:
    """What is to go wrong with a job, if anything."""
    if number % LOST_EVERY == 0:
        return LOST[provider][number // LOST_EVERY % len(LOST[provider])]
    return dice.choice(WORDS[provider]) if number % 3 == 0 else ""


async def run(studio: Studio, provider: str, dice: random.Random, number: int, picture: bytes) -> Job:
    model = dice.choice(list(MODELS[provider]))
    prompt = f"hill {number} {word(provider, dice, number)}"
    fields = {"prompt": prompt, "model": model, **dice.choice(MODELS[provider][model])}
    upload = Upload(picture) if model in EDITS else None
    job = await studio.submit("edit" if upload else "generate", fields, upload=upload)
    return await studio.outcome(job, 240)


async def run_all(studio: Studio, provider: str) -> list[Job]:
    """A provider's jobs, until they have its share of the calls, many at once."""
    dice, picture, jobs = random.Random(7), source(), list[Job]()
    numbers, left = itertools.count(1), SHARES[provider]

    async def work() -> None:
        nonlocal left
        while left > 0:
            jobs.append(await run(studio, provider, dice, next(numbers), picture))
            left -= len(jobs[-1].calls)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return jobs


def exactly(usd: float | None) -> Decimal:
    """To the millionth."""
    return Decimal(round((usd or 0) * 1_000_000)) / 1_000_000


def weight(call: CallRecord) -> Decimal:
    """What the ledger counts for a call: what the provider said, else the most that it can have cost."""
    return exactly(call.reserved_usd if call.reported_usd is None else call.reported_usd)


def was_billed(job: Job, call: CallRecord) -> bool:
    """Whether the emulator bills a call that ended like this."""
    if call.charged != "unknown":
        return call.charged == "yes"
    return bool(BILLED_THOUGH_UNKNOWN[job.provider].intersection(job.prompt.split()))


async def test_the_ledger_is_the_bill(settings: tuple[Settings, Providers]) -> None:
    chosen, providers = settings
    async with open_studio(chosen) as studio:
        made = await asyncio.gather(*(run_all(studio, provider) for provider in MODELS))
        report = await studio.report("provider", 0)
    jobs = [job for part in made for job in part]
    calls = [(job, call) for job in jobs for call in job.calls]
    assert len(calls) >= CALLS
    bill = await asyncio.to_thread(providers.get, "/_sandbox/bill")
    billed = {charge["task"]: exactly(charge["usd"]) for charge in bill}
    for job, call in calls:
        if call.ticket is not None:
            expected = weight(call) if was_billed(job, call) else Decimal(0)
            assert billed.get(call.ticket["id"], Decimal(0)) == expected, (job.model, job.prompt, call)
    for group in report.groups:
        mine = [(job, call) for job, call in calls if job.provider == group.key]
        total = sum((exactly(one["usd"]) for one in bill if one["provider"] == group.key), Decimal(0))
        assert total == sum((weight(call) for job, call in mine if was_billed(job, call)), Decimal(0))
        unknown = [call for _, call in mine if call.charged == "unknown"]
        assert group.unknown_usd == sum(map(weight, unknown), Decimal(0))
        assert group.charged_usd <= total <= group.charged_usd + group.unknown_usd
        assert group.reserved_usd == 0
    assert report.total.calls == len(calls)
    assert Counter(job.status for job in jobs).keys() == {"succeeded", "failed", "uncertain"}


async def test_two_hundred_at_once_never_pass_the_budget(settings: tuple[Settings, Providers]) -> None:
    """Prices that the sources only bound are reserved at their highest, so the bill stays below as well."""
    chosen, providers = settings
    limit = 4.0
    async with open_studio(chosen.model_copy(update={"budget_usd_day": limit})) as studio:

        async def ask(number: int) -> Job | BudgetExceeded:
            model = ("flux-2-pro", "sd-3.5", "imagen-4", "ideogram-v3")[number % 4]
            word = "demo:drop" if number % 10 == 0 else ""
            try:
                return await studio.submit("generate", {"prompt": f"hill {number} {word}", "model": model})
            except BudgetExceeded as refusal:
                return refusal

        answers = await asyncio.gather(*map(ask, range(200)))
        jobs = [answer for answer in answers if isinstance(answer, Job)]
        for job in jobs:
            await studio.wait(job.id, 60)
        report = await studio.report("day", 0)
    bill = await asyncio.to_thread(providers.get, "/_sandbox/bill")
    assert len(bill) == len(jobs) < 200
    spent = sum((exactly(charge["usd"]) for charge in bill), Decimal(0))
    assert spent <= Decimal(limit)
    assert spent == report.total.charged_usd + report.total.unknown_usd
    assert Decimal(limit) - spent < Decimal("0.1"), "what fits is not refused"
