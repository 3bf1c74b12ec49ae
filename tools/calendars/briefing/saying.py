"""Briefings and notices in words: for the ear, and as plain text for a mail. Pure.

Titles and places are what anybody may have written: in a mail they stay on their line, and nothing makes links of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.briefing.model import Briefing, Journey
from tools.calendars.model import Event, Slot
from tools.calendars.scheduling.busy import ONLINE, place_of

_SPOKEN_EVENTS: Final = 5
_LONGEST_TITLE, _LONGEST_SUBJECT = 100, 120
_LINKED: Final = re.compile(r"(?<=\w)(\.|@|://)(?=\w)")  # what mail programs know links and addresses by
_BREAK: Final = "\u2060"  # no width, no line break, and no link across it


def title_of(event: Event) -> str:
    """The title as one can say it; long ones end early."""
    return _short(event.summary, _LONGEST_TITLE) or "an event"


def where(event: Event) -> str:
    """ ", at the Blue Room"; nothing for calls, whose place is an address nobody can say."""
    place = _short(event.location, _LONGEST_TITLE)
    return f", at {place}" if place and place_of(place) != ONLINE else ""


def day_said(
    events: Sequence[Event],
    over: int,
    gaps: Sequence[Slot],
    others: Sequence[str],
    days: tuple[date, date],
    now: datetime,
) -> str:
    """A few sentences about the first of ``days`` said on the second (today). ``now``: on the person's clock."""
    when, more = spoken.on_day(days[0], days[1]), "more " if over else ""
    if not events:
        return f"Nothing {more}is on your calendar {when}."
    timed = [event for event in events if not event.all_day]
    sentences = [f"You have {spoken.counted(len(events), f'{more}event')} {when}."]
    if whole := [title_of(event) for event in events if event.all_day]:
        sentences.append(f"All day: {spoken.listed(whole[:_SPOKEN_EVENTS])}.")
    if timed:
        sentences.append(_in_order(timed, days[0], now))
    if gaps:
        free = spoken.listed([spoken.time_range(gap.start, gap.end) for gap in gaps])
        sentences.append(f"In between you are free {free}.")
    return " ".join((*sentences, *others))


def _in_order(timed: Sequence[Event], day: date, now: datetime) -> str:
    """ "First Stand-up at 9 AM, then Review at 11 AM, and 2 more."."""
    told = [_with_time(event, day, now) for event in timed[:_SPOKEN_EVENTS]]
    more = len(timed) - len(told)
    if len(told) == 1:
        return spoken.sentence(told[0])
    tail = f", and {more} more" if more else ""
    return f"First {told[0]}, then {spoken.listed(told[1:]) if not more else ', '.join(told[1:])}{tail}."


def _with_time(event: Event, day: date, now: datetime) -> str:
    start, end = event.starts_at.astimezone(now.tzinfo), event.ends_at.astimezone(now.tzinfo)
    if start <= now or start.date() < day:  # it runs already
        until = spoken.clock_time(end) if end.date() == day else f"{end:%A}"
        return f"{title_of(event)} until {until}"
    return f"{title_of(event)} at {spoken.clock_time(start)}"


def starting(event: Event, zone: ZoneInfo, told_on: date) -> str:
    """ "Review starts at 3 PM, at the Blue Room."."""
    start = event.starts_in(zone)
    when = f"at {spoken.clock_time(start)}" if start.date() == told_on else spoken.on_moment(start, told_on)
    return spoken.sentence(f"{title_of(event)} starts {when}{where(event)}")


def leaving(journey: Journey, zone: ZoneInfo) -> str:
    """ "Leave by 2:15 PM to be at Harbour House for Review at 3 PM."."""
    leave, start = journey.leave_by.astimezone(zone), journey.second.starts_in(zone)
    place = _short(journey.second.location, _LONGEST_TITLE)
    there = f"to be at {place} for {title_of(journey.second)} at {spoken.clock_time(start)}"
    return f"Leave by {spoken.clock_time(leave)} {there}."


def briefing_subject(briefing: Briefing) -> str:
    """ "Tuesday, November 24th: 3 events"."""
    return f"{briefing.day:%A}, {briefing.day:%B} {spoken.ordinal(briefing.day.day)}: " + (
        spoken.counted(len(briefing.events), "event") if briefing.events else "nothing on your calendar"
    )


def briefing_mail(briefing: Briefing, name: str, tenant: str) -> str:
    """The text of the mail."""
    lines = [_line(event, briefing) for event in briefing.events] or ["Nothing is on your calendar."]
    notes = [unlinked(note) for note in (*briefing.double_booked, *briefing.travel)]
    if briefing.gaps:
        free = spoken.listed([spoken.time_range(gap.start, gap.end) for gap in briefing.gaps])
        notes.append(f"In between you are free {free}.")
    heading = f"{briefing.day:%A}, {briefing.day:%B} {spoken.ordinal(briefing.day.day)} ({briefing.zone.key})"
    parts = [f"Hello {unlinked(name)},", heading + "\n\n" + "\n".join(lines), "\n".join(notes), _why(tenant)]
    return "\n\n".join(part for part in parts if part) + "\n"


def notices_subject(texts: Sequence[str]) -> str:
    """The notice itself, or how many there are."""
    first = "".join(one for one in texts[0] if one.isprintable())
    return _short(first, _LONGEST_SUBJECT) if len(texts) == 1 else f"{len(texts)} notices about your calendar"


def notices_mail(texts: Sequence[str], name: str, tenant: str) -> str:
    """Several at once, one on each line."""
    return "\n\n".join((f"Hello {unlinked(name)},", "\n".join(map(unlinked, texts)), _why(tenant))) + "\n"


def unlinked(text: str) -> str:
    """On one line, without control characters, and with no link or address in it that a mail program would make."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return _LINKED.sub(rf"\1{_BREAK}", " ".join(plain.split()))


def _line(event: Event, briefing: Briefing) -> str:
    if event.all_day:
        return f"all day        {unlinked(title_of(event))}{unlinked(where(event))}"
    start, end = event.starts_in(briefing.zone), event.ends_in(briefing.zone)
    return f"{start:%H:%M} to {end:%H:%M} {unlinked(title_of(event))}{unlinked(where(event))}"


def _why(tenant: str) -> str:
    return (
        f"You get this because you switched it on in the calendar of {unlinked(tenant)} on VoiceLoop, "
        "where you can switch it off."
    )


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
