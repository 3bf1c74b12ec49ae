"""Why nothing fits, and which one thing, given up, would let something fit. Pure; asks the same question again.

The order is that of what costs people least: a wish, a later day, an optional person, a shorter meeting, odd hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tools import spoken
from tools.calendars.scheduling.holidays import holiday_on
from tools.calendars.scheduling.model import YOU, Relaxation, SlotRequest, Suggestion
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.wishes import Wish
from tools.calendars.walltime import days_after

Habits = Mapping[str, Preferences]
Find = Callable[[SlotRequest], tuple[Suggestion, ...]]
_MOST = 2
_LATER_DAYS = 28
_SHORTER = (60, 45, 30, 15)


def why_nothing(request: SlotRequest, habits: Habits, now: datetime, find: Find) -> tuple[str, tuple[Relaxation, ...]]:
    """A sentence why there is nothing, and up to two ways out."""
    own, today = habits.get(YOU, Preferences()), now.astimezone(request.zone).date()
    if request.latest <= now:
        return "That time has already passed.", ()
    if request.latest <= now + timedelta(minutes=own.minimum_notice_min):
        return f"That is too soon: {spoken.duration(own.minimum_notice_min)} of notice are needed.", ()
    if request.earliest >= now + timedelta(days=own.horizon_days):
        return f"That is too far ahead: times are given for the next {own.horizon_days} days.", ()
    found: list[Relaxation] = []
    for kind, value, changed, tell in _ways(request, own):
        if len(found) >= _MOST:
            break
        if kind == "shorter" and any(one.kind == kind for one in found):
            continue
        if changed.latest > changed.earliest and (slots := find(replace(changed, limit=1))):
            start = slots[0].start
            found.append(Relaxation(kind, value, start, tell(spoken.sentence(spoken.moment(start, today))[:-1])))
    return _nothing(request, own, now), tuple(found)


def _ways(request: SlotRequest, own: Preferences) -> Iterator[tuple[str, str, SlotRequest, Callable[[str], str]]]:
    for wish in request.wishes:
        if wish.kind in {"only", "avoid"}:
            left = tuple(one for one in request.wishes if one != wish)
            yield "wish", wish.told(), replace(request, wishes=left), _if_not(wish)
    last = days_after(request.latest.astimezone(request.zone).date(), _LATER_DAYS, request.zone)
    later = replace(request, earliest=request.latest, latest=last, near=None)
    yield "later", "", later, lambda when: f"{when} is the next."
    for name in request.required:
        left = tuple(one for one in request.required if one != name)
        changed = replace(request, required=left, optional=(*request.optional, name))
        yield "optional", name, changed, lambda when, name=name: f"If {name} is optional, {_low(when)} works."
    for minutes in _SHORTER:
        if minutes < request.duration_min:
            changed = replace(request, duration_min=minutes)
            told = spoken.duration(minutes)
            yield "shorter", str(minutes), changed, lambda when, told=told: f"For {told}, {_low(when)} works."
    allowed = (*request.wishes, Wish("allow", "outside_hours"))
    yield (
        "hours",
        "outside_hours",
        replace(request, wishes=allowed),
        lambda when: f"Outside of working hours, {_low(when)} works.",
    )


def _if_not(wish: Wish) -> Callable[[str], str]:
    if wish.kind == "avoid":
        return lambda when: f"If it may be {wish.told().removeprefix('not ')}, {_low(when)} works."
    return lambda when: f"If it need not be {wish.told()}, {_low(when)} works."


def _nothing(request: SlotRequest, own: Preferences, now: datetime) -> str:
    first = max(request.earliest, now).astimezone(request.zone)
    last = (request.latest - timedelta(seconds=1)).astimezone(request.zone)
    today = now.astimezone(request.zone).date()
    length = spoken.duration(request.duration_min)
    wishes = [wish.told() for wish in request.wishes if wish.kind in {"only", "avoid"}]
    wished = f" {spoken.listed(wishes)}" if wishes else ""
    if first.date() != last.date():
        when = f"from {spoken.day(first.date(), today)} to {spoken.day(last.date(), today)}"
        return f"Nothing of {length} is free{wished} {when}."
    day = first.date()
    if holiday := holiday_on(own.holidays, day):
        return spoken.sentence(f"{spoken.day(day, today)} is a holiday, {holiday}")
    if not own.hours[day.weekday()]:
        return f"There are no working hours {spoken.on_day(day, today)}."
    return f"Nothing of {length} is free{wished} {spoken.on_day(day, today)}."


def _low(when: str) -> str:
    """Inside a sentence "tomorrow" is small, a weekday is not."""
    return when[0].lower() + when[1:] if when.startswith(("Today", "Tomorrow", "Yesterday")) else when
