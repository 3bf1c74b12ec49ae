"""Changes an iCalendar event in place: what a Draft or a Patch says, and nothing else a client keeps there.

Alarms, unknown properties and other people's parameters stay. Pure; ``now`` is the only clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Component, Event, vCalAddress, vRecur

from tools.calendars.backend import Attendee, Draft, NotSupported, Patch, Recurrence, Status
from tools.calendars.caldav.moments import as_value, comes_twice, put_time, put_times
from tools.calendars.caldav.reading import address_of, attendee_values
from tools.calendars.icalendar.zone_rules import define_zones

_PARTSTAT: dict[Status, str] = {
    "needs-action": "NEEDS-ACTION",
    "accepted": "ACCEPTED",
    "tentative": "TENTATIVE",
    "declined": "DECLINED",
}
_NOBODY = "invalid:nomail"  # what other clients write for somebody without address
_SHADOWS = {  # the same said twice by other clients; it would contradict what is changed
    "DESCRIPTION": ("X-ALT-DESC",),
    "LOCATION": ("X-APPLE-STRUCTURED-LOCATION", "GEO"),
    "TRANSP": ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS"),
}
_FIRST_YEAR, _LAST_YEAR, _YEARS_AHEAD = 1970, 2100, 12  # of the zones a file describes


@dataclass(frozen=True, slots=True)
class Times:
    """When an event is; ``zone`` IANA, ``end`` exclusive, both aware."""

    start: datetime
    end: datetime
    zone: str
    day: bool


@dataclass(frozen=True, slots=True)
class Writer:
    """``owner`` (an e-mail address, may be empty) organizes what has attendees; ``notify``: the server mails."""

    now: datetime
    owner: str = ""
    notify: bool = False

    def calendar(self, draft: Draft, uid: str) -> Calendar:
        """A new file with this one event."""
        event = Event()
        event.add("UID", uid)
        event.add("CREATED", self.now)
        self.touch(event)
        self.texts(event, {"SUMMARY": draft.summary, "DESCRIPTION": draft.description, "LOCATION": draft.location})
        put_times_of(event, Times(draft.start, draft.end, draft.timezone, draft.all_day), single=not draft.recurrence)
        if draft.recurrence is not None:
            put_recurrence(event, draft.recurrence, draft.timezone, day=draft.all_day)
        if not draft.busy:
            self.busy(event, busy=False)
        if draft.attendees:
            self.attendees(event, draft.attendees)
        return calendar_with(event)

    def patch(self, event: Component, patch: Patch) -> None:
        """Everything that a patch says but times and recurrence."""
        said = {"SUMMARY": patch.summary, "DESCRIPTION": patch.description, "LOCATION": patch.location}
        self.texts(event, {name: text for name, text in said.items() if text is not None})
        if patch.busy is not None:
            self.busy(event, busy=patch.busy)
        if patch.attendees is not None:
            self.attendees(event, patch.attendees)
        for value in attendee_values(event) if self.notify else ():
            value.params.pop("SCHEDULE-AGENT", None)

    def texts(self, event: Component, said: dict[str, str]) -> None:
        for name, text in said.items():
            for stale in (name, *_SHADOWS.get(name, ())):
                event.pop(stale, None)
            if text:
                event.add(name, text)

    def busy(self, event: Component, *, busy: bool) -> None:
        for stale in ("TRANSP", *_SHADOWS["TRANSP"]):
            event.pop(stale, None)
        event.add("TRANSP", "OPAQUE" if busy else "TRANSPARENT")

    def attendees(self, event: Component, invited: tuple[Attendee, ...]) -> None:
        """Who is invited; who was already keeps everything that is known of them."""
        before = {address_of(value).casefold(): value for value in attendee_values(event) if address_of(value)}
        event.pop("ATTENDEE", None)
        for one in invited:
            known = before.get(one.email.casefold())
            event.add("ATTENDEE", self._invitation(one) if known is None else known, encode=False)
        if invited and self.owner and event.get("ORGANIZER") is None:
            event.add("ORGANIZER", vCalAddress(f"mailto:{self.owner}"))

    def _invitation(self, one: Attendee) -> vCalAddress:
        value = vCalAddress(f"mailto:{one.email}" if one.email else _NOBODY)
        if one.name:
            value.params["CN"] = one.name
        value.params["ROLE"] = "REQ-PARTICIPANT"
        value.params["PARTSTAT"] = _PARTSTAT[one.status]
        if one.status == "needs-action":
            value.params["RSVP"] = "TRUE"
        if not self.notify:
            value.params["SCHEDULE-AGENT"] = "CLIENT"  # else the server mails by itself (RFC 6638)
        return value

    def touch(self, event: Component, *, rescheduled: bool = False) -> None:
        """It is a new version; ``rescheduled`` ones count (RFC 5545, SEQUENCE)."""
        put_time(event, "DTSTAMP", self.now)
        put_time(event, "LAST-MODIFIED", self.now)
        held: Any = event.get("SEQUENCE", 0)
        put_time(event, "SEQUENCE", int(held) + 1 if rescheduled else int(held))


def calendar_with(*parts: Component) -> Calendar:
    made = Calendar()
    made.add("PRODID", "-//VoiceLoop//VoiceLoop//EN")
    made.add("VERSION", "2.0")
    for part in parts:
        made.add_component(part)
    return made


def put_times_of(event: Component, times: Times, *, single: bool) -> None:
    """DTSTART and DTEND. The second of two equal wall times can only be said of a single event."""
    exact = single and not times.day and comes_twice((times.start, times.end), times.zone)
    for name in ("DTEND", "DURATION"):
        event.pop(name, None)
    start = as_value(times.start, times.zone, day=times.day, exact=exact)
    end = as_value(times.end, times.zone, day=times.day, exact=exact)
    put_time(event, "DTSTART", start)
    if end > start:
        event.add("DTEND", end)
    elif times.end.astimezone(UTC) > times.start.astimezone(UTC):
        event.add("DURATION", times.end.astimezone(UTC) - times.start.astimezone(UTC))
    elif times.day:
        event.add("DURATION", timedelta(days=1))


def put_recurrence(event: Component, recurrence: Recurrence, zone: str, *, day: bool) -> None:
    """RRULE, if there is one, EXDATE and RDATE. Raises NotSupported for a rule that is none."""
    if recurrence.rrule:
        event.pop("RRULE", None)
        try:
            event.add("RRULE", vRecur.from_ical(recurrence.rrule))
        except ValueError as error:
            raise NotSupported("That repetition cannot be kept. Say it differently.") from error
    put_times(event, "EXDATE", [as_value(at, zone, day=day) for at in recurrence.exdates])
    put_times(event, "RDATE", [as_value(at, zone, day=day) for at in recurrence.rdates])


def written(calendar: Calendar) -> bytes:
    """The file as it is sent. Every zone is described in it: a server that does not know one would guess."""
    years = [year for part in calendar.walk("VEVENT") for year in _years(part)] or [_FIRST_YEAR]
    define_zones(calendar, max(min(years) - 1, _FIRST_YEAR), min(max(years) + _YEARS_AHEAD, _LAST_YEAR))
    return calendar.to_ical()


def _years(event: Component) -> list[int]:
    """When it begins, and when it was last written: a series may have begun long before that."""
    held: list[Any] = [event.get(name) for name in ("DTSTART", "DTSTAMP", "LAST-MODIFIED")]
    return [said.year for one in held if isinstance(said := getattr(one, "dt", None), date)]


def says_the_same(one: Calendar, other: Calendar) -> bool:
    """Whether two files hold the same events, in whatever order they were written."""
    return _lines(one) == _lines(other)


def _lines(calendar: Calendar) -> list[list[str]]:
    events = [part.to_ical().decode().replace("\r\n ", "").split("\r\n") for part in calendar.walk("VEVENT")]
    return sorted(sorted(lines) for lines in events)
