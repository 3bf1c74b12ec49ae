"""The house's own calendars as a CalendarBackend, for whoever speaks to all kinds alike. Postgres behind it.

A server like others: it says what stands in a calendar and lets overlap what overlaps, as they do; what may be booked
is ``service.py``'s. Its sync token is the calendar's count of changes, an etag the event's sequence.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from uuid import UUID

from store.clock import Clock
from store.database import Connection, Database
from store.errors import NotAllowed, NotFound
from store.identity import Identity
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    Capabilities,
    ChangedElsewhere,
    Changes,
    Channel,
    Draft,
    Interval,
    NotSupported,
    Patch,
    RemoteCalendar,
    RemoteEvent,
    RemoteEventGone,
    Scope,
    SyncTokenLost,
)
from tools.calendars.finding import READ, WRITE
from tools.calendars.local import editing, telling
from tools.calendars.local.editing import Target
from tools.calendars.local.occurrences import Terms
from tools.calendars.local.repository import BusyQuery, CalendarRepository
from tools.calendars.local.writing import Request, SlotLost, Write, WriteDesk
from tools.calendars.model import EventChange, EventId, EventNotFound, OccurrenceId, event_id_of
from tools.calendars.recurrence import checked_recurrence
from tools.calendars.walltime import zone_of

_TOKEN = re.compile(r"local:([0-9a-f-]{36}):([0-9]{1,18})")


class LocalCalendars:
    """One tenant's calendars, acting as ``identity``."""

    provider = "local"
    capabilities = Capabilities(scheduling=False)

    def __init__(self, database: Database, identity: Identity, clock: Clock) -> None:
        self._database, self._identity, self._clock = database, identity, clock
        self._desk = WriteDesk(database, clock)
        self._repository = CalendarRepository(database)

    async def list_calendars(self) -> list[RemoteCalendar]:
        self._identity.require(READ)
        await self._repository.default_calendar(self._identity)
        async with self._database.transaction(self._identity) as connection:
            rows = await telling.calendars(connection)
        return [
            RemoteCalendar(
                str(row["id"]), row["name"], row["timezone"], row["writable"], row["is_default"], row["color"]
            )
            for row in rows
        ]

    async def changes(self, calendar_id: str, token: str = "") -> Changes:
        """Nothing is ever forgotten: SyncTokenLost is raised only for what was never a token of this calendar."""
        self._identity.require(READ)
        async with self._reading(calendar_id) as (connection, own_id):
            since = _count_of(token, own_id) if token else None
            count = await telling.count_of_changes(connection, own_id)
            if since is not None and since > count:
                raise SyncTokenLost("This token is none of this calendar's. Ask for everything.")
            events, removed = await telling.changed(connection, own_id, since)
        return Changes(tuple(events), tuple(removed), f"local:{own_id}:{count}", full=since is None)

    async def read(self, calendar_id: str, event_id: str) -> RemoteEvent:
        self._identity.require(READ)
        wanted = _event_id(event_id)
        async with self._reading(calendar_id) as (connection, own_id):
            found = await telling.find(connection, own_id, wanted)
        if found is None:
            raise RemoteEventGone("There is no such event.")
        return found

    async def occurrences(self, calendar_id: str, start: datetime, end: datetime) -> list[RemoteEvent]:
        self._identity.require(READ)
        async with self._reading(calendar_id) as (_, own_id):
            pass
        events = await self._repository.events_between(self._identity, start, end, calendar_id=own_id)
        async with self._reading(calendar_id) as (connection, _):
            return await telling.filled(connection, events)

    async def create(self, calendar_id: str, draft: Draft, *, key: str, notify: bool = False) -> RemoteEvent:
        own_id, zone = _calendar_id(calendar_id), zone_of(draft.timezone)
        start, end = draft.start.astimezone(UTC), draft.end.astimezone(UTC)
        recurrence = draft.recurrence
        if recurrence is not None:
            recurrence = checked_recurrence(recurrence, start.astimezone(zone), all_day=draft.all_day)
        columns = telling.columns_of(draft, recurrence) | {"starts_at": start, "ends_at": end}
        request = Request(operation="book", content=asdict(draft), key=f"local:{own_id}:{key}")
        async with self._writing(request) as write:
            if write.answer is not None:
                return await self._answered(write.connection, own_id, write.answer[0].id)
            await write.lock([own_id])
            row = await write.insert(columns | {"calendar_id": own_id})
            await write.place(row["id"], _terms(write))
            event = editing.event_of(await write.reread(row["id"]))
            await write.tell("event.booked", event)
            await write.finish(event)
            return await self._answered(write.connection, own_id, event.id)

    async def update(
        self,
        calendar_id: str,
        event_id: str,
        patch: Patch,
        *,
        scope: Scope = "all",
        occurrence: datetime | None = None,
        etag: str = "",
        notify: bool = False,
        key: str = "",
    ) -> RemoteEvent:
        own_id, wanted_id = _calendar_id(calendar_id), _meant(event_id, scope, occurrence)
        key = f"local:{own_id}:{wanted_id}:{key}" if key and scope == "following" else ""
        request = Request(operation="move" if patch.start else "update", content=asdict(patch), key=key or None)
        async with self._writing(request) as write:
            if write.answer is not None:
                return await self._answered(write.connection, own_id, write.answer[0].id)
            target = await self._find(write, own_id, wanted_id, scope)
            if target is None or "cancelled" in {target.row["status"], target.master["status"]}:
                raise RemoteEventGone("There is no such event.")
            _check_version(target, etag)
            event = await editing.change(write, target, _change_of(patch), _terms(write))
            await write.tell("event.moved" if patch.start else "event.updated", event)
            await write.finish(event)
            return await self._answered(write.connection, own_id, event.id)

    async def delete(
        self,
        calendar_id: str,
        event_id: str,
        *,
        scope: Scope = "all",
        occurrence: datetime | None = None,
        etag: str = "",
        notify: bool = False,
    ) -> None:
        own_id = _calendar_id(calendar_id)
        try:
            wanted_id = _meant(event_id, scope, occurrence)
        except RemoteEventGone:
            return
        async with self._writing(Request(operation="cancel")) as write:
            target = await self._find(write, own_id, wanted_id, scope)
            if target is None or "cancelled" in {target.row["status"], target.master["status"]}:
                return
            _check_version(target, etag)
            event = await editing.cancel(write, target)
            await write.tell("event.cancelled", event)
            await write.finish(event)

    async def bring_back(self, calendar_id: str, event_id: str, occurrence: datetime, *, notify: bool = False) -> None:
        raise NotSupported("A date that was left out is one of the exdates; change those.")

    async def busy(
        self, who: Sequence[str], start: datetime, end: datetime
    ) -> Mapping[str, tuple[Interval, ...] | None]:
        self._identity.require(READ)
        known = {calendar.id for calendar in await self.list_calendars()}
        query = BusyQuery(at=self._clock.now(), calendars=[UUID(one) for one in who if one in known], only=True)
        taken: dict[str, list[Interval]] = {one: [] for one in who if one in known}
        for calendar_id, (begins, ends) in await self._repository.busy(self._identity, start, end, query):
            taken[str(calendar_id)].append((max(begins, start).astimezone(UTC), min(ends, end).astimezone(UTC)))
        return {one: _merged(taken[one]) if one in known else None for one in who}

    async def watch(self, calendar_id: str, address: str, secret: str) -> Channel:
        raise NotSupported("Changes of these calendars are told live by the house itself.")

    async def unwatch(self, channel: Channel) -> None:
        return

    async def aclose(self) -> None:
        return

    @asynccontextmanager
    async def _reading(self, calendar_id: str) -> AsyncGenerator[tuple[Connection, UUID]]:
        own_id = _calendar_id(calendar_id)
        async with self._database.transaction(self._identity) as connection:
            if not await telling.is_there(connection, own_id):
                raise _no_calendar()
            yield connection, own_id

    @asynccontextmanager
    async def _writing(self, request: Request) -> AsyncGenerator[Write]:
        self._identity.require(WRITE)
        try:
            async with self._desk.open(self._identity, request) as write:
                yield write
        except NotAllowed as error:
            raise CalendarForbidden(error.message) from error
        except SlotLost as error:
            raise CalendarUnavailable("This met another change at the same moment. Try again.") from error

    async def _find(self, write: Write, calendar_id: UUID, event_id: EventId, scope: Scope) -> Target | None:
        """The target in this calendar; None when there is no such event in it."""
        try:
            target = await editing.find(write, event_id, scope if isinstance(event_id, OccurrenceId) else "all")
        except EventNotFound:
            return None
        return target if target.master["calendar_id"] == calendar_id else None

    async def _answered(self, connection: Connection, calendar_id: UUID, event_id: EventId) -> RemoteEvent:
        found = await telling.find(connection, calendar_id, event_id)
        if found is None:
            raise RemoteEventGone("The event was made and is gone again.")
        return found


