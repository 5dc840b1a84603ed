"""Everything is run with marked keys, the host's and two visitors', before providers that repeat them; then
every place that could have kept one is searched. A key goes from its owner to its provider, nowhere else."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from imagestudio.core.redaction import HIDDEN
from tests.planted import clients, commands, malformed, page, programs, restart
from tests.planted.search import Search
from tests.planted.secrets import HOST, PAGE, PROGRAM
from tests.planted.world import World, planted

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The studio, started once."""
    with planted(tmp_path_factory.mktemp("planted")) as world:
        world.start("text")
        yield world


@pytest.fixture(scope="module")
def by_programs(world: World) -> Counter[str]:
    return programs.walk(world)


@pytest.fixture(scope="module")
def restarted(world: World, by_programs: Counter[str]) -> list[dict[str, Any]]:
    return restart.walk(world)


@pytest.fixture(scope="module")
def by_clients(world: World, restarted: Any) -> tuple[list[dict[str, Any]], list[str]]:
    return clients.walk_gradio(world), asyncio.run(clients.walk_mcp(world))


@pytest.fixture(scope="module")
def by_page(world: World, by_clients: Any, pytestconfig: pytest.Config) -> list[str]:
    assert malformed.walk(world) > 150
    return page.walk(world, pytestconfig)


@pytest.fixture(scope="module")
def walked(world: World, by_page: Any) -> World:
    """The world after all this, its studio gone by kill -9."""
    commands.walk(world)
    world.studio.kill()
    return world


def test_every_way_was_gone(
    by_programs: Counter[str],
    restarted: list[dict[str, Any]],
    by_clients: tuple[list[dict[str, Any]], list[str]],
    by_page: list[str],
    walked: World,
) -> None:
    """Else finding nothing would say nothing."""
    assert by_programs.keys() == {"succeeded", "PROVIDER_ERROR", "MODEL_UNAVAILABLE", "CONTENT_REFUSED"}
    assert [job["status"] for job in restarted] == ["succeeded"] * 2
    jobs, answers = by_clients
    assert {job["status"] for job in jobs} == {"succeeded"}
    assert any("PROVIDER_ERROR" in answer for answer in answers)
    assert len(by_page) >= 3
    for owners in (HOST, PAGE, PROGRAM):
        for provider, key in owners.items():
            assert key in walked.providers.keys[provider]
    assert [entry for entry in walked.emulator.state.journal if entry.fault] == []


def test_no_answer_holds_a_key(walked: World) -> None:
    search = Search()
    search.look_at_files(walked.answers)
    search.nothing()
    heads = b"".join(path.read_bytes() for path in walked.answers.glob("*.head"))
    for address in (b"GET /metrics 200", b"GET /config 200", b"GET /openapi.json 200", b"GET /docs 200"):
        assert address in heads


def test_no_line_of_the_log_holds_a_key(walked: World) -> None:
    """Not even where it tells of every header that comes and goes."""
    search = Search()
    for path in walked.logs:
        text = path.read_text()
        assert text.count(HIDDEN) > 100
        assert "uvicorn.asgi" in text
        assert "sqlalchemy" in text
        assert f"\n{malformed.FORGED}" not in text
        search.look(path.name, text.encode())
    search.nothing()


def test_no_file_holds_a_key(walked: World) -> None:
    """The database with its free pages and its log, pictures, uploads, what Gradio keeps, temporary files."""
    search = Search()
    search.look_at_files(walked.disk)
    search.nothing()
    assert (walked.disk / "data/studio.db").exists()
    assert list((walked.disk / "gradio").rglob("*"))


def test_a_sealed_key_can_not_be_read(walked: World) -> None:
    """While its job ran, and after the kill."""
    walked.during.nothing()
    assert walked.during.places > 100


def test_no_client_was_told_a_key(walked: World) -> None:
    """Nor is one in the pictures that they were given."""
    search = Search()
    for where, text in walked.told.items():
        search.look(where, text.encode())
    search.look_at_files(walked.downloads)
    search.nothing()


def test_the_browser_keeps_no_key(walked: World) -> None:
    """In its storage, history, cookies, caches, and what it fills forms with."""
    search = Search()
    search.look_at_files(walked.profile)
    search.nothing()
    assert (walked.profile / "Default/History").exists()
    assert (walked.profile / "Default/Local Storage").exists()


def test_no_webhook_carries_a_key(walked: World) -> None:
    search = Search()
    for number, request in enumerate(walked.receiver.arrived):
        search.look(f"webhook {number}", request)
    search.nothing()
    assert len(walked.receiver.arrived) > 50
