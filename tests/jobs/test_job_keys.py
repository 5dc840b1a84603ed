"""The one key that a job was lent: sealed while it runs, gone with its ending, and enough to go on with."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from imagestudio.access.key_vault import Sealer
from imagestudio.core.errors import InvalidParameter, ModelUnavailable
from imagestudio.core.job import Job
from imagestudio.studio.service import Studio
from tests.jobs.conftest import (
    BFL,
    FAL,
    GOOGLE,
    KEYS,
    SECRET,
    SMALL,
    Emulator,
    Open,
    account,
    accounts,
    run,
    visitor,
)

pytestmark = pytest.mark.slow

ANN, STRANGER = visitor("ann"), visitor("ann", [])
SEALED = {"IMAGESTUDIO_SECRET_KEY": SECRET}
SLOW = "a hill demo:slow"


def sealed_keys(tmp_path: Path) -> dict[str, bytes]:
    with closing(sqlite3.connect(tmp_path / "data" / "studio.db")) as database:
        return dict(database.execute("SELECT job_id, sealed FROM job_keys"))


def pages(tmp_path: Path) -> bytes:
    """The database's own pages, with everything in them that the log still had."""
    path = tmp_path / "data" / "studio.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


async def accepted(studio: Studio, model: str = BFL, prompt: str = SLOW) -> Job:
    job = await studio.submit("generate", {"prompt": prompt, "model": model, **SMALL})
    async for now, _ in studio.watch(job.id, every_s=0.02):
        if now.calls[0].state == "accepted":
            return now
    raise AssertionError("the job ended before it was accepted")


@pytest.mark.parametrize("model", [BFL, FAL])
async def test_a_key_is_kept_sealed_while_its_job_runs_and_not_after(
    open_with: Open, emulator: Emulator, tmp_path: Path, model: str
) -> None:
    async with open_with(**SEALED) as studio:
        assert b"marked" not in pages(tmp_path)
        job = await accepted(studio.seen_by(ANN), model)
        (sealed,) = sealed_keys(tmp_path).values()
        during = pages(tmp_path)
        await studio.seen_by(ANN).wait(job.id, 60)
        assert sealed_keys(tmp_path) == {}
        after = pages(tmp_path)
    assert (sealed in during, b"marked" in during) == (True, False)
    assert (sealed in after, b"marked" in after) == (False, False)


@pytest.mark.parametrize("model", [BFL, FAL])
async def test_a_sealed_key_takes_the_job_through_a_restart(
    open_with: Open, emulator: Emulator, tmp_path: Path, model: str
) -> None:
    async with open_with(**SEALED) as studio:
        job = await accepted(studio.seen_by(ANN), model)
    async with open_with(**SEALED) as studio:
        job = await studio.seen_by(STRANGER).wait(job.id, 60)
    assert job.status == "succeeded", job.error
    assert len(emulator.submits) == len(job.files) == 1
    assert accounts(entry for entry in emulator.requests if entry.account).keys() == {
        account("ann", job.provider)
    }
    assert sealed_keys(tmp_path) == {}


@pytest.mark.parametrize("then", [{}, {"IMAGESTUDIO_SECRET_KEY": SECRET[::-1]}])
async def test_without_it_the_job_says_so_and_goes_on_when_its_owner_brings_the_key(
    open_with: Open, emulator: Emulator, tmp_path: Path, then: dict[str, str]
) -> None:
    async with open_with(**({} if not then else SEALED)) as studio:
        job = await accepted(studio.seen_by(ANN))
        assert bool(sealed_keys(tmp_path)) is bool(then)
    async with open_with(**then) as studio:
        gone = await studio.seen_by(STRANGER).wait(job.id, 60)
        assert gone.error.as_dict() == {
            "code": "MODEL_UNAVAILABLE",
            "message": "The studio was restarted, and the key that you had lent this job went with it, so it "
            "could not go on. Give the key again (X-BFL-Key) and look at it again: that is free.",
            "details": {"reason": "missing_key", "set": "X-BFL-Key", "charged": "unknown"},
        }
        assert gone.offers == ("look_again", "run_again")
        assert sealed_keys(tmp_path) == {}
        with pytest.raises(ModelUnavailable, match="X-BFL-Key"):
            await studio.seen_by(STRANGER).look_again(job.id)
        with pytest.raises(ModelUnavailable, match="X-BFL-Key"):
            await studio.seen_by(visitor("ann", ["fal"])).look_again(job.id)
        looked = await studio.seen_by(ANN).look_again(job.id)
        found = await studio.seen_by(STRANGER).wait(looked.id, 60)
    assert found.status == "succeeded", found.error
    assert len(emulator.submits) == 1
    assert sealed_keys(tmp_path) == {}


