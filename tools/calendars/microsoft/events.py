"""One mailbox's events over Graph: read, make, change, remove, list. Nothing here knows what a split is.

A change whose answer got lost is looked at, not guessed about: when the event is what it should become, it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from tools.calendars.backend import CalendarUnavailable, ChangedElsewhere, RemoteEventGone
from tools.calendars.microsoft.client import GraphClient, calendar_path, event_path, object_of
from tools.calendars.microsoft.comparing import holds
from tools.calendars.microsoft.errors import error_of, refusal
from tools.calendars.microsoft.translate import FIELDS, MASTER_FIELDS

Json = dict[str, Any]

_DAY = timedelta(days=1)
_PAGE = "250"
_KEYS = UUID("0f2a6f0e-3a53-4f0b-9b53-6f1f1f3a7c11")


class Events:
    """Events of one calendar."""

    def __init__(self, client: GraphClient, calendar_id: str) -> None:
        self._client = client
        self.calendar_id = calendar_id

    async def read(self, event_id: str) -> Json:
        """With the dates a series leaves out. Raises RemoteEventGone."""
        return await self._client.get(event_path(self.calendar_id, event_id), {"$select": MASTER_FIELDS})

    async def make(self, body: Mapping[str, Any], key: str) -> Json:
        """Once per ``key``: Exchange refuses the second with the first one's id, or we look for it."""
        transaction = str(uuid5(_KEYS, key))
        path = f"{calendar_path(self.calendar_id)}/events"
        answer = await self._client.ask("POST", path, body={**body, "transactionId": transaction})
        error = error_of(answer)
        if error.get("code") != "ErrorDuplicateTransactionId":
            return object_of(answer) | {"body": body["body"]}  # which it answers as HTML whatever is preferred
        if known := error.get("@event.existingEventId"):
            return await self.read(str(known))
        made = await self.made(key)
        if made is None:
            raise CalendarUnavailable(
                "Outlook says that the event was made, but does not show it yet. Try again later."
            )
        return made

    async def made(self, key: str) -> Json | None:
        """What was made with ``key``, None when nothing was or it is gone."""
        params = {"$filter": f"transactionId eq '{uuid5(_KEYS, key)}'", "$select": "id"}
        found = await self._client.all(f"{calendar_path(self.calendar_id)}/events", params)
        return await self.read(str(found[0]["id"])) if found else None

    async def patch(self, event_id: str, body: Mapping[str, Any], *, etag: str = "") -> Json:
        """The changed event; the answer's description may be HTML. Raises ChangedElsewhere, RemoteEventGone."""
        answer = await self._client.ask("PATCH", event_path(self.calendar_id, event_id), body=body, etag=etag)
        if answer.status == 412:
            now = await self.read(event_id)
            if holds(now, body):
                return now
            raise refusal(answer)
        return object_of(answer)

    async def remove(self, event_id: str, *, etag: str = "") -> None:
        """Gone already is no error. Raises ChangedElsewhere."""
        answer = await self._client.ask("DELETE", event_path(self.calendar_id, event_id), etag=etag)
        if answer.status >= 400 and not isinstance(error := refusal(answer), RemoteEventGone):
            raise error

    async def instances(self, series_id: str, start: datetime, end: datetime) -> list[Json]:
        """A series' occurrences, changed ones where they were moved to, that touch [start, end) or a day beside it."""
        path = f"{event_path(self.calendar_id, series_id)}/instances"
        return await self._client.all(path, {**window(start, end), "$select": FIELDS, "$top": _PAGE})

    async def view(self, start: datetime, end: datetime) -> list[Json]:
        """Every occurrence of the calendar in the same sense."""
        path = f"{calendar_path(self.calendar_id)}/calendarView"
        return await self._client.all(path, {**window(start, end), "$select": FIELDS, "$top": _PAGE})


def window(start: datetime, end: datetime) -> dict[str, str]:
    """A day more on either side: all-day events are compared in the mailbox's zone, which we do not know."""
    return {"startDateTime": instant(start - _DAY), "endDateTime": instant(end + _DAY)}


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_etag(item: Mapping[str, Any], etag: str) -> None:
    """Raises ChangedElsewhere unless ``etag`` is empty or the event's."""
    if etag and item.get("@odata.etag") != etag:
        raise ChangedElsewhere("The event was changed in Outlook in the meantime.")
