"""A person's .ics file into a calendar that is kept here: read in a child that can be ended, applied in parts.

The same file again changes nothing, a later version of it changes its events, and nothing is ever deleted. What is
imported may overlap, as it did where it comes from. To take another format: a reader of it that gives RemoteEvents.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg import sql

from store.clock import Clock
from store.database import Connection, Database
from store.errors import Conflict, Invalid, NotFound, TooLarge, TooMany
from store.identity import Identity
from store.log import get_logger
from tools.calendars.accounts import mirrored
from tools.calendars.accounts.model import MirroredCalendar
from tools.calendars.backend import Changes, RemoteEvent
from tools.calendars.finding import WRITE
from tools.calendars.icalendar.child import Answer, unpacked
from tools.calendars.icalendar.reading import ImportedCalendar, Problem
from tools.calendars.local import undone
from tools.calendars.local.mirroring import Applied, Written, apply
from tools.calendars.local.occurrences import TOUCHING, written_until
from tools.calendars.local.repository import CalendarRepository

log = get_logger(__name__)
LONGEST_S: Final = 20.0
MOST_BYTES: Final = 10 * 1024 * 1024
_AT_ONCE: Final = 2  # of all tenants together; a large file keeps a processor busy
_ROOT: Final = str(Path(__file__).resolve().parent.parent.parent)
_AT_A_TIME: Final = 200  # events in a transaction, which holds the calendar's row
_ORIGIN: Final = "ics:"
# what the import has just written and is still to come, and is in the way of something that was there before
_CONFLICTS = sql.SQL(
    "SELECT count(*) AS n FROM (SELECT o.event_id, o.starts_at AS starts, o.ends_at AS ends FROM event_occurrences o "
    "JOIN events e ON e.id = o.event_id "
    "WHERE e.calendar_id = %(calendar)s AND e.change >= %(since)s AND o.busy AND o.ends_at > %(at)s) w "
    "WHERE EXISTS (SELECT FROM {touching} t JOIN calendars c ON c.id = t.calendar_id "
    "JOIN events e ON e.id = t.event_id WHERE t.busy AND (c.counts_busy OR c.id = %(calendar)s) "
    "AND NOT (e.calendar_id = %(calendar)s AND e.change >= %(since)s))"
).format(touching=TOUCHING)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. ``conflicts``: how many of its times to come meet something busy that was there before."""

    calendar_id: UUID
    name: str
    added: int
    changed: int
    conflicts: int
    problems: tuple[Problem, ...]
    change_id: UUID | None = None  # what to undo; None when nothing changed


class Importer:
    """Imports for all tenants of a process, one at a time for each."""

    def __init__(self, database: Database, clock: Clock, *, longest_s: float = LONGEST_S) -> None:
        self._database, self._clock, self._longest_s = database, clock, longest_s
        self._repository = CalendarRepository(database)
        self._running: set[UUID] = set()
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def target(self, identity: Identity, calendar_id: UUID | None) -> MirroredCalendar:
        """The calendar that a file would go into, by default the default one. Raises NotFound, Conflict."""
        identity.require(WRITE)
        if calendar_id is None:
            calendar_id = (await self._repository.default_calendar(identity)).id
        async with self._database.transaction(identity) as connection:
            return await _read_target(connection, identity, calendar_id)

    async def run(self, identity: Identity, calendar: MirroredCalendar, data: bytes) -> Imported:
        """Raises Invalid for what is no calendar file, TooLarge, and as ``target``. Have the ``turn`` before."""
        async with self._free:
            read = await self._read(data, calendar.timezone)
        found = await asyncio.to_thread(with_origin, read.events)
        return await self._write(identity, calendar, read, found)

    async def _write(
        self, identity: Identity, calendar: MirroredCalendar, read: ImportedCalendar, found: tuple[RemoteEvent, ...]
    ) -> Imported:
        """Some hundred events at a time, so that nobody who books waits for the whole file; what can be undone is
        written down with the last of them, or when it breaks off."""
        written, at = Written(), self._clock.now()
        applied, change_id, since = Applied(), None, 0
        try:
            for some in _in_parts(found):
                async with self._database.transaction(identity) as connection:
                    target = await _read_target(connection, identity, calendar.id)
                    since = since or await _changes_of(connection, target.id) + 1
                    some = await _without_what_never_was(connection, calendar.id, some)
                    news = Changes(some, (), "", full=False)
                    more = await apply(connection, identity, calendar.id, news, at, written=written)
                applied = _together(applied, more)
        finally:
            if written.ids:
                change_id = await asyncio.shield(undone.keep(self._database, identity, written, self._clock.now()))
        conflicts = 0
        if applied.added or applied.changed:
            async with self._database.transaction(identity) as connection:
                conflicts = await _conflicts(connection, calendar.id, since, at)
        problems = (*read.problems, *_unclear(applied))
        return Imported(calendar.id, read.name, applied.added, applied.changed, conflicts, problems, change_id)

    @asynccontextmanager
    async def turn(self, identity: Identity) -> AsyncGenerator[None]:
        """Around receiving a file and ``run``: one of a tenant at a time. Raises TooMany."""
        if identity.tenant_id in self._running:
            raise TooMany("Another file is being imported. Try again when it is done.", retry_after_s=5.0)
        self._running.add(identity.tenant_id)
        try:
            yield
        finally:
            self._running.discard(identity.tenant_id)

    async def _read(self, data: bytes, zone: str) -> ImportedCalendar:
        require_plausible(data)
        now = self._clock.now()
        try:
            async with asyncio.timeout(self._longest_s):
                answer = await _read_in_child(data, zone, now)
        except TimeoutError as error:
            raise _too_hard() from error
        if answer.too_large:
            raise TooLarge(answer.error, code=answer.code)
        if answer.calendar is None:
            raise Invalid(answer.error, code=answer.code)
        return answer.calendar