def _terms(write: Write) -> Terms:
    return replace(write.terms(), on_clash="overlap")


def _change_of(patch: Patch) -> EventChange:
    return EventChange(
        start=patch.start,
        end=patch.end,
        summary=patch.summary,
        people=patch.attendees,
        attendees=() if patch.attendees == () else None,
        location=patch.location,
        description=patch.description,
        timezone=patch.timezone,
        all_day=patch.all_day,
        busy=patch.busy,
        recurrence=patch.recurrence,
        make_single=patch.make_single,
    )


def _check_version(target: Target, etag: str) -> None:
    if etag and etag not in {telling.etag_of(target.row), telling.etag_of(target.master)}:
        raise ChangedElsewhere("Somebody changed the event since it was read. Read it again.")


def _meant(event_id: str, scope: Scope, occurrence: datetime | None) -> EventId:
    wanted = _event_id(event_id)
    if occurrence is None or scope == "all":
        return wanted
    return OccurrenceId(wanted.series_id if isinstance(wanted, OccurrenceId) else wanted, occurrence.astimezone(UTC))


def _event_id(text: str) -> EventId:
    try:
        return event_id_of(text)
    except NotFound as error:
        raise RemoteEventGone("There is no such event.") from error


def _calendar_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise _no_calendar() from error


def _no_calendar() -> NotFound:
    return NotFound("There is no such calendar.", code="calendar_not_found")


def _count_of(token: str, calendar_id: UUID) -> int:
    match = _TOKEN.fullmatch(token)
    if match is None or match[1] != str(calendar_id):
        raise SyncTokenLost("This token is none of this calendar's. Ask for everything.")
    return int(match[2])


def _merged(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
