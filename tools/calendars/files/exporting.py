"""Calendars as iCalendar text: what may be seen of them, all of it or a window, in full or only that time is taken.

Reads rows, makes RemoteEvents of them and has ``icalendar.export`` write these. Changes nothing, knows no HTTP.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, LiteralString
from uuid import UUID

from psycopg import sql

from store.clock import Clock
from store.database import Connection, Database
from store.errors import NotFound, TooLarge
from store.identity import Identity
from tools.calendars.backend import Interval, RemoteEvent
from tools.calendars.finding import READ
from tools.calendars.icalendar.export import write_calendar
from tools.calendars.local.rows import Row, in_utc
from tools.calendars.local.telling import remote
from tools.calendars.local.visible import SEEN

PRODID: Final = "-//VoiceLoop//VoiceLoop//EN"
BUSY: Final = "Busy"
MOST_EVENTS: Final = 20_000
_AT_ONCE: Final = 2
_SHOWN: Final = sql.SQL(
    "SELECT c.id, c.name, c.changes FROM calendars c WHERE c.id IN {seen} AND CASE WHEN %(chosen)s::uuid[] IS NULL "
    "THEN NOT c.hidden ELSE c.id = ANY (%(chosen)s) END "
    "ORDER BY c.is_default DESC, c.account_id NULLS FIRST, c.name, c.id"
).format(seen=SEEN)
_ALL: Final[LiteralString] = (
    "SELECT e.* FROM events e LEFT JOIN events m ON m.id = e.master_id WHERE e.calendar_id = ANY (%(calendars)s) "
    "AND coalesce(m.status, e.status) = 'confirmed' AND (m.id IS NULL OR m.repeats) "
    "ORDER BY e.master_id IS NOT NULL, e.starts_at, e.id LIMIT %(most)s"
)
_WITHIN: Final[LiteralString] = (
    "WITH roots AS (SELECT DISTINCT coalesce(e.master_id, e.id) AS id FROM event_occurrences o "
    "JOIN events e ON e.id = o.event_id WHERE o.calendar_id = ANY (%(calendars)s) "
    "AND o.starts_at < %(until)s AND o.ends_at > %(since)s "
    "UNION SELECT id FROM events WHERE calendar_id = ANY (%(calendars)s) AND expanded_until < %(until)s) "
    "SELECT e.* FROM events e WHERE e.id IN (SELECT id FROM roots) OR (e.master_id IN (SELECT id FROM roots) "
    "AND (SELECT m.repeats FROM events m WHERE m.id = e.master_id)) "
    "ORDER BY e.master_id IS NOT NULL, e.starts_at, e.id LIMIT %(most)s"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The calendars that are told, in order; ``version`` is another one whenever anything of them is."""

    calendar_ids: tuple[UUID, ...]
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Told:
    """``content`` is None when the reader has this version already."""

    version: str
    name: str
    content: bytes | None