def require_plausible(data: bytes) -> None:
    """Say in a person's words what the file is instead of a calendar. Raises Invalid."""
    begins = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begins.startswith(b"pk\x03\x04"):
        raise _no_calendar("This is a zip archive. Unpack it and import the .ics files in it one by one.")
    if begins.startswith((b"<!doctype html", b"<html")):
        raise _no_calendar("This is a web page. Download the calendar as an .ics file and import that.")
    if not begins:
        raise _no_calendar("The file is empty.")


def with_origin(events: Sequence[RemoteEvent]) -> tuple[RemoteEvent, ...]:
    """As mirroring keeps them: ids that say where they come from, and a version made of all that they say."""
    return tuple(
        replace(
            event,
            id=_ORIGIN + event.id,
            series_id=_ORIGIN + event.series_id if event.series_id else "",
            etag=hashlib.sha256(repr(event).encode("utf-8", "surrogatepass")).hexdigest()[:32],
        )
        for event in events
    )


async def _read_target(connection: Connection, identity: Identity, calendar_id: UUID) -> MirroredCalendar:
    calendar = await mirrored.read_calendar(connection, identity, calendar_id)
    if calendar.user_id not in (None, identity.user_id) and not calendar.is_default:  # as in visible.py
        raise NotFound("There is no such calendar.", code="calendar_not_found")
    if calendar.account_id is not None:
        raise Conflict(
            f"“{calendar.name}” is kept at its provider, so import the file there; it comes here by itself. "
            "Or choose a calendar that is kept here.",
            code="calendar_is_connected",
        )
    if not calendar.writable:
        raise Conflict("Nothing can be written into this calendar; choose another.", code="calendar_read_only")
    return calendar


async def _without_what_never_was(
    connection: Connection, calendar_id: UUID, events: tuple[RemoteEvent, ...]
) -> tuple[RemoteEvent, ...]:
    """A cancelled event is news only to a calendar that has it."""
    cancelled = [event.id for event in events if event.cancelled and not event.series_id]
    if not cancelled:
        return events
    rows = await connection.execute(
        "SELECT remote_id FROM events WHERE calendar_id = %s AND remote_id = ANY (%s)", (calendar_id, cancelled)
    )
    unknown = set(cancelled) - {row["remote_id"] for row in await rows.fetchall()}
    return tuple(event for event in events if event.id not in unknown and event.series_id not in unknown)


async def _conflicts(connection: Connection, calendar_id: UUID, since: int, at: datetime) -> int:
    values = {"calendar": calendar_id, "since": since, "at": at}
    rows = await (await connection.execute(_CONFLICTS, values)).fetchall()
    return int(rows[0]["n"])


async def _changes_of(connection: Connection, calendar_id: UUID) -> int:
    rows = await connection.execute("SELECT changes FROM calendars WHERE id = %s", (calendar_id,))
    row = await rows.fetchone()
    return int(row["changes"]) if row else 0


def _in_parts(events: Sequence[RemoteEvent]) -> Iterator[tuple[RemoteEvent, ...]]:
    """A series with its exceptions always in one."""
    families: dict[str, list[RemoteEvent]] = {}
    for event in events:
        families.setdefault(event.series_id or event.id, []).append(event)
    part: list[RemoteEvent] = []
    for family in families.values():
        part += family
        if len(part) >= _AT_A_TIME:
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _together(one: Applied, more: Applied) -> Applied:
    unclear = (*one.unclear, *more.unclear)
    return Applied(one.added + more.added, one.changed + more.changed, one.removed + more.removed, unclear)


def _unclear(applied: Applied) -> list[Problem]:
    sentence = "It repeats in a way that cannot be followed; only the first one was kept."
    return [Problem(0, "", f"{title}: {sentence}") for title in applied.unclear[:100]]


async def _read_in_child(data: bytes, zone: str, now: datetime) -> Answer:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tools.calendars.icalendar.child", zone, now.isoformat(), written_until(now).isoformat()),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _ROOT},
    )
    try:
        told, _ = await process.communicate(data)
        return await asyncio.to_thread(unpacked, told)  # as the next step, half a second for ten thousand events
    except ValueError as error:  # it ended before its answer did
        log.warning("calendars.import.child_ended", returncode=process.returncode)
        raise _too_hard() from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())


def _too_hard() -> TooLarge:
    return TooLarge(
        "Reading this file takes too long. Export fewer events, or a shorter time.", code="calendar_too_hard"
    )


def _no_calendar(sentence: str) -> Invalid:
    return Invalid(sentence, code="not_a_calendar")
