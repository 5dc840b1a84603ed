"""Alembic's entry: runs the migrations on the URL that `database.migrate` passes in."""

from alembic import context
from sqlalchemy import create_engine, pool

from imagestudio.store.tables import metadata

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