@pytest.mark.pace(0.6)  # the first has to run until the last one waits
async def test_what_was_not_sent_is_not_sent_without_the_key(open_with: Open, emulator: Emulator) -> None:
    async with open_with() as studio:
        ann = studio.seen_by(ANN)
        jobs = [await ann.submit("generate", {"prompt": SLOW, "model": BFL, **SMALL}) for _ in range(25)]
        async for _ in ann.watch(jobs[0].id, every_s=0.02):
            if len(emulator.submits) == 24:
                break
    async with open_with() as studio:
        ended = [await studio.seen_by(STRANGER).wait(job.id, 60) for job in jobs]
        (last,) = (job for job in ended if job.charged == "no")
        assert last.error
        assert (last.status, last.charged, last.offers) == ("failed", "no", ("run_again",))
        assert str(last.error.text).endswith(
            "so it was not sent. Give the key again (X-BFL-Key) and run it again."
        )
        ann = studio.seen_by(ANN)
        # The account is full until the others are through at the provider.
        while (again := await ann.wait((await ann.run_again(last.id)).id, 60)).status != "succeeded":
            assert again.error
            assert again.error.code == "RATE_LIMIT_EXCEEDED"


async def test_a_cancel_forgets_the_key_too(open_with: Open, tmp_path: Path) -> None:
    async with open_with(**SEALED) as studio:
        ann = studio.seen_by(ANN)
        job = await accepted(ann)
        assert (await ann.cancel(job.id)).status == "canceled"
        assert sealed_keys(tmp_path) == {}
        (said,) = (await ann.job(job.id)).warnings
        assert "Black Forest Labs" in str(said)


@pytest.mark.pace(0.3)
async def test_looking_again_seals_the_key_for_as_long_as_it_takes(open_with: Open, tmp_path: Path) -> None:
    async with open_with(**SEALED, IMAGESTUDIO_JOB_TIMEOUT_S="0.2") as studio:
        late = await run(studio.seen_by(ANN), BFL, SLOW, **SMALL)
        assert late.error
        assert (late.error.code, sealed_keys(tmp_path)) == ("PROVIDER_TIMEOUT", {})
    async with open_with(**SEALED) as studio:
        await studio.seen_by(ANN).look_again(late.id)
        assert list(sealed_keys(tmp_path)) == [late.id]
        assert (await studio.seen_by(ANN).wait(late.id, 60)).status == "succeeded"
        assert sealed_keys(tmp_path) == {}


async def test_a_demo_for_everybody_leaves_visitors_jobs_alone(open_with: Open, emulator: Emulator) -> None:
    async with open_with(**SEALED) as studio:
        job = await accepted(studio.seen_by(ANN))
    asked = len(emulator.requests)
    async with open_with(**SEALED, IMAGESTUDIO_SANDBOX="on") as studio:
        waiting = await studio.seen_by(ANN).job(job.id)
        assert (waiting.status, len(emulator.requests)) == ("running", asked)
        with pytest.raises(InvalidParameter):
            await studio.seen_by(ANN).look_again(job.id)
    async with open_with(**SEALED) as studio:
        assert (await studio.seen_by(ANN).wait(job.id, 60)).status == "succeeded"


async def test_the_studios_own_key_is_never_sealed(open_with: Open, tmp_path: Path) -> None:
    async with open_with(**SEALED, **KEYS) as studio:
        await accepted(studio)
        assert sealed_keys(tmp_path) == {}


async def test_google_answers_at_once_and_its_key_is_forgotten_all_the_same(
    open_with: Open, tmp_path: Path
) -> None:
    async with open_with(**SEALED) as studio:
        assert (await run(studio.seen_by(ANN), GOOGLE)).status == "succeeded"
        assert sealed_keys(tmp_path) == {}


def test_what_is_sealed_opens_for_its_own_job_and_with_its_own_secret_only() -> None:
    key, sealer, other = SecretStr("marked-key"), Sealer(SecretStr(SECRET)), Sealer(SecretStr(SECRET[::-1]))
    sealed = sealer.seal("a", key)
    assert sealed != sealer.seal("a", key)
    assert b"marked" not in sealed
    assert sealer.open("a", sealed) == key
    rotated = Sealer(SecretStr(SECRET[::-1]), SecretStr(SECRET))
    assert rotated.open("a", sealed) == key
    assert other.open("a", rotated.seal("a", key)) == key
    for opened in (
        sealer.open("b", sealed),
        other.open("a", sealed),
        sealer.open("a", b""),
        sealer.open("a", sealed[:-1]),
    ):
        assert opened is None
