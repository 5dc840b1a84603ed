"""One owner's pictures, newest first, searched and filtered, and the edits of edits; a page costs what it
shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select, text

from imagestudio.core.job import Job, StoredFile
from imagestudio.core.request import Task
from imagestudio.store.database import Database
from imagestudio.store.job_rows import load_jobs
from imagestudio.store.search_text import fts_query
from imagestudio.store.tables import files, jobs, library

LARGEST_FAMILY = 500
"""Jobs of an edit family that are shown, those nearest to its first picture first."""
Values = dict[str, Any]

# UNION and not UNION ALL: a damaged record that goes in circles ends all the same.
EDIT_FAMILY = text(
    """
    WITH RECURSIVE up(file) AS (
      SELECT :file
      UNION SELECT jobs.input_file FROM up
      JOIN files ON files.id = up.file JOIN jobs ON jobs.id = files.job_id
      WHERE jobs.input_file IS NOT NULL AND jobs.owner = :owner
    ),
    down(job, file) AS (
      SELECT files.job_id, files.id FROM up JOIN files ON files.id = up.file
      UNION SELECT jobs.id, files.id FROM down JOIN jobs ON jobs.input_file = down.file
      JOIN files ON files.job_id = jobs.id WHERE jobs.owner = :owner
    )
    SELECT DISTINCT job FROM down WHERE job IS NOT NULL LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pictures are meant. Whatever is None, or empty, is not asked about."""

    text: str = ""
    """Beginnings of words that the prompt has, in any order, and symbols; in double quotes, words that stand
    together. Of writing without spaces any part."""
    model: str | None = None
    provider: str | None = None
    task: Task | None = None
    since: float | None = None
    """Made at this moment or later, in seconds since 1970."""
    until: float | None = None
    """Made before this moment."""
    favourites: bool = False


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A picture of the library, and what it was made with."""

    place: int
    """Grows with the order of arrival: pages are asked for by it."""
    file: StoredFile
    prompt: str
    model: str
    provider: str
    task: Task


class LibraryStore:
    """The library's rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        owner: str,
        filters: Filter,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
    ) -> list[LibraryEntry]:
        """Up to `limit` pictures, newest first, between two places."""
        query, values = page_query(owner, filters, limit, before=before, after=after)

        def fetch(connection: Connection) -> list[LibraryEntry]:
            return [_entry(row) for row in connection.execute(query, values)]

        return sorted(await self._database.read(fetch), key=lambda entry: -entry.place)

    async def count(self, owner: str, filters: Filter, at_most: int) -> int:
        """How many there are, counted up to `at_most`."""
        conditions, values = _conditions(owner, filters)
        query = text(f"SELECT count(*) FROM (SELECT 1 {_from(conditions, values)} LIMIT :at_most)")

        def fetch(connection: Connection) -> int:
            return int(connection.execute(query, {**values, "at_most": at_most}).scalar_one())

        return await self._database.read(fetch)

    async def edit_family(self, owner: str, file_id: str) -> list[Job]:
        """The jobs that made a picture, those before it, and every edit of any of those."""
        values = {"file": file_id, "owner": owner, "most": LARGEST_FAMILY}

        def fetch(connection: Connection) -> list[Job]:
            job_ids = connection.execute(EDIT_FAMILY, values).scalars().all()
            there = jobs.c.gone.is_(None)
            return load_jobs(connection, select(jobs).where(jobs.c.id.in_(job_ids), there))

        return await self._database.read(fetch)


def page_query(
    owner: str,
    filters: Filter,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
) -> tuple[Select[Any], Values]:
    """A page's query and its values; its rows come in any order."""
    conditions, values = _conditions(owner, filters)
    place = "library_search.rowid" if "search" in values else "library.id"
    if before is not None:
        conditions.append(f"{place} < :before")
    if after is not None:
        conditions.append(f"{place} > :after")
    places = f"SELECT library.id, library.file_id {_from(conditions, values)} ORDER BY {place} DESC"
    page = text(f"{places} LIMIT :limit").columns(library.c.id, library.c.file_id).subquery("page")
    query = (
        select(page.c.id.label("place"), jobs.c.prompt, jobs.c.model, jobs.c.provider, jobs.c.task, files)
        .join_from(page, files, files.c.id == page.c.file_id)
        .join(jobs, jobs.c.id == files.c.job_id)
    )
    return query, values | {"limit": limit, "before": before, "after": after}


def _conditions(owner: str, filters: Filter) -> tuple[list[str], Values]:
    conditions, values = ["library.owner = :owner", "library.shown = 1"], Values(owner=owner)
    if (search := fts_query(owner, filters.text)) is not None:
        conditions.append("library_search MATCH :search")
        values["search"] = search
    for name in ("model", "provider", "task"):
        if (value := getattr(filters, name)) is not None:
            conditions.append(f"library.{name} = :{name}")
            values[name] = value
    for name, compare in (("since", ">="), ("until", "<")):
        if (moment := getattr(filters, name)) is not None:
            conditions.append(f"library.created_at {compare} :{name}")
            values[name] = moment
    if filters.favourites:
        conditions.append("library.favourite = 1")
    return conditions, values


def _from(conditions: list[str], values: Values) -> str:
    # A CROSS JOIN is looked up in the order in which it stands: the words first, whose rows come in the order
    # that a page has.
    searched = "library_search CROSS JOIN library ON library.id = library_search.rowid"
    return f"FROM {searched if 'search' in values else 'library'} WHERE {' AND '.join(conditions)}"


def _entry(row: Row[Any]) -> LibraryEntry:
    values = tuple(row)
    place, prompt, model, provider, task = values[:5]
    return LibraryEntry(place, StoredFile(*values[5:]), prompt, model, provider, task)
