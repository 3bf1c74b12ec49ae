"""How the stand-in lists: filters, expansion, pages, sync tokens, free and busy. It changes no event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.google_calendar.model import Calendar, Refusal

Json = dict[str, Any]
Query = dict[str, str]

_NOT_WITH_SYNC = (
    *("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty"),
    *("timeMin", "timeMax", "updatedMin"),
)
_LEFT_OF_DELETED = ("kind", "id", "status", "recurringEventId", "originalStartTime")
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class Lists:
    """Pages and tokens that were given out. ``page_size`` is the most on a page whatever is asked."""

    def __init__(self, page_size: int) -> None:
        self.page_size = page_size
        self._numbers = count(1)
        self._pages: dict[str, tuple[Query, list[Json], Json]] = {}
        self._tokens: dict[str, tuple[Query, int]] = {}

    def forget_tokens(self) -> None:
        self._tokens.clear()

    def events(self, calendar: Calendar, query: Query) -> Json:
        """events.list."""
        lasting = {name: value for name, value in query.items() if name != "pageToken"}
        if "pageToken" in query:
            return self._page(calendar, query["pageToken"], lasting)
        since = self._since(query)
        found = _found(calendar, query, since)
        closing: Json = {}
        if not any(name in query for name in _NOT_WITH_SYNC):
            token = f"sync-{next(self._numbers)}"
            kept = {name: value for name, value in query.items() if name != "syncToken"}
            self._tokens[token] = (kept, max(calendar.versions.values(), default=0))
            closing = {"nextSyncToken": token}
        return self._first_page(calendar, lasting, found, closing)

    def instances(self, calendar: Calendar, event_id: str, query: Query) -> Json:
        """events.instances."""
        lasting = {name: value for name, value in query.items() if name != "pageToken"}
        if "pageToken" in query:
            return self._page(calendar, query["pageToken"], lasting)
        series = calendar.find(event_id)
        if series["status"] == "cancelled":
            raise Refusal(404, "notFound", "Not Found")
        if not series.get("recurrence"):
            raise Refusal(400, "invalid", "The event is not recurring.")
        deleted = query.get("showDeleted") == "true"
        found = [one for one in calendar.occurrences(series) if deleted or one["status"] != "cancelled"]
        if "originalStart" in query:
            found = [one for one in found if _starts_at(one, query["originalStart"])]
        found.sort(key=lambda one: one["id"])
        return self._first_page(calendar, lasting, found, {})

    def _since(self, query: Query) -> int | None:
        token = query.get("syncToken")
        if token is None:
            return None
        if wrong := [name for name in _NOT_WITH_SYNC if name in query]:
            raise Refusal(400, "invalid", f"syncToken does not go with {wrong}")
        if not token.startswith("sync-"):
            raise Refusal(400, "invalid", "Invalid sync token value.")
        if token not in self._tokens:
            raise Refusal(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        first, version = self._tokens[token]
        if first != {name: value for name, value in query.items() if name != "syncToken"}:
            raise Refusal(400, "invalid", "the parameters differ from those of the first synchronisation")
        return version

    def _first_page(self, calendar: Calendar, query: Query, found: list[Json], closing: Json) -> Json:
        token = f"page-{next(self._numbers)}"
        self._pages[token] = (query, found, closing)
        return self._page(calendar, token, query)

    def _page(self, calendar: Calendar, token: str, query: Query) -> Json:
        if token not in self._pages:
            raise Refusal(400, "invalid", "Invalid page token value.")
        first, found, closing = self._pages[token]
        if first != query:
            raise Refusal(400, "invalid", "the parameters differ from those of the first page")
        size = min(self.page_size, int(query.get("maxResults", "250")))
        answer: Json = {
            "kind": "calendar#events",
            "summary": calendar.name,
            "timeZone": calendar.zone,
            "accessRole": calendar.access,
            "items": [rendered(calendar, item, listed=True) for item in found[:size]],
        }
        if found[size:]:
            rest = f"page-{next(self._numbers)}"
            self._pages[rest] = (query, found[size:], closing)
            return {**answer, "nextPageToken": rest}
        return {**answer, **closing}


def _found(calendar: Calendar, query: Query, since: int | None) -> list[Json]:
    single, deleted = query.get("singleEvents") == "true", query.get("showDeleted") == "true"
    if query.get("orderBy") == "startTime" and not single:
        raise Refusal(400, "invalid", "The requested ordering is not available for the particular query.")
    low, high = _limit(query.get("timeMin")), _limit(query.get("timeMax")) or _FOR_EVER
    if low and low >= high:
        raise Refusal(400, "timeRangeEmpty", "The specified time range is empty.")
    found: list[Json] = []
    dropped = [] if since is None else list(calendar.dropped.values())
    for item in [*calendar.items.values(), *dropped]:
        if since is not None and calendar.versions[item["id"]] <= since:
            continue
        if item["status"] == "cancelled" and since is None and not deleted:
            series = calendar.items.get(item.get("recurringEventId", ""))
            if single or series is None or series["status"] == "cancelled":
                continue
        if "iCalUID" in query and item["iCalUID"] != query["iCalUID"]:
            continue
        if single and item.get("recurrence"):
            found += [one for one in calendar.occurrences(item, high) if one["id"] not in calendar.items]
        else:
            found.append(item)
    found = [item for item in found if _touches(calendar, item, low, high, single=single)]
    if query.get("orderBy") == "startTime":
        found.sort(key=lambda one: calendar.bounds(one)[0])
    return found


def _touches(calendar: Calendar, item: Json, low: datetime | None, high: datetime, *, single: bool) -> bool:
    """timeMin is compared with ends, timeMax with starts; of a series any occurrence will do."""
    if item.get("recurrence") and not single and (low or high != _FOR_EVER):
        until = high if high != _FOR_EVER else (low or _FOR_EVER) + timedelta(days=400)
        return any(_touches(calendar, one, low, high, single=True) for one in calendar.occurrences(item, until))
    start, end = calendar.bounds(item)
    return start < high and (low is None or end > low)


def _limit(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(microsecond=0) if text else None


def _starts_at(item: Json, asked: str) -> bool:
    original = item["originalStartTime"]
    if "date" in original:
        return original["date"] == asked
    if "T" not in asked:
        return False
    return datetime.fromisoformat(original["dateTime"]) == datetime.fromisoformat(asked)


def rendered(calendar: Calendar, item: Json, *, listed: bool = False) -> Json:
    """As Google sends it: times with the offset of the calendar's zone; of what is deleted a list tells little."""
    answer = {**item, "etag": calendar.etag(item), "updated": "2026-11-21T09:00:00.000Z"}
    for name in ("start", "end", "originalStartTime"):
        if "dateTime" in item.get(name, {}):
            at = datetime.fromisoformat(item[name]["dateTime"])
            at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(item[name]["timeZone"]))
            local = at.astimezone(UTC).astimezone(ZoneInfo(calendar.zone))
            answer[name] = {**item[name], "dateTime": local.isoformat()}
    if item["status"] == "cancelled" and (listed or item.get("recurringEventId")):
        return {name: answer[name] for name in (*_LEFT_OF_DELETED, "etag") if name in answer}
    return answer


def busy(calendar: Calendar, start: datetime, end: datetime) -> list[Json]:
    """What freeBusy.query says of a calendar, merged."""
    found: list[tuple[datetime, datetime]] = []
    for item in calendar.live():
        if item.get("recurringEventId"):
            continue
        for one in calendar.occurrences(item, end) if item.get("recurrence") else [item]:
            since, until = calendar.bounds(one)
            if _blocks(one) and since < end and until > start:
                found.append((max(since, start), min(until, end)))
    result: list[tuple[datetime, datetime]] = []
    for since, until in sorted(found):
        if result and since <= result[-1][1]:
            result[-1] = (result[-1][0], max(until, result[-1][1]))
        else:
            result.append((since, until))
    return [{"start": f"{a:%Y-%m-%dT%H:%M:%SZ}", "end": f"{b:%Y-%m-%dT%H:%M:%SZ}"} for a, b in result]


def _blocks(item: Json) -> bool:
    declined = any(one.get("self") and one["responseStatus"] == "declined" for one in item.get("attendees", []))
    kind = item["eventType"] not in ("workingLocation", "birthday")
    return item["status"] != "cancelled" and item.get("transparency") != "transparent" and kind and not declined
