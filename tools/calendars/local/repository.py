"""Events and calendars in Postgres, to read: SQL in, model out. No rules. What changes them: ``writing.py``."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from tools.calendars.backend import Interval
from tools.calendars.local.counting import COUNTED, beside, counting
from tools.calendars.local.editing import target_of
from tools.calendars.local.occurrences import TOUCHING, Terms, clashes, family_of
from tools.calendars.local.rows import OCCURRENCE_COLUMNS, Row, as_occurrence, event_of, first_times, recurrence_of
from tools.calendars.local.visible import SEEN, VISIBLE
from tools.calendars.model import Calendar, Event, EventId, EventNotFound, OccurrenceId
from tools.calendars.recurrence import expand

# first what touches the window, whatever the planner thinks of a young table; then the events of that
_TOUCHED = sql.SQL(
    "WITH o AS MATERIALIZED (SELECT o.* FROM (SELECT %(start)s::timestamptz AS starts, %(end)s::timestamptz AS ends) w "
    "CROSS JOIN LATERAL {touching} o WHERE o.event_id IS NOT NULL "
    "AND (%(calendar)s::uuid IS NULL OR o.calendar_id = %(calendar)s) AND o.calendar_id IN {seen} "
    "ORDER BY o.starts_at, o.event_id, o.original_start LIMIT %(limit)s::bigint) "
    "SELECT {columns} FROM o JOIN events e ON e.id = o.event_id ORDER BY o.starts_at, o.event_id, o.original_start"
)
_BETWEEN = _TOUCHED.format(columns=OCCURRENCE_COLUMNS, touching=TOUCHING, seen=SEEN)
_OF_ALL = _TOUCHED.format(columns=OCCURRENCE_COLUMNS, touching=TOUCHING, seen=sql.SQL("(SELECT id FROM calendars)"))
_BUSY = sql.SQL(
    "SELECT o.calendar_id, o.starts_at, o.ends_at FROM (SELECT %(start)s::timestamptz AS starts, "
    "%(end)s::timestamptz AS ends) w CROSS JOIN LATERAL {touching} o JOIN calendars c ON c.id = o.calendar_id "
    "LEFT JOIN calendar_holds h ON h.id = o.hold_id LEFT JOIN events e ON e.id = o.event_id WHERE o.busy "
    "AND ({counted} OR o.calendar_id = ANY (%(calendars)s)) "
    "AND (NOT %(only)s OR o.calendar_id = ANY (%(calendars)s)) AND (o.hold_id IS NULL OR (h.expires_at > %(at)s "
    "AND h.conversation_id IS DISTINCT FROM %(conversation)s)) AND (%(root)s::uuid IS NULL OR NOT coalesce("
    "(o.event_id = %(root)s OR e.master_id = %(root)s) "
    "AND (%(original)s::timestamptz IS NULL OR o.original_start = %(original)s), false)) ORDER BY o.starts_at"
).format(touching=TOUCHING, counted=COUNTED)
# series that are not yet written down as far as somebody looks: these are counted out then and there
_BEYOND = sql.SQL(
    "SELECT e.*, {counted} AS counted FROM events e JOIN calendars c ON c.id = e.calendar_id "
    "WHERE e.expanded_until < %(end)s AND (%(calendar)s::uuid IS NULL OR e.calendar_id = %(calendar)s)"
).format(counted=COUNTED)
_CALENDARS = sql.SQL(
    "SELECT c.id, c.name, c.timezone, c.is_default FROM calendars c WHERE {visible} "
    "ORDER BY c.is_default DESC, c.name, c.id"
).format(visible=VISIBLE)
_DEFAULT = sql.SQL("SELECT id, name, timezone, is_default FROM calendars WHERE is_default")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyQuery:
    """Whose time counts: all calendars that count (``counting.py``) and ``calendars``; with ``only`` these alone.

    A hold of ``conversation_id`` does not, nor does ``moving`` (an event, an occurrence, or a whole series)."""

    at: datetime
    calendars: Sequence[UUID] = ()
    only: bool = False
    conversation_id: UUID | None = None
    moving: EventId | None = None


class CalendarRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_calendars(self, identity: Identity) -> list[Calendar]:
        """The calendars that the identity may see, the default one first."""
        async with self._database.transaction(identity) as connection:
            rows = await (await connection.execute(_CALENDARS, {"user": identity.user_id})).fetchall()
        return [Calendar(**row) for row in rows]

    async def default_calendar(self, identity: Identity) -> Calendar:
        """The tenant's default calendar, made in the tenant's time zone when there is none yet."""
        async with self._database.transaction(identity) as connection:
            row = await (await connection.execute(_DEFAULT)).fetchone()
            if row is None:
                await connection.execute(
                    "INSERT INTO calendars (id, tenant_id, name, timezone, is_default) "
                    "SELECT %s, id, 'Calendar', timezone, true FROM tenants WHERE id = %s "
                    "ON CONFLICT (tenant_id) WHERE is_default DO NOTHING",
                    (new_id(), identity.tenant_id),
                )
                row = await (await connection.execute(_DEFAULT)).fetchone()
        if row is None:
            raise NotFound("This tenant does not exist.", code="tenant_not_found")
        return Calendar(**row)

    async def calendar_of(self, identity: Identity, calendar_id: UUID | None) -> UUID:
        """The calendar itself, or the default one. Raises NotFound for one that the identity may not see."""
        if calendar_id is None:
            return (await self.default_calendar(identity)).id
        if calendar_id not in {calendar.id for calendar in await self.list_calendars(identity)}:
            raise NotFound("There is no such calendar.", code="calendar_not_found")
        return calendar_id

    async def events_between(
        self,
        identity: Identity,
        start: datetime,
        end: datetime,
        *,
        calendar_id: UUID | None = None,
        limit: int | None = None,
        connection: Connection | None = None,
    ) -> list[Event]:
        """Confirmed events, and occurrences of series, that touch [start, end), by start; the first ``limit``.

        Of the calendars that the identity may see (``visible.py``). ``connection``: a transaction of the caller's.
        """
        user = {"user": identity.user_id}
        window = {"start": start, "end": end, "calendar": calendar_id, "limit": limit, **user}
        async with contextlib.AsyncExitStack() as stack:
            if connection is None:
                connection = await stack.enter_async_context(self._database.transaction(identity))
            rows = await (await connection.execute(_BETWEEN, window)).fetchall()
            beyond = await _beyond(connection, (start, end), calendar_id, counting(identity, ()))
            if beyond:
                seen = await (await connection.execute(SEEN, user)).fetchall()
                beyond = [row for row in beyond if row["calendar_id"] in {one["id"] for one in seen}]
        return _in_order(rows, beyond)[:limit]

    async def busy(
        self, identity: Identity, start: datetime, end: datetime, query: BusyQuery
    ) -> list[tuple[UUID, Interval]]:
        """What takes time in [start, end), by start, with its calendar."""
        moving = query.moving
        values: dict[str, Any] = {
            "start": start,
            "end": end,
            **counting(identity, query.calendars),
            "only": query.only,
            "at": query.at,
            "conversation": query.conversation_id,
            "root": moving.series_id if isinstance(moving, OccurrenceId) else moving,
            "original": moving.original_start if isinstance(moving, OccurrenceId) else None,
        }
        async with self._database.transaction(identity) as connection:
            rows = await (await connection.execute(_BUSY, values)).fetchall()
            beyond = await _beyond(connection, (start, end), None, values)
        rows += [
            row
            for row in beyond
            if row["busy"] and row["id"] != values["root"] and (row["counted"] or row["calendar_id"] in query.calendars)
            if not query.only or row["calendar_id"] in query.calendars
        ]
        return [(row["calendar_id"], (row["starts_at"], row["ends_at"])) for row in rows]

    async def read(self, identity: Identity, event_id: EventId) -> Event:
        """One event, series or occurrence, cancelled ones too. Raises EventNotFound."""
        root = event_id.series_id if isinstance(event_id, OccurrenceId) else event_id
        async with self._database.transaction(identity) as connection:
            master, exceptions = await family_of(connection, root)
            seen = await (await connection.execute(SEEN, {"user": identity.user_id})).fetchall()
        if master is None or master["calendar_id"] not in {one["id"] for one in seen}:
            raise EventNotFound
        if master["master_id"] is not None:  # an exception, by its row
            return await self.read(identity, OccurrenceId(master["master_id"], master["original_start"]))
        return target_of(master, exceptions, event_id, None).event

    async def clash(
        self, identity: Identity, calendar_id: UUID, windows: Sequence[Interval], terms: Terms, root: UUID | None = None
    ) -> dict[int, Event]:
        """What is first in the way of each window in this calendar and those that count beside it, by the window's
        number; but the event ``root``."""
        async with self._database.transaction(identity) as connection:
            terms = replace(terms, beside=await beside(connection, identity, [calendar_id]))
            family: list[UUID] = []
            if root is not None:
                master, exceptions = await family_of(connection, root)
                family = [row["id"] for row in ([master] if master else []) + exceptions]
            return await clashes(connection, calendar_id, windows, family, terms)


async def events_of_all(connection: Connection, start: datetime, end: datetime) -> list[Event]:
    """Like ``events_between`` of every calendar of the tenant, whoever's it is: for their times, never to be told."""
    window = {"start": start, "end": end, "calendar": None, "limit": None}
    rows = await (await connection.execute(_OF_ALL, window)).fetchall()
    return _in_order(rows, await _beyond(connection, (start, end), None, {"user": None, "calendars": []}))


