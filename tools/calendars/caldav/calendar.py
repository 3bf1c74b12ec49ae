"""CaldavCalendar: a CalDAV account behind the protocol all calendars share; the modules beside it do the work.

A calendar's id is its URL, an event's the name of its file, an exception's that name and its original start. A file
made for a key is named after the key, so that making it twice is making it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from yarl import URL

from store.errors import VoiceLoopError
from tools.calendars.backend import (
    AccessTokens,
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
)
from tools.calendars.caldav import changes, discovery, expanding
from tools.calendars.caldav.addresses import AddressRefused, Guard
from tools.calendars.caldav.editing import Editor
from tools.calendars.caldav.files import Files
from tools.calendars.caldav.reading import Reader, Resource, master_of
from tools.calendars.caldav.wire import Password, Wire
from tools.calendars.caldav.writing import Writer
from tools.calendars.recurrence import checked_rrule

_TRIES = 4  # of a write that names no version, when others write at the same time
_GONE = "That event is no longer in the calendar."


@dataclass(frozen=True, slots=True)
class _Opened:
    """One calendar: its files, and how they are read."""

    files: Files
    reader: Reader
    syncs: bool


class CaldavCalendar:
    """One account, on ``server``: the address a person typed in. Raises AddressRefused when that may not be used.

    ``timezone`` (IANA) is meant by calendars that do not name theirs; ``owner`` is the person's e-mail address (else
    the user name, if that is one). ``allowed``: see ``Guard``. ``page_size``: events that are fetched at once.
    """

    provider = "caldav"

    def __init__(
        self,
        server: str,
        login: Password | AccessTokens,
        *,
        timezone: str = "UTC",
        owner: str = "",
        allowed: Sequence[str] = (),
        patience_s: float = 30.0,
        page_size: int = 50,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        guard = Guard(tuple(allowed))
        self._wire = Wire(guard.checked(server), login, guard, patience_s=patience_s)
        self._zone = ZoneInfo(timezone)
        self._owner = owner or (login.user if isinstance(login, Password) and "@" in login.user else "")
        self._page_size = page_size
        self._now = now
        self._home: discovery.Home | None = None
        self._opened: dict[str, _Opened] = {}

    @property
    def capabilities(self) -> Capabilities:
        """What the server mails by itself is known once the calendars were listed."""
        mails = self._home is not None and self._home.mails
        return Capabilities(scheduling=mails, always_mails=mails)

    async def list_calendars(self) -> list[RemoteCalendar]:
        return await discovery.list_calendars(self._wire, await self._at_home())

    async def changes(self, calendar_id: str, token: str = "") -> Changes:
        opened = await self._open(calendar_id)
        files = opened.files
        return await changes.changes(
            self._wire, files.calendar, opened.reader, files.read_many, syncs=opened.syncs, token=token
        )

    async def read(self, calendar_id: str, event_id: str) -> RemoteEvent:
        opened = await self._open(calendar_id)
        resource = await opened.files.read(event_id.partition("#")[0])
        return _event(opened.reader, resource, event_id)

    async def occurrences(self, calendar_id: str, start: datetime, end: datetime) -> list[RemoteEvent]:
        opened = await self._open(calendar_id)
        resources = await opened.files.find(start, end)
        return await asyncio.to_thread(expanding.occurrences, opened.reader, resources, start, end)

    async def create(self, calendar_id: str, draft: Draft, *, key: str, notify: bool = False) -> RemoteEvent:
        opened = await self._open(calendar_id)
        draft = _checked(draft)
        uid = _uid(calendar_id, key)
        calendar = self._writer(notify=notify).calendar(draft, uid)
        kept = await opened.files.create(Resource(f"{uid}.ics", "", calendar))
        return _event(opened.reader, kept, kept.name)

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
        opened = await self._open(calendar_id)
        editor = Editor(opened.reader, self._writer(notify=notify))
        name, _, exception = event_id.partition("#")
        if exception and occurrence is None:
            occurrence, scope = await self._original(opened, event_id), "this"
        if occurrence is None or scope == "all":
            return await self._edit(opened, name, etag, lambda resource: _whole(editor, resource, patch))
        if scope == "this":
            return await self._edit(opened, name, etag, lambda resource: editor.one(resource, occurrence, patch))
        return await self._follow(opened, editor, name, patch, occurrence, etag, key)

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
        opened = await self._open(calendar_id)
        editor = Editor(opened.reader, self._writer(notify=notify))
        name, _, exception = event_id.partition("#")
        try:
            if exception and occurrence is None:
                occurrence, scope = await self._original(opened, event_id), "this"
            if occurrence is None or scope == "all":
                await opened.files.delete(name, etag)
            elif scope == "this":
                await self._edit(opened, name, etag, lambda resource: _left_out(editor, resource, occurrence))
            else:
                await self._cut(opened, editor, name, occurrence, etag)
        except RemoteEventGone:
            return

    async def bring_back(self, calendar_id: str, event_id: str, occurrence: datetime, *, notify: bool = False) -> None:
        raise NotSupported("A date that was left out is one of the exdates; change those.")

    async def busy(
        self, who: Sequence[str], start: datetime, end: datetime
    ) -> Mapping[str, tuple[Interval, ...] | None]:
        return {one: await self._busy(one, start, end) for one in dict.fromkeys(who)}

    async def watch(self, calendar_id: str, address: str, secret: str) -> Channel:
        raise NotSupported("This calendar server does not call back. It is asked for changes now and then.")

    async def unwatch(self, channel: Channel) -> None:
        return None

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def _at_home(self) -> discovery.Home:
        if self._home is None:
            self._home = await discovery.find_home(self._wire)
            self._owner = self._owner or self._home.owner
        return self._home

    async def _open(self, calendar_id: str) -> _Opened:
        """Raises RemoteEventGone for what is no calendar of this account."""
        if calendar_id not in self._opened:
            try:
                url = URL(calendar_id, encoded=True)
                self._wire.check(url)
            except (ValueError, AddressRefused) as error:
                raise RemoteEventGone("That calendar is not on this server.") from error
            if not self._owner:
                await self._at_home()
            facts = await discovery.read_facts(self._wire, url)
            reader = Reader(facts.zone or self._zone, self._owner, facts.writable)
            self._opened[calendar_id] = _Opened(Files(self._wire, url, at_once=self._page_size), reader, facts.syncs)
        return self._opened[calendar_id]

    async def _edit(self, opened: _Opened, name: str, etag: str, edit: Callable[[Resource], str | None]) -> RemoteEvent:
        """Read, change, write. ``edit`` returns the id of the event that changed, None when nothing did."""
        for tried in range(1, _TRIES + 1):
            resource = await opened.files.read(name)
            if etag and resource.etag != etag:
                raise ChangedElsewhere("Somebody changed the event meanwhile. Read it again.")
            edited = replace(resource, calendar=deepcopy(resource.calendar))
            event_id = edit(edited)
            if event_id is None:
                return _event(opened.reader, resource, name)
            try:
                kept = await opened.files.replace(edited)
            except ChangedElsewhere:
                if etag or tried == _TRIES:
                    raise
                continue
            return _event(opened.reader, kept, event_id)
        raise AssertionError("unreachable")

    async def _follow(
        self, opened: _Opened, editor: Editor, name: str, patch: Patch, occurrence: datetime, etag: str, key: str
    ) -> RemoteEvent:
        """A second series from ``occurrence`` on, then the first one ends before it; if it cannot, the second goes."""
        uid = _uid(str(opened.files.calendar), f"{name}\n{occurrence.astimezone(UTC).isoformat()}\n{key}")
        second_name = f"{uid}.ics"
        resource = await opened.files.read(name)
        if not _occurs(opened.reader, resource, occurrence):
            done = await opened.files.read(second_name)  # an earlier try came this far
            return _event(opened.reader, done, second_name)
        if etag and resource.etag != etag:
            raise ChangedElsewhere("Somebody changed the event meanwhile. Read it again.")
        first = replace(resource, calendar=deepcopy(resource.calendar))
        if not editor.cut(first, occurrence):
            return await self._edit(opened, name, etag, lambda whole: _whole(editor, whole, patch, occurrence))
        second = await opened.files.create(editor.second_half(resource, occurrence, patch, uid, second_name))
        try:
            await opened.files.replace(first)
        except CalendarUnavailable:
            there = await opened.files.read(
                name
            )  # if nobody knows how it is, both stay: the next try goes on from here
            if _occurs(opened.reader, there, occurrence):
                await opened.files.delete(second_name)
                raise
        except VoiceLoopError:
            await opened.files.delete(second_name)
            raise
        return _event(opened.reader, second, second_name)

    async def _cut(self, opened: _Opened, editor: Editor, name: str, occurrence: datetime, etag: str) -> None:
        resource = await opened.files.read(name)
        if not _occurs(opened.reader, resource, occurrence):
            return
        if not editor.cut(replace(resource, calendar=deepcopy(resource.calendar)), occurrence):
            await opened.files.delete(name, etag)
            return
        await self._edit(opened, name, etag, lambda again: name if editor.cut(again, occurrence) else None)

    async def _original(self, opened: _Opened, event_id: str) -> datetime:
        resource = await opened.files.read(event_id.partition("#")[0])
        event = _event(opened.reader, resource, event_id)
        if event.original_start is None:
            raise RemoteEventGone(_GONE)
        return event.original_start

    async def _busy(self, calendar_id: str, start: datetime, end: datetime) -> tuple[Interval, ...] | None:
        try:
            events = await self.occurrences(calendar_id, start, end)
        except (RemoteEventGone, CalendarForbidden):
            return None
        return merged([(event.start, event.end) for event in events if event.busy], start, end)

    def _writer(self, *, notify: bool) -> Writer:
        return Writer(self._now().replace(microsecond=0), self._owner, notify)


def merged(spans: Sequence[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Sorted, joined where they touch, cut to [start, end), in UTC."""
    found: list[Interval] = []
    bounds = (start.astimezone(UTC), end.astimezone(UTC))
    for first, last in sorted((first.astimezone(UTC), last.astimezone(UTC)) for first, last in spans):
        first, last = max(first, bounds[0]), min(last, bounds[1])
        if first >= last:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _event(reader: Reader, resource: Resource, event_id: str) -> RemoteEvent:
    for event in reader.events(resource):
        if event.id == event_id:
            return event
    raise RemoteEventGone(_GONE)


def _whole(editor: Editor, resource: Resource, patch: Patch, said_of: datetime | None = None) -> str:
    editor.whole(resource, patch, said_of=said_of)
    return resource.name


def _left_out(editor: Editor, resource: Resource, occurrence: datetime) -> str | None:
    return resource.name if editor.leave_out(resource, occurrence) else None


def _occurs(reader: Reader, resource: Resource, occurrence: datetime) -> bool:
    if any(event.original_start == occurrence for event in reader.events(resource) if not event.cancelled):
        return True
    return master_of(resource.calendar) is not None and (
        expanding.occurrence_at(reader, resource, occurrence) is not None
    )


def _checked(draft: Draft) -> Draft:
    if draft.recurrence is None or not draft.recurrence.rrule:
        return draft
    rrule = checked_rrule(draft.recurrence.rrule, draft.start, ZoneInfo(draft.timezone), all_day=draft.all_day)
    return replace(draft, recurrence=replace(draft.recurrence, rrule=rrule))


def _uid(calendar_id: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{calendar_id}\n{key}"))
