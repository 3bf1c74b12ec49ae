"""A server's events, or a file's, as rows of a calendar: what changed there changes here. SQL; no network.

What comes from outside may overlap, as it does where it comes from, so it is never guarded; bookings are checked
against it all the same. An event with a change of ours on its way to the server is left alone until that has arrived.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import sql

from store.database import Connection
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.backend import Changes, RemoteEvent
from tools.calendars.local import lone
from tools.calendars.local.occurrences import Terms, place
from tools.calendars.local.rows import Row, adapted, attendee_columns, event_of, in_utc, updating
from tools.calendars.recurrence import checked_recurrence
from tools.calendars.series.rule import BadRule
from tools.plaintext import clean_line, clean_text

_UNTITLED = "(no title)"
_TOLD_ONE_BY_ONE = 20
_NO_TIME = timedelta(minutes=1)  # an event without length is a mark in the calendar, and takes no time
_LOCK = (
    "UPDATE calendars SET changes = changes + 1 WHERE id = %s "
    "RETURNING changes, user_id IS NOT NULL AND NOT is_default AS own"
)
_KNOWN = (
    "SELECT id, remote_id, master_id, original_start, etag, status FROM events WHERE calendar_id = %(calendar)s "
    "AND remote_id IS NOT NULL AND (%(all)s OR remote_id = ANY (%(named)s))"
)
_OF_LEFT_OUT = {"remote_id", "etag", "uid", "status", "change"}
_ON_THEIR_WAY = "SELECT event_id FROM calendar_writes WHERE calendar_id = %s AND status = 'waiting'"


@dataclass(frozen=True, slots=True)
class Applied:
    """How many events are new, changed and gone here; ``unclear``: titles whose repetition we cannot count out, of
    which only the first is kept."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, to undo it: rows as they were (none for new ones), and the ids of all, a series' first."""

    before: dict[UUID, Row] = field(default_factory=dict[UUID, Row])
    ids: dict[UUID, None] = field(default_factory=dict[UUID, None])


async def apply(
    connection: Connection,
    identity: Identity,
    calendar_id: UUID,
    changes: Changes,
    at: datetime,
    *,
    written: Written | None = None,
    keeps_lone: bool = True,
) -> Applied:
    """Make the calendar's rows what ``changes`` says; told live. Raises NotFound for another tenant's calendar.

    ``written`` takes down what is written. ``keeps_lone``: a date of a series that is not here (one is invited to that
    date alone, or the file has no more) is an event of its own, until its series comes.
    """
    mirror = _Mirror(connection, identity, calendar_id, written, keeps_lone=keeps_lone)
    await mirror.lock(changes)
    gone = set(changes.removed)
    if changes.full:
        gone |= mirror.known.keys() - {event.id for event in changes.events}
    await mirror.remove(gone)
    for event in sorted(changes.events, key=lambda one: bool(one.series_id)):  # a series before its exceptions
        await mirror.keep(event)
    await mirror.adopt()
    for root in mirror.touched:
        await place(connection, root, Terms(at=at, on_clash="overlap"))
    await mirror.tell()
    return Applied(mirror.added, mirror.changed, mirror.removed, tuple(mirror.unclear))


