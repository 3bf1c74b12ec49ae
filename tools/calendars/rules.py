"""What may stand in a calendar: lengths, titles, times that lie ahead. Pure; the service asks before it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.errors import Invalid
from tools.calendars.backend import Attendee
from tools.calendars.model import Event, EventChange, NewEvent, TimePassed
from tools.calendars.recurrence import checked_recurrence
from tools.calendars.walltime import after, day_starts_at, days_after, elapsed_min, in_zone, zone_of
from tools.plaintext import clean_line, clean_text

MIN_DURATION_MIN, MAX_DURATION_MIN, MAX_ALL_DAY_DAYS = 5, 24 * 60, 60
BOOKABLE = timedelta(days=366 * 3)  # how far ahead anything is booked
LATE = timedelta(minutes=5)  # "now" is said, confirmed, and then a little past


def cleaned(new: NewEvent) -> NewEvent:
    """Text from callers and models is data: one line, no control characters, no more than the page can show."""
    zone = zone_of(new.timezone)
    start = in_zone(new.start, zone)
    return replace(
        new,
        summary=_title(new.summary),
        attendees=_names(new.attendees),
        people=_people(new.people),
        location=clean_line(new.location, limit=300),
        description=clean_text(new.description, limit=4000),
        start=start,
        end=in_zone(new.end, zone),
        timezone=zone.key,
        recurrence=checked_recurrence(new.recurrence, start, all_day=new.all_day) if new.recurrence else None,
    )


def cleaned_change(change: EventChange) -> EventChange:
    """The same for a change; what is None stays so."""
    return replace(
        change,
        summary=None if change.summary is None else _title(change.summary),
        attendees=None if change.attendees is None else _names(change.attendees),
        people=None if change.people is None else _people(change.people),
        location=None if change.location is None else clean_line(change.location, limit=300),
        description=None if change.description is None else clean_text(change.description, limit=4000),
    )


def without_the_same(event: Event, change: EventChange) -> EventChange:
    """Only what differs from the event."""
    start = change.start or (event.starts_in(zone_of(event.timezone)) if change.end else None)
    stays = start == event.starts_at and (change.end is None or change.end == event.ends_at)
    kept = {
        name: None if getattr(change, name) == getattr(event, name) else getattr(change, name)
        for name in ("summary", "attendees", "location", "description", "timezone", "all_day", "busy", "calendar_id")
    }
    return replace(change, start=None if stays else start, end=None if stays else change.end, **kept)


def check_times(start: datetime, end: datetime, now: datetime, *, all_day: bool, begun: bool = False) -> None:
    """Raise TimePassed or Invalid for times that nothing is booked for; ``begun``: it may lie in the past."""
    if not begun and (end if all_day else start) < now - LATE:
        raise TimePassed
    if start > now + BOOKABLE:
        raise too_far_ahead()
    if all_day:
        if not (day_starts_at(start, zone_in(start)) and day_starts_at(end, zone_in(start))):
            raise Invalid("An all-day event runs from midnight to midnight in its time zone.", code="not_all_day")
        if not 1 <= (end.date() - start.date()).days <= MAX_ALL_DAY_DAYS:
            raise Invalid(f"An all-day event lasts from one to {MAX_ALL_DAY_DAYS} days.", code="bad_duration")
    else:
        check_duration(elapsed_min(start, end))


def check_hold(start: datetime, end: datetime, now: datetime) -> None:
    """Raise TimePassed or Invalid for times that nothing is held for."""
    if end <= now - LATE:
        raise TimePassed
    if start > now + BOOKABLE:
        raise too_far_ahead()
    if not 0 < elapsed_min(start, end) <= (MAX_ALL_DAY_DAYS + 1) * 24 * 60:
        raise Invalid("A time that is held must end after it starts.", code="bad_duration")


def check_duration(minutes: float) -> None:
    """Raise Invalid for what is shorter or longer than an event may be."""
    if not MIN_DURATION_MIN <= minutes <= MAX_DURATION_MIN:
        raise Invalid(
            f"An event lasts from {MIN_DURATION_MIN} minutes to {MAX_DURATION_MIN // 60} hours.", code="bad_duration"
        )


def end_from(event: Event, start: datetime, zone: ZoneInfo) -> datetime:
    """Where the event would end if it began at ``start``."""
    if not event.all_day:
        return after(start, event.duration_min)
    own = zone_of(event.timezone)
    return days_after(start.date(), (event.ends_in(own).date() - event.starts_in(own).date()).days, zone)


def too_far_ahead() -> Invalid:
    """What to tell of a time beyond ``BOOKABLE``."""
    return Invalid("That is more than three years ahead. Choose an earlier date.", code="too_far_ahead")


def zone_in(moment: datetime) -> ZoneInfo:
    """The zone on whose clocks the moment is told; UTC when it has none."""
    return moment.tzinfo if isinstance(moment.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _title(summary: str) -> str:
    title = clean_line(summary, limit=200)
    if not title:
        raise Invalid("The event needs a title.", code="title_missing")
    return title


def _names(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for raw in names[:50] if (name := clean_line(raw, limit=120))))


def _people(people: Sequence[Attendee]) -> tuple[Attendee, ...]:
    told = (
        replace(one, email=clean_line(one.email, limit=254), name=clean_line(one.name, limit=120)) for one in people
    )
    return tuple(dict.fromkeys(one for one in list(told)[:50] if one.email or one.name))
