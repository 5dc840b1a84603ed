"""What a visitor makes in three ways, and by what it would be known if it came back to another."""

import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.access.conftest import API, Visitor
from tests.pressed import Tab

SURNAME = "Featherstonehaugh"
"""In each of the first visitor's prompts, and nowhere else."""


@dataclass(frozen=True)
class Made:
    """The last of `jobs` is under way."""

    jobs: list[str]
    files: list[str]
    sessions: list[str]
    addresses: list[str]
    """Where Gradio has lent files."""
    comparisons: list[str]
    bytes: list[bytes] = field(repr=False)

    @property
    def ids(self) -> list[str]:
        return [*self.jobs, *self.files, *self.sessions, *self.addresses, *self.comparisons]

    @property
    def marks(self) -> list[bytes]:
        """What nobody else's request brings back, whatever it names."""
        return [SURNAME.encode(), *(data[-16:] for data in self.bytes)]


def make_things(visitor: Visitor) -> Made:
    """Pictures by the page, its comparison, REST and gradio_client, and a job that takes its time."""
    session = uuid.uuid4().hex
    shown = Tab(visitor.page, "generate").run(f"{SURNAME} by the page", session)
    by_page = re.findall(r"visitor/files/([0-9a-f]{32})", shown)[-1]
    (lent,), by_program = visitor.program().predict(f"{SURNAME} by a program", api_name="/generate")
    by_rest = post(visitor, f"{SURNAME} by REST")
    compared = compare(visitor)
    slow = post(visitor, f"{SURNAME} demo:slow", Prefer="respond-async")
    jobs = [job for job in listed(visitor) if job["id"] != slow["id"]]
    files = [image["id"] for job in jobs for image in job["images"]]
    assert {job["id"] for job in jobs} >= {by_program["id"], by_rest["id"]}
    assert len(jobs) == len(files) == 5
    assert by_page in files
    data = [visitor.rest.get(f"{API}/files/{file_id}").content for file_id in files]
    assert Path(lent).read_bytes() in data
    ids = [*(job["id"] for job in jobs), slow["id"]]
    return Made(ids, files, [session], lent_addresses(visitor, by_program["id"]), [compared], data)


def listed(visitor: Visitor) -> list[dict[str, Any]]:
    """A visitor's latest jobs."""
    jobs: list[dict[str, Any]] = visitor.rest.get(f"{API}/jobs").json()["data"]["jobs"]
    return jobs


def compare(visitor: Visitor) -> str:
    """Two models side by side, to their end."""
    wish = {"prompt": f"{SURNAME} compared", "models": ["flux-2-pro", "imagen-4"]}
    begun = visitor.page.post("/visitor/comparisons", json=wish)
    assert begun.status_code == 200, begun.text
    while any(job["status"] in ("queued", "running") for job in listed(visitor)):
        pass
    found: str = begun.json()["data"]["id"]
    return found


def post(visitor: Visitor, prompt: str, **headers: str) -> dict[str, Any]:
    """Run a prompt by REST."""
    answer = visitor.rest.post(f"{API}/generate", json={"prompt": prompt}, headers=headers)
    assert answer.status_code in (200, 202), answer.text
    job: dict[str, Any] = answer.json()["data"]
    return job


def lent_addresses(visitor: Visitor, job_id: str) -> list[str]:
    """Where Gradio hands out a job's files, as the raw answer of its API says."""
    call = visitor.rest.post("/gradio_api/call/job", json={"data": [job_id, False, False]})
    event = call.json()["event_id"]
    answer = visitor.rest.get(f"/gradio_api/call/job/{event}").text
    return list(dict.fromkeys(re.findall(r'"path": ?"([^"]+)"', answer)))
