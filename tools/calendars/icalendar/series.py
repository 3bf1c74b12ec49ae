"""The events of a file brought together by UID: series with their exceptions, and "this and future" changes. Pure.

A change with RANGE=THISANDFUTURE makes two series of one, since no server keeps it otherwise: the first ends before it,
the second starts with it. Also the way back: what a series shows in a window, exceptions laid over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tools.calendars.backend import Interval, RemoteEvent
from tools.calendars.icalendar.events import Found
from tools.calendars.recurrence import BadRule, expand, shifted, split

Strange = tuple[Found, str]


def in_series(found: Iterable[Found], *, later_changes: int) -> tuple[list[RemoteEvent], list[Strange]]:
    """The events with ``id``, ``series_id`` and ``original_start`` in place, and what could not be kept, and why.

    Beyond ``later_changes`` a change of all later ones is one of a single occurrence.
    """
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[one.uid].append(one)
    events: list[RemoteEvent] = []
    strange: list[Strange] = []
    for group in groups.values():
        master = next((one for one in group if one.recurrence_id is None), None)
        for one in group:
            if one.by_day and one.recurrence_id and master and master.event:
                one.recurrence_id = _on_day(one.recurrence_id, master.event.start)
        changes = sorted((one for one in group if one.recurrence_id is not None), key=_when)
        series = _Series(master.event if master else None, strange)
        for change in changes:
            later_changes -= change.and_future
            series.change(change, all_later=change.and_future and later_changes >= 0)
        if master is not None:
            series.periods(master)
        events += series.events()
    return events, strange


def occurrences_of(events: Iterable[RemoteEvent], window: Interval, *, limit: int = 5000) -> list[RemoteEvent]:
    """What the events show in ``window`` [start, end), by start: singles, and each occurrence of a series as one event.

    As ``CalendarBackend.occurrences``: with ``series_id`` and ``original_start``, without ``recurrence``. Cancelled
    ones are left out. Exceptions stand for what they replace, wherever they were moved to.
    """
    events = list(events)
    replaced = {(one.series_id, _utc(one.original_start)) for one in events if one.series_id and one.original_start}
    shown: list[RemoteEvent] = []
    for event in events:
        if event.cancelled:
            continue
        if event.recurrence is None:
            shown += [event] if _touches(event.start, event.end, window) else []
            continue
        for one in expand(event.start, event.end, event.recurrence, window, limit=limit):
            if (event.id, _utc(one.original_start)) not in replaced:
                shown.append(_occurrence(event, one.original_start, one.start, one.end))
    return sorted(shown, key=lambda event: (event.start.astimezone(UTC), event.id))[:limit]


def exception_id(series_id: str, original_start: datetime) -> str:
    return f"{series_id}#{original_start.astimezone(UTC):%Y%m%dT%H%M%SZ}"


class _Series:
    """One series, or several after "this and future" changes; each keeps where it begins in the original."""

    def __init__(self, master: RemoteEvent | None, strange: list[Strange]) -> None:
        self._parts: list[tuple[datetime, RemoteEvent]] = [(master.start, master)] if master else []
        self._exceptions: list[RemoteEvent] = []
        self._strange = strange

    def change(self, found: Found, *, all_later: bool) -> None:
        if all_later and self._parts and self._split(found):
            return
        event, original = found.event, found.recurrence_id
        if event is not None and original is not None:
            self._exceptions.append(self._exception(event, original))

    def periods(self, found: Found) -> None:
        """RDATEs that last as long as they say are exceptions."""
        known = {_utc(one.original_start) for one in self._exceptions}
        for start, end in found.periods:
            event = found.event
            if event is not None and _utc(start) not in known:
                usual = (event.end - event.start) == (end - start)
                self._exceptions += [] if usual else [self._exception(replace(event, start=start, end=end), start)]

    def events(self) -> list[RemoteEvent]:
        """The series, then those exceptions of theirs whose occurrence is not left out altogether."""
        left_out = {
            (part.id, _utc(moment)) for _, part in self._parts if part.recurrence for moment in part.recurrence.exdates
        }
        kept = [one for one in self._exceptions if (one.series_id, _utc(one.original_start)) not in left_out]
        return [part for _, part in self._parts] + kept

    def _exception(self, event: RemoteEvent, original: datetime) -> RemoteEvent:
        series_id, uid, at = event.uid, event.uid, original
        for begins, part in self._parts:
            if _utc(begins) <= _utc(original):
                series_id, uid, at = part.id, part.uid, _moved(original, begins, part.start)
        own = exception_id(series_id, at)
        return replace(event, id=own, uid=uid, series_id=series_id, original_start=at, recurrence=None)

    def _split(self, found: Found) -> bool:
        begins, last = self._parts[-1]
        event, at = found.event, found.recurrence_id
        if event is None or at is None or last.recurrence is None:
            return False
        was = _moved(at, begins, last.start)
        try:
            before, after = split(last.recurrence, last.start, was, all_day=last.all_day)
            rest = replace(event, recurrence=shifted(after, was, event.start))
        except BadRule as error:
            self._strange.append((found, f"Its change of all later ones was kept for one only. {error.message}"))
            return False
        own = exception_id(event.uid, at).replace("#", "+")
        rest = replace(rest, id=own, uid=own)
        self._parts = [*self._parts[:-1], *([(begins, replace(last, recurrence=before))] if before else []), (at, rest)]
        return True


def _moved(original: datetime, begins: datetime, starts: datetime) -> datetime:
    """``original`` is in the first series' time; in one that moved from ``begins`` to ``starts`` it lies elsewhere."""
    zone = starts.tzinfo
    by = starts.replace(tzinfo=None) - begins.astimezone(zone).replace(tzinfo=None)
    if not by:
        return original
    wall = original.astimezone(zone).replace(tzinfo=None) + by
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _occurrence(event: RemoteEvent, original: datetime, start: datetime, end: datetime) -> RemoteEvent:
    return replace(
        event,
        id=exception_id(event.id, original),
        series_id=event.id,
        original_start=original,
        start=start,
        end=end,
        recurrence=None,
    )


def _on_day(day: datetime, start: datetime) -> datetime:
    """The occurrence of ``day`` in a series that starts at ``start``: same day, its hour."""
    wall = datetime.combine(day.date(), start.time().replace(fold=0))
    return wall.replace(tzinfo=start.tzinfo).astimezone(UTC).astimezone(start.tzinfo)


def _touches(start: datetime, end: datetime, window: Interval) -> bool:
    since, until = _utc(window[0]), _utc(window[1])
    return _utc(start) < until and (_utc(end) > since or _utc(start) >= since)


def _utc(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.astimezone(UTC)


def _when(found: Found) -> tuple[datetime, bool]:
    return _utc(found.recurrence_id), not found.and_future
