"""Imports taken back: what was new is gone again, what was changed is as it was; what was changed since stays. SQL.

Unlike other changes (``undoing.py``) nothing is asked about room: imported events may overlap.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.changes import Undone
from tools.calendars.local.mirroring import Written
from tools.calendars.local.occurrences import Terms, place
from tools.calendars.local.rows import Row, adapted, as_json, event_of, in_utc, updating
from tools.calendars.local.writing import UNDOABLE, Write

IMPORT = "import"
_OURS = {
    "id",
    "tenant_id",
    "calendar_id",
    "created_at",
    "updated_at",
    "repeats",
    "sequence",
    "change",
    "expanded_until",
}


async def keep(database: Database, identity: Identity, written: Written, at: datetime) -> UUID:
    """Write down what undoes it; the change's id."""
    change_id = new_id()
    async with database.transaction(identity) as connection:
        cursor = await connection.execute(
            "SELECT id, sequence, calendar_id FROM events WHERE id = ANY (%s)", (list(written.ids),)
        )
        after = await cursor.fetchall()
        await connection.execute(
            "INSERT INTO calendar_undo (id, tenant_id, user_id, operation, before, after, created_at, expires_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                *(change_id, identity.tenant_id, identity.user_id, IMPORT),
                *(as_json(written.before.values()), as_json(after), at, at + UNDOABLE),
            ),
        )
        await connection.execute("DELETE FROM calendar_undo WHERE expires_at < %s", (at - UNDOABLE,))
    return change_id


async def take_back(
    write: Write, before: dict[UUID, Row], after: dict[UUID, Row], kept: list[dict[str, Any]]
) -> Undone:
    """``kept``: the rows that the import left, by id and sequence; the calendars are locked."""
    sequences = {str(one["id"]): one["sequence"] for one in kept}
    cursor = await write.connection.execute(
        "SELECT * FROM events WHERE id = ANY (%(ids)s) OR master_id = ANY (%(ids)s)", {"ids": list(after)}
    )
    now = {row["id"]: in_utc(row) for row in await cursor.fetchall()}
    same = {row_id for row_id, row in now.items() if row["sequence"] == sequences.get(str(row_id))}
    new = [row_id for row_id in same if row_id not in before and _is_untouched(row_id, now, same, before)]
    await write.connection.execute("DELETE FROM events WHERE id = ANY (%s)", (new,))
    for row_id in same & before.keys():
        await _restore(write, before[row_id])
    touched = {before[row_id]["master_id"] or row_id for row_id in same & before.keys()}
    touched |= {now[row_id]["master_id"] for row_id in new if now[row_id]["master_id"]} - set(new)
    for root in touched:
        await place(write.connection, root, Terms(at=write.at, on_clash="overlap"))
    for calendar_id in {row["calendar_id"] for row in after.values()}:
        await announce(write.connection, write.identity, "calendar.updated", {"id": str(calendar_id)})
    left = [row for row_id, row in now.items() if row_id not in same and row["status"] == "confirmed"]
    return Undone(IMPORT, (), tuple(event_of(row) for row in left if row["master_id"] is None)[:200])


def _is_untouched(row_id: UUID, now: dict[UUID, Row], same: set[UUID], before: dict[UUID, Row]) -> bool:
    """Of a series that somebody has changed one date of since, nothing is taken away."""
    own = [row for row in now.values() if row["master_id"] == row_id]
    return all(row["id"] in same and row["id"] not in before for row in own)


async def _restore(write: Write, row: Row) -> None:
    values = {name: value for name, value in row.items() if name not in _OURS}
    await write.connection.execute(updating(values), [*adapted(values), row["id"]])
