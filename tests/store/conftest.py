"""A database of its own for each test, and jobs to put into it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from imagestudio.core.ids import new_id
from imagestudio.core.job import CallRecord, Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore
from tests.api.conftest import open_api, shared_emulator, slow_url
from tests.fresh import data_folder
from tests.reopening import clock, reopen

__all__ = ["clock", "open_api", "reopen", "shared_emulator", "slow_url"]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{data_folder(tmp_path) / 'studio.db'}")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database)


def new_job(owner: str = "ann", calls: int = 1) -> Job:
    job_id = new_id()
    return Job(
        id=job_id,
        owner=owner,
        task="generate",
        status="queued",
        model="flux-2-pro",
        provider="bfl",
        served_by=None,
        demo=True,
        payer="nobody",
        created_at=1.5,
        asked={"prompt": "x ☂"},
        prompt="x ☂",
        controls={"seed": 4_294_967_295},
        response_format="auto",
        input_file=None,
        estimated_usd=0.03,
        warnings=(Message("file.unknown"),),
        calls=tuple(CallRecord(job_id, position, "/v1/x", {"prompt": "x"}) for position in range(calls)),
    )


def held(job: Job, until: float = 30.0) -> Job:
    return replace(job, worker="me", lease=1, lease_until=until)


def priced(job: Job) -> Job:
    return replace(job, calls=tuple(replace(call, reserved_usd=0.03) for call in job.calls))


def picture(job: Job, call: int = 0) -> StoredFile:
    return StoredFile(
        new_id(), "result", "ab/x.png", "image/png", 4, 3, 99, "0" * 64, 2.0, job.owner, job.id, call
    )
