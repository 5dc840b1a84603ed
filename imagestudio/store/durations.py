"""How long each model takes, as learnt from the jobs that ended."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, select, update

from imagestudio.store.database import Database
from imagestudio.store.pacing import Durations
from imagestudio.store.tables import durations


class DurationStore:
    """What is known, in memory; kept in the database for the next start."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Durations] = {}

    async def open(self) -> None:
        """Read what earlier processes learnt."""
        rows = await self._database.read(lambda connection: connection.execute(select(durations)).all())
        self._known = {row.model: Durations(row[1], row[2], row[3]) for row in rows}

    def of(self, model: str) -> Durations:
        """What is known of a model."""
        return self._known.get(model, Durations())

    def learn(self, model: str, seconds: float) -> None:
        """Count one more duration."""
        self._known[model] = self.of(model).with_duration(seconds)

    async def save(self) -> None:
        """Keep what is known. Losing some of it costs a few looks, so it need not happen at every job."""
        all_known = dict(self._known)

        def change(connection: Connection) -> None:
            for model, known in all_known.items():
                values = asdict(known)
                this = update(durations).where(durations.c.model == model)
                if connection.execute(this.values(**values)).rowcount == 0:
                    connection.execute(insert(durations).values(model=model, **values))

        await self._database.write(change)
