"""The page's own addresses, for the visitor whose cookie it is: what they made, in every way to take it
away."""

import time
from typing import Any

import httpx

from tests.conftest import picture
from tests.crash.conftest import eventually
from tests.planted.secrets import PAGE, REFUSED, WRONG_API_KEY
from tests.planted.world import World


def walk(world: World, cookies: dict[str, str]) -> list[str]:
    """The pictures that were walked over. Its keys are held at the end."""
    with httpx.Client(base_url=world.studio.url, cookies=cookies, timeout=120) as client:
        give_keys(client)
        begun = client.post(
            "/visitor/comparisons", json={"prompt": "compared", "models": ["flux-2-pro", "imagen-4"]}
        )
        compare_to_the_end(client, begun.json()["data"]["id"])
        files = [one["id"] for one in client.get("/visitor/library").json()["data"]["pictures"]]
        for file_id in files:
            take_away(client, file_id)
        job_id = client.get(f"/visitor/library/{files[0]}").json()["data"]["job_id"]
        assert client.post(f"/visitor/jobs/{job_id}/run-again").status_code == 200
        form = {"ids": ",".join(files), "recipes": "1"}
        assert client.post("/visitor/library/zip", data=form).content.startswith(b"PK")
        client.get("/visitor/prompts", params={"task": "generate"})
        client.get("/visitor/library", params={"q": "hill"})
    return files


def give_keys(client: httpx.Client) -> None:
    """Good ones, and what is refused."""
    held = put_keys(client, PAGE).json()["data"]
    assert held["checks"] == dict.fromkeys(PAGE, "works")
    assert put_keys(client, {"bfl": REFUSED}).json()["data"]["checks"] == {"bfl": "refused"}
    for wrong in ({PAGE["bfl"]: "bfl"}, {"bfl": f"{PAGE['bfl']} and more"}, [PAGE["bfl"]]):
        assert put_keys(client, wrong).status_code == 400
    assert client.put("/visitor/access", json={"key": WRONG_API_KEY}).status_code in (401, 403)
    assert all(client.get("/visitor").json()["data"]["keys"].values())


def put_keys(client: httpx.Client, body: Any) -> httpx.Response:
    """Its answer. The page has tried as many keys as a minute allows: the rest waits as it is told."""
    while (answer := client.put("/visitor/keys", json=body)).status_code == 429:
        time.sleep(int(answer.headers["Retry-After"]))
    return answer


def compare_to_the_end(client: httpx.Client, comparison_id: str) -> None:
    address = f"/visitor/comparisons/{comparison_id}"
    ended: Any = eventually(lambda: client.put(f"{address}/vote", json={"winner": None}).status_code == 200)
    assert ended
    client.get(address)
    for place in (1, 2):
        client.get(f"{address}/pictures/{place}")
    client.get("/visitor/comparisons/ranking")
    client.get("/visitor/comparisons/ranking.csv")


def take_away(client: httpx.Client, file_id: str) -> None:
    """With its recipe inside or beside it, as a request to paste, as a link."""
    address = f"/visitor/files/{file_id}"
    job_id = client.get(f"/visitor/library/{file_id}").json()["data"]["job_id"]
    assert client.get(f"/visitor/snippets/{job_id}").status_code == 200
    for wanted in ("png", "webp", "jpeg", "original"):
        taken = client.get(f"{address}/download", params={"format": wanted, "recipe": "1"})
        assert taken.status_code == 200, taken.text
    inside = client.get(f"{address}/download", params={"format": "png", "recipe": "1"}).content
    read = client.post("/visitor/recipe", files={"file": ("a.png", inside)}).json()["data"]["recipe"]
    assert read["fields"]["prompt"]
    assert client.post("/visitor/recipe", files={"file": ("a.png", picture())}).status_code == 200
    client.post(f"{address}/share")
    client.post("/visitor/library/delete", json={"ids": [file_id]})
    client.post("/visitor/library/restore", json={"ids": [file_id]})
