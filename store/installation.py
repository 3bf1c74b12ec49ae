"""The installation's one row: the canary that tells a wrong VOICELOOP_SECRET_KEY at the start, and the last rotation.

Every program calls ``check_key`` once, right after it opened the database and before it seals or opens anything.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from store.database import Database
from store.errors import SettingsError, Unavailable
from store.seal import Keyring, SealBroken, field_key_id

_TEXT: Final = b"VoiceLoop"
_NOBODY: Final = UUID(int=0)  # the row belongs to no tenant
_WRONG_KEY = (
    "This database was made with another VOICELOOP_SECRET_KEY. Put the old key back, or list it after the new one, "
    "separated by a comma, to rotate."
)


async def check_key(database: Database, keyring: Keyring) -> None:
    """Raise SettingsError unless ``keyring`` has this database's key; the first to ask decides which one that is.

    For the roots of sidecar, job process, worker, and of commands that touch sealed values.
    """
    try:
        sealed = await _canary(database)
    except psycopg.errors.UndefinedTable as error:
        text = "The database is older than this program. Run `voiceloop migrate` first."
        raise SettingsError(text, code="not_migrated") from error
    if sealed is None:  # two first starts at once: one row wins, and both read that one
        async with database.system() as connection:
            await connection.execute(
                "INSERT INTO installation (canary) VALUES (%s) ON CONFLICT DO NOTHING", (_seal(keyring),)
            )
        sealed = await _canary(database)
    _open_canary(sealed or b"", keyring)


async def check_key_before_migration(url: str, keyring: Keyring) -> None:
    """The same for a database that may be new or older than the canary: then there is nothing to compare with."""
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=10, row_factory=tuple_row)
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer. Check DATABASE_URL.", code="database_unavailable") from error
    async with connection:
        row = await (await connection.execute("SELECT to_regclass('installation') IS NOT NULL")).fetchone()
        if row and row[0]:
            kept = await (await connection.execute("SELECT canary FROM installation")).fetchone()
            if kept:
                _open_canary(bytes(kept[0]), keyring)


def _open_canary(sealed: bytes, keyring: Keyring) -> None:
    try:
        keyring.open_field(sealed, tenant_id=_NOBODY, table="installation", row_id=_NOBODY, field="canary")
    except SealBroken as error:
        raise SettingsError(_WRONG_KEY, code="wrong_secret_key") from error


async def _canary(database: Database) -> bytes | None:
    async with database.system() as connection:
        row = await (await connection.execute("SELECT canary FROM installation")).fetchone()
    return bytes(row["canary"]) if row else None


def _seal(keyring: Keyring) -> bytes:
    return keyring.seal_field(_TEXT, tenant_id=_NOBODY, table="installation", row_id=_NOBODY, field="canary")


async def canary_key_id(database: Database) -> bytes:
    """The id of the key without which no program starts on this database."""
    return field_key_id(await _canary(database) or b"")


async def reseal_canary(database: Database, keyring: Keyring) -> None:
    """From now on programs need the keyring's first key; to be called when nothing needs another one any more."""
    async with database.system() as connection:
        await connection.execute("UPDATE installation SET canary = %s", (_seal(keyring),))


async def tenant_ids(database: Database) -> list[UUID]:
    """Every tenant, deleted ones that can be restored too."""
    async with database.system() as connection:
        rows = await (await connection.execute("SELECT ids_of_tenants() AS id")).fetchall()
    return [row["id"] for row in rows]


async def note_rotation(database: Database, state: dict[str, Any] | None) -> None:
    """What the command that asked for a rotation shows; None: not begun."""
    async with database.system() as connection:
        await connection.execute("UPDATE installation SET rotation = %s", (None if state is None else Jsonb(state),))


async def last_rotation(database: Database) -> dict[str, Any] | None:
    """The state last noted."""
    async with database.system() as connection:
        row = await (await connection.execute("SELECT rotation FROM installation")).fetchone()
    return row["rotation"] if row else None
