"""A visitor's own key pays for what that visitor runs, for nothing else, and pauses nobody else."""

import asyncio
import gc
from pathlib import Path

import pytest

from imagestudio.catalog import MODELS
from imagestudio.core.errors import BudgetExceeded, ModelUnavailable
from imagestudio.core.visitor import LOCAL
from imagestudio.store.budget import Balance
from tests.jobs.conftest import (
    BFL,
    FAL,
    GOOGLE,
    KEYS,
    SECRET,
    SERVER,
    SMALL,
    SPACE,
    Emulator,
    Open,
    account,
    accounts,
    run,
    visitor,
)

pytestmark = pytest.mark.slow

ANN, BOB = visitor("ann"), visitor("bob")


@pytest.mark.parametrize(("model", "provider"), [(GOOGLE, "google"), (BFL, "bfl"), (FAL, "fal")])
async def test_the_visitors_own_key_pays(
    open_with: Open, emulator: Emulator, model: str, provider: str
) -> None:
    async with open_with(**KEYS) as studio:
        job = await run(studio.seen_by(ANN), model)
    assert (job.status, job.payer, job.guest, job.demo, job.owner) == (
        "succeeded",
        "visitor",
        False,
        False,
        "session:ann",
    )
    assert job.calls[0].endpoint.startswith(f"{emulator.url}/{provider}/")
    keyed = [entry for entry in emulator.requests if entry.account]
    assert accounts(keyed).keys() == {account("ann", provider)}
    assert not emulator.faults()


async def test_with_keys_of_nobody_the_same_studio_is_a_demo_for_one_and_live_for_another(
    open_with: Open, emulator: Emulator
) -> None:
    async with open_with() as studio:
        ann = studio.seen_by(ANN)
        assert (studio.demo, ann.demo) == (True, False)
        drawn, paid = await run(studio), await run(ann)
        assert (await studio.report("model")).selection.demo is True
        assert (await ann.report("model")).selection.demo is False
    assert (drawn.status, drawn.demo, drawn.payer) == ("succeeded", True, "nobody")
    assert drawn.calls[0].endpoint.startswith("http://sandbox/bfl/")
    assert drawn.warnings[0].id == "demo"
    assert (paid.status, paid.demo, paid.payer, paid.warnings) == ("succeeded", False, "visitor", ())
    assert len(emulator.submits) == 1


async def test_what_can_run_is_each_visitors_own_view(open_with: Open) -> None:
    async with open_with(**KEYS, **SPACE, IMAGESTUDIO_SANDBOX="off") as studio:
        stranger = studio.seen_by(visitor("eve", []))
        some = studio.seen_by(visitor("ann", ["bfl"]))
        assert all(view.can_run for view in studio.models())
        assert not any(view.can_run for view in stranger.models())
        assert {view.spec.provider for view in some.models() if view.can_run} == {"bfl"}
        assert some.model(FAL).set == "X-Fal-Key"
        with pytest.raises(ModelUnavailable, match="X-BFL-Key"):
            await run(stranger)


async def test_two_visitors_keys_are_never_mixed(open_with: Open, emulator: Emulator) -> None:
    async with open_with(**KEYS) as studio:
        people = [visitor(name) for name in ("ann", "bob", "eve")]
        jobs = await asyncio.gather(
            *(
                run(studio.seen_by(who), model, f"for {who.owner} {number}", **SMALL)
                for number in range(6)
                for who in people
                for model in (BFL, FAL)
            ),
            *(
                run(studio, model, f"for local {number}", **SMALL)
                for number in range(6)
                for model in (BFL, FAL)
            ),
        )
    assert {job.status for job in jobs} == {"succeeded"}
    for entry in emulator.submits:
        assert entry.provider
        assert isinstance(entry.body, dict)
        name = entry.body["prompt"].split()[1].removeprefix("session:")
        key = SERVER[entry.provider] if name == "local" else account(name, entry.provider)
        assert entry.account == key
    assert len(emulator.submits) == 48
    assert not emulator.faults()


async def test_one_visitors_refusal_pauses_nobody_else(open_with: Open, emulator: Emulator) -> None:
    """Ann's account is limited; Bob's and the studio's own go on meanwhile."""
    async with open_with(**KEYS) as studio:
        ann = studio.seen_by(ANN)
        limited = await ann.submit("generate", {"prompt": "x demo:rate-limit", "model": BFL})
        async for _, progress in ann.watch(limited.id, every_s=0.02):
            if progress and progress.stage == "waiting":
                break
        for other in (studio.seen_by(BOB), studio):
            assert (await run(other, **SMALL)).status == "succeeded"
        assert not (await ann.job(limited.id)).ended
        await ann.cancel(limited.id)


async def test_a_line_goes_with_the_last_job_of_its_key(open_with: Open) -> None:
    async with open_with() as studio:
        for number in range(3):
            await run(studio.seen_by(visitor(f"v{number}", ["bfl"])), **SMALL)
        await run(studio.seen_by(ANN), **SMALL)
        await asyncio.sleep(0)
        gc.collect()
        pool = studio._pool
        assert not any(b"marked-v0" in repr(value).encode() for value in vars(pool).values())
        assert len(vars(pool)["_of_visitors"]) == 0


async def test_a_visitors_own_money_is_not_the_hosts(open_with: Open) -> None:
    async with open_with(**KEYS, IMAGESTUDIO_BUDGET_USD_DAY="0.05") as studio:
        ann = studio.seen_by(ANN)
        for _ in range(3):
            assert (await run(ann, **SMALL)).status == "succeeded"
        assert (await ann.report("model")).total.jobs == 3
        assert await studio.balances() == [Balance("day", 0.05, 0.0)]
        assert (await run(studio, **SMALL)).status == "succeeded"
        with pytest.raises(BudgetExceeded):
            await run(studio, **SMALL)
        assert (await run(ann, **SMALL)).status == "succeeded"
        assert (await studio.report("model")).total.jobs == 1


async def test_a_key_that_is_refused_is_named_by_the_header_it_came_in(open_with: Open) -> None:
    async with open_with() as studio:
        job = await run(studio.seen_by(visitor("invalid")))
    assert job.error
    assert job.error.details == {"reason": "bad_key", "set": "X-BFL-Key", "charged": "no"}
    assert "invalid" not in str(job.error)


async def test_no_file_of_the_studio_holds_a_visitors_key(open_with: Open, tmp_path: Path) -> None:
    async with open_with(IMAGESTUDIO_SECRET_KEY=SECRET) as studio:
        ann = studio.seen_by(visitor("ann", ["google", "bfl", "fal", "huggingface"]))
        for model in (GOOGLE, BFL, FAL, "qwen-image"):
            await run(ann, model)
        seen = repr(studio) + repr(ann) + repr(studio._vault)
        everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"marked" not in everything
    assert "marked" not in seen


async def test_a_dry_run_takes_the_payer_and_sends_nothing(open_with: Open, emulator: Emulator) -> None:
    async with open_with(**KEYS, **SPACE) as studio:
        for who, demo in ((LOCAL, False), (ANN, False), (visitor("eve", []), True)):
            job = await studio.seen_by(who).submit("generate", {"prompt": "x", "dry_run": True})
            assert job.demo is demo
    assert emulator.requests == []


async def test_every_model_that_hugging_face_routes_is_fals(open_with: Open) -> None:
    routed = {
        spec.id: spec.provider for spec in MODELS.values() for route in spec.routes.values() if route.hub
    }
    assert routed == {"sd-3.5": "fal", "qwen-image": "fal", "qwen-image-edit": "fal"}