class Exporter:
    """Files for people, of all that is in their calendars."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def export(
        self, identity: Identity, chosen: Sequence[UUID] | None, *, people: bool = False, known: Sequence[str] = ()
    ) -> Told:
        """The chosen calendars, by default the tenant's and one's own. Raises NotFound, TooLarge."""
        identity.require(READ)
        async with self._database.transaction(identity) as connection:
            found = await shown(connection, identity, chosen, about=people)
            if chosen is not None and set(chosen) - set(found.calendar_ids):
                raise _no_calendar()
        if found.version in known:
            return Told(found.version, found.name, None)
        async with self._free:
            async with self._database.transaction(identity) as connection:
                events = await read_events(connection, found.calendar_ids)
            content = await written(events, name=found.name, now=self._clock.now(), people=people)
        return Told(found.version, found.name, content)


async def shown(connection: Connection, identity: Identity, chosen: Sequence[UUID] | None, *, about: object) -> Shown:
    """The chosen calendars as far as the identity may see them; by default all but hidden ones.

    ``about``: what else the text depends on, for its version.
    """
    values = {"user": identity.user_id, "chosen": None if chosen is None else list(chosen)}
    rows = await (await connection.execute(_SHOWN, values)).fetchall()
    said = json.dumps([[str(row["id"]), row["name"], row["changes"]] for row in rows] + [about], default=str)
    name = ", ".join(row["name"] for row in rows[:3]) or "Calendar"
    return Shown(tuple(row["id"] for row in rows), name, hashlib.sha256(said.encode()).hexdigest()[:32])


async def require_seen(connection: Connection, identity: Identity, calendar_ids: Sequence[UUID]) -> None:
    """Raises NotFound when the identity may not see all of them."""
    found = await shown(connection, identity, calendar_ids, about=None)
    if set(calendar_ids) - set(found.calendar_ids):
        raise _no_calendar()


async def read_events(
    connection: Connection, calendar_ids: Sequence[UUID], window: Interval | None = None
) -> list[RemoteEvent]:
    """The events of these calendars, of a window only those with a time in it: singles and series, then exceptions.

    What is cancelled is left out, of a series as a date it does not have. Raises TooLarge.
    """
    values = {"calendars": list(calendar_ids), "most": MOST_EVENTS + 1}
    if window is not None:
        values |= {"since": window[0], "until": window[1]}
    rows = await (await connection.execute(_ALL if window is None else _WITHIN, values)).fetchall()
    if len(rows) > MOST_EVENTS:
        raise TooLarge(f"These are more than {MOST_EVENTS} events. Choose one calendar.", code="too_many_events")
    return await asyncio.to_thread(_events_of, rows, calendar_ids)


def _events_of(rows: list[Row], calendar_ids: Sequence[UUID]) -> list[RemoteEvent]:
    rank = {calendar_id: number for number, calendar_id in enumerate(calendar_ids)}
    rows.sort(key=lambda row: rank[row["calendar_id"]])
    return left_out(_once([(row["calendar_id"], remote(in_utc(row))) for row in rows]))


def left_out(events: Sequence[RemoteEvent]) -> list[RemoteEvent]:
    """Cancelled exceptions become dates that their series leaves out, which every client understands."""
    dates: dict[str, list[datetime]] = defaultdict(list)
    for event in events:
        if event.cancelled and event.original_start is not None:
            dates[event.series_id].append(event.original_start)
    kept = [event for event in events if not event.cancelled]
    return [_without(event, dates[event.id]) if event.id in dates else event for event in kept]


def only_busy(events: Sequence[RemoteEvent], salt: str) -> list[RemoteEvent]:
    """The same times without what they are for: no text, no people, ids that say nothing; and no free ones at all."""
    masters = {event.id: event for event in events if not event.series_id}
    told: list[RemoteEvent] = []
    for event in events:
        master = masters.get(event.series_id)
        free_exception = master is not None and not event.busy
        alone = master is not None and not master.busy and event.busy
        plain = replace(
            event,
            uid=f"{_digest(salt, event.uid, str(event.original_start) if alone else '')}@voiceloop",
            summary=BUSY,
            description="",
            location="",
            attendees=(),
            organizer="",
            cancelled=free_exception,
        )
        if alone:
            plain = replace(plain, series_id="", original_start=None)
        told += [plain] if event.busy or free_exception else []
    return left_out(told)


async def written(events: Sequence[RemoteEvent], *, name: str, now: datetime, people: bool) -> bytes:
    """The events as a file; in a thread, since ten thousand take seconds."""
    sequences = {event.id: int(event.etag) - 1 for event in events}
    return await asyncio.to_thread(
        write_calendar, events, name=name, now=now, prodid=PRODID, with_people=people, sequences=sequences
    )


def _once(events: Sequence[tuple[UUID, RemoteEvent]]) -> list[RemoteEvent]:
    """A meeting that stands in two of the calendars is told once: of the first of them."""
    first: dict[str, UUID] = {}
    return [event for calendar_id, event in events if first.setdefault(event.uid, calendar_id) == calendar_id]


def _without(event: RemoteEvent, dates: Sequence[datetime]) -> RemoteEvent:
    if event.recurrence is None:
        return event
    exdates = {moment.astimezone(UTC): moment for moment in (*event.recurrence.exdates, *dates)}
    return replace(event, recurrence=replace(event.recurrence, exdates=tuple(exdates.values())))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _no_calendar() -> NotFound:
    return NotFound("There is no such calendar.", code="calendar_not_found")
