"""Which notices one person's calendar gives, and when each falls due. Pure: the same calendar gives the same keys.

Everything that could be told is here, whether or not it was asked for: what is no longer among it has moved or gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tools.calendars.briefing import saying
from tools.calendars.briefing.day import clashes_of, journeys_of
from tools.calendars.briefing.model import Calendars, Notice
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.model import Event
from tools.calendars.scheduling.conflicts import told
from tools.calendars.scheduling.model import Clash
from tools.calendars.scheduling.spans import wall
from tools.calendars.walltime import days_after, soft_at, start_of

AHEAD: Final = timedelta(days=14)  # double bookings beyond are told when they come that near
_LATE: Final = timedelta(minutes=10)  # a heads-up so long after the beginning is still of use
_BRIEFING_LATE: Final = timedelta(hours=3)


def notices_of(mine: Calendars, settings: NoticeSettings, now: datetime) -> list[Notice]:
    """Heads-ups, double bookings and journeys of what is not over at ``now``; not the briefing."""
    found = [*_starting(mine, settings), *_clashing(mine, settings, now), *_leaving(mine, settings)]
    return [notice for notice in found if notice.until > now]


def briefing_due(mine: Calendars, settings: NoticeSettings, since: datetime, now: datetime) -> list[Notice]:
    """The briefings of today and of the next day that has one, without their text; none due before ``since``."""
    if settings.briefing_at is None:
        return []
    found, today = list[Notice](), now.astimezone(mine.zone).date()
    for ahead in range(8):
        day = today + timedelta(days=ahead)
        wanted = soft_at(day, settings.briefing_at, mine.zone)
        if day.weekday() not in settings.briefing_days or wanted < since:
            continue
        due, end = settings.quiet_until(wanted, mine.zone), days_after(day, 1, mine.zone)
        last = max((one.ends_at for one in mine.events if not one.all_day and one.starts_at < end), default=due)
        until = min(end, max(due + _BRIEFING_LATE, last))
        if until > now:
            found.append(Notice("briefing", "", start_of(day, mine.zone), due, until, ""))
        if due > now:
            break
    return found


def _starting(mine: Calendars, settings: NoticeSettings) -> Iterator[Notice]:
    for event in mine.events:
        if event.all_day:
            continue
        due = _held(event.starts_at - settings.lead, event, mine, settings)
        until = min(event.starts_at + _LATE, event.ends_at)
        text = saying.starting(event, mine.zone, due.astimezone(mine.zone).date())
        yield Notice("starting_soon", str(event.id), event.starts_at, due, until, text, str(event.id))


def _leaving(mine: Calendars, settings: NoticeSettings) -> Iterator[Notice]:
    for one in journeys_of(mine):
        due = _held(one.leave_by - settings.lead, one.second, mine, settings)
        subject, text = f"{one.first.id} {one.second.id}", saying.leaving(one, mine.zone)
        yield Notice("travel", subject, one.leave_by, due, one.second.starts_at, text, str(one.second.id))


def _clashing(mine: Calendars, settings: NoticeSettings, now: datetime) -> Iterator[Notice]:
    """Due as soon as it is seen; too little time for the way counts as travel."""
    due = settings.quiet_until(now, mine.zone)
    for clash in clashes_of(mine):
        kind = "double_booked" if clash.kind == "overlap" else "travel"
        until = wall(
            min(clash.first.end, clash.second.end) if kind == "double_booked" else clash.second.start, mine.zone
        )
        text = told(clash, mine.zone, due.astimezone(mine.zone).date())
        start = wall(clash.second.start, mine.zone)
        yield Notice(kind, _pair(clash), start, due, until, text, str(clash.second.event_id))


def _pair(clash: Clash) -> str:
    """The same whichever comes first; of a way it matters."""
    ids = [str(one.event_id) for one in (clash.first, clash.second)]
    return " ".join(sorted(ids) if clash.kind == "overlap" else ids)


def _held(due: datetime, event: Event, mine: Calendars, settings: NoticeSettings) -> datetime:
    begins_quiet = settings.quiet_until(event.starts_at, mine.zone) > event.starts_at
    return due if begins_quiet and settings.quiet_heads_up else settings.quiet_until(due, mine.zone)
