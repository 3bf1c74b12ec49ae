"""Free time as plain arithmetic on intervals: gaps, and up to three other times near a wanted one. Pure.

Everything compares as UTC instants and answers on the wall clock of the zone it was given. Times that suit people, by
their habits: ``scheduling/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.backend import Interval
from tools.calendars.model import Slot
from tools.calendars.walltime import after, soft_at, start_of

GRID_MIN = 15


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``opens`` to ``closes`` on one day's wall clock; 24:00 is written as midnight (``time(0)``)."""

    opens: time
    closes: time

    def on(self, day: date, zone: ZoneInfo) -> Interval:
        """[opens, closes) of this day as instants."""
        end = soft_at(day, self.closes, zone) if self.closes != time(0) else start_of(day + timedelta(days=1), zone)
        return soft_at(day, self.opens, zone), end

    def has(self, moment: time) -> bool:
        """Whether this time of day lies in it."""
        return self.opens <= moment and (moment < self.closes or self.closes == time(0))


# what is offered of a part of the day: nobody wants to meet at 5 AM. What a part is: `parts`
PARTS_OF_DAY = {
    "any": Hours(time(9), time(17)),
    "morning": Hours(time(8), time(12)),
    "afternoon": Hours(time(12), time(18)),
    "evening": Hours(time(17), time(22)),
}
CIVIL_HOURS = Hours(time(8), time(18))


def free_spans(busy: Iterable[Interval], window: Interval, duration_min: int) -> list[Interval]:
    """The gaps in ``window`` that last at least ``duration_min``, in order; ends touch their neighbours."""
    start, end = window[0].astimezone(UTC), window[1].astimezone(UTC)
    zone = window[0].tzinfo
    least = timedelta(minutes=duration_min)
    spans: list[Interval] = []
    for taken_from, taken_to in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in busy):
        if min(taken_from, end) - start >= least:
            spans.append((start, min(taken_from, end)))
        start = max(start, taken_to)
    if end - start >= least:
        spans.append((start, end))
    return [(a.astimezone(zone), b.astimezone(zone)) for a, b in spans]


def round_up(moment: datetime, minutes: int = GRID_MIN) -> datetime:
    """The next full quarter of an hour on the wall clock, or ``moment`` itself."""
    over = moment.minute % minutes
    if not over and not moment.second and not moment.microsecond:
        return moment
    return after(moment.replace(second=0, microsecond=0), minutes - over)


def alternatives(
    wanted: datetime, duration_min: int, busy: Sequence[Interval], now: datetime, *, limit: int = 3, days: int = 14
) -> list[Slot]:
    """Up to ``limit`` free times near ``wanted``: two of the same day, then the same time on the next days.

    Weekends are passed over unless ``wanted`` lies on one. ``busy`` must cover the ``days`` after ``wanted``.
    """
    same_day = _around(wanted, _on_day(wanted, wanted.date(), duration_min, busy, now))
    chosen = same_day[: max(1, limit - 1)]
    weekend_is_fine = wanted.weekday() >= 5
    for ahead in range(1, days + 1):
        if len(chosen) >= limit:
            break
        day = wanted.date() + timedelta(days=ahead)
        if day.weekday() >= 5 and not weekend_is_fine:
            continue
        chosen += _on_day(wanted, day, duration_min, busy, now)[:1]
    chosen += same_day[len(chosen) :] if len(chosen) < limit else []
    return chosen[:limit]


def _around(wanted: datetime, nearest: list[Slot]) -> list[Slot]:
    """The nearest first, then the nearest on the other side of ``wanted``: people choose more easily between those."""
    if len(nearest) < 3:
        return nearest
    earlier = nearest[0].start < wanted
    other = next((slot for slot in nearest if (slot.start < wanted) != earlier), nearest[1])
    return [nearest[0], other, *(slot for slot in nearest[1:] if slot is not other)]


def _on_day(wanted: datetime, day: date, duration_min: int, busy: Sequence[Interval], now: datetime) -> list[Slot]:
    """Free times of ``day`` that do not overlap one another, nearest to the wanted time of day first."""
    zone = wanted.tzinfo
    if not isinstance(zone, ZoneInfo):
        raise TypeError("wanted needs a ZoneInfo")
    target = soft_at(day, wanted.time().replace(fold=0), zone)
    opens, closes = CIVIL_HOURS.on(day, zone)
    # a caller who wanted 7 PM may be offered 8 PM
    window = (max(min(opens, target), round_up(now)), max(closes, after(target, 2 * duration_min)))
    window = (window[0], min(window[1], start_of(day + timedelta(days=1), zone)))
    starts = sorted(
        {start for span in free_spans(busy, window, duration_min) for start in _starts(span, duration_min)},
        key=lambda start: (abs(start - target), start < target),
    )
    chosen: list[Slot] = []
    for start in starts:
        slot = Slot(start, after(start, duration_min), _reason(wanted, start))
        if all(slot.end <= other.start or slot.start >= other.end for other in chosen):
            chosen.append(slot)
    return chosen


def _starts(span: Interval, duration_min: int) -> list[datetime]:
    """Starts on the quarter-hour grid that fit in ``span``, and the one that ends exactly where it ends."""
    zone = span[0].tzinfo
    last = (span[1].astimezone(UTC) - timedelta(minutes=duration_min)).astimezone(zone)
    starts = {last} if last.minute % 5 == 0 else set[datetime]()
    start = round_up(span[0], 5)
    while start.astimezone(UTC) <= last.astimezone(UTC):
        starts.add(start)
        start = round_up(after(start, 1))
    return sorted(starts)


def _reason(wanted: datetime, start: datetime) -> str:
    if start.date() == wanted.date():
        return "same day, earlier" if start.astimezone(UTC) < wanted.astimezone(UTC) else "same day, later"
    when = "the next day" if start.date() == wanted.date() + timedelta(days=1) else f"{start:%A}"
    return f"same time, {when}" if start.time() == wanted.time() else when
