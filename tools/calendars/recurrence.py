"""Series of events: their occurrences and their rules, cut in two, moved, and said. Pure; the one way to RFC 5545.

What the clocks do to a series is decided in ``series/starts.py``: it keeps its wall time. A start that the clocks skip
that day is the real local time after the jump (02:30 becomes 03:30); one that comes twice means the first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.backend import Interval, Recurrence
from tools.calendars.series import said
from tools.calendars.series.days import LOOKAHEAD_YEARS, counted_end, horizon, pattern
from tools.calendars.series.expansion import Occurrence, occurrences_in
from tools.calendars.series.moved import shifted
from tools.calendars.series.rule import BadRule, Rule, parsed
from tools.calendars.series.starts import (
    end_of_rule,
    horizon_of,
    instant,
    rule_starts,
    starts,
    until_of,
    wall_of,
    zone_of_start,
)

__all__ = [
    "BadRule",
    "Occurrence",
    "checked_recurrence",
    "checked_rrule",
    "described",
    "expand",
    "first_occurrence",
    "last_occurrence",
    "next_occurrence",
    "shifted",
    "split",
    "tidied",
]

_SECOND = timedelta(seconds=1)


def expand(
    start: datetime, end: datetime, recurrence: Recurrence, window: Interval, *, limit: int = 5000
) -> list[Occurrence]:
    """The occurrences that touch ``window`` [start, end), by start, at most ``limit``; ``start``'s zone decides.

    ``start`` itself is always one, whether it fits the rule or not (RFC 5545), unless it is left out or lies after
    UNTIL. One without length touches the window at its start. Raises BadRule for a rule that cannot be kept.
    """
    return occurrences_in(start, end, recurrence, window, limit)


def checked_rrule(text: str, start: datetime, zone: ZoneInfo | None = None, *, all_day: bool = False) -> str:
    """The rule in its one normal form, with at most one end: UNTIL in UTC (a date for ``all_day``) or COUNT.

    ``start`` is the aware first start, in ``zone`` if one is given. Raises BadRule with a sentence for a rule that
    repeats within the day, goes beyond the limits, never fires, ends before it starts, or does not fall on ``start``
    (the sentence names the first start that fits; ``first_occurrence`` returns it).
    """
    start = start.astimezone(zone) if zone is not None else start
    rule = tidied(text, start, all_day=all_day)
    wall = wall_of(start)
    first = next(pattern(rule, wall).fires(wall, horizon(wall)))
    if first != wall:
        raise BadRule(
            f"The repetition does not fall on its first day, {start:%A, %B} {start.day}; it would first happen on "
            f"{first:%A, %B} {first.day}, {first.year} at {first:%H:%M}."
        )
    return rule.text()


def checked_recurrence(recurrence: Recurrence, start: datetime, *, all_day: bool) -> Recurrence:
    """The recurrence with its rule in the normal form. Raises BadRule like ``checked_rrule``."""
    rule = checked_rrule(recurrence.rrule, start, all_day=all_day) if recurrence.rrule else ""
    return replace(recurrence, rrule=rule)


def tidied(text: str, start: datetime, *, all_day: bool = False) -> Rule:
    """Like ``checked_rrule`` for rules that others made: one that does not fall on ``start`` is as good."""
    rule, wall = parsed(text), wall_of(start)
    if next(pattern(rule, wall).fires(wall, horizon(wall)), None) is None:
        raise BadRule("That repetition never happens: no day fits it. Say it differently.")
    until = until_of(rule, zone_of_start(start))
    if until is None:
        return rule
    if until < start.astimezone(UTC):
        raise BadRule("The repetition ends before the event starts. Choose a later end.")
    if rule.count is not None and instant(counted_end(rule, wall), zone_of_start(start)) <= until:
        return replace(rule, until=None)
    return _ending(rule, until, start, all_day=all_day)


def first_occurrence(start: datetime, rrule: str) -> datetime | None:
    """The first time from ``start`` on that fits the rule, on the same clocks; None when it never does."""
    wall, zone = wall_of(start), zone_of_start(start)
    first = next(pattern(parsed(rrule), wall).fires(wall, horizon(wall)), None)
    return None if first is None else instant(first, zone).astimezone(zone)


def next_occurrence(start: datetime, recurrence: Recurrence, after: datetime) -> datetime | None:
    """The first start of the series later than ``after``; None when there is none within sixty years."""
    following = starts(start, recurrence, after.astimezone(UTC) + _SECOND, horizon_of(start, after))
    return next((moment.astimezone(start.tzinfo) for moment in following), None)


def last_occurrence(start: datetime, recurrence: Recurrence) -> datetime | None:
    """The last start of the series; None for an endless one, and for one of which nothing is left."""
    end = end_of_rule(parsed(recurrence.rrule), start) if recurrence.rrule else start.astimezone(UTC)
    if end is None:
        return None
    first, until = start.astimezone(UTC), max([end, *(one.astimezone(UTC) for one in recurrence.rdates)])
    last: datetime | None = None
    for years in (1, 10, LOOKAHEAD_YEARS):  # the last is near the end: no need to walk there from the start
        since = max(first, until - timedelta(days=366 * years)) if until.year > years + 1 else first
        for last in starts(start, recurrence, since, until):  # noqa: B007
            pass
        if last is not None or since == first:
            break
    return None if last is None else last.astimezone(start.tzinfo)


def split(
    recurrence: Recurrence, start: datetime, at_original: datetime, *, all_day: bool = False
) -> tuple[Recurrence | None, Recurrence]:
    """The series before the occurrence that starts at ``at_original``, and the series from it on (which starts there).

    Before is None when nothing is left of it. It ends by UNTIL: the second before in UTC, the day before for
    ``all_day``. The second half keeps its end: COUNT less what went before, left-out ones counted too.
    """
    at = at_original.astimezone(UTC)
    if at <= start.astimezone(UTC):
        return None, recurrence
    exdates, rdates = _divided(recurrence.exdates, at), _divided(recurrence.rdates, at)
    if not recurrence.rrule:
        before, after = Recurrence("", exdates[0], rdates[0]), Recurrence("", exdates[1], rdates[1])
    else:
        rule = parsed(recurrence.rrule)
        cut = _ending(rule, at - _SECOND, start, all_day=all_day)
        before = Recurrence(cut.text(), exdates[0], rdates[0])
        after = Recurrence(_rest(rule, start, at).text(), exdates[1], rdates[1])
    nothing = next(starts(start, before, min([start, *before.rdates]).astimezone(UTC), at - _SECOND), None) is None
    return (None if nothing else before), after


def described(
    rrule: str, zone: ZoneInfo, language: Literal["en"] = "en", *, start: datetime | None = None, all_day: bool = False
) -> str:
    """The rule as a person would say it: "every second Monday at 9 AM until December 1st", "every day, 5 times".

    ``start`` lends what the rule leaves open (the hour, the day of the month); its clocks are read in ``zone``. The
    year of the end is said unless it is the start's.
    """
    del language  # one so far; the others will have modules beside ``said``
    rule = parsed(rrule)
    first = start.astimezone(zone) if start is not None else None
    told = said.how_often(rule, first) + ("" if all_day else said.at_times(rule, first))
    if rule.count is not None:
        return f"{told}, {'once' if rule.count == 1 else spoken.counted(rule.count, 'time')}"
    until = until_of(rule, zone)
    if until is None:
        return told
    day = until.astimezone(zone).date()
    year = "" if first is not None and first.year == day.year else f", {day.year}"
    return f"{told} until {day:%B} {spoken.ordinal(day.day)}{year}"


def _rest(rule: Rule, start: datetime, at: datetime) -> Rule:
    """The rule for a series that starts at ``at``."""
    if rule.count is not None:
        gone = sum(1 for _ in islice(rule_starts(start, rule, start.astimezone(UTC), at - _SECOND), rule.count))
        rule = replace(rule, count=max(1, rule.count - gone))
    usual, wall = pattern(rule, wall_of(start)), wall_of(at, zone_of_start(start))
    if next(usual.fires(wall, wall), None) == wall:
        return rule
    # an RDATE, or moved by the clocks just this once: what comes after keeps the days and the hour of the series
    return replace(
        usual.rule,
        count=rule.count,
        until=rule.until,
        byhour=rule.byhour or (usual.start.hour,),
        byminute=rule.byminute or (usual.start.minute,),
    )


def _ending(rule: Rule, last: datetime, start: datetime, *, all_day: bool) -> Rule:
    """The rule with UNTIL as its only end, written as RFC 5545 wants it for this kind of event."""
    if not all_day:
        return replace(rule, count=None, until=last)
    # midnights in UTC mean the date as written, other times (Exchange) the event's midnight
    zone = UTC if last.time() in {time(0), time(23, 59, 59)} else zone_of_start(start)
    return replace(rule, count=None, until=wall_of(last, zone).date())


def _divided(moments: tuple[datetime, ...], at: datetime) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
    before = tuple(moment for moment in moments if moment.astimezone(UTC) < at)
    return before, tuple(moment for moment in moments if moment.astimezone(UTC) >= at)
