"""What stands behind the question mark is taken, or refused by name: on every address but those of links."""

import httpx
import pytest

from imagestudio.api.router import api_routes
from tests.api.conftest import API
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN = ("/shared/{token}",)
"""People open these, from where parameters are added to links."""


@rows(("method", "path"), [(method, path) for path, methods in api_routes() for method in sorted(methods)])
async def test_a_parameter_that_no_route_takes_is_refused_by_name(
    api: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await api.request(method, path.replace("{", "").replace("}", ""), params={"status[]": "x"})
    if path in OPEN:
        assert answer.status_code == 404
        return
    assert answer.status_code == 400, (method, path)
    if method != "HEAD":
        error = answer.json()["error"]
        assert (error["code"], error["details"]["field"]) == ("UNSUPPORTED_PARAMETER", "status[]")


@rows(
    ("address", "said"),
    [
        (f"{API}/jobs?page=2", 'no parameter "page". It takes limit, before, status, model, task, from, to.'),
        ("/api/v1/usage?groupby=day", 'no parameter "groupby". It takes group_by, format, from, to.'),
        ("/api/v1/usage?start=2026-01-01", 'no parameter "start".'),
        (f"{API}/models?provider=fal", 'no parameter "provider". It takes task.'),
        (f"{API}/jobs/{'0' * 32}?wait=1", 'no parameter "wait", nor any other.'),
        ("/visitor/library?page=2", 'no parameter "page". It takes q, model'),
        ("/visitor/prompts?limit=2", 'no parameter "limit". It takes task.'),
        ("/visitor?x=1", 'no parameter "x", nor any other.'),
    ],
)
async def test_it_is_said_what_there_is(api: httpx.AsyncClient, address: str, said: str) -> None:
    answer = await api.get(address)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
