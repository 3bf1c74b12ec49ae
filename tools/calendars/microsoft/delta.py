"""What is new in a calendar: Graph's delta of a window, told as singles, series and their changed occurrences.

Graph tracks a window that the first call fixes (from 90 days ago to 400 days ahead) and expands series in it. It names
an occurrence by little more than its series, and one that was left out not at all. So every series that is mentioned is
read again: its rule, the dates it leaves out, and its changed occurrences inside the window. The token is the day of
the first call, Graph's own link, and which changed occurrences each series had: those it has no more are told as gone.
Events wholly outside the window are not told. A day later the window is laid anew, which is a full answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tools.calendars.backend import Changes, RemoteEvent, RemoteEventGone, SyncTokenLost
from tools.calendars.microsoft.client import GraphClient, calendar_path
from tools.calendars.microsoft.events import Events, instant
from tools.calendars.microsoft.translate import understood

Json = dict[str, Any]

BEFORE, AHEAD = timedelta(days=90), timedelta(days=400)
LASTS = timedelta(days=1)
_PREFER = "odata.maxpagesize=50"


@dataclass(frozen=True, slots=True)
class _Token:
    """``known``: ids of changed occurrences by series."""

    since: datetime
    link: str
    known: Mapping[str, list[str]]

    def text(self) -> str:
        return json.dumps([instant(self.since), self.link, self.known], separators=(",", ":"))


async def changes(client: GraphClient, events: Events, token: str, now: datetime, *, writable: bool) -> Changes:
    """See ``CalendarBackend.changes``. Raises SyncTokenLost."""
    path = f"{calendar_path(events.calendar_id)}/calendarView/delta"
    params: Mapping[str, str] | None = {"startDateTime": instant(now - BEFORE), "endDateTime": instant(now + AHEAD)}
    before = _Token(now, path, {})
    if token and (given := _opened(token, client)).since + LASTS > now:
        before, params = given, None
    items, link = await _round(client, before.link, params)
    series = await _series(events, items, before.since, writable=writable)
    alone = (item for item in items.values() if "@removed" not in item and not _of_series(item))
    singles = understood(alone, writable=writable)
    own = {id: [event.id for event in told if event.series_id] for id, told in series.items()}
    own |= {event.id: [] for event in singles}  # a series may have become one
    gone = [id for id, item in items.items() if "@removed" in item] + [id for id, told in series.items() if not told]
    kept = {id: ids for id, ids in {**before.known, **own}.items() if ids and id not in gone}
    lost = [one for id in own if id not in gone for one in before.known.get(id, ()) if one not in own[id]]
    return Changes(
        events=(*singles, *(event for told in series.values() for event in told)),
        removed=() if params else (*gone, *lost),
        token=_Token(before.since, link, kept).text(),
        full=params is not None,
    )


def _opened(token: str, client: GraphClient) -> _Token:
    try:
        since, link, known = json.loads(token)
        moment = datetime.fromisoformat(since)
        if moment.tzinfo is None or not isinstance(known, dict):
            raise ValueError("no token of ours")
        return _Token(moment, client.sync_address(str(link)), known)
    except (TypeError, ValueError) as error:
        raise SyncTokenLost("What was read last is not known; everything is read again.") from error


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


async def _series(
    events: Events, items: Mapping[str, Json], since: datetime, *, writable: bool
) -> dict[str, list[RemoteEvent]]:
    """Every series that is mentioned, by id: itself and its changed occurrences; nothing of one that is gone by now."""
    ids = {str(item.get("seriesMasterId") or id): None for id, item in items.items() if _of_series(item)}
    try:
        async with asyncio.TaskGroup() as group:  # the client lets three through at a time
            reads = {id: group.create_task(_one_series(events, id, since, writable=writable)) for id in ids}
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return {id: read.result() for id, read in reads.items()}


def _of_series(item: Json) -> bool:
    return "@removed" not in item and bool(item.get("seriesMasterId") or item.get("type") == "seriesMaster")


async def _one_series(events: Events, series_id: str, since: datetime, *, writable: bool) -> list[RemoteEvent]:
    """The series and its changed occurrences; nothing when it is gone by now or not understood."""
    try:
        masters = understood([await events.read(series_id)], writable=writable)
        items = await events.instances(series_id, since - BEFORE, since + AHEAD) if masters else []
    except RemoteEventGone:
        return []
    exceptions = [item for item in items if item.get("type") == "exception"]
    return masters + (understood(exceptions, writable=writable, uid=masters[0].uid) if masters else [])
