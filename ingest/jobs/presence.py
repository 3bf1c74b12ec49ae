"""Whether anybody does the jobs of this database now, for whoever would wait for one."""

from __future__ import annotations

from store.database import Database


async def is_worked_off(database: Database) -> bool:
    """Whether a job process gave a sign of life within the last ten seconds."""
    async with database.system() as connection:
        row = await (
            await connection.execute(
                "SELECT EXISTS (SELECT FROM procrastinate_workers "
                "WHERE last_heartbeat > now() - interval '10 seconds') AS there"
            )
        ).fetchone()
    return bool(row and row["there"])
