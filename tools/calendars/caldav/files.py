"""The files of one calendar on a CalDAV server: read, found, written and removed, each write against a known version.

Knows HTTP and nothing of what an event means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from yarl import URL

from tools.calendars.backend import CalendarUnavailable, ChangedElsewhere, NotSupported, RemoteEventGone
from tools.calendars.caldav.changes import name_of
from tools.calendars.caldav.dav import C, D, calendar_query, multiget, multistatus
from tools.calendars.caldav.parsing import parse
from tools.calendars.caldav.reading import Resource
from tools.calendars.caldav.wire import Said, Wire
from tools.calendars.caldav.writing import says_the_same, written

_DATA, _ETAG = f"{C}calendar-data", f"{D}getetag"
_XML = {"Content-Type": "application/xml; charset=utf-8"}
_AROUND = timedelta(days=2)  # servers are wrong about zones, and know none for days
_GONE = "That event is no longer in the calendar."
_LONGEST_NAME = 250


class Files:
    """The resources (.ics files) of one calendar collection."""

    def __init__(self, wire: Wire, calendar: URL, *, at_once: int) -> None:
        self.calendar = calendar
        self._wire = wire
        self._at_once = at_once

    async def read(self, name: str) -> Resource:
        """Raises RemoteEventGone."""
        said = await self._wire.send("GET", self._url(name))
        if said.status in (400, 404, 405, 410):
            raise RemoteEventGone(_GONE)
        calendar = parse(said.body) if said.status == 200 else None
        if calendar is None:
            raise CalendarUnavailable("The calendar server answered something that is no event.")
        return Resource(name, said.etag, calendar)

    async def read_many(self, names: Sequence[str]) -> list[Resource]:
        """Those of them that are there and can be read."""
        found: list[Resource] = []
        for at in range(0, len(names), self._at_once):
            hrefs = [self._url(name).raw_path for name in names[at : at + self._at_once]]
            said = await self._wire.send("REPORT", self.calendar, multiget(hrefs), headers=_XML)
            found += await asyncio.to_thread(self._resources, said)  # parsing takes about a millisecond an event
        return found

    async def find(self, start: datetime, end: datetime) -> list[Resource]:
        """Whatever may take place in [start, end), and more."""
        since, until = (_utc(at) for at in (start - _AROUND, end + _AROUND))
        headers = {**_XML, "Depth": "1"}
        said = await self._wire.send("REPORT", self.calendar, calendar_query(since, until), headers=headers)
        return await asyncio.to_thread(self._resources, said)

    async def create(self, resource: Resource) -> Resource:
        """Put a new file there, or read the one that is there under this name already."""
        said = await self._put(resource, {"If-None-Match": "*"})
        if said.status == 412:
            return await self.read(resource.name)
        return await self._kept(resource, said)

    async def replace(self, resource: Resource) -> Resource:
        """Write over the version that ``resource.etag`` names. Raises ChangedElsewhere, RemoteEventGone."""
        said = await self._put(resource, {"If-Match": resource.etag})
        if said.status == 404:
            raise RemoteEventGone(_GONE)
        if said.status != 412:
            return await self._kept(resource, said)
        there = await self.read(resource.name)  # perhaps it is ours: the answer to a first try was lost
        if says_the_same(there.calendar, resource.calendar):
            return there
        raise ChangedElsewhere("Somebody changed the event meanwhile. Read it again.")

    async def delete(self, name: str, etag: str = "") -> None:
        """What is gone already is no error. Raises ChangedElsewhere when it is not version ``etag``."""
        said = await self._wire.send("DELETE", self._url(name), headers={"If-Match": etag} if etag else {})
        if said.status == 412:
            try:
                await self.read(name)
            except RemoteEventGone:
                return
            raise ChangedElsewhere("Somebody changed the event meanwhile. Read it again.")
        if said.status not in (200, 202, 204, 404, 410):
            raise CalendarUnavailable("The calendar server did not delete the event.")

    async def _put(self, resource: Resource, headers: dict[str, str]) -> Said:
        return await self._wire.send(
            "PUT",
            self._url(resource.name),
            await asyncio.to_thread(written, resource.calendar),
            headers={**headers, "Content-Type": "text/calendar; charset=utf-8"},
        )

    async def _kept(self, resource: Resource, said: Said) -> Resource:
        if said.status in (200, 201, 204):  # without an ETag it keeps something else than what it got
            return (
                Resource(resource.name, said.etag, resource.calendar) if said.etag else await self.read(resource.name)
            )
        if said.status == 507:
            raise CalendarUnavailable("The calendar server has no room left.")
        if said.status in (404, 409, 410):
            raise RemoteEventGone("That calendar does not take the event: it is gone, or has the event already.")
        if 400 <= said.status < 500:
            raise NotSupported("The calendar server does not take the event as it is.")
        raise CalendarUnavailable("The calendar server did not keep the event.")

    def _resources(self, said: Said) -> list[Resource]:
        if said.status == 404:
            raise RemoteEventGone("That calendar is no longer on its server.")
        if said.status != 207:
            raise CalendarUnavailable("The calendar server answered something unexpected.")
        found: list[Resource] = []
        for entry in multistatus(said.body).entries:
            name, data = name_of(self.calendar, entry.href), entry.text(_DATA)
            calendar = parse(data) if name and data else None
            if calendar is not None:
                found.append(Resource(name, entry.text(_ETAG), calendar))
        return found

    def _url(self, name: str) -> URL:
        """Raises RemoteEventGone for what is no file's name."""
        plain = unquote(name)
        if not plain or plain in (".", "..") or "/" in plain or not plain.isprintable() or len(name) > _LONGEST_NAME:
            raise RemoteEventGone(_GONE)
        return self.calendar.join(URL(f"./{quote(plain, safe='')}", encoded=True))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
