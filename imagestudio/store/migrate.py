"""Bringing a database's schema to the newest version."""

from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).parent / "migrations"


def is_current(url: str) -> bool:
    """Whether the newest migration has run. Blocking. Spares most starts the import of alembic, 0.3 s."""
    newest = max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    engine = create_engine(blocking_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest


def migrate(url: str, revision: str = "head") -> None:
    """Run the migrations up to a revision. Blocking."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = blocking_url(url)
    command.upgrade(config, revision)


def blocking_url(url: str) -> str:
    """The URL for the driver that needs no event loop."""
    return url.replace("sqlite+aiosqlite:", "sqlite:")
