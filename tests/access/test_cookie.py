"""The cookie: who gets one, what it says, and that nobody can make one up."""

import hashlib
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeSerializer
from starlette.datastructures import Headers

from imagestudio.access.cookie import RENEW_S, YEAR_S, Cookies, Session, new_session
from imagestudio.core.data_dir import UnusableData
from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.fresh import data_folder

PUBLIC = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.example"}
API = "/api/v1/image"

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens the same studio, time and again, without its page."""

    @asynccontextmanager
    async def open_(scheme: str = "http", **settings: str) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(
            load_settings({"IMAGESTUDIO_DATA_DIR": data_folder(tmp_path / "data"), **settings}),
            with_page=False,
        )
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=f"{scheme}://localhost") as client,
        ):
            yield client

    return open_


async def jobs(client: httpx.AsyncClient) -> list[str]:
    return [job["id"] for job in (await client.get(f"{API}/jobs")).json()["data"]["jobs"]]


async def draw(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    small = {"prompt": "a fox", "width": 256, "height": 256}
    answer = await client.post(f"{API}/generate", json=small, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("scheme", "name", "attributes"),
    [
        ("http", "imagestudio", {"SameSite=Lax"}),
        # In a frame of another site's page, as a Space is shown, and apart from the same frame elsewhere.
        ("https", "__Host-imagestudio", {"SameSite=None", "Secure", "Partitioned"}),
    ],
)
async def test_a_stranger_is_given_one(opened: Open, scheme: str, name: str, attributes: set[str]) -> None:
    async with opened(scheme, **PUBLIC) as client:
        answer = await client.get("/visitor")
    value, *parts = answer.headers["set-cookie"].split("; ")
    assert value.startswith(f"{name}=")
    assert set(parts) == {f"Max-Age={YEAR_S}", "Path=/", "HttpOnly"} | attributes


async def test_two_studios_of_one_host_leave_each_other_s_alone(opened: Open) -> None:
    async with opened("https", **PUBLIC) as client:
        before = await draw(client)
        drawn = await jobs(client)
        given = client.cookies
    async with opened("https", **PUBLIC, GRADIO_ROOT_PATH="/studio") as client:
        client.cookies = given
        # Who was here before it had a prefix stays who they are, and has a cookie by its own name.
        assert await jobs(client) == drawn != []
        assert before.status_code == 200
        names = sorted(cookie.name for cookie in client.cookies.jar)
    assert names == ["__Host-imagestudio", "__Host-imagestudio-studio"]
    one = Cookies([b"secret" * 6], time.time, "/a/b")
    plain, whole = (one.header(new_session(), secure=secure).split("=")[0] for secure in (False, True))
    assert (plain, whole) == ("imagestudio-a-b", "__Host-imagestudio-a-b")


async def test_what_needs_no_owner_sets_none(opened: Open) -> None:
    async with opened(**PUBLIC) as client:
        for path in ("/api/health", "/docs", "/openapi.json", "/shared/x", "/api/nothing"):
            assert "set-cookie" not in (await client.get(path)).headers, path


def former(secret: str, session_id: str) -> str:
    """As it was given before there were two names."""
    signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    serializer = URLSafeSerializer(secret, salt="imagestudio.session", signer_kwargs=signer)
    return serializer.dumps({"id": session_id, "key": None, "at": int(time.time())})


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_one_of_before_is_taken_once_and_given_anew(opened: Open, scheme: str) -> None:
    secret = "secret" * 8
    async with opened(scheme, **PUBLIC, IMAGESTUDIO_SECRET_KEY=secret) as client:
        before = {"Cookie": f"imagestudio={former(secret, 'a' * 32)}"}
        for headers in (before, {}):
            answer = await client.get("/visitor", headers=headers)
            assert answer.status_code == 200
        mine = await draw(client)
        again = await client.get(f"{API}/jobs", headers=before)
    assert "set-cookie" not in mine.headers
    assert len(again.json()["data"]["jobs"]) == 1
    assert [cookie.name for cookie in client.cookies.jar] == [
        "imagestudio" if scheme == "http" else "__Host-imagestudio"
    ]


async def test_another_site_of_the_domain_plants_no_session(opened: Open) -> None:
    """What was given over http, or under the https name, is nobody under the plain name over https."""
    async with opened("https", **PUBLIC) as client:
        await client.get("/visitor")
        values = [client.cookies["__Host-imagestudio"]]
        values.append((await client.get("http://localhost/visitor")).cookies["imagestudio"])
        mine = await draw(client)
        assert mine.status_code == 200
        client.cookies.clear()
        for value in values:
            found = await client.get(f"{API}/jobs", headers={"Cookie": f"imagestudio={value}"})
            assert found.json()["data"]["jobs"] == []


async def test_who_has_one_is_not_given_another(opened: Open) -> None:
    async with opened(**PUBLIC) as client:
        await client.get("/visitor")
        for path in ("/visitor", f"{API}/jobs", "/api/health"):
            assert "set-cookie" not in (await client.get(path)).headers


@pytest.mark.slow
async def test_alone_on_a_machine_everybody_is_its_owner(opened: Open) -> None:
    async with opened() as client:
        drawn = await draw(client)
        told = await client.get("/visitor")
        assert "set-cookie" not in drawn.headers
        client.cookies.clear()
        assert await jobs(client) == [drawn.json()["data"]["id"]]
    who = {"kind": "local", "name": "", "demo": True, "takes_api_keys": False, "takes_logins": False}
    assert who.items() <= told.json()["data"].items()


async def test_it_outlives_a_restart(opened: Open, tmp_path: Path) -> None:
    async with opened(**PUBLIC) as client:
        drawn = (await draw(client)).json()["data"]["id"]
        cookies = client.cookies
    async with opened(**PUBLIC) as client:
        assert await jobs(client) == []
        client.cookies = cookies
        assert await jobs(client) == [drawn]
    kept = tmp_path / "data" / "secret-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(kept.read_text().strip()) == 44


async def test_another_secret_ends_it(opened: Open) -> None:
    async with opened(**PUBLIC, IMAGESTUDIO_SECRET_KEY="first" * 8) as client:
        await draw(client)
        cookies = client.cookies
    async with opened(**PUBLIC, IMAGESTUDIO_SECRET_KEY="second" * 8) as client:
        client.cookies = cookies
        assert await jobs(client) == []


async def test_secrets_are_rotated_by_a_list(opened: Open) -> None:
    old, new = "first" * 8, "second" * 8
    async with opened(**PUBLIC, IMAGESTUDIO_SECRET_KEY=old) as client:
        await draw(client)
        drawn, cookies = await jobs(client), client.cookies
    async with opened(**PUBLIC, IMAGESTUDIO_SECRET_KEY=f"{new}, {old}") as client:
        client.cookies = cookies
        assert await jobs(client) == drawn != []
    clock = time.time
    signed = Cookies([new.encode(), old.encode()], clock).header(new_session(), secure=False)
    value = Headers({"cookie": signed.split(";")[0]})
    assert Cookies([new.encode()], clock).read(value, secure=False)
    assert not Cookies([old.encode()], clock).read(value, secure=False)


@pytest.mark.parametrize("content", ["", "\n", "x" * 31, "\x00"])
async def test_a_secret_that_was_cut_off_stops_the_start(opened: Open, tmp_path: Path, content: str) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "secret-key").write_text(content)
    with pytest.raises(UnusableData, match="secret-key: this secret has under 32 characters"):
        async with opened(**PUBLIC):
            pass


async def test_nobody_can_make_one_up(opened: Open) -> None:
    async with opened(**PUBLIC) as client:
        await draw(client)
        value = client.cookies["imagestudio"]
        content, signature = value.rsplit(".", 1)
        made_up = Cookies([b"x" * 32], lambda: 0.0).header(new_session(), secure=False)
        for cookie in (
            content,
            f"{content}.",
            f"{content[:-1]}.{signature}",
            "",
            "x.y",
            made_up[12:].split(";")[0],
        ):
            client.cookies.clear()
            found = await client.get(f"{API}/jobs", headers={"Cookie": f"imagestudio={cookie}"})
            assert found.json()["data"]["jobs"] == []
        of_several = {"Cookie": f"imagestudio=x.y; other=1; imagestudio={value}"}
        client.cookies.clear()
        assert len((await client.get(f"{API}/jobs", headers=of_several)).json()["data"]["jobs"]) == 1


def test_it_counts_for_a_year_and_is_renewed_while_it_is_used() -> None:
    now = 1_800_000_000.0
    cookies = Cookies([b"secret" * 6], lambda: now)
    header = cookies.header(Session("one", "key:ann"), secure=False)
    sent = Headers({"Cookie": header.split(";")[0]})
    for age, read in (
        (0, Session("one", "key:ann")),
        (RENEW_S + 1, Session("one", "key:ann", set=True)),
        (YEAR_S - 1, Session("one", "key:ann", set=True)),
        (YEAR_S + 1, None),
    ):
        now = 1_800_000_000.0 + age
        assert cookies.read(sent, secure=False) == read


@pytest.mark.slow
async def test_programs_without_cookie_are_told_apart_by_their_provider_keys(opened: Open) -> None:
    # The sandbox is on, so that no key leads anywhere.
    async with opened(**PUBLIC, IMAGESTUDIO_SANDBOX="on") as client:
        keys: list[dict[str, Any]] = [
            {"X-BFL-Key": "marked-key-of-ann"},
            {"X-BFL-Key": "marked-key-of-ben"},
            {"X-Fal-Key": "marked-key-of-ann"},
        ]
        drawn = [(await draw(client, **key)) for key in keys]
        for key, mine in zip(keys, drawn, strict=True):
            assert "set-cookie" not in mine.headers
            found = await client.get(f"{API}/jobs", headers=key)
            assert [job["id"] for job in found.json()["data"]["jobs"]] == [mine.json()["data"]["id"]]
