"""From a rule's wall times to instants: the starts and ends of a series in UTC, with its end, EXDATEs and RDATEs. Pure.

Everything inside is UTC: two times of one zone compare by their wall clocks, which is wrong in the hour that comes
twice. A skipped wall time is read with the offset before the jump (RFC 5545), one that comes twice is the first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo

from tools.calendars.backend import Recurrence
from tools.calendars.series.days import counted_end, horizon, pattern
from tools.calendars.series.rule import FOREVER, BadRule, Rule, parsed

DAY = timedelta(days=1)
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(FOREVER, 1, 1, tzinfo=UTC)
_LONGEST_JUMP = timedelta(hours=25)  # Samoa left out a whole day


def zone_of_start(start: datetime) -> tzinfo:
    if start.tzinfo is None:
        raise TypeError("a series starts at an aware time")
    return start.tzinfo


def wall_of(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """The naive wall time of ``moment`` in ``zone`` (else its own), to the second."""
    local = moment if zone is None else moment.astimezone(zone)
    return local.replace(tzinfo=None, fold=0, microsecond=0)


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The naive wall time in UTC. Raises BadRule beyond the years that a calendar holds."""
    try:
        return wall.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise BadRule("The repetition leaves the years that a calendar holds.") from error


def until_of(rule: Rule, zone: tzinfo) -> datetime | None:
    """The last instant that UNTIL allows. A date means all of that day, a wall time the event's own clocks."""
    if rule.until is None:
        return None
    if not isinstance(rule.until, datetime):
        return instant(datetime.combine(rule.until, time(23, 59, 59)), zone)
    return rule.until if rule.until.tzinfo is not None else instant(rule.until, zone)


def end_of_rule(rule: Rule, start: datetime) -> datetime | None:
    """The last instant at which the rule may fire, by UNTIL or COUNT; None for an endless one."""
    zone = zone_of_start(start)
    ends = [until_of(rule, zone)]
    if rule.count is not None:
        ends.append(max(instant(counted_end(rule, wall_of(start)), zone), start.astimezone(UTC)))
    return min((end for end in ends if end is not None), default=None)


def starts(start: datetime, recurrence: Recurrence, since: datetime, until: datetime) -> Iterator[datetime]:
    """The starts of the series in [since, until], both UTC and included, each once, in order."""
    left_out = {moment.astimezone(UTC) for moment in recurrence.exdates}
    further = sorted(moment.astimezone(UTC) for moment in recurrence.rdates)
    first = start.astimezone(UTC).replace(microsecond=0)
    ruled = rule_starts(start, parsed(recurrence.rrule), since, until) if recurrence.rrule else [first]
    moments = heapq.merge(ruled, further) if further else ruled
    previous: datetime | None = None
    for moment in moments:
        if moment != previous and moment not in left_out and since <= moment <= until:
            yield moment
        previous = moment


def rule_starts(start: datetime, rule: Rule, since: datetime, until: datetime) -> Iterator[datetime]:
    """What the rule alone makes and the start itself, in [since, until] and before the rule's end, in order."""
    zone, wall = zone_of_start(start), wall_of(start)
    first = start.astimezone(UTC).replace(microsecond=0)
    end = end_of_rule(rule, start)
    last = min(until, LATEST) if end is None else min(until, end, LATEST)
    if last < max(first, since):
        return
    low = wall_of(max(since, first), zone) - _LONGEST_JUMP
    high = wall_of(last, zone) + _LONGEST_JUMP
    times = pattern(rule, wall)
    moments = (instant(fired, zone) for fired in times.fires(low, high) if fired != wall)
    if first >= since:
        yield first
    for moment in _in_order(moments) if len(times.times) > 1 else moments:
        if since <= moment <= last and moment != first:
            yield moment


class Length:
    """How long the occurrences of a series last: the time that passes from ``start`` to ``end`` (RFC 5545, 3.8.5.3).

    Half an hour stays half an hour in the night of a change of the clocks. Whole days from midnight stay whole days,
    however long those are, also where the clocks skip midnight.
    """

    def __init__(self, start: datetime, end: datetime) -> None:
        self._zone = zone_of_start(start)
        self._start, self._end = start.astimezone(UTC), end.astimezone(UTC)
        self._exact = self._end - self._start
        self._wall = wall_of(end, self._zone) - wall_of(start)
        self._days = not self._wall % DAY and wall_of(start).time() == time(0)

    def end(self, begin: datetime, local: datetime) -> datetime:
        """When the occurrence ends that starts at ``begin`` (UTC), ``local`` on its clocks; on its clocks."""
        finish = (begin + self._exact).astimezone(self._zone)
        if not self._days:
            return finish
        if begin == self._start:
            return self._end.astimezone(self._zone)
        by_wall = instant(datetime.combine(local.date(), time(0)) + self._wall, self._zone)
        return by_wall.astimezone(self._zone) if by_wall >= begin else finish


def horizon_of(start: datetime, after: datetime | None = None) -> datetime:
    """How far to look ahead of ``start`` (or of ``after``), UTC."""
    zone = zone_of_start(start)
    wall = wall_of(start) if after is None else max(wall_of(start), wall_of(min(after, LATEST), zone))
    return instant(horizon(wall), zone)


def _in_order(moments: Iterable[datetime]) -> Iterator[datetime]:
    """Moved over a jump of the clocks, an earlier wall time can be a later instant, or the same."""
    waiting: list[datetime] = []
    for moment in moments:
        heapq.heappush(waiting, moment)
        while waiting[0] < moment - _LONGEST_JUMP:
            yield heapq.heappop(waiting)
    yield from sorted(waiting)
