"""What takes the time of certain people, read in one go: occurrences of their calendars and of what they attend. SQL.

Only what concerns them is read, as a tenant may have many calendars and a question is mostly about two or three people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from store.database import Connection
from tools.calendars.local.occurrences import TOUCHING
from tools.calendars.local.rows import OCCURRENCE_COLUMNS, event_of
from tools.calendars.model import Event

_FROM = sql.SQL(
    "FROM (SELECT %(start)s::timestamptz AS starts, %(end)s::timestamptz AS ends) w CROSS JOIN LATERAL {} o "
    "JOIN events e ON e.id = o.event_id JOIN calendars c ON c.id = o.calendar_id "
).format(TOUCHING)
_OWN = sql.SQL("(%(everybody)s OR c.user_id = ANY (%(users)s) OR (%(tenants)s AND c.user_id IS NULL))")
_ATTENDED = sql.SQL(
    "(e.attendees <> '{}' AND EXISTS (SELECT FROM unnest(e.attendees) a WHERE lower(a) = ANY (%(words)s)))"
)
_EVENTS = sql.SQL(
    "SELECT {columns} {occurrences} LEFT JOIN events m ON m.id = e.master_id "
    "WHERE o.busy AND c.counts_busy AND ({own} AND (NOT %(merged)s OR e.all_day) OR {attended}) "
    "ORDER BY o.starts_at, o.event_id, o.original_start"
).format(columns=OCCURRENCE_COLUMNS, occurrences=_FROM, own=_OWN, attended=_ATTENDED)
# as text of seconds: ten thousand pairs of instants take a client ten times as long to read as a server to find
_MERGED = sql.SQL(
    "SELECT calendar_id, string_agg(concat_ws(' ', floor(extract(epoch FROM lower(span)))::bigint, "
    "ceil(extract(epoch FROM upper(span)))::bigint), ' ') AS seconds FROM (SELECT o.calendar_id, "
    "unnest(range_agg(tstzrange(o.starts_at, o.ends_at))) AS span FROM (SELECT %(start)s::timestamptz AS starts, "
    "%(end)s::timestamptz AS ends) w CROSS JOIN LATERAL {touching} o JOIN calendars c ON c.id = o.calendar_id "
    "LEFT JOIN (SELECT id FROM events WHERE all_day) e ON e.id = o.event_id "
    "WHERE o.busy AND o.event_id IS NOT NULL AND e.id IS NULL AND c.counts_busy AND {own} "
    "GROUP BY o.calendar_id) found GROUP BY calendar_id"
).format(touching=TOUCHING, own=_OWN)
_UNWRITTEN = "SELECT EXISTS (SELECT FROM events WHERE expanded_until < %s) AS found"
Seconds = tuple[int, int]  # [start, end) since 1970, whole ones around what is taken


@dataclass(frozen=True, slots=True)
class Involved:
    """Whose time: calendars of ``user_ids``, ``tenants``: those of nobody, ``everybody``: all of them; and every event
    that one of ``words`` (names and addresses, small letters) attends."""

    user_ids: Sequence[UUID]
    words: Sequence[str] = ()
    tenants: bool = False
    everybody: bool = False


async def is_written_until(connection: Connection, end: datetime) -> bool:
    """Whether every series has its occurrences written down as far as ``end``; else they must be counted out."""
    row = await (await connection.execute(_UNWRITTEN, (end,))).fetchone()
    return row is not None and not row["found"]


async def taking_events(connection: Connection, start: datetime, end: datetime, involved: Involved) -> list[Event]:
    """Their busy events and occurrences that touch [start, end), by start."""
    rows = await (await connection.execute(_EVENTS, _values(start, end, involved, merged=False))).fetchall()
    return [event_of(row) for row in rows]


async def taken_spans(
    connection: Connection, start: datetime, end: datetime, involved: Involved
) -> tuple[dict[UUID, list[Seconds]], list[Event]]:
    """Merged by the database: when each calendar is taken, by start; and the events that are not in it: whole days,
    which are another time on another clock, and what they attend elsewhere."""
    values = _values(start, end, involved, merged=True)
    rows = await (await connection.execute(_MERGED, values)).fetchall()
    found = {row["calendar_id"]: _pairs(row["seconds"]) for row in rows}
    rows = await (await connection.execute(_EVENTS, values)).fetchall()
    return found, [event_of(row) for row in rows]


def _pairs(text: str) -> list[Seconds]:
    numbers = list(map(int, text.split()))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _values(start: datetime, end: datetime, involved: Involved, *, merged: bool) -> dict[str, Any]:
    return {
        "start": start,
        "end": end,
        "users": list(involved.user_ids),
        "words": list(involved.words),
        "tenants": involved.tenants,
        "everybody": involved.everybody,
        "merged": merged,
    }
