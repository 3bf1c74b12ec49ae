"""An uploaded file on its way in: sealed and looked at while it passes, and gone again when no row comes of it.

For every inbox alike. What the row is and which job it gets is the inbox's own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from ingest.documents.intake import Intake
from ingest.documents.naming import safe_name
from store import quotas
from store.database import Connection, Database
from store.files import Files
from store.identity import Identity
from store.ids import new_id


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is kept and has no row yet; ``id`` is the row's to be, ``sha256`` in hexadecimal."""

    id: UUID
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str


async def arrive(
    files: Files, identity: Identity, name: str | None, chunks: AsyncIterator[bytes], *, limit: int
) -> Arrival:
    """Keep the file of at most ``limit`` bytes sealed. Raises Invalid (empty), TooLarge, UnsupportedType; nothing is
    left then."""
    filename, file_id = safe_name(name), new_id()
    intake = Intake(filename, limit)
    size = await files.write(identity.tenant_id, file_id, intake.checked(chunks))
    key = files.key(identity.tenant_id, file_id)
    return Arrival(file_id, filename, intake.content_type, size, intake.sha256, key)


@asynccontextmanager
async def row_of(arrival: Arrival, files: Files, database: Database, identity: Identity) -> AsyncGenerator[Connection]:
    """A transaction for the file's row, its storage reserved; the file goes when the row does not come.

    Raises Conflict (storage), and what the body raises.
    """
    is_written = False
    try:
        async with database.transaction(identity) as connection:
            await quotas.reserve_storage(connection, identity, arrival.size_bytes)
            yield connection
            is_written = True
    except BaseException:
        if not is_written:  # cut off at the COMMIT nobody knows whether there is a row: the sweep does
            await files.delete(arrival.storage_key)
        raise
