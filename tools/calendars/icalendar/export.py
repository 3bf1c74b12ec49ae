"""Events as an .ics file that every client reads: zones defined, lines folded, texts escaped. Pure, by icalendar.

People are written only when asked for: a file that is passed on tells strangers who was invited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur

from tools.calendars.backend import Attendee, RemoteEvent
from tools.calendars.icalendar.zone_rules import define_zones
from tools.plaintext import clean_line, clean_text

_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_YEARS_AHEAD = 12


def write_calendar(
    events: Iterable[RemoteEvent],
    *,
    name: str,
    now: datetime,
    prodid: str,
    with_people: bool = False,
    sequences: Mapping[str, int] | None = None,
) -> bytes:
    """The events as one VCALENDAR, UTF-8, CRLF, lines of at most 75 bytes. ``sequences``: SEQUENCE by event id.

    Masters and exceptions belong together in ``events``: an exception is written with its UID and RECURRENCE-ID.
    """
    listed = list(events)
    calendar = Calendar()
    calendar.add("prodid", clean_line(prodid, limit=200))
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", clean_line(name, limit=200))
    masters = {event.id: event for event in listed if not event.series_id}
    for event in listed:
        entry = _entry(event, masters.get(event.series_id, event), now, with_people=with_people)
        entry.add("sequence", (sequences or {}).get(event.id, 0))
        calendar.add_component(entry)
    _add_zones(calendar, listed, now)
    return calendar.to_ical()


def _add_zones(calendar: Calendar, events: Sequence[RemoteEvent], now: datetime) -> None:
    """Before the events, as clients expect it, each zone once: from the year before the first event on."""
    first = min((event.start.year for event in events), default=now.year) - 1
    last = max((event.end.year for event in events), default=now.year)
    define_zones(calendar, max(first, _FIRST_YEAR), min(max(last, now.year) + _YEARS_AHEAD, _LAST_YEAR))


def _entry(event: RemoteEvent, master: RemoteEvent, now: datetime, *, with_people: bool) -> Event:
    entry = Event()
    entry.add("uid", clean_line(event.uid, limit=1000))
    entry.add("dtstamp", now.astimezone(UTC))
    zone = ZoneInfo(event.timezone)
    entry.add("dtstart", _when(event.start, zone, all_day=event.all_day))
    if event.end.astimezone(UTC) != event.start.astimezone(UTC):
        entry.add("dtend", _when(event.end, zone, all_day=event.all_day))
    if event.original_start is not None:
        entry.add("recurrence-id", _when(event.original_start, ZoneInfo(master.timezone), all_day=master.all_day))
    _add_recurrence(entry, event, zone)
    _add_texts(entry, event)
    entry.add("transp", "OPAQUE" if event.busy else "TRANSPARENT")
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    if with_people:
        _add_people(entry, event)
    return entry


def _when(moment: datetime, zone: ZoneInfo, *, all_day: bool) -> datetime | date:
    """A date, UTC, or the wall time of ``zone``; UTC too for the second of two equal times, which has no other name."""
    local = moment.astimezone(UTC).astimezone(zone)
    if all_day:
        return local.date()
    return local if not local.fold and zone.key != "UTC" else local.astimezone(UTC)


def _add_recurrence(entry: Event, event: RemoteEvent, zone: ZoneInfo) -> None:
    if event.recurrence is None:
        return
    if event.recurrence.rrule:
        entry.add("rrule", vRecur.from_ical(event.recurrence.rrule))
    for name, moments in (("exdate", event.recurrence.exdates), ("rdate", event.recurrence.rdates)):
        written = [_when(moment, zone, all_day=event.all_day) for moment in moments]
        _add_dates(entry, name, [one for one in written if not _is_utc(one)])
        _add_dates(entry, name, [one for one in written if _is_utc(one)])


def _add_dates(entry: Event, name: str, moments: Sequence[datetime | date]) -> None:
    """One line for all: they share their zone, and whether they are dates."""
    if not moments:
        return
    parameters = {} if isinstance(moments[0], datetime) else {"VALUE": "DATE"}
    entry.add(name, list(moments), parameters=parameters)


def _is_utc(moment: datetime | date) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is UTC


def _add_texts(entry: Event, event: RemoteEvent) -> None:
    texts = {
        "summary": clean_line(event.summary, limit=500),
        "description": clean_text(event.description, limit=8000),
        "location": clean_line(event.location, limit=500),
    }
    for name, text in texts.items():
        if text:
            entry.add(name, text)


def _add_people(entry: Event, event: RemoteEvent) -> None:
    """Those with an address; a name alone is no one that a client could ask."""
    if event.organizer:
        entry.add("organizer", vCalAddress(f"mailto:{clean_line(event.organizer, limit=320)}"))
    for person in event.attendees:
        if person.email:
            entry.add("attendee", _person(person), encode=False)


def _person(person: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{clean_line(person.email, limit=320)}")
    if name := clean_line(person.name, limit=200).replace('"', "'"):
        address.params["CN"] = name
    address.params["PARTSTAT"] = person.status.upper()
    return address