class _Mirror:
    """One application of changes, under the calendar's lock."""

    def __init__(
        self,
        connection: Connection,
        identity: Identity,
        calendar_id: UUID,
        written: Written | None = None,
        *,
        keeps_lone: bool = True,
    ) -> None:
        self._connection, self._identity, self._calendar_id = connection, identity, calendar_id
        self._written, self._keeps_lone = written, keeps_lone
        self._removed: frozenset[str] = frozenset()
        self._series: list[tuple[Row, RemoteEvent]] = []  # new ones
        self._change, self._is_own = 0, False
        self._waiting: set[UUID] = set()
        self.known: dict[str, Row] = {}
        self.touched: dict[UUID, None] = {}
        self._told: list[tuple[str, Row]] = []
        self.added = self.changed = self.removed = 0
        self.unclear: list[str] = []

    async def lock(self, changes: Changes) -> None:
        """The calendar, and what it has of what ``changes`` names."""
        row = await (await self._connection.execute(_LOCK, (self._calendar_id,))).fetchone()
        if row is None:
            raise NotFound("There is no such calendar.", code="calendar_not_found")
        self._change, self._is_own = row["changes"], row["own"]
        self._removed = frozenset(changes.removed)
        named = {event.id for event in changes.events} | {event.series_id for event in changes.events}
        values = {"calendar": self._calendar_id, "all": changes.full, "named": [*named, *changes.removed]}
        rows = await (await self._connection.execute(_KNOWN, values)).fetchall()
        self.known = {row["remote_id"]: in_utc(row) for row in rows}
        waiting = await (await self._connection.execute(_ON_THEIR_WAY, (self._calendar_id,))).fetchall()
        self._waiting = {row["event_id"] for row in waiting}

    async def remove(self, remote_ids: Iterable[str]) -> None:
        for remote_id in remote_ids:
            row = self.known.get(remote_id)
            if row is None or self._is_ours_now(row):
                continue
            del self.known[remote_id]
            deleted = await (
                await self._connection.execute("DELETE FROM events WHERE id = %s RETURNING *", (row["id"],))
            ).fetchone()
            if deleted is None:  # it went with its series
                continue
            self.removed += 1
            self._told.append(("event.cancelled", in_utc(deleted)))
            if row["master_id"] is not None:
                self.touched[row["master_id"]] = None

    async def keep(self, event: RemoteEvent) -> None:
        """Write one event, a series or an exception, unless it is the version that is there already."""
        known = self.known.get(event.id)
        master = self.known.get(event.series_id) if event.series_id else None
        if event.series_id and master is None and not self._stands_alone(event, known):
            return
        if self._is_ours_now(master or known or {"id": None, "master_id": None}):
            return
        if known is not None and event.etag and known["etag"] == event.etag:
            return
        values = self._columns(event, master)
        row = await self._write(known, event, master, values)
        self.known[event.id] = row
        if event.recurrence is not None and known is None:
            self._series.append((row, event))
        self.touched[row["master_id"] or row["id"]] = None
        self.added, self.changed = self.added + (known is None), self.changed + (known is not None)
        self._told.append(("event.booked" if known is None else "event.updated", row))

    async def tell(self) -> None:
        """Event by event, or once for the whole calendar."""
        if self._is_own or len(self._told) > _TOLD_ONE_BY_ONE:  # one person's events are not for everybody to hear
            if self._told:
                await announce(self._connection, self._identity, "calendar.updated", {"id": str(self._calendar_id)})
            return
        for type_, row in self._told:
            if row["status"] == "cancelled" and type_ != "event.cancelled":
                type_ = "event.cancelled"
            await announce(self._connection, self._identity, type_, event_of(row).as_json())

    def _stands_alone(self, event: RemoteEvent, known: Row | None) -> bool:
        """It did before, or is news; not what went with its series just now."""
        if known is not None:
            return known["master_id"] is None
        return self._keeps_lone and not event.cancelled and event.series_id not in self._removed

    async def adopt(self) -> None:
        """Dates of new series that came before them, and stood alone, are their exceptions now."""
        for row_id, master, original in await lone.standing_alone(self._connection, self._calendar_id, self._series):
            await self._note(row_id)
            await lone.adopt(self._connection, master, row_id, original)
            if self._written is not None:
                self._written.ids.setdefault(row_id)

    def _is_ours_now(self, row: Row) -> bool:
        return row["id"] in self._waiting or row["master_id"] in self._waiting

    def _columns(self, event: RemoteEvent, master: Row | None) -> Row:
        start, end = event.start.astimezone(UTC), event.end.astimezone(UTC)
        columns: Row = {
            "calendar_id": self._calendar_id,
            "remote_id": event.id,
            "etag": event.etag,
            "uid": event.uid,
            "summary": clean_line(event.summary, limit=200) or _UNTITLED,
            "description": clean_text(event.description, limit=4000),
            "location": clean_line(event.location, limit=300),
            "organizer": clean_line(event.organizer, limit=254),
            "starts_at": start,
            "ends_at": end if end > start else start + _NO_TIME,
            "timezone": event.timezone,
            "all_day": event.all_day,
            "busy": event.busy and end > start,
            "status": "cancelled" if event.cancelled else "confirmed",
            "editable": event.editable,
            "change": self._change,
            **attendee_columns((), event.attendees[:50]),
            **self._repetition(event),
        }
        if master is not None and event.original_start is not None:
            columns |= {"master_id": master["id"], "original_start": event.original_start.astimezone(UTC)}
        return columns

    def _repetition(self, event: RemoteEvent) -> Row:
        kept = event.recurrence
        if kept is not None:
            try:
                kept = checked_recurrence(kept, event.start, all_day=event.all_day)
            except BadRule:
                self.unclear.append(clean_line(event.summary, limit=200) or _UNTITLED)
                kept = None
        return {
            "rrule": kept.rrule if kept else "",
            "exdates": [one.astimezone(UTC) for one in kept.exdates] if kept else [],
            "rdates": [one.astimezone(UTC) for one in kept.rdates] if kept else [],
        }

    async def _write(self, known: Row | None, event: RemoteEvent, master: Row | None, values: Row) -> Row:
        """Over the row it has here already: by its id there, or an exception by its place in the series."""
        row_id = known["id"] if known else None
        if row_id is None and master is not None and event.original_start is not None:
            found = await self._connection.execute(
                "SELECT id FROM events WHERE master_id = %s AND original_start = %s",
                (master["id"], event.original_start),
            )
            row_id = (await found.fetchone() or {"id": None})["id"]
        if row_id is not None and event.cancelled and master is not None:  # its server says no more of it than that
            values = {name: value for name, value in values.items() if name in _OF_LEFT_OUT}
        if row_id is not None:
            await self._note(row_id)
            cursor = await self._connection.execute(updating(values), [*adapted(values), row_id])
        else:
            values = {"id": new_id(), "tenant_id": self._identity.tenant_id, "guarded": False} | values
            statement = sql.SQL("INSERT INTO events ({}) VALUES ({}) RETURNING *").format(
                sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(sql.Placeholder() * len(values))
            )
            cursor = await self._connection.execute(statement, adapted(values))
        [row] = await cursor.fetchall()
        if self._written is not None:
            self._written.ids.setdefault(row["id"])
        return in_utc(row)

    async def _note(self, row_id: UUID) -> None:
        if self._written is not None and row_id not in self._written.ids:
            cursor = await self._connection.execute("SELECT * FROM events WHERE id = %s", (row_id,))
            self._written.before.update({row["id"]: row for row in await cursor.fetchall()})
