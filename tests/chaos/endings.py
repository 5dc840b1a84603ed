"""What has to be true once everything has ended, whatever happened on the way."""

from collections import Counter
from hashlib import sha256
from typing import Any

from imagestudio.core.checkpoints import Checkpoint
from tests.chaos.conftest import Providers, Studio
from tests.chaos.prompts import request

ONE_CALL = "google"


def check(studio: Studio, ids: dict[str, int]) -> Counter[str]:
    """Every rule, once all jobs have ended, and how many ended in which way."""
    assert sorted(studio.job_ids()) == sorted(ids), "what was answered 202 is there, once"
    jobs = [studio.ending(job_id) for job_id in ids]
    providers = studio.providers
    nothing_bought_twice(providers, ids)
    uncertain_only_inside_the_submit(studio, jobs, providers.left_open)
    everything_bought_is_here(studio, jobs)
    assert providers.faults() == []
    return Counter(job["status"] for job in jobs)


def nothing_bought_twice(providers: Providers, ids: dict[str, int]) -> None:
    """No submit was accepted more often than it was asked for."""
    asked = Counter(
        {ordered["prompt"]: ordered.get("num_images", 1) for ordered in map(request, ids.values())}
    )
    assert providers.accepted - asked == Counter()


def uncertain_only_inside_the_submit(studio: Studio, jobs: list[dict[str, Any]], left_open: set[str]) -> None:
    """A job is uncertain only where its submit's answer was lost: by the network, or by a kill before it
    was kept. Google's answer holds the picture itself, so it is kept when the picture is."""
    tickets = Counter(what for step, what in studio.steps() if step is Checkpoint.KEPT_TICKET)
    results = Counter(what for step, what in studio.steps() if step is Checkpoint.KEPT_RESULT)
    for job in jobs:
        kept = (results if job["provider"] == ONE_CALL else tickets)[job["id"]]
        if job["status"] == "uncertain":
            assert job["cost"]["charged"] == "unknown"
            assert kept == 0 or job["asked"]["prompt"] in left_open


def everything_bought_is_here(studio: Studio, jobs: list[dict[str, Any]]) -> None:
    """Each accepted task with a ticket ends with its picture, byte for byte as it was drawn."""
    drawn = studio.providers.drawn()
    accepted = studio.providers.accepted
    for job in jobs:
        prompt = job["asked"]["prompt"]
        if job["status"] == "failed":
            assert job["cost"]["charged"] == "no", job["error"]
            assert prompt not in accepted
        pictures = [studio.picture(image["id"]) for image in job["images"]]
        assert bool(pictures) == (job["status"] == "succeeded")
        sums = Counter(sha256(picture).hexdigest() for picture in pictures)
        assert sums - Counter(drawn.get(prompt, ())) == Counter()
