"""Bringing a database's schema to the newest version."""

from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from imagestudio.core.data_dir import UnusableData

MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownSchema(UnusableData):
    """A database of a schema that this version has no migration from."""


def is_current(url: str) -> bool:
    """Whether the newest migration has run. Blocking. Spares most starts the import of alembic, 0.3 s."""
    return _revision(url) == max(_known())


def migrate(url: str) -> None:
    """Run the migrations. Blocking. Raises `UnknownSchema`; nothing is changed then."""
    revision, known = _revision(url), _known()
    if revision is not None and revision not in known:
        raise UnknownSchema(
            f"{file_of(url)}: the database has schema {revision}, and this version knows "
            f"{', '.join(known)} only. Nothing was changed. A schema with a smaller number is from before "
            "the first release: start the studio once at commit 6b48565, which brings it to 0010. One with a "
            "larger number was made by a newer version: use that one."
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = blocking_url(url)
    command.upgrade(config, "head")


def _known() -> list[str]:
    return sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(url: str) -> str | None:
    """The migration that ran last; None where none has."""
    engine = create_engine(blocking_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return revision


def file_of(url: str) -> str:
    """The file that a database is, as messages name it."""
    return make_url(url).database or url


def blocking_url(url: str) -> str:
    """The URL for the driver that needs no event loop."""
    return url.replace("sqlite+aiosqlite:", "sqlite:")
