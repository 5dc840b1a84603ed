"""Every door of the studio with API keys set, and how often strangers may knock."""

from collections.abc import Iterator

import httpx
import pytest

from imagestudio.access.rate_limit import DOOR_TIMES, KEY_CHECKS, KEY_CHECKS_PER_ADDRESS, READ_TIMES
from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.conftest import served
from tests.tables import rows

pytestmark = pytest.mark.slow

KEY = {"X-API-Key": "the-long-key-of-ann"}
RATE = 10
ACCEPT = {"Accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
DOORS = [
    ("call/models", {"data": [None]}),
    ("call/v2/models", {}),
    ("queue/join", {"fn_index": 32, "data": [None], "session_hash": "program"}),
    ("cancel", {"session_hash": "program", "fn_index": 32, "event_id": "x"}),
    ("reset", {"event_id": "x"}),
    ("upload", {}),
    ("mcp/", PING),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = load_settings(
        {
            "IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("doors"),
            "IMAGESTUDIO_API_KEYS": KEY["X-API-Key"],
            "IMAGESTUDIO_REQUESTS_PER_MINUTE": RATE,
        }
    )
    with served(lambda: create_app(settings), forwarded_allow_ips="*") as url:
        yield url


@rows(("path", "body"), [door for door in DOORS if door[0] not in ("queue/join", "mcp/")])
def test_no_door_opens_without_a_key(url: str, path: str, body: dict[str, object]) -> None:
    address = f"{url}/gradio_api/{path}"
    bad = {"X-API-Key": "another-long-key-of-nobody"}
    for headers, code in (({}, "UNAUTHORIZED"), (bad, "INVALID_API_KEY")):
        answer = httpx.post(address, json=body, headers={**ACCEPT, **headers, **at(path)})
        assert answer.status_code == 401, answer.text
        assert code in answer.text
    answer = httpx.post(address, json=body, headers={**ACCEPT, **KEY, **at(path)})
    assert answer.status_code != 401


def test_a_refusal_is_told_where_clients_read_it(url: str) -> None:
    path, body = DOORS[2]
    for page in (False, True):
        with httpx.Client(base_url=url, timeout=60, headers=at(f"join {page}")) as client:
            if page:
                client.get("/").raise_for_status()
            client.post(f"/gradio_api/{path}", json={**body, "session_hash": f"s{page}"}).raise_for_status()
            told = client.get(f"/gradio_api/queue/data?session_hash=s{page}").text
            assert "UNAUTHORIZED: " in told
            assert '"success":true' not in told
    call = {**PING, "method": "tools/call", "params": {"name": "list_models", "arguments": {}}}
    answer = httpx.post(f"{url}/gradio_api/mcp/", json=call, headers={**ACCEPT, **at("mcp")})
    assert "UNAUTHORIZED: " in answer.text
    assert "flux" not in answer.text


@rows(("path", "body"), [DOORS[2], DOORS[6]])
def test_nobody_without_a_key_has_much_read(url: str, path: str, body: dict[str, object]) -> None:
    large = {**body, "more": "x" * 100_000}
    answer = httpx.post(f"{url}/gradio_api/{path}", json=large, headers={**ACCEPT, **at(path)})
    assert answer.status_code == 401
    assert "UNAUTHORIZED: " in answer.text


def test_a_cookie_opens_the_page_s_own_events_and_no_program_s(url: str) -> None:
    with httpx.Client(base_url=url, timeout=60, headers=at("page")) as page:
        page.get("/").raise_for_status()
        for path, body in DOORS[:2]:
            assert page.post(f"/gradio_api/{path}", json=body).status_code == 401
        event = {"fn_index": 4, "data": [""], "session_hash": "page"}
        assert page.post("/gradio_api/queue/join", json=event).status_code == 200


def at(name: str) -> dict[str, str]:
    """An address of one's own."""
    return {"X-Forwarded-For": f"192.0.2.{sum(name.encode()) % 250}"}


def test_the_page_s_doors_are_counted_by_visitor(url: str) -> None:
    with httpx.Client(base_url=url, timeout=60, headers=at("counted")) as page:
        page.get("/").raise_for_status()
        answers = [page.post("/gradio_api/queue/join", json={}).status_code for _ in range(RATE * DOOR_TIMES)]
        assert set(answers[:-1]) == {400}
        refused = page.post("/gradio_api/queue/join", json={})
        assert refused.status_code == 429
        assert refused.json()["detail"].startswith("RATE_LIMIT_EXCEEDED: ")
        assert refused.headers["retry-after"]
        assert page.get("/visitor").status_code == 200, "what the page asks again and again goes on"
        assert page.get("/api/health").status_code == 200


def test_what_the_page_asks_again_and_again_has_a_bound_of_its_own(url: str) -> None:
    with httpx.Client(base_url=url, timeout=60, headers=at("reads")) as page:
        page.get("/visitor").raise_for_status()
        answers = [page.get("/visitor/prompts?task=generate").status_code for _ in range(RATE * READ_TIMES)]
        assert (set(answers[:-1]), answers[-1]) == ({200}, 429)
        assert page.get("/api/health").status_code == 200
        assert page.get("/visitor/files/nothing").status_code == 404, "pictures are files"
        assert page.post("/gradio_api/queue/join", json={}).status_code == 400, "doors are counted apart"


@rows("path", ["/visitor/keys", "/visitor/access"])
def test_keys_are_tried_a_few_times_a_minute(url: str, path: str) -> None:
    body = {"key": "a-key-that-nobody-has"} if path.endswith("access") else {"bfl": "a-key-of-nobody-000"}

    def tried(page: httpx.Client) -> list[bool]:
        return [page.put(path, json=body).status_code != 429 for _ in range(KEY_CHECKS + 2)]

    served_ones = 0
    for number in range(KEY_CHECKS_PER_ADDRESS + 1):
        with httpx.Client(base_url=url, timeout=60, headers=at(path)) as page:
            page.get("/").raise_for_status()
            came = tried(page)
        assert sum(came) == (KEY_CHECKS if number < KEY_CHECKS_PER_ADDRESS else 0)
        served_ones += sum(came)
    assert served_ones == KEY_CHECKS * KEY_CHECKS_PER_ADDRESS


def test_pictures_are_converted_as_often_as_doors_are_knocked_at(url: str) -> None:
    wanted = {"prompt": "a fox", "width": 256, "height": 256}
    with httpx.Client(base_url=url, headers={**KEY, **at("convert")}, timeout=60) as client:
        made = client.post("/api/v1/image/generate", json=wanted).raise_for_status().json()["data"]
        address = f"/visitor/files/{made['images'][0]['id']}/download"
        codes = [
            client.get(f"{address}/losses", params={"format": "webp"}).status_code
            for _ in range(RATE * DOOR_TIMES)
        ]
        assert codes == [200] * (RATE * DOOR_TIMES)
        assert client.get(address, params={"format": "webp"}).status_code == 429
        assert client.get(address).status_code == 200, "as it came, it costs nothing"
