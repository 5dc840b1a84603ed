"""A guest's network, by whatever door they come: the same for all of it, and never an address."""

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from imagestudio.access.identity import Identity, open_identity
from imagestudio.access.session_end import SessionEnds
from imagestudio.core.errors import InvalidApiKey
from imagestudio.core.settings import load_settings
from imagestudio.core.turns import NEIGHBOURHOOD
from imagestudio.store.database import Database
from imagestudio.store.sessions import EndedSessions
from tests.fresh import data_folder
from tests.reopening import Clock
from tests.tables import rows

KEY = "the-long-key-of-ann"
REST, CALL, MCP = "/api/v1/image/generate", "/gradio_api/call/generate", "/gradio_api/mcp/"


def come(address: str, path: str = REST, **headers: str) -> HTTPConnection:
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "method": "POST",
        "path": path,
        "root_path": "",
        "query_string": b"",
    }
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({**scope, "client": (address, 1), "headers": named})


async def opened(folder: Path, **settings: str) -> Identity:
    known = {"IMAGESTUDIO_DATA_DIR": data_folder(folder), "IMAGESTUDIO_PUBLIC_URL": "http://studio.example"}
    clock = Clock()
    ends = SessionEnds(
        EndedSessions(Database("sqlite://")), clock
    )  # nobody here has a cookie to be looked up
    return await open_identity(load_settings({**known, **settings}), clock, ends)


async def network(identity: Identity, request: HTTPConnection) -> str:
    visitor = (await identity.identify(request)).visitor
    if visitor.kind == "nobody":
        visitor = identity.of_call(request, "hash")
    assert visitor.asker.network == visitor.network
    return visitor.network


@rows(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
async def test_doors_agree_on_a_network(tmp_path: Path, one: str, other: str, same: bool) -> None:
    identity = await opened(tmp_path)
    doors = [
        await network(identity, come(other, path, **headers))
        for path, headers in ((REST, {}), (CALL, {}), (MCP, {"mcp_session_id": "x"}))
    ]
    assert len(set(doors)) == 1
    assert (await network(identity, come(one)) == doors[0]) is same
    assert len(doors[0]) == 32
    mine = await network(identity, come(one))
    assert mine[:NEIGHBOURHOOD] == doors[0][:NEIGHBOURHOOD], "all of these are neighbours"
    assert mine[:NEIGHBOURHOOD] != (await network(identity, come("198.51.100.1")))[:NEIGHBOURHOOD]
    assert other not in doors[0]


async def test_whoever_is_refused_has_a_network_and_a_holder_of_a_key_none(tmp_path: Path) -> None:
    identity = await opened(tmp_path, IMAGESTUDIO_API_KEYS=KEY)
    holder = (await identity.identify(come("192.0.2.1", x_api_key=KEY))).visitor
    assert (holder.network, holder.asker.party, holder.asker.paid) == ("", holder.owner, True)
    wrong = come("192.0.2.1", x_api_key="another-long-key-of-nobody")
    with pytest.raises(InvalidApiKey):
        await identity.identify(wrong)
    guest = identity.stranger(wrong)
    assert (guest.kind, guest.network) == ("nobody", identity.of_call(come("192.0.2.1"), "hash").network)
