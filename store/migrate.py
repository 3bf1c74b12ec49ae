"""Forward-only migrations: plain SQL files in order, each in one transaction, under one advisory lock.

To add one: the next number in ``migrations/``, a sentence on its first line, never an edit of a file that was released
(its checksum is kept and a changed file stops the start).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

import psycopg
from psycopg.rows import tuple_row

from store import locks
from store.errors import SettingsError, Unavailable

_LEDGER = """CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def available() -> list[Migration]:
    """Every migration the program carries, in the order they are applied; the queue's own schema comes last."""
    folder = resources.files("store") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [Migration(entry.name.removesuffix(".sql"), entry.read_text("utf-8")) for entry in files]


async def migrate(url: str, *, report: Callable[[str], None] = lambda _name: None) -> list[str]:
    """Apply what is missing and return the names applied. Safe to run from several machines at once.

    Raises Unavailable when Postgres does not answer, SettingsError when a released migration was changed.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=10, row_factory=tuple_row
        )
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer. Check DATABASE_URL.", code="database_unavailable") from error
    applied: list[str] = []
    async with connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (locks.MIGRATE,))
        await connection.execute(_LEDGER)
        rows = await (await connection.execute("SELECT name, checksum FROM schema_migrations")).fetchall()
        known: dict[str, str] = dict(rows)
        for migration in available():
            if migration.name in known:
                _check_unchanged(migration, known[migration.name])
                continue
            report(migration.name)
            async with connection.transaction():
                await connection.execute(migration.text.encode())
                await connection.execute(
                    "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)",
                    (migration.name, migration.checksum),
                )
            applied.append(migration.name)
        if await _install_queue(connection):
            applied.append("queue")
    return applied


def _check_unchanged(migration: Migration, checksum: str) -> None:
    if migration.checksum != checksum:
        raise SettingsError(
            f"Migration {migration.name} differs from the one this database was made with. "
            "Restore the released file and put the change into a new migration.",
            code="migration_changed",
        )


async def _install_queue(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> bool:
    """The job queue's tables (procrastinate), owned by the migrating role and usable by the plain role."""
    row = await (await connection.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")).fetchone()
    if row and row[0]:
        return False
    schema = (resources.files("procrastinate") / "sql" / "schema.sql").read_text("utf-8")
    async with connection.transaction():
        await connection.execute(schema.encode())
        for statement in _QUEUE_GRANTS:
            await connection.execute(statement)
    return True


_QUEUE_GRANTS = (
    """GRANT SELECT, INSERT, UPDATE, DELETE
    ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
    TO voiceloop_app""",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO voiceloop_app",
)
