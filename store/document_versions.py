"""How the versions of one document follow each other: at most one of a series is ``ready`` at any moment.

Whoever changes which one takes the whole series first (`locked_series`), so that two can never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import sql

from store.chunks import swap_chunks
from store.database import Connection
from store.documents import COLUMNS, Document, not_found, set_status
from store.identity import Identity

_HOLD = (
    "SELECT id FROM documents WHERE series_id = (SELECT series_id FROM documents WHERE id = %s) ORDER BY id FOR UPDATE"
)
_SERIES = sql.SQL(
    "SELECT {} FROM documents WHERE series_id = (SELECT series_id FROM documents WHERE id = %s) ORDER BY version"
).format(COLUMNS)


async def locked_series(connection: Connection, document_id: UUID) -> tuple[Document, list[Document]]:
    """This version and all versions of its series, held until the transaction ends. Raises NotFound."""
    await connection.execute(_HOLD, (document_id,))
    # asked again: whoever held them before may have added a version
    rows = await (await connection.execute(_SERIES, (document_id,))).fetchall()
    series = [Document(**row) for row in rows]
    found = next((one for one in series if one.id == document_id), None)
    if found is None:
        raise not_found()
    return found, series


def has_newer_ready(document: Document, series: Sequence[Document]) -> bool:
    """Whether a newer version is the searched one already. One that is still being indexed may yet fail."""
    return any(other.status == "ready" and other.version > document.version for other in series)


async def make_current(
    connection: Connection, identity: Identity, document: Document, series: Sequence[Document]
) -> None:
    """``ready`` is this version from now on; the one before is ``replaced`` and loses its chunks."""
    for other in series:
        if other.status == "ready" and other.id != document.id:
            await swap_chunks(connection, identity, other.id, [])
            await set_status(connection, identity, other.id, "replaced")
    await set_status(connection, identity, document.id, "ready")
