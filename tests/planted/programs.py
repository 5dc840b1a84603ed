"""A program's way through the REST API, with keys of its own in its headers and with the host's: everything
that can come of a job, and everything that can be asked afterwards."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from operator import methodcaller
from typing import Any

import httpx

from tests.conftest import picture
from tests.planted.launcher import RECEIVER
from tests.planted.secrets import (
    API_KEY,
    BROUGHT,
    HEADERS,
    HOST,
    METRICS_TOKEN,
    PROGRAM,
    WRONG_API_KEY,
    marked,
)
from tests.planted.world import World

API = "/api/v1/image"
MODELS = ("imagen-4-fast", "flux-2-pro", "recraft-v4")
SPOKEN = tuple(f"nasty:{status}" for status in (400, 401, 403, 404, 422))
PAUSED = tuple(f"nasty:{status}" for status in (402, 429, 500, 503))
"""After these a provider is left alone for a while, by everybody with the same key."""
DEMO = tuple(f"demo:{word}" for word in ("crash", "drop", "fail", "refuse", "refuse-image", "expire"))
LOOKS = tuple(f"nasty-look:{status}" for status in (400, 401, 402, 403, 404, 422))
WEBHOOK = f"http://{RECEIVER}/hook"
SMALL = {"width": 256, "height": 256}
AT_ONCE = 16

Job = dict[str, Any]


def clients(world: World) -> tuple[httpx.Client, httpx.Client]:
    """One with keys of its own, one that the host pays for. The studio asks both for an API key."""
    known: dict[str, Any] = {"base_url": world.studio.url, "timeout": 120}
    own = httpx.Client(headers={"X-API-Key": API_KEY, **BROUGHT}, **known)
    return own, httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, **known)


def walk(world: World) -> Counter[str]:
    """How many jobs ended in which way, or by which code."""
    own, host = clients(world)
    with own, host, ThreadPoolExecutor(AT_ONCE) as pool:
        orders = [
            *product((host,), MODELS, ("a hill", *SPOKEN[::2])),
            *product((host,), MODELS[1:], LOOKS[:2]),
        ]
        orders += [*product((own,), MODELS, ("a hill", *SPOKEN, *PAUSED, *DEMO))]
        orders += [*product((own,), MODELS[1:], LOOKS)]
        jobs = list(pool.map(lambda order: run(*order), orders))
        jobs += [run(host, model, "nasty:500") for model in MODELS]
        jobs += list(edits(own))
        list(pool.map(lambda job: ask_about(own, job), one_a_kind(jobs)))
        list(pool.map(lambda ask: ask(own), second_tries(jobs)))
        cancel(own)
        refused(own)
        ask_around(own)
        jobs += by_token(world)
    return Counter(job["error"]["code"] if job["error"] else job["status"] for job in jobs)


def run(client: httpx.Client, model: str, prompt: str, **headers: str) -> Job:
    """A job to its end. A program that brings keys brings others each time: none waits for another's sake."""
    size = SMALL if model.startswith("flux") else {}
    body = {"prompt": prompt, "model": model, "webhook_url": WEBHOOK, "response_format": "url", **size}
    mine = {
        header: marked(f"program.{model}.{prompt.replace(' ', '.')}", provider)
        for provider, header in HEADERS.items()
        if header in client.headers
    }
    answer = client.post(f"{API}/generate", json=body, headers={**mine, **headers}).json()
    job_id = answer["data"]["id"] if "data" in answer else answer["error"]["details"]["job_id"]
    job: Job = client.get(f"{API}/jobs/{job_id}").json()["data"]
    return job


def by_token(world: World) -> list[Job]:
    """Paid for by a Hugging Face token, which serves where no other key does."""
    known = {"X-API-Key": API_KEY, "X-HF-Token": PROGRAM["huggingface"]}
    with httpx.Client(base_url=world.studio.url, headers=known, timeout=120) as client:
        orders = product(("qwen-image", "sd-3.5"), ("a hill", "nasty:401", "nasty:422", "nasty:500"))
        client.post(f"{API}/generate", json={"prompt": "a hill", "model": "sd-3.5"})
        return [run(client, *order) for order in orders]


