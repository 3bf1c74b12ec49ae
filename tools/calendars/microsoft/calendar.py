"""``CalendarBackend`` for Outlook and Microsoft 365, on Microsoft Graph's REST calls. What it must not do: keep events.

Exchange mails everybody invited whenever a meeting changes, whatever ``notify`` says. How a series is
changed in part is in ``series``, how changes are told in ``delta``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from store.clock import Clock, SystemClock
from store.errors import Invalid
from tools.calendars.backend import (
    AccessTokens,
    Capabilities,
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
from tools.calendars.microsoft import delta, series
from tools.calendars.microsoft.bodies import body_of
from tools.calendars.microsoft.client import AT_ONCE, GRAPH_URL, GraphClient, calendar_path, object_of, segment
from tools.calendars.microsoft.deviations import leave_out, occurrence_of
from tools.calendars.microsoft.errors import refusal
from tools.calendars.microsoft.events import Events, check_etag, instant
from tools.calendars.microsoft.free_busy import busy_of, others_busy
from tools.calendars.microsoft.translate import event_of, understood
from tools.calendars.outside.requests import TIMEOUT_S, Requests

_CHANNEL_LASTS = timedelta(hours=70)  # Graph allows a little less than three days
_COLORS = {
    "lightBlue": "#a6d1f5",
    "lightGreen": "#87d28e",
    "lightOrange": "#fcab73",
    "lightGray": "#c0c0c0",
    "lightYellow": "#f5dd3f",
    "lightTeal": "#4adacc",
    "lightPink": "#f08cc0",
    "lightBrown": "#cba287",
    "lightRed": "#f88c9b",
}


class GraphCalendar:
    """One Microsoft account. ``patience_s`` bounds the waits for a busy server in one request, ``timeout_s`` one try;
    ``session`` is closed by who opened it."""

    provider = "microsoft"
    capabilities = Capabilities(push=True, asks_busy_of_others=True, always_mails=True)

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: AccessTokens,
        *,
        base_url: str = GRAPH_URL,
        clock: Clock | None = None,
        patience_s: float = 30.0,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        requests = Requests(session, patience_s=patience_s, timeout_s=timeout_s, at_once=AT_ONCE)
        self._client = GraphClient(requests, tokens, base_url)
        self._clock = clock or SystemClock()
        self._writable: dict[str, bool] = {}

    async def list_calendars(self) -> list[RemoteCalendar]:
        found = [_calendar_of(item) for item in await self._client.all("/me/calendars", {"$top": "100"})]
        self._writable = {calendar.id: calendar.writable for calendar in found}
        return found

    async def changes(self, calendar_id: str, token: str = "") -> Changes:
        writable, now = await self._may_write(calendar_id), self._clock.now()
        return await delta.changes(self._client, self._events(calendar_id), token, now, writable=writable)

    async def read(self, calendar_id: str, event_id: str) -> RemoteEvent:
        item = await self._events(calendar_id).read(event_id)
        return event_of(item, writable=await self._may_write(calendar_id))

    async def occurrences(self, calendar_id: str, start: datetime, end: datetime) -> list[RemoteEvent]:
        writable = await self._may_write(calendar_id)
        items = await self._events(calendar_id).view(start, end)
        found = understood(items, writable=writable)
        return sorted((event for event in found if _touches(event, start, end)), key=_when)

    async def create(self, calendar_id: str, draft: Draft, *, key: str, notify: bool = False) -> RemoteEvent:
        events = self._events(calendar_id)
        item = await events.make(body_of(draft), f"create {key}")
        if draft.recurrence and draft.recurrence.exdates:
            await leave_out(events, item, draft.recurrence.exdates)
            item = await events.read(str(item["id"]))
        return event_of(item, writable=True)

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
        events = self._events(calendar_id)
        item, occurrence, etag = await _aimed(events, event_id, scope, occurrence, etag)
        event = event_of(item, writable=True)
        reach = (self._clock.now() - delta.BEFORE, self._clock.now() + delta.AHEAD)
        from_first = occurrence is not None and _is_all(event, scope, occurrence)
        if occurrence is None or event.recurrence is None or scope == "all" or from_first:
            changed = await series.change_all(events, item, patch, reach, etag=etag, from_first=from_first)
            return event_of(changed, writable=True)
        if scope == "following":
            last = max(reach[1], occurrence + delta.AHEAD)
            second = await series.split(events, item, occurrence, patch, last, etag=etag, key=key)
            return event_of(second, writable=True)
        if patch.recurrence or patch.make_single:
            raise Invalid("One occurrence has no repetition of its own. Change the whole series, or from here on.")
        one = await occurrence_of(events, event, occurrence)
        changed = await series.change_all(events, one, patch, reach, etag=str(one["@odata.etag"]) if etag else "")
        return event_of(changed, writable=True, uid=event.uid)

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
        events = self._events(calendar_id)
        if scope == "all" or (scope == "this" and occurrence is None):
            await events.remove(event_id, etag=etag)
            return
        try:
            item, at, etag = await _aimed(events, event_id, scope, occurrence, etag)
            event = event_of(item, writable=True)
            if at is None or event.recurrence is None or _is_all(event, scope, at):
                await events.remove(event.id, etag=etag)
            elif scope == "following":
                await series.end_before(events, item, at, etag=etag)
            else:
                one = await occurrence_of(events, event, at)
                await events.remove(str(one["id"]))
        except RemoteEventGone:
            return

    async def bring_back(self, calendar_id: str, event_id: str, occurrence: datetime, *, notify: bool = False) -> None:
        raise NotSupported("Outlook cannot bring back one date of a series. Book it as an event of its own.")

    async def busy(
        self, who: Sequence[str], start: datetime, end: datetime
    ) -> Mapping[str, tuple[Interval, ...] | None]:
        found = await others_busy(self._client, [name for name in who if "@" in name], start, end)
        found |= {name: await self._busy_calendar(name, start, end) for name in who if "@" not in name}
        return {name: found[name] for name in who}

    async def watch(self, calendar_id: str, address: str, secret: str) -> Channel:
        if not address.startswith("https://"):
            raise NotSupported("Outlook calls back over https only; without it, changes are asked for regularly.")
        expires_at = self._clock.now() + _CHANNEL_LASTS
        body = {
            "changeType": "created,updated,deleted",
            "notificationUrl": address,
            "lifecycleNotificationUrl": address,
            "resource": f"me/calendars/{calendar_id}/events",
            "expirationDateTime": instant(expires_at),
            "clientState": secret,
        }
        made = object_of(await self._client.ask("POST", "/subscriptions", body=body))
        return Channel(str(made["id"]), "", datetime.fromisoformat(str(made["expirationDateTime"])))

    async def unwatch(self, channel: Channel) -> None:
        answer = await self._client.ask("DELETE", f"/subscriptions/{segment(channel.id)}")
        if answer.status >= 400 and not isinstance(error := refusal(answer), RemoteEventGone):
            raise error

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    def _events(self, calendar_id: str) -> Events:
        return Events(self._client, calendar_id)

    async def _may_write(self, calendar_id: str) -> bool:
        """Raises RemoteEventGone for a calendar that there is not."""
        if calendar_id not in self._writable:
            item = await self._client.get(calendar_path(calendar_id), {"$select": "canEdit"})
            self._writable[calendar_id] = bool(item.get("canEdit"))
        return self._writable[calendar_id]

    async def _busy_calendar(self, calendar_id: str, start: datetime, end: datetime) -> tuple[Interval, ...] | None:
        try:
            return busy_of(await self.occurrences(calendar_id, start, end), start, end)
        except RemoteEventGone:
            return None


def _calendar_of(item: Mapping[str, Any]) -> RemoteCalendar:
    """Graph keeps no zone with a calendar; the mailbox's would need a permission of its own."""
    color = str(item.get("hexColor") or "") or _COLORS.get(str(item.get("color")), "")
    return RemoteCalendar(
        id=str(item["id"]),
        name=str(item.get("name") or ""),
        writable=bool(item.get("canEdit")),
        primary=bool(item.get("isDefaultCalendar")),
        color=color,
    )


async def _aimed(
    events: Events, event_id: str, scope: Scope, occurrence: datetime | None, etag: str
) -> tuple[dict[str, Any], datetime | None, str]:
    """What a change is about: the event, or the series when an exception's id says from where on; the occurrence; and
    the version that must still be there. Raises ChangedElsewhere, RemoteEventGone."""
    item = await events.read(event_id)
    check_etag(item, etag)
    if scope != "following" or not item.get("seriesMasterId"):
        return item, occurrence, etag
    exception = event_of(item, writable=True)
    return await events.read(exception.series_id), exception.original_start, ""


def _is_all(event: RemoteEvent, scope: Scope, occurrence: datetime) -> bool:
    return scope == "following" and occurrence.astimezone(UTC) <= event.start.astimezone(UTC)


def _touches(event: RemoteEvent, start: datetime, end: datetime) -> bool:
    """One without length touches where it starts."""
    return event.start < end and (event.end > start or event.start >= start)


def _when(event: RemoteEvent) -> datetime:
    return event.start.astimezone(UTC)
