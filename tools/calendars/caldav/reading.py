"""What a CalDAV resource says, as RemoteEvents. Pure: iCalendar in, values out; never raises for what strangers write.

One resource is one event or one series: its master and the exceptions that have a RECURRENCE-ID. Its id is the
resource's name; an exception's is ``NAME#STAMP`` (``moments.stamp`` of its original start).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, vRecur

from store.log import get_logger
from tools.calendars.backend import Attendee, Recurrence, RemoteEvent, Status
from tools.calendars.caldav.moments import Moment, moment_in, moments_in, stamp
from tools.calendars.recurrence import BadRule
from tools.calendars.series.rule import parsed

log = get_logger(__name__)
_STATUS: dict[str, Status] = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}
_LONGEST = timedelta(days=3660)
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of a calendar. ``name`` is the last part of its path, quoted."""

    name: str
    etag: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Reader:
    """What has to be known of the calendar beside the file: its zone, whose it is, and whether we may write."""

    home: ZoneInfo
    owner: str = ""
    writable: bool = True

    def events(self, resource: Resource) -> list[RemoteEvent]:
        """Master first, then exceptions by their original starts; empty for tasks and what is no event at all."""
        main = master_of(resource.calendar)
        found = [] if main is None else [self.event(resource, main)]
        exceptions = [self.event(resource, part) for part in exceptions_of(resource.calendar)]
        known = [event for event in exceptions if event is not None]
        known.sort(key=lambda event: event.original_start or event.start)
        return [event for event in [*found, *known] if event is not None]

    def event(self, resource: Resource, part: Component) -> RemoteEvent | None:
        """One VEVENT; None when it has no start, or one on no calendar."""
        try:
            return self._event(resource, part)
        except (ValueError, OverflowError, AttributeError, TypeError) as error:
            log.warning("calendars.caldav.event_unreadable", error=type(error).__name__)
            return None

    def _event(self, resource: Resource, part: Component) -> RemoteEvent | None:
        start = moment_in(part, "DTSTART", self.home)
        if start is None or not 1 < start.at.year < 9999:
            return None
        original = moment_in(part, "RECURRENCE-ID", self.home)
        alone = master_of(resource.calendar) is None
        attendees = attendees_of(part)
        cancelled = text_of(part, "STATUS").upper() == "CANCELLED"
        return RemoteEvent(
            id=resource.name if original is None else exception_id(resource.name, original),
            uid=text_of(part, "UID"),
            etag=resource.etag,
            summary=text_of(part, "SUMMARY"),
            start=start.at,
            end=end_of(part, start, self.home),
            timezone=start.zone,
            all_day=start.day,
            description=text_of(part, "DESCRIPTION"),
            location=text_of(part, "LOCATION"),
            attendees=attendees,
            organizer=address_of(part.get("ORGANIZER")),
            busy=not cancelled and is_busy(part) and not self._declined(attendees),
            cancelled=cancelled,
            editable=self.writable,
            recurrence=self.recurrence(part) if original is None else None,
            series_id="" if original is None or alone else resource.name,
            original_start=None if original is None or alone else original.at,
        )

    def recurrence(self, part: Component) -> Recurrence | None:
        """The rule and its dates; None for a single event."""
        rule = rule_of(part)
        exdates = tuple(sorted(moment.at for moment in moments_in(part, "EXDATE", self.home)))
        rdates = tuple(sorted(moment.at for moment in moments_in(part, "RDATE", self.home)))
        return Recurrence(rule, exdates, rdates) if rule or rdates else None

    def _declined(self, attendees: tuple[Attendee, ...]) -> bool:
        owner = self.owner.casefold()
        return any(owner == one.email.casefold() != "" and one.status == "declined" for one in attendees)


def parts_of(calendar: Calendar) -> list[Component]:
    return calendar.walk("VEVENT")


def master_of(calendar: Calendar) -> Component | None:
    """The event itself; None for a file with nothing but single occurrences of somebody else's series."""
    return next((part for part in parts_of(calendar) if part.get("RECURRENCE-ID") is None), None)


def exceptions_of(calendar: Calendar) -> list[Component]:
    return [part for part in parts_of(calendar) if part.get("RECURRENCE-ID") is not None]


def exception_id(name: str, original: Moment) -> str:
    return f"{name}#{stamp(original.at, day=original.day)}"


def rule_of(part: Component) -> str:
    """The RRULE; empty when there is none, or none to be followed (every second, say): that takes place once."""
    held: Any = part.get("RRULE")
    rule: Any = held[0] if isinstance(held, list) else held
    if not isinstance(rule, vRecur):
        return ""
    text = ";".join(one for one in rule.to_ical().decode().split(";") if not one.startswith("X-"))
    try:
        parsed(text)
    except BadRule:
        return ""
    return text


def end_of(part: Component, start: Moment, home: ZoneInfo) -> datetime:
    """DTEND, or DURATION after the start, or a day for a day, or the start itself; never before the start."""
    end = moment_in(part, "DTEND", home)
    if end is not None:
        return max(end.at.astimezone(ZoneInfo(start.zone)), start.at, key=lambda at: at.astimezone(UTC))
    held: Any = part.get("DURATION")
    try:
        length: Any = None if held is None else held.dt
    except (AttributeError, ValueError):  # broken
        length = None
    if not isinstance(length, timedelta) or length < timedelta(0):
        length = timedelta(days=1) if start.day else timedelta(0)
    return after(start, min(length, _LONGEST))


def after(start: Moment, length: timedelta) -> datetime:
    """``length`` after the start: days on the calendar for a day, elapsed time for an hour."""
    try:
        if start.day:
            return start.at + length
        return (start.at.astimezone(UTC) + length).astimezone(start.at.tzinfo)
    except OverflowError:
        return start.at


def text_of(part: Component, name: str) -> str:
    held: Any = part.get(name)
    if isinstance(held, list):
        held = held[0] if held else None
    return "" if held is None else str(held).replace("\r\n", "\n")


def is_busy(part: Component) -> bool:
    return (
        text_of(part, "TRANSP").upper() != "TRANSPARENT"
        and text_of(part, "X-MICROSOFT-CDO-BUSYSTATUS").upper() not in _FREE
    )


def attendee_values(part: Component) -> list[Any]:
    """The ATTENDEE values as the library holds them, with all their parameters."""
    held: Any = part.get("ATTENDEE")
    return held if isinstance(held, list) else [] if held is None else [held]


def attendees_of(part: Component) -> tuple[Attendee, ...]:
    return tuple(
        Attendee(
            address_of(value),
            str(value.params.get("CN", "")),
            _STATUS.get(str(value.params.get("PARTSTAT", "")).upper(), "needs-action"),
        )
        for value in attendee_values(part)
    )


def address_of(value: Any) -> str:
    """The e-mail address of an attendee or organizer; empty when it has none."""
    said = "" if value is None else str(value[0] if isinstance(value, list) else value)
    if said.casefold().startswith("mailto:"):
        return said[7:].strip()
    params = getattr(value, "params", {})
    return str(params.get("EMAIL", ""))