def _in_order(rows: Sequence[Row], beyond: Sequence[Row]) -> list[Event]:
    found = [event_of(row) for row in rows]
    if not beyond:
        return found
    return sorted([*found, *map(event_of, beyond)], key=lambda event: (event.starts_at, str(event.id)))


async def _beyond(
    connection: Connection, window: Interval, calendar_id: UUID | None, counted: Mapping[str, Any]
) -> list[Row]:
    """Occurrences in the window of series that are written down only up to a time before it ends."""
    values = {"end": window[1], "calendar": calendar_id, "user": counted["user"], "calendars": counted["calendars"]}
    rows = await (await connection.execute(_BEYOND, values)).fetchall()
    found: list[Row] = []
    for master in rows:
        _, exceptions = await family_of(connection, master["id"])
        found += await asyncio.to_thread(_counted_out, master, exceptions, window)  # which is long for a long series
    return found


def _counted_out(master: Row, exceptions: Sequence[Row], window: Interval) -> list[Row]:
    replaced = {row["original_start"] for row in exceptions}
    start, end = first_times(master)
    horizon = master["expanded_until"].astimezone(UTC)
    found: list[Row] = []
    for one in expand(start, end, recurrence_of(master), (max(window[0], horizon), window[1])):
        original = one.original_start.astimezone(UTC)
        if original >= horizon and original not in replaced:
            found.append(as_occurrence(master, original, (one.start.astimezone(UTC), one.end.astimezone(UTC))))
    return found
