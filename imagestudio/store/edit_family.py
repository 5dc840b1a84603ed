"""The jobs whose pictures came out of one another by edits, however many others their owner has."""

from sqlalchemy import Connection, select, text

from imagestudio.core.job import Job
from imagestudio.store.database import Database
from imagestudio.store.job_rows import load
from imagestudio.store.tables import jobs

MOST = 500
"""Jobs of a family that are told of, those nearest to its first picture first."""

# UNION and not UNION ALL: a damaged record that goes in circles ends all the same.
FAMILY = text(
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


class Families:
    """Reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def around(self, owner: str, file_id: str) -> list[Job]:
        """The jobs that made a picture, those before it, and every edit of any of those."""

        def look(connection: Connection) -> list[Job]:
            found = connection.execute(FAMILY, {"file": file_id, "owner": owner, "most": MOST})
            return load(connection, select(jobs).where(jobs.c.id.in_(found.scalars().all())))

        return await self._database.read(look)
