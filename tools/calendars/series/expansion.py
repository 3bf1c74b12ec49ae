"""The occurrences of a series in a window. Those of short windows are kept: free/busy asks for the same ones all day.

Pure but for that memory, which holds values only and is bounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import islice

from tools.calendars.backend import Interval, Recurrence
from tools.calendars.series.starts import DAY, EARLIEST, LATEST, Length, starts, wall_of, zone_of_start

_SECOND = timedelta(seconds=1)
_BLOCK_DAYS = 32  # kept windows begin and end on multiples of it, so that one serves for a month
_KEPT_DAYS = 130
_MOST_KEPT = 2_000  # occurrences of one series; more are made anew each time


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series, aware on the clocks of the series' zone. ``original_start`` is its RECURRENCE-ID; ``start`` is
    the same until somebody moves the occurrence."""

    original_start: datetime
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """The occurrences of a stretch of time, with their starts and ends in seconds; ``complete`` if these are all."""

    occurrences: list[Occurrence]
    starts: list[float]
    ends: list[float]
    complete: bool


def occurrences_in(
    start: datetime, end: datetime, recurrence: Recurrence, window: Interval, limit: int
) -> list[Occurrence]:
    """See ``recurrence.expand``."""
    since, until = (min(max(edge, EARLIEST), LATEST).astimezone(UTC) for edge in window)
    if until - since <= _KEPT_DAYS * DAY:
        zone, first = zone_of_start(start), since.toordinal() // _BLOCK_DAYS
        last = until.toordinal() // _BLOCK_DAYS + 1
        # two times can be equal and show different clocks, or differ in nothing but which of two equal hours they are
        folds = tuple(one.fold for one in (start, end, *recurrence.exdates, *recurrence.rdates))
        kept = _stretch(start, wall_of(start), zone, end, folds, recurrence, first, last)
        if kept.complete:
            return _touching(kept, since.timestamp(), until.timestamp(), limit)
    return list(islice(_made(start, end, recurrence, since, until), limit))


def _touching(kept: _Kept, since: float, until: float, limit: int) -> list[Occurrence]:
    last = bisect_left(kept.starts, until)
    if last and kept.starts[0] >= since:
        return kept.occurrences[: min(last, limit)]
    shown = (at for at in range(last) if kept.ends[at] > since or kept.starts[at] >= since)
    return [kept.occurrences[at] for at in islice(shown, limit)]


@lru_cache(maxsize=8192)
def _stretch(
    start: datetime, _wall: datetime, zone: tzinfo, end: datetime, _folds: tuple[int, ...], recurrence: Recurrence,
    first: int, last: int,
) -> _Kept:  # fmt: skip
    since = datetime.fromordinal(max(first * _BLOCK_DAYS, 1)).replace(tzinfo=UTC)
    until = since + (last - first) * _BLOCK_DAYS * DAY
    # the key's start may be another's that is the same instant on other clocks
    start, end = start.astimezone(zone), end.astimezone(zone)
    found = list(islice(_made(start, end, recurrence, since, until), _MOST_KEPT + 1))
    complete = len(found) <= _MOST_KEPT
    found = found if complete else []
    return _Kept(found, [one.start.timestamp() for one in found], [one.end.timestamp() for one in found], complete)


def _made(
    start: datetime, end: datetime, recurrence: Recurrence, since: datetime, until: datetime
) -> Iterator[Occurrence]:
    zone, length = zone_of_start(start), Length(start, end)
    longest = max(end.astimezone(UTC) - start.astimezone(UTC), timedelta(0)) + DAY
    for begin in starts(start, recurrence, max(since - EARLIEST, longest) - longest + EARLIEST, until - _SECOND):
        local = begin.astimezone(zone)
        finish = length.end(begin, local)
        if begin >= since or finish.astimezone(UTC) > since:
            yield Occurrence(local, local, finish)
