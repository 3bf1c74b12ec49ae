"""One day of one person as a briefing: what is on, what is free between, what cannot be, when to leave. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from tools.calendars.briefing import saying
from tools.calendars.briefing.model import Briefing, Calendars, Journey
from tools.calendars.model import Event, Slot
from tools.calendars.scheduling.busy import appointment_of, place_of, travel_min
from tools.calendars.scheduling.conflicts import conflicts, told_all
from tools.calendars.scheduling.model import Clash
from tools.calendars.scheduling.spans import Span, common, merged, seconds, wall, without
from tools.calendars.walltime import bounds

_GAP_S: Final = 3600  # shorter ones are not worth a word
_MOST_GAPS: Final = 2


def brief(mine: Calendars, day: date, now: datetime) -> Briefing:
    """The briefing about ``day``; of today without what is over by ``now``."""
    zone = mine.zone
    local, span = now.astimezone(zone), _span(day, mine)
    of_day = sorted(_touching(mine.events, span, mine), key=lambda one: (not one.all_day, one.starts_at, one.summary))
    events = tuple(event for event in of_day if appointment_of(event, zone).end > now.timestamp())
    clashes = [
        one for one in clashes_of(mine) if _is_in(one, span) and min(one.first.end, one.second.end) > now.timestamp()
    ]
    notes = told_all(clashes, zone, local.date())
    journeys = [one for one in journeys_of(mine) if span[0] <= one.second.starts_at.timestamp() < span[1]]
    ways = tuple(saying.leaving(one, zone) for one in journeys if one.leave_by > now)
    gaps = _gaps(_touching(mine.taking, span, mine), day, mine, seconds(now, up=True))
    over = len(of_day) - len(events)
    text = saying.day_said(events, over, gaps, (*notes, *ways), (day, local.date()), local)
    return Briefing(day, local.date(), zone, events, over, gaps, notes, ways, text)


def clashes_of(mine: Calendars) -> Sequence[Clash]:
    """What cannot all be attended, by start."""
    return conflicts((appointment_of(event, mine.zone) for event in mine.taking), mine.habits)


def journeys_of(mine: Calendars) -> list[Journey]:
    """Ways between neighbours of one day at different places, where there is time for them."""
    found = list[Journey]()
    timed = sorted((one for one in mine.taking if not one.all_day), key=lambda one: (one.starts_at, one.ends_at))
    for first, second in pairwise(timed):
        way = timedelta(minutes=travel_min(place_of(first.location), place_of(second.location), mine.habits))
        is_same_day = first.ends_in(mine.zone).date() == second.starts_in(mine.zone).date()
        if way and is_same_day and first.ends_at + way <= second.starts_at:
            found.append(Journey(first, second, second.starts_at - way))
    return found


def _span(day: date, mine: Calendars) -> Span:
    start, end = bounds(day, day, mine.zone)
    return seconds(start), seconds(end)


def _touching(events: Iterable[Event], span: Span, mine: Calendars) -> list[Event]:
    """A whole day is that day on the person's clock, wherever it was entered."""
    seen = ((event, appointment_of(event, mine.zone)) for event in events)
    return [event for event, one in seen if one.start < span[1] and max(one.end, one.start + 1) > span[0]]


def _is_in(clash: Clash, span: Span) -> bool:
    return span[0] <= clash.second.start < span[1]


def _gaps(taking: Iterable[Event], day: date, mine: Calendars, now: int) -> tuple[Slot, ...]:
    """The longest stretches of the working hours between two events."""
    taken = merged((one.start, one.end) for one in (appointment_of(event, mine.zone) for event in taking))
    if len(taken) < 2:
        return ()
    inside = [(max(taken[0][0], now), taken[-1][1])]
    free = without(common(mine.habits.open_on(day, mine.zone), inside), taken)
    long = sorted((one for one in free if one[1] - one[0] >= _GAP_S), key=lambda one: one[0] - one[1])[:_MOST_GAPS]
    return tuple(Slot(wall(start, mine.zone), wall(end, mine.zone)) for start, end in sorted(long))
