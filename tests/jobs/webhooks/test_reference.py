"""The reference of webhooks is true of what is sent and answered."""

from pathlib import Path
from typing import Any

import jsonschema

from imagestudio.jobs.webhooks.delivery import PAUSES_S
from tests.api.conftest import API
from tests.jobs.webhooks.conftest import URL, World, run
from tests.tables import rows

DOCUMENT = (Path(__file__).parents[3] / "docs/webhooks.md").read_text()


async def test_messages_and_answers_are_as_described(world: World) -> None:
    async with world.api() as api:
        document: dict[str, Any] = (await api.get("/openapi.json")).json()
        job_id = await run(api, "x demo:fail", model="sd-3.5")
        (arrived,) = await world.receiver.until(1)
        answer = await api.post(f"{API}/jobs/{job_id}/webhook")

    def check(content: Any, value: Any) -> None:
        schema = content["application/json"]["schema"] | {"components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(value)

    told = document["webhooks"]["jobEnded"]["post"]
    check(told["requestBody"]["content"], arrived.verified())
    assert {header["name"] for header in told["parameters"]} <= set(arrived.headers)
    replay = document["paths"][f"{API}/jobs/{{job_id}}/webhook"]["post"]
    check(replay["responses"]["202"]["content"], answer.json())


@rows("url", [URL, "x" * 1001])
async def test_the_described_bodies_are_those_that_are_taken(world: World, url: str) -> None:
    body = {"prompt": "x", "webhook_url": url}
    async with world.api() as api:
        document: dict[str, Any] = (await api.get("/openapi.json")).json()
        answer = await api.post(f"{API}/generate", json=body)
    schema = document["components"]["schemas"]["generate.flux-2-pro"]
    assert jsonschema.Draft202012Validator(schema).is_valid(body) is (answer.status_code == 200)


def test_the_document_names_the_pauses() -> None:
    words = ("5 s", "30 s", "2 min", "10 min", "1 h", "6 h", "24 h")
    units = {"s": 1, "min": 60, "h": 3600}
    assert [float(word.split()[0]) * units[word.split()[1]] for word in words] == list(PAUSES_S)
    told = " ".join(DOCUMENT.split())
    assert f"after {', '.join(words[:-1])} and {words[-1]}" in told