def edits(client: httpx.Client) -> Iterator[Job]:
    """With an upload, a data URI, and the address of a picture of ours."""
    data = picture(80, 60)
    made = client.post(f"{API}/edit", data={"prompt": "winter"}, files={"image": ("a.png", data)})
    yield made.json()["data"]
    uri = "data:image/png;base64," + base64.b64encode(data).decode()
    for model, source in (("flux-kontext", uri), ("seedream-5", made.json()["data"]["images"][0]["url"])):
        body = {"prompt": "winter", "model": model, "image_url": source}
        yield client.post(f"{API}/edit", json=body).json()["data"]


def one_a_kind(jobs: list[Job]) -> list[Job]:
    """Those whose pages have everything that a page can have."""
    return [
        *{(job["provider"], job["status"], (job["error"] or {}).get("code")): job for job in jobs}.values()
    ]


def ask_about(client: httpx.Client, job: Job) -> None:
    """Its own pages, and each of its pictures in every way that there is."""
    client.get(f"{API}/jobs/{job['id']}")
    client.post(f"{API}/jobs/{job['id']}/webhook")
    for image in job["images"]:
        path = f"{API}/files/{image['id']}"
        for way in ("", "/thumbnail", "/preview"):
            client.get(path + way)
    for image in job["images"][:1]:
        path = f"{API}/files/{image['id']}"
        client.put(f"{path}/favourite")
        shared = client.post(f"{path}/share").json()["data"]["url"]
        assert httpx.get(shared, timeout=120).status_code == 200
        client.delete(f"{path}/share")


def second_tries(jobs: list[Job]) -> list[Callable[[httpx.Client], Any]]:
    """Look again and run again, once for each kind of failure."""
    kinds = {(job["provider"], job["error"]["code"], *job["offers"]): job for job in jobs if job["error"]}
    paths = [
        f"{API}/jobs/{job['id']}/{offer.replace('_', '-')}"
        for job in kinds.values()
        for offer in job["offers"]
    ]
    return [methodcaller("post", path) for path in paths]


def cancel(client: httpx.Client) -> None:
    """Jobs whose provider can't tell just now."""
    for model in MODELS[1:]:
        body = {"prompt": "nasty-look:500 to be canceled", "model": model}
        asked = client.post(f"{API}/generate", json=body, headers={"Prefer": "respond-async"}).json()
        canceled = client.delete(f"{API}/jobs/{asked['data']['id']}").json()
        assert canceled["data"]["status"] == "canceled"


def refused(client: httpx.Client) -> None:
    """What the studio itself refuses, with a key where it should be, and where it should not."""
    body = {"prompt": "a hill"}
    address = client.base_url.join(f"{API}/generate")
    for name, key in (("X-API-Key", WRONG_API_KEY), ("Authorization", f"Bearer {WRONG_API_KEY}")):
        answer = httpx.post(address, json=body, headers={name: key}, timeout=120)
        assert answer.status_code in (401, 403), answer.text
    for header in HEADERS.values():
        answer = client.post(f"{API}/generate", json=body, headers={header: marked("no key", "at all")})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_PARAMETER")
    for wrong in (
        {"prompt": "a hill", "bfl_key": HOST["bfl"]},
        {"prompt": "a hill", "model": "flux-2-pro", "aspect_ratio": "1:1"},
        {"prompt": "a hill", "webhook_url": "http://127.0.0.1/"},
        {"prompt": ""},
    ):
        assert client.post(f"{API}/generate", json=wrong).status_code == 400
    once = {"Idempotency-Key": "once"}
    client.post(f"{API}/generate", json=body, headers=once)
    assert client.post(f"{API}/generate", json={"prompt": "a dale"}, headers=once).status_code == 409


def ask_around(client: httpx.Client) -> None:
    for model in MODELS:
        client.post(f"{API}/generate", json={"prompt": "a hill", "model": model, "dry_run": True})
    for path in (
        f"{API}/jobs?limit=100",
        f"{API}/models",
        "/api/v1/usage?group_by=day",
        "/api/v1/usage?format=csv",
        "/api/health",
        "/api/health/ready",
        "/openapi.json",
        "/docs",
        "/config",
        "/gradio_api/info",
        "/gradio_api/mcp/schema",
    ):
        assert client.get(path).status_code == 200, path
    metrics = client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert "imagestudio_jobs" in metrics.text
