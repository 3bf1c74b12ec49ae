"""From events to taken time: what counts, whole days on the person's own clock, buffers, and the way between places.

Pure. Cancelled, declined and transparent events take nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from tools.calendars.model import Event
from tools.calendars.scheduling.model import Appointment, Busy
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.spans import MINUTE, Span, merged, seconds
from tools.calendars.walltime import start_of, zone_of

ONLINE: Final = "online"
HOUSE: Final = "in the house"
_NOT_TAKEN: Final = frozenset({"cancelled", "declined"})
_ONLINE: Final = re.compile(
    r"https?://|\b(online|zoom|teams|google meet|meet\.google|webex|skype|facetime|whatsapp|video ?(call|conference)?|"
    r"phone|telephone|tel|remote|virtual|dial-?in|conference call)\b",
    re.IGNORECASE,
)
_ROOM: Final = re.compile(
    r"^((the )?(meeting|conference|board|small|large|big)[ -]?room|room|boardroom|raum|besprechungsraum|sala|salle|"
    r"(the |my |our )?(office|desk))\b",
    re.IGNORECASE,
)


def place_of(location: str) -> str:
    """The place as it is compared: "" when nobody said, HOUSE for its rooms, ONLINE for calls of any kind."""
    text = " ".join(location.split()).casefold().strip(" .,")
    if _ROOM.match(text):
        return HOUSE
    return ONLINE if _ONLINE.search(text) else text


def appointment_of(event: Event, zone: ZoneInfo, *, visible: bool = True) -> Appointment:
    """The event on the calendar of somebody in ``zone``: a whole day is that day there, wherever it was entered."""
    start, end = seconds(event.starts_at), seconds(event.ends_at, up=True)
    if event.all_day:
        made_in = zone_of(event.timezone)
        start, end = _days(event.starts_in(made_in).date(), event.ends_in(made_in).date(), zone)
    return Appointment(
        start,
        end,
        title=event.summary if visible else "",
        place=place_of(event.location),
        event_id=event.id,
        calendar_id=event.calendar_id,
        people=event.attendees,
        all_day=event.all_day,
    )


def busy_of(events: Iterable[Event], zone: ZoneInfo, preferences: Preferences, *, visible: bool = True) -> Busy:
    """What these events of one person take. ``visible`` False keeps their titles to that person."""
    zone = preferences.zone(zone)
    taking = (event for event in events if event.busy and event.status not in _NOT_TAKEN)
    return busy_from((appointment_of(event, zone, visible=visible) for event in taking), preferences)


def busy_from(appointments: Iterable[Appointment], preferences: Preferences) -> Busy:
    """The same from appointments; the way to a place is taken right before the event there begins."""
    known = sorted(appointments, key=lambda one: (one.start, one.end, one.title))
    before, after = preferences.buffer_before_min * MINUTE, preferences.buffer_after_min * MINUTE
    spans = [(one.start, one.end) if one.all_day else (one.start - before, one.end + after) for one in known]
    timed = [one for one in known if not one.all_day]
    for first, second in pairwise(timed):
        way = travel_min(first.place, second.place, preferences) * MINUTE
        if way:
            spans.append((max(first.end, second.start - way), second.start))
    return Busy(tuple(merged(spans)), tuple(known))


def travel_min(first: str, second: str, preferences: Preferences) -> int:
    """Minutes of the way between two places as ``place_of`` names them: none when either is online or unknown."""
    away = first and second and first != second and ONLINE not in (first, second)
    return preferences.travel_min if away else 0


def taken_for(busy: Busy, place: str | None, preferences: Preferences) -> list[Span]:
    """When a new event at ``place`` may not lie: taken time, widened by buffers and by the ways from and to there.

    Buffers of two neighbours are shared: between them lies the larger one. A place that is not said (None) is away
    from every known one.
    """
    gap = max(preferences.buffer_before_min, preferences.buffer_after_min) * MINUTE
    # whoever meets online is still on the way to the next place; elsewhere the ways from and to there count instead
    spans = list(busy.spans) if place == ONLINE or not busy.appointments else list[Span]()
    for one in busy.appointments:
        away = one.place not in ("", ONLINE) if place is None else travel_min(one.place, place, preferences) > 0
        room = 0 if one.all_day else max(gap, preferences.travel_min * MINUTE if away else 0)
        spans.append((one.start - room, one.end + room))
    return merged(spans)


def _days(first: date, end: date, zone: ZoneInfo) -> Span:
    return seconds(start_of(first, zone)), seconds(start_of(end, zone))
