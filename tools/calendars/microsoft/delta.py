"""What is new in a calendar: Graph's delta of a window, told as singles, series and their changed occurrences.

Graph tracks a window that the first call fixes (from 90 days ago to 400 days ahead) and expands series in it. It names
an occurrence by little more than its series, and one that was left out not at all. So every series that is mentioned is
read again: its rule, the dates it leaves out, and its changed occurrences inside the window, which are then all that it
has there. Events wholly outside the window are not told. The token is the day of the first call and Graph's own link;
a day later the window is laid anew, which is a full answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tools.calendars.backend import Changes, RemoteEvent, RemoteEventGone, SyncTokenLost
from tools.calendars.microsoft.client import GraphClient, calendar_path
from tools.calendars.microsoft.events import Events, instant
from tools.calendars.microsoft.translate import event_of

Json = dict[str, Any]

BEFORE, AHEAD = timedelta(days=90), timedelta(days=400)
LASTS = timedelta(days=1)
_PREFER = "odata.maxpagesize=50"


async def changes(client: GraphClient, events: Events, token: str, now: datetime, *, writable: bool) -> Changes:
    """See ``CalendarBackend.changes``. Raises SyncTokenLost."""
    path = f"{calendar_path(events.calendar_id)}/calendarView/delta"
    params: Mapping[str, str] | None = {"startDateTime": instant(now - BEFORE), "endDateTime": instant(now + AHEAD)}
    since = now
    if token and (known := _opened(token, client))[0] + LASTS > now:
        (since, path), params = known, None
    items, link = await _round(client, path, params)
    told = await _told(events, items, since, writable=writable)
    removed = () if params else tuple(id for id, item in items.items() if "@removed" in item or id in told.gone)
    return Changes(tuple(told.events), removed, f"{instant(since)} {link}", full=params is not None)


class _Told:
    """What a round of items means."""

    def __init__(self) -> None:
        self.events: list[RemoteEvent] = []
        self.gone: set[str] = set()


def _opened(token: str, client: GraphClient) -> tuple[datetime, str]:
    since, _, link = token.partition(" ")
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise SyncTokenLost("What was read last is not known; everything is read again.") from error
    if moment.tzinfo is None:
        raise SyncTokenLost("What was read last is not known; everything is read again.")
    return moment, client.sync_address(link)


async def _round(client: GraphClient, path: str, params: Mapping[str, str] | None) -> tuple[dict[str, Json], str]:
    """Every item of a round by id, the last word on each, and the link for the next round."""
    items: dict[str, Json] = {}
    link = ""
    async for page in client.pages(path, params, prefer=_PREFER):
        for item in page.get("value", []):
            items.pop(str(item["id"]), None)
            items[str(item["id"])] = item
        link = str(page.get("@odata.deltaLink") or link)
    return items, client.sync_address(link)


async def _told(events: Events, items: Mapping[str, Json], since: datetime, *, writable: bool) -> _Told:
    told = _Told()
    series: dict[str, None] = {}
    for id, item in items.items():
        kind = item.get("type")
        if "@removed" in item:
            continue
        if kind == "seriesMaster":
            series[id] = None
        elif item.get("seriesMasterId"):
            series[str(item["seriesMasterId"])] = None
        else:
            told.events.append(event_of(item, writable=writable))
    try:
        async with asyncio.TaskGroup() as group:  # the client lets three through at a time
            reads = {id: group.create_task(_series(events, id, since, writable=writable)) for id in series}
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    for id, read in reads.items():
        told.events += read.result()
        told.gone |= set() if read.result() else {id}
    return told


async def _series(events: Events, series_id: str, since: datetime, *, writable: bool) -> list[RemoteEvent]:
    """The series and its changed occurrences; nothing when it is gone by now."""
    try:
        master = event_of(await events.read(series_id), writable=writable)
        items = await events.instances(series_id, since - BEFORE, since + AHEAD)
    except RemoteEventGone:
        return []
    exceptions = [item for item in items if item.get("type") == "exception"]
    return [master, *(event_of(item, writable=writable, uid=master.uid) for item in exceptions)]
