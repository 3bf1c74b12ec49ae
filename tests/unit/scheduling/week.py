"""The week these tests live in: Saturday, 21 November 2026, ten o'clock in Berlin, and short ways to write it down."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from tools.calendars.model import Event
from tools.calendars.scheduling.busy import busy_from, place_of
from tools.calendars.scheduling.model import Appointment, Busy, SlotRequest
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.spans import seconds

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = {"sat": 21, "sun": 22, "mon": 23, "tue": 24, "wed": 25, "thu": 26, "fri": 27}


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """ "mon 9:30" of the week that begins on 23 November, or an ISO time."""
    if text[:3] not in DAYS:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    hour, _, minute = text[4:].partition(":")
    return datetime(2026, 11, DAYS[text[:3]], int(hour), int(minute or 0), tzinfo=zone)


NOW = at("sat 10")


def appointment(start: str, end: str, title: str = "", *, place: str = "", **other: Any) -> Appointment:
    return Appointment(seconds(at(start)), seconds(at(end)), title, place_of(place), **other)


def busy(*appointments: Appointment, preferences: Preferences | None = None) -> Busy:
    return busy_from(appointments, preferences or Preferences())


def event(start: str, end: str, summary: str = "Review", **other: Any) -> Event:
    return Event(uuid4(), uuid4(), summary, at(start), at(end), "Europe/Berlin", **other)


def request(first: str = "mon 0", last: str = "2026-11-28", **other: Any) -> SlotRequest:
    """An hour within the week, unless it says otherwise."""
    values: dict[str, Any] = {"duration_min": 60, "earliest": at(first), "latest": at(last), "zone": BERLIN}
    return SlotRequest(**(values | other))
