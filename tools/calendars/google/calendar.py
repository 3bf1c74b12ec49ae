"""GoogleCalendar: the backend for one Google account. Time limits are ``Requests``', JSON is ``translate``'s.

``calendar_id`` is Google's (an e-mail address, or "primary"), ``event_id`` that of a single event, of a series, or of
one occurrence. Nothing here keeps events; it remembers each calendar's zone and rights while it lives.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from store.log import get_logger
from tools.calendars.backend import (
    AccessTokens,
    CalendarUnavailable,
    Capabilities,
    Changes,
    Channel,
    Draft,
    Interval,
    Patch,
    RemoteCalendar,
    RemoteEvent,
    Scope,
    SyncTokenLost,
)
from tools.calendars.google import changing
from tools.calendars.google.busy import busy_times
from tools.calendars.google.changing import Wanted, bring_back
from tools.calendars.google.channels import close_channel, open_channel
from tools.calendars.google.events import Events
from tools.calendars.google.rest import Rest, items_of, object_of
from tools.calendars.google.translate import Place, body_of, event_of

Json = dict[str, Any]

log = get_logger(__name__)

BASE_URL = "https://www.googleapis.com/calendar/v3"
_WRITERS = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})


class GoogleCalendar:
    """``session`` is this backend's own (``aclose`` closes it); ``tokens`` gives bearer tokens of the account.

    ``page_size``: entries to a page (1 to 2500); ``patience_s``: longest wait of one request for a busy server.
    """

    provider = "google"
    capabilities = Capabilities(push=True, asks_busy_of_others=True)

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: AccessTokens,
        *,
        base_url: str = BASE_URL,
        page_size: int = 250,
        patience_s: float = 30.0,
    ) -> None:
        self._session = session
        self._rest = Rest(session, tokens, base_url=base_url, page_size=page_size, patience_s=patience_s)
        self._places: dict[str, Place] = {}

    async def list_calendars(self) -> list[RemoteCalendar]:
        params = {"minAccessRole": "reader"}
        found = [_calendar(item) for item in await self._rest.items("users", "me", "calendarList", params=params)]
        self._places |= {one.id: Place(one.id, one.timezone or "UTC", one.writable) for one in found}
        return found

    async def changes(self, calendar_id: str, token: str = "") -> Changes:
        params = {"syncToken": token} if token else {}
        events: list[RemoteEvent] = []
        removed: list[str] = []
        following = ""
        lost = (400, 410) if token else (410,)
        async for page in self._rest.pages("calendars", calendar_id, "events", params=params, accept=lost):
            if page.get("status") in lost:
                raise SyncTokenLost("Google Calendar no longer knows what we have seen. Everything is asked for again.")
            place = self._noted(calendar_id, page)
            items = items_of(page)
            removed += [str(one.get("id", "")) for one in items if _is_gone(one)]
            events += _events_of([one for one in items if not _is_gone(one)], place)
            following = str(page.get("nextSyncToken", ""))
        return Changes(tuple(events), tuple(removed), following, full=not token)

    async def read(self, calendar_id: str, event_id: str) -> RemoteEvent:
        return event_of(await self._events(calendar_id).get(event_id), await self._place(calendar_id))

    async def occurrences(self, calendar_id: str, start: datetime, end: datetime) -> list[RemoteEvent]:
        until = end + timedelta(seconds=1) if end.microsecond else end
        limits = {"timeMin": _instant(start), "timeMax": _instant(until)}
        params = {"singleEvents": "true", "orderBy": "startTime", **limits}
        found: list[RemoteEvent] = []
        async for page in self._rest.pages("calendars", calendar_id, "events", params=params):
            place = self._noted(calendar_id, page)
            found += _events_of(items_of(page), place)
        touching = [event for event in found if event.start < end and event.end > start and not event.cancelled]
        return sorted(touching, key=lambda event: event.start.astimezone(UTC))

    async def create(self, calendar_id: str, draft: Draft, *, key: str, notify: bool = False) -> RemoteEvent:
        events = self._events(calendar_id)
        item = await events.insert(id_of(key), body_of(draft), notify=notify)
        return event_of(item, events.place)

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
        wanted = Wanted(
            event_id=event_id,
            scope=scope,
            occurrence=occurrence,
            etag=etag,
            notify=notify,
            tail_id=id_of(f"{key} following") if key else "",
        )
        events = self._events(calendar_id)
        return event_of(await changing.update(events, patch, wanted), events.place)

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
        wanted = Wanted(event_id=event_id, scope=scope, occurrence=occurrence, etag=etag, notify=notify)
        await changing.remove(self._events(calendar_id), wanted)

    async def bring_back(self, calendar_id: str, event_id: str, occurrence: datetime, *, notify: bool = False) -> None:
        await bring_back(self._events(calendar_id), event_id, occurrence, notify=notify)

    async def busy(
        self, who: Sequence[str], start: datetime, end: datetime
    ) -> Mapping[str, tuple[Interval, ...] | None]:
        return await busy_times(self._rest, who, start, end)

    async def watch(self, calendar_id: str, address: str, secret: str) -> Channel:
        return await open_channel(self._rest, calendar_id, address, secret)

    async def unwatch(self, channel: Channel) -> None:
        await close_channel(self._rest, channel)

    async def aclose(self) -> None:
        await self._session.close()

    def _events(self, calendar_id: str) -> Events:
        """The calendar's events, taken for one that may be changed: Google says so when it may not."""
        if (place := self._places.get(calendar_id)) is not None:
            return Events(self._rest, place)
        return Events(self._rest, Place(calendar_id, "UTC"), lambda: self._place(calendar_id))

    async def _place(self, calendar_id: str) -> Place:
        """The calendar's zone and rights; asked for once."""
        if calendar_id not in self._places:
            answer = await self._rest.ask("GET", "users", "me", "calendarList", calendar_id, accept=(404,))
            self._noted(calendar_id, {} if answer.status == 404 else object_of(answer))
        return self._places[calendar_id]

    def _noted(self, calendar_id: str, told: Json) -> Place:
        """Keep what Google says of a calendar beside its events; a calendar that is in nobody's list says nothing."""
        writable = told.get("accessRole", "writer") in _WRITERS
        self._places[calendar_id] = Place(calendar_id, str(told.get("timeZone") or "UTC"), writable)
        return self._places[calendar_id]


def id_of(key: str) -> str:
    """The event id of a key: base32hex as Google wants it, the same for the same key."""
    return base64.b32hexencode(hashlib.sha256(key.encode()).digest()).decode().rstrip("=").lower()


def _is_gone(item: Json) -> bool:
    """Whether the event was deleted, and is not an occurrence that its series leaves out."""
    return item.get("status") == "cancelled" and not item.get("recurringEventId")


def _events_of(items: Iterable[Json], place: Place) -> list[RemoteEvent]:
    """What can be understood: one odd event must not keep a calendar from being read."""
    found: list[RemoteEvent] = []
    for item in items:
        try:
            found.append(event_of(item, place))
        except CalendarUnavailable:
            log.warning("an event of Google Calendar was not understood and is left out")
    return found


def _calendar(item: Json) -> RemoteCalendar:
    return RemoteCalendar(
        id=str(item.get("id", "")),
        name=str(item.get("summaryOverride") or item.get("summary") or ""),
        timezone=str(item.get("timeZone") or ""),
        writable=item.get("accessRole") in _WRITERS,
        primary=bool(item.get("primary")),
        color=str(item.get("backgroundColor") or ""),
    )


def _instant(moment: datetime) -> str:
    """As Google wants a limit: with offset, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
