"""Rows of the house's own calendars as a server would tell them: RemoteEvents, and what changed since. SQL, reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from store.database import Connection
from tools.calendars.backend import Attendee, Draft, Recurrence, RemoteEvent
from tools.calendars.local.editing import target_of
from tools.calendars.local.occurrences import family_of
from tools.calendars.local.rows import Row, as_occurrence, attendee_columns, in_utc, recurrence_columns
from tools.calendars.model import Event, EventId, EventNotFound, OccurrenceId

# a calendar of a connected account is its server's to tell
_CALENDARS = (
    "SELECT id, name, timezone, writable, is_default, color FROM calendars "
    "WHERE account_id IS NULL ORDER BY is_default DESC, name, id"
)


async def calendars(connection: Connection) -> list[Row]:
    return await (await connection.execute(_CALENDARS)).fetchall()


async def is_there(connection: Connection, calendar_id: UUID) -> bool:
    cursor = await connection.execute("SELECT FROM calendars WHERE id = %s", (calendar_id,))
    return await cursor.fetchone() is not None


async def count_of_changes(connection: Connection, calendar_id: UUID) -> int:
    [row] = await (await connection.execute("SELECT changes FROM calendars WHERE id = %s", (calendar_id,))).fetchall()
    return int(row["changes"])


async def changed(connection: Connection, calendar_id: UUID, since: int | None) -> tuple[list[RemoteEvent], list[str]]:
    """Events written after ``since``, masters before exceptions, and the ids of those that are gone; None: all."""
    cursor = await connection.execute(
        "SELECT e.*, m.status = 'confirmed' AND m.repeats AS in_series FROM events e "
        "LEFT JOIN events m ON m.id = e.master_id WHERE e.calendar_id = %s AND e.change > %s "
        "ORDER BY e.master_id IS NOT NULL, e.change, e.id",
        (calendar_id, -1 if since is None else since),
    )
    events: list[RemoteEvent] = []
    removed: list[str] = []
    for row in map(in_utc, await cursor.fetchall()):
        gone = not row["in_series"] if row["master_id"] else row["status"] == "cancelled"
        if not gone:
            events.append(remote(row))
        elif since is not None:
            removed.append(_id_of(row))
    return events, removed


async def find(connection: Connection, calendar_id: UUID, event_id: EventId) -> RemoteEvent | None:
    """A single event, a series, an exception or an occurrence of this calendar; None when it is gone."""
    root = event_id.series_id if isinstance(event_id, OccurrenceId) else event_id
    master, exceptions = await family_of(connection, root)
    if master is None or master["calendar_id"] != calendar_id or master["status"] == "cancelled":
        return None
    try:
        row = target_of(master, exceptions, event_id, None).row
    except EventNotFound:
        return None
    return remote(row) if row["status"] == "confirmed" else None


async def filled(connection: Connection, events: Sequence[Event]) -> list[RemoteEvent]:
    """The listed occurrences with all that their rows say."""
    roots = [event.id.series_id if isinstance(event.id, OccurrenceId) else event.id for event in events]
    cursor = await connection.execute(
        "SELECT * FROM events WHERE id = ANY (%(roots)s) OR master_id = ANY (%(roots)s)", {"roots": roots}
    )
    rows = {_key_of(row): row for row in map(in_utc, await cursor.fetchall())}
    told: list[RemoteEvent] = []
    for event in events:
        row = rows.get(event.id)
        if row is None and isinstance(event.id, OccurrenceId):
            master = rows[event.id.series_id]
            row = as_occurrence(master, event.id.original_start, (event.starts_at, event.ends_at))
        if row is not None:
            told.append(remote(row))
    return told


def remote(row: Row) -> RemoteEvent:
    """A row of ``events``, or one made by ``as_occurrence``."""
    zone = ZoneInfo(row["timezone"])
    original: datetime | None = row["original_start"]
    series = row["master_id"] or (row["id"] if original else None)
    whole = row["repeats"] and original is None
    recurrence = Recurrence(row["rrule"], _in(zone, row["exdates"]), _in(zone, row["rdates"])) if whole else None
    return RemoteEvent(
        id=_id_of(row),
        uid=row["uid"] or f"{series or row['id']}@voiceloop",
        etag=etag_of(row),
        summary=row["summary"],
        start=row["starts_at"].astimezone(zone),
        end=row["ends_at"].astimezone(zone),
        timezone=row["timezone"],
        all_day=row["all_day"],
        description=row["description"],
        location=row["location"],
        attendees=tuple(Attendee(one["email"], one["name"], one["status"]) for one in row["people"]),
        organizer=row["organizer"],
        busy=row["busy"],
        cancelled=row["status"] == "cancelled",
        editable=row["editable"],
        recurrence=recurrence,
        series_id=str(series or ""),
        original_start=original.astimezone(zone) if original else None,
    )


def columns_of(draft: Draft, recurrence: Recurrence | None) -> Row:
    """The row that a draft becomes, but for its times and ids; texts as they are."""
    return {
        "summary": draft.summary or " ",
        "description": draft.description,
        "location": draft.location,
        "timezone": draft.timezone,
        "all_day": draft.all_day,
        "busy": draft.busy,
        **recurrence_columns(recurrence),
        **attendee_columns((), draft.attendees),
    }


def etag_of(row: Row) -> str:
    return str(row["sequence"] + 1)


def _id_of(row: Row) -> str:
    return str(_key_of(row))


def _key_of(row: Row) -> EventId:
    if row["original_start"] is None:
        return row["id"]
    return OccurrenceId(row["master_id"] or row["id"], row["original_start"])


def _in(zone: ZoneInfo, moments: Sequence[datetime]) -> tuple[datetime, ...]:
    return tuple(moment.astimezone(UTC).astimezone(zone) for moment in moments)
