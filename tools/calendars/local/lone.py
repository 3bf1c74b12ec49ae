"""Dates of a series that came without it, as one is invited to them or a file has them: alone until it comes.

SQL in the caller's transaction, under the calendar's lock. Who writes events of others: ``mirroring.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from store.database import Connection
from tools.calendars.backend import RemoteEvent
from tools.calendars.local.rows import Row

_ALONE: Final = (
    "SELECT id, uid, remote_id FROM events WHERE calendar_id = %(calendar)s AND uid = ANY (%(uids)s) "
    "AND master_id IS NULL AND NOT repeats AND remote_id IS NOT NULL"
)
_ADOPT: Final = (
    "UPDATE events SET master_id = %(master)s, original_start = %(original)s, updated_at = now() WHERE id = %(id)s "
    "AND NOT EXISTS (SELECT FROM events e WHERE e.master_id = %(master)s AND e.original_start = %(original)s)"
)
_PLACE: Final = re.compile(r"[#_](\d{8})(?:T(\d{6})Z)?$", re.ASCII)


async def standing_alone(
    connection: Connection, calendar_id: UUID, series: Sequence[tuple[Row, RemoteEvent]]
) -> list[tuple[UUID, Row, datetime]]:
    """Which events of the calendar are dates of these new series; each with its series and the time it replaces."""
    by_uid = {event.uid: (row, event) for row, event in series if event.uid}
    if not by_uid:
        return []
    rows = await (await connection.execute(_ALONE, {"calendar": calendar_id, "uids": list(by_uid)})).fetchall()
    found: list[tuple[UUID, Row, datetime]] = []
    for row in rows:
        master, event = by_uid[row["uid"]]
        original = original_of(row["remote_id"], event)
        if original is not None and row["id"] != master["id"]:
            found.append((row["id"], master, original))
    return found


async def adopt(connection: Connection, master: Row, row_id: UUID, original: datetime) -> None:
    """Make the event an exception of the series."""
    await connection.execute(_ADOPT, {"master": master["id"], "original": original, "id": row_id})


def original_of(remote_id: str, series: RemoteEvent) -> datetime | None:
    """The time in the series that an id names, as a file's and Google's do: ``…20261130T080000Z``, or the day alone."""
    named = _PLACE.search(remote_id)
    if named is None:
        return None
    try:
        day, hour = date.fromisoformat(named[1]), named[2]
        if hour:
            return datetime.combine(day, time.fromisoformat(hour), UTC)
        return datetime.combine(day, series.start.timetz()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
