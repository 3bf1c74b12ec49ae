"""A new order of the calendar after "I am ill on Thursday": the fewest events move, and they move the least. Pure.

It plans and changes nothing. What is compared, in this order: events without a time, events moved, minutes moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.model import EventId
from tools.calendars.scheduling.assignment import Assignment, Option, assign
from tools.calendars.scheduling.busy import busy_from, travel_min
from tools.calendars.scheduling.ground import ground_of
from tools.calendars.scheduling.model import YOU, Appointment, Busy, Move, Plan, SlotRequest
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.ranking import Candidate, ranked
from tools.calendars.scheduling.reasons import between
from tools.calendars.scheduling.spans import MINUTE, Span, meets, merged, seconds, wall
from tools.calendars.scheduling.wishes import Wish

MOST_TASKS: Final = 60
_MOVE: Final = 10**8  # dearer than any displacement
_AVOIDED_MIN, _LUNCH_MIN = 240, 120  # minutes of displacement that a broken habit is worth


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanRequest:
    """``blocked``: stretches the asker is not there, aware. ``event_ids``: events that shall move in any case.

    New times lie within [earliest, latest). ``may_move_others``: other events may make room, if that saves moves.
    """

    earliest: datetime
    latest: datetime
    zone: ZoneInfo
    blocked: tuple[tuple[datetime, datetime], ...] = ()
    event_ids: frozenset[EventId] = frozenset()
    may_move_others: bool = False
    wishes: tuple[Wish, ...] = ()


def replan(
    request: ReplanRequest, calendars: Mapping[str, Busy], preferences: Mapping[str, Preferences], now: datetime
) -> Plan:
    """Where each event in the way goes. ``calendars`` by name; an event's known ``people`` must be free as well."""
    own, yours = preferences.get(YOU, Preferences()), calendars.get(YOU, Busy())
    blocked = merged((seconds(start), seconds(end, up=True)) for start, end in request.blocked)
    here = [one for one in yours.appointments if one.end > seconds(now)]
    moving = [one for one in here if one.event_id in request.event_ids or meets(blocked, one.start, one.end)]
    whole = [one for one in moving if one.all_day]
    tasks = [one for one in moving if not one.all_day][:MOST_TASKS]
    others = _others(request, here, moving, now)[: MOST_TASKS - len(tasks)] if request.may_move_others else []
    everything = [*tasks, *others]
    free = _cleared(calendars, preferences, everything, blocked, own)
    options = [
        _options(one, request, free, preferences, now, stays=number >= len(tasks), blocked=blocked)
        for number, one in enumerate(everything)
    ]

    def gap(first: int, second: int) -> int | None:
        way = travel_min(everything[first].place, everything[second].place, own)
        return max(own.buffer_before_min, own.buffer_after_min, way) * MINUTE

    return _plan(everything, whole, assign(options, gap), request, options)


def _others(
    request: ReplanRequest, here: Sequence[Appointment], moving: Sequence[Appointment], now: datetime
) -> list[Appointment]:
    """Timed events within the window that could make room."""
    opens, closes = max(seconds(request.earliest), seconds(now)), seconds(request.latest)
    return [one for one in here if one not in moving and not one.all_day and one.start >= opens and one.end <= closes]


def _cleared(
    calendars: Mapping[str, Busy],
    preferences: Mapping[str, Preferences],
    tasks: Sequence[Appointment],
    blocked: Sequence[Span],
    own: Preferences,
) -> dict[str, Busy]:
    """The calendars without what is about to move, and with what is blocked."""
    ids = {(one.event_id, one.start) for one in tasks if one.event_id}
    times = {(one.start, one.end) for one in tasks}
    found: dict[str, Busy] = {}
    for name, busy in calendars.items():
        left = [
            one
            for one in busy.appointments
            if (one not in tasks if name == YOU else (one.event_id, one.start) not in ids)
            and (name == YOU or one.event_id or (one.start, one.end) not in times)
        ]
        known = busy_from(left, preferences.get(name, Preferences()))
        found[name] = known if busy.appointments else busy
    found[YOU] = busy_from(
        (*found.get(YOU, Busy()).appointments, *(Appointment(start, end, all_day=True) for start, end in blocked)), own
    )
    return found


def _options(
    one: Appointment,
    request: ReplanRequest,
    calendars: Mapping[str, Busy],
    preferences: Mapping[str, Preferences],
    now: datetime,
    *,
    stays: bool,
    blocked: Sequence[Span],
) -> list[Option]:
    """Every start that suits everybody, each at the cost of moving there; ``stays``: also where it is, for nothing."""
    wanted = SlotRequest(
        duration_min=max(1, -(-(one.end - one.start) // MINUTE)),
        earliest=request.earliest,
        latest=request.latest,
        zone=request.zone,
        required=tuple(name for name in one.people if name in calendars and name != YOU),
        wishes=request.wishes,
        place=one.place,
    )
    ground = ground_of(wanted, calendars, preferences, now)
    found = [
        Option(item.start, item.start + one.end - one.start, _MOVE + _displacement(one, item))
        for item in ranked(ground)
        if item.start != one.start
    ]
    if stays and not meets(blocked, one.start, one.end):
        found.append(Option(one.start, one.end, 0))
    return found


def _displacement(one: Appointment, item: Candidate) -> int:
    broken = len(item.avoided) * _AVOIDED_MIN + (_LUNCH_MIN if item.at_lunch else 0)
    return abs(item.start - one.start) // MINUTE + broken


def _plan(
    tasks: Sequence[Appointment],
    whole: Sequence[Appointment],
    found: Assignment,
    request: ReplanRequest,
    options: Sequence[Sequence[Option]],
) -> Plan:
    moves, unplaced = list[Move](), [(one, "it lasts all day") for one in whole]
    for one, choice, possible in zip(tasks, found.choices, options, strict=True):
        if choice is None:
            reason = "other events need the times that are free" if possible else "there is no free time for it"
            unplaced.append((one, reason))
        elif choice.start != one.start:
            start, end = wall(choice.start, request.zone), wall(choice.end, request.zone)
            moves.append(Move(one, start, end, _moved(wall(one.start, request.zone), start)))
    moves.sort(key=lambda move: (move.start, move.appointment.start))
    minutes = sum(abs(seconds(move.start) - move.appointment.start) // MINUTE for move in moves)
    return Plan(
        tuple(moves), tuple(unplaced), (len(unplaced), len(moves), minutes), found.optimal, _note(moves, unplaced)
    )


def _moved(old: datetime, new: datetime) -> str:
    """ "same day, an hour later", "same time the next day", "on Monday"."""
    days = (new.date() - old.date()).days
    if days == 0:
        minutes = round((new - old).total_seconds() / 60)
        return f"same day, {between(abs(minutes))} {'later' if minutes > 0 else 'earlier'}"
    when = {1: "the next day", -1: "the day before"}.get(days, f"on {new:%A}")
    return f"same time {when}" if new.time() == old.time() else when


def _note(moves: Sequence[Move], unplaced: Sequence[tuple[Appointment, str]]) -> str:
    if not moves and not unplaced:
        return "Nothing needs to move."
    parts = [f"{spoken.counted(len(moves), 'event')} can move"] if moves else []
    if unplaced:
        names = spoken.listed([one.title or "an event" for one, _ in unplaced[:3]])
        parts.append(f"{names} {'finds' if len(unplaced) == 1 else 'find'} no other time")
    return spoken.sentence(", ".join(parts))
