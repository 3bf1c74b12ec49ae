"""One calendar's events in Google: get, insert, patch, replace, delete, each safe to try again. Knows no series.

A write carries the etag that was read. Google answers 412 also to our own second try when the first one's answer was
lost: what already is as wanted is a success.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tools.calendars.backend import ChangedElsewhere, RemoteEventGone
from tools.calendars.google.rest import Rest, items_of, object_of
from tools.calendars.google.translate import Place, holds

Json = dict[str, Any]

# without these Google drops what an event holds of meetings and attachments when it is written back whole
_WHOLE = {"conferenceDataVersion": "1", "supportsAttachments": "true"}
_NEXT = "v"  # a letter that ids may have, and those of keys never end on
_GOOGLES_OWN = frozenset({"kind", "etag", "created", "updated", "htmlLink", "creator", "hangoutLink"})


class Events:
    """``place`` says which calendar. Its zone is asked for with ``learn`` when an event first needs it: most name their
    own, and a person waits for each request."""

    def __init__(self, rest: Rest, place: Place, learn: Callable[[], Awaitable[Place]] | None = None) -> None:
        self.place = place
        self._rest = rest
        self._learn = learn

    async def items(self, *path: str, params: Mapping[str, str]) -> list[Json]:
        return await self._rest.items("calendars", self.place.id, *path, params=params)

    async def starting(self, series_id: str, original: str) -> list[Json]:
        """Occurrences of a series by their original start; none when Google does not take the question."""
        path = ("calendars", self.place.id, "events", series_id, "instances")
        answer = await self._rest.ask("GET", *path, params={"originalStart": original}, accept=(400,))
        return [] if answer.status == 400 else items_of(object_of(answer))

    async def find(self, event_id: str) -> Json | None:
        """The event as Google has it, deleted ones too for a while; None when it never was."""
        answer = await self._rest.ask("GET", *self._path(event_id), accept=(404, 410))
        return None if answer.status in (404, 410) else await self._placed(object_of(answer))

    async def get(self, event_id: str) -> Json:
        """The event. Raises RemoteEventGone for a deleted one, too."""
        item = await self.find(event_id)
        if item is None or item.get("status") == "cancelled":
            raise RemoteEventGone("That event is no longer in the calendar.")
        return item

    async def find_made(self, event_id: str) -> Json | None:
        """What ``insert_again`` made under this id, if it is still there."""
        item = await self.find(event_id)
        while item is not None and item.get("status") == "cancelled":
            event_id += _NEXT
            item = await self.find(event_id)
        return item

    async def insert(self, event_id: str, body: Json, *, notify: bool) -> Json:
        """The event with this id: made now, or by an earlier try. Raises RemoteEventGone when it was deleted since."""
        params = {**_updates(notify), **_WHOLE}
        answer = await self._rest.ask(
            "POST", "calendars", self.place.id, "events", params=params, body={"id": event_id, **body}, accept=(409,)
        )
        if answer.status != 409:
            return await self._placed(object_of(answer))
        found = await self.find(event_id)
        if found is None or found.get("status") == "cancelled":
            raise RemoteEventGone("That event was made before and is no longer in the calendar.")
        return found

    async def insert_again(self, event_id: str, body: Json, *, notify: bool) -> Json:
        """As ``insert``; what was deleted since is made again under an id that follows from this one."""
        try:
            return await self.insert(event_id, body, notify=notify)
        except RemoteEventGone:
            return await self.insert_again(event_id + _NEXT, body, notify=notify)

    async def patch(self, item: Json, body: Json, *, notify: bool) -> Json:
        """``item`` with ``body`` laid over it. Raises ChangedElsewhere."""
        return await self._write("PATCH", item, body, notify=notify) if body else item

    async def replace(self, item: Json, whole: Json, *, notify: bool) -> Json:
        """``item`` becomes ``whole``. Raises ChangedElsewhere."""
        body = {name: value for name, value in whole.items() if name not in _GOOGLES_OWN}
        return await self._write("PUT", item, body, notify=notify)

    async def delete(self, event_id: str, *, etag: str = "", notify: bool) -> None:
        """Remove; what is gone is no error. Raises ChangedElsewhere."""
        answer = await self._rest.ask(
            "DELETE", *self._path(event_id), params=_updates(notify), etag=etag, accept=(404, 410, 412)
        )
        if answer.status == 412:
            now = await self.find(event_id)
            if now is not None and now.get("status") != "cancelled":
                raise ChangedElsewhere("Somebody changed the event in Google Calendar. Look at it again.")

    async def _write(self, method: str, item: Json, body: Json, *, notify: bool) -> Json:
        path, params = self._path(item["id"]), {**_updates(notify), **_WHOLE}
        answer = await self._rest.ask(method, *path, params=params, body=body, etag=item.get("etag", ""), accept=(412,))
        if answer.status != 412:
            return await self._placed(object_of(answer))
        now = await self.get(item["id"])
        if holds(now, body, self.place):
            return now
        raise ChangedElsewhere("Somebody changed the event in Google Calendar. Look at it again.")

    async def _placed(self, item: Json) -> Json:
        """``item``, when the zone that it is in is known."""
        if self._learn is not None and "timeZone" not in item.get("start", {}):
            self.place, self._learn = await self._learn(), None
        return item

    def _path(self, event_id: str) -> tuple[str, ...]:
        return ("calendars", self.place.id, "events", event_id)


def _updates(notify: bool) -> dict[str, str]:
    return {"sendUpdates": "all" if notify else "none"}
