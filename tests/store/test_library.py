"""Ten thousand pictures: found by words and filters, page by page, each by its owner only."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, create_engine

from imagestudio.store.database import Database
from imagestudio.store.library import Filter, LibraryEntry, LibraryStore, page_query
from imagestudio.store.migrate import migrate
from tests.library import seed
from tests.tables import rows

in_one_loop = pytest.mark.asyncio(loop_scope="module")

PICTURES = 10_000
OWNER, OTHER = "session:ann", "session:bob"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("library") / "studio.db"
    migrate(f"sqlite:///{path}")
    seed(path, PICTURES, OWNER)
    seed(path, 50, OTHER, mark="b")
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{path}")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def library(database: Database) -> LibraryStore:
    return LibraryStore(database)


@in_one_loop
async def test_pages_follow_each_other_newest_first(library: LibraryStore) -> None:
    first = await library.page(OWNER, Filter(), 60)
    second = await library.page(OWNER, Filter(), 60, before=first[-1].place)
    made = [entry.file.created_at for entry in (*first, *second)]
    assert made == [float(PICTURES - number) for number in range(1, 121)]
    assert await library.page(OWNER, Filter(), 60, after=first[2].place) == first[:2]


@in_one_loop
async def test_a_search_finds_words_by_their_beginnings_without_their_accents(library: LibraryStore) -> None:
    filters = Filter(text="THOUS portrat numb")
    assert await library.count(OWNER, filters, 2000) == PICTURES // 1000
    prompts = [entry.prompt for entry in await library.page(OWNER, filters, 2)]
    assert prompts == [f"Porträt number {number} of a thousandth" for number in (9000, 8000)]
    assert len(await library.page(OWNER, Filter(text='"of a thousandth"'), 3)) == 3
    assert await library.page(OWNER, Filter(text='"number of"'), 3) == []


@in_one_loop
async def test_writing_without_spaces_is_found_by_any_part(library: LibraryStore) -> None:
    counts = {
        "東京": 1_990,
        "京ﾀﾜ": 1_990,
        "夜": 1_990,
        "lam 東京": 1_000,
        "タワー42号": 0,
        "タワー45号": 1,
        "京東": 0,
    }
    assert {text: await library.count(OWNER, Filter(text=text), PICTURES) for text in counts} == counts


@in_one_loop
async def test_no_sign_of_a_search_means_anything(library: LibraryStore) -> None:
    signs = ("東＂ OR 京 ＂", '"東＂', '"', '" OR "', "owner : x", "NEAR(a b)", "a NOT b", "-", "*", "^a")
    for text in (*signs, "\0", "🦊", "a" * 5000, '""', "( )"):
        for entry in await library.page(OWNER, Filter(text=text), 3):
            assert entry.file.owner == OWNER


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        (Filter(model="imagen-4"), lambda entry: entry.model == "imagen-4"),
        (Filter(provider="fal"), lambda entry: entry.provider == "fal"),
        (Filter(task="edit"), lambda entry: entry.task == "edit"),
        (Filter(since=500.0, until=502.0), lambda entry: entry.file.created_at in (500.0, 501.0)),
        (Filter(text="thousandth", task="edit"), lambda entry: "thousandth" in entry.prompt),
    ],
)
@in_one_loop
async def test_filters_hold(
    library: LibraryStore, filters: Filter, holds: Callable[[LibraryEntry], bool]
) -> None:
    entries = await library.page(OWNER, filters, 20)
    assert entries
    assert all(entry.file.owner == OWNER and holds(entry) for entry in entries)


@in_one_loop
async def test_nobody_finds_what_is_somebody_elses(library: LibraryStore) -> None:
    assert await library.count(OTHER, Filter(), 1000) == 50
    assert await library.count(OTHER, Filter(text="picture"), 1000) == 49
    assert await library.page("session:eve", Filter(text="picture"), 10) == []


@rows("filters", [Filter(), Filter(model="imagen-4"), Filter(favourites=True), Filter(text="pic")])
def test_a_page_is_looked_up_and_never_sorted_or_scanned(path: Path, filters: Filter) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        steps = plan(connection, filters)
    engine.dispose()
    assert not [
        step for step in steps if "TEMP B-TREE" in step or "SCAN library " in step or step == "SCAN library"
    ]
    searched = "SCAN library_search VIRTUAL TABLE" if filters.text else "COVERING INDEX library_by_owner"
    assert any(searched in step for step in steps), steps


def plan(connection: Connection, filters: Filter) -> list[str]:
    query, values = page_query(OWNER, filters, 60)
    compiled = query.compile(connection)
    given = tuple({**compiled.params, **values}[name] for name in compiled.positiontup or ())
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given)]


@in_one_loop
async def test_what_becomes_of_a_file_becomes_of_its_entry(tmp_path: Path) -> None:
    path = tmp_path / "studio.db"
    migrate(f"sqlite:///{path}")
    seed(path, 3, OWNER)
    database = Database(f"sqlite:///{path}")
    library = LibraryStore(database)

    async def moments(filters: Filter) -> list[float]:
        return [entry.file.created_at for entry in await library.page(OWNER, filters, 9)]

    def change(what: str) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(f"UPDATE files SET {what} WHERE created_at = 1")
        connection.close()

    assert await moments(Filter(text="picture")) == [2.0, 1.0]
    change("favourite = 1")
    assert await moments(Filter(favourites=True)) == [1.0]
    change("gone = 'binned', gone_at = 5")
    assert (await moments(Filter()), await moments(Filter(text="picture"))) == ([2.0, 0.0], [2.0])
    change("gone = NULL, gone_at = NULL")
    assert (await moments(Filter()), await moments(Filter(text="picture"))) == ([2.0, 1.0, 0.0], [2.0, 1.0])
    change("gone = 'room', gone_at = 5")
    assert (await moments(Filter()), await moments(Filter(text="picture"))) == ([2.0, 0.0], [2.0])
    await database.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM library").fetchall() == [(2,)]
        connection.execute("INSERT INTO library_search (library_search) VALUES ('integrity-check')")
    connection.close()
