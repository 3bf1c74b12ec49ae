"""What is read of strangers' iCalendar files, and what is left alone when we change them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events

from tools.calendars.backend import Attendee, Patch, RemoteEvent
from tools.calendars.caldav.editing import Editor
from tools.calendars.caldav.expanding import occurrences
from tools.calendars.caldav.parsing import parse
from tools.calendars.caldav.reading import Reader, Resource
from tools.calendars.caldav.writing import Writer, says_the_same, written

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
READER = Reader(BERLIN, "me@example.com")
OUTLOOK = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def resource(*events: str, zones: str = "") -> Resource:
    inner = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zones}{inner}END:VCALENDAR\n".replace("\n", "\r\n")
    calendar = parse(text)
    assert calendar is not None
    return Resource("a.ics", '"1"', calendar)


def event(text: str, *, zones: str = "", reader: Reader = READER) -> RemoteEvent:
    [found] = reader.events(resource(f"UID:a\n{text}", zones=zones))
    return found


@pytest.mark.parametrize(
    ("text", "start", "end", "zone"),
    [
        ("DTSTART:20270104T090000Z\nDTEND:20270104T100000Z", "01-04 09:00", "01-04 10:00", "UTC"),
        ("DTSTART:20270104T090000\nDURATION:PT30M", "01-04 09:00", "01-04 09:30", "Europe/Berlin"),
        ("DTSTART;TZID=America/New_York:20270104T090000", "01-04 09:00", "01-04 09:00", "America/New_York"),
        (
            "DTSTART;TZID=W. Europe Standard Time:20270704T090000\nDURATION:PT1H",
            "07-04 09:00",
            "07-04 10:00",
            "Europe/Berlin",
        ),
        (
            "DTSTART;TZID=/citadel.org/20210210_1/Europe/Berlin:20270704T090000",
            "07-04 09:00",
            "07-04 09:00",
            "Europe/Berlin",
        ),
        ("DTSTART;TZID=Nowhere:20270704T090000", "07-04 09:00", "07-04 09:00", "Europe/Berlin"),
        ("DTSTART;VALUE=DATE:20270104", "01-04 00:00", "01-05 00:00", "Europe/Berlin"),
        ("DTSTART;VALUE=DATE:20270327\nDTEND;VALUE=DATE:20270330", "03-27 00:00", "03-30 00:00", "Europe/Berlin"),
        ("DTSTART;VALUE=DATE:20270327\nDURATION:P2D", "03-27 00:00", "03-29 00:00", "Europe/Berlin"),
        ("DTSTART:20270104T090000Z\nDTEND:20270104T080000Z", "01-04 09:00", "01-04 09:00", "UTC"),
    ],
)
def test_every_way_to_say_when_is_understood(text: str, start: str, end: str, zone: str) -> None:
    found = event(text, zones=OUTLOOK if "W. Europe" in text else "")
    assert (f"{found.start:%m-%d %H:%M}", f"{found.end:%m-%d %H:%M}", found.timezone) == (start, end, zone)
    assert str(found.start.tzinfo) == zone


@pytest.mark.parametrize(
    ("text", "busy"),
    [
        ("", True),
        ("TRANSP:OPAQUE", True),
        ("TRANSP:TRANSPARENT", False),
        ("transp:transparent", False),
        ("STATUS:CANCELLED", False),
        ("STATUS:TENTATIVE", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:ME@example.com", False),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:you@example.com", True),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:me@example.com", True),
    ],
)
def test_what_takes_the_time_is_busy(text: str, busy: bool) -> None:
    assert event(f"DTSTART:20270104T090000Z\n{text}").busy is busy


def test_people_are_read_with_names_and_answers() -> None:
    found = event(
        "DTSTART:20270104T090000Z\nORGANIZER;CN=Boss:MAILTO:boss@example.com\n"
        'ATTENDEE;CN="Doe, Jane";PARTSTAT=ACCEPTED:mailto:jane@example.com\n'
        "ATTENDEE;CN=Room 4;CUTYPE=ROOM;EMAIL=room@example.com:urn:uuid:1\n"
        "ATTENDEE;PARTSTAT=X-ODD:invalid:nomail\n"
    )
    assert found.organizer == "boss@example.com"
    assert found.attendees == (
        Attendee("jane@example.com", "Doe, Jane", "accepted"),
        Attendee("room@example.com", "Room 4"),
        Attendee("", ""),
    )


GARBAGE = [
    "",
    "DTSTART:garbage",
    "DTSTART:20271399T990000",
    "DTSTART;TZID=:20270104T090000",
    "DTSTART:20270104T090000Z\nDTEND:garbage\nDURATION:garbage\nRRULE:garbage",
    "DTSTART:20270104T090000Z\nRRULE:FREQ=SECONDLY",
    "DTSTART:20270104T090000Z\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=1,2,3,4,5,6,7,8,9;BYSECOND=1,2,3,4,5,6,7,8",
    "DTSTART:20270104T090000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "DTSTART:20270104T090000Z\nRRULE:FREQ=DAILY;COUNT=999999999999999999999",
    "DTSTART:20270104T090000Z\nEXDATE:garbage\nRDATE:garbage\nRRULE:FREQ=DAILY;COUNT=2",
    "DTSTART:20270104T090000Z\nRDATE;VALUE=PERIOD:20270105T090000Z/PT1H\nEXDATE;VALUE=DATE:20270105",
    "DTSTART:20270104T090000Z\nRECURRENCE-ID:garbage",
    "DTSTART:20270104T090000Z\nDTSTART:20270105T090000Z\nSUMMARY:one\nSUMMARY:two\nSEQUENCE:many",
    "DTSTART:99991231T235959Z\nDURATION:P999999D",
    "DTSTART:00010101T000000\nDURATION:-P9D",
    "DTSTART:20270104T090000Z\nATTENDEE:\nATTENDEE;PARTSTAT=:x\nORGANIZER:\nORGANIZER:",
]


@pytest.mark.parametrize("text", GARBAGE)
def test_whatever_strangers_write_costs_their_event_only(text: str) -> None:
    good = "UID:good\nDTSTART:20270104T090000Z"
    bad = resource(f"UID:bad\n{text}")
    READER.events(bad)
    found = occurrences(
        READER, [bad, resource(good)], datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    )
    assert "good" in {one.uid for one in found}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR", b"<html/>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_what_is_no_calendar_is_none(data: bytes) -> None:
    assert parse(data) is None


def test_single_occurrences_of_somebody_elses_series_stand_for_themselves() -> None:
    found = READER.events(
        resource(
            "UID:a\nDTSTART:20270111T100000Z\nRECURRENCE-ID:20270111T090000Z",
            "UID:a\nDTSTART:20270104T100000Z\nRECURRENCE-ID:20270104T090000Z",
        )
    )
    assert [one.id for one in found] == ["a.ics#20270104T090000Z", "a.ics#20270111T090000Z"]
    assert all(one.series_id == "" and one.original_start is None for one in found)


SERIES = [
    ["DTSTART;TZID=Europe/Berlin:20270104T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=40"],
    ["DTSTART;TZID=Europe/Berlin:20270101T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY"],
    ["DTSTART;TZID=W. Europe Standard Time:20270104T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20271101T080000Z"],
    ["DTSTART;VALUE=DATE:20270104\nRRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR\nEXDATE;VALUE=DATE:20270201"],
    ["DTSTART:20270131T090000Z\nDURATION:PT90M\nRRULE:FREQ=MONTHLY\nRDATE:20270205T110000Z,20270206T110000Z"],
    ["DTSTART;TZID=America/New_York:20270104T230000\nDURATION:PT3H\nRRULE:FREQ=DAILY;INTERVAL=3"],
    [
        (
            "DTSTART;TZID=Europe/Berlin:20270104T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"
            "EXDATE;TZID=Europe/Berlin:20270111T090000\nEXDATE:20270118T080000Z"
        ),
        "DTSTART;TZID=Europe/Berlin:20270126T150000\nDURATION:PT2H\nRECURRENCE-ID;TZID=Europe/Berlin:20270125T090000",
        "DTSTART;TZID=Europe/Berlin:20270606T150000\nDURATION:PT2H\nRECURRENCE-ID:20270201T080000Z",
    ],
]


@pytest.mark.parametrize("parts", SERIES)
def test_series_take_place_when_another_library_says(parts: list[str]) -> None:
    held = resource(*(f"UID:a\n{part}" for part in parts), zones=OUTLOOK if "W. Europe" in parts[0] else "")
    start, end = datetime(2027, 1, 5, tzinfo=BERLIN), datetime(2027, 12, 20, tzinfo=BERLIN)
    query: Any = recurring_ical_events.of(held.calendar)

    def instant(value: Any) -> datetime:
        aware = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=BERLIN)
        return aware.astimezone(UTC)

    expected = sorted(instant(part["DTSTART"].dt) for part in query.between(start, end))
    found = [one.start.astimezone(UTC) for one in occurrences(READER, [held], start, end)]
    assert len(expected) > 3
    assert found == expected


FOREIGN = """
UID:a
DTSTAMP:20260101T000000Z
SEQUENCE:4
DTSTART;X-KEPT=1;TZID=W. Europe Standard Time:20270104T090000
DTEND;TZID=W. Europe Standard Time:20270104T100000
RRULE:FREQ=WEEKLY;X-ODD=1;BYDAY=MO
SUMMARY;LANGUAGE=de:Alt
DESCRIPTION:Alt
X-ALT-DESC;FMTTYPE=text/html:<b>Alt</b>
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
CATEGORIES:Work,Private
ATTENDEE;CN=Jane;PARTSTAT=ACCEPTED;X-NUM-GUESTS=2:mailto:jane@example.com
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT15M
DESCRIPTION:Soon
END:VALARM
"""


def lines_of(held: Resource) -> list[str]:
    return written(held.calendar).decode().replace("\r\n ", "").split("\r\n")


def test_what_another_program_wrote_is_left_as_it_is() -> None:
    held = resource(FOREIGN, zones=OUTLOOK)
    before = lines_of(held)
    patch = Patch(summary="Neu", attendees=(Attendee("Jane@example.com"), Attendee("new@example.com", "New")))
    Editor(READER, Writer(NOW)).whole(held, patch)
    gone, added = set(before) - set(lines_of(held)), set(lines_of(held)) - set(before)
    assert gone == {"SUMMARY;LANGUAGE=de:Alt", "DTSTAMP:20260101T000000Z"}
    assert {line.partition(";")[0].partition(":")[0] for line in added} == {
        "SUMMARY",
        "DTSTAMP",
        "LAST-MODIFIED",
        "ATTENDEE",
    }


def test_a_text_that_is_said_twice_is_not_left_contradicting_itself() -> None:
    held = resource(FOREIGN, zones=OUTLOOK)
    Editor(READER, Writer(NOW)).whole(held, Patch(description="Neu"))
    assert "DESCRIPTION:Neu" in lines_of(held)
    assert not [line for line in lines_of(held) if line.startswith("X-ALT-DESC")]


def test_a_new_time_is_a_new_version_and_keeps_the_alarm() -> None:
    held = resource(FOREIGN, zones=OUTLOOK)
    Editor(READER, Writer(NOW)).whole(held, Patch(start=datetime(2027, 1, 5, 10, tzinfo=BERLIN)))
    said = lines_of(held)
    assert "SEQUENCE:5" in said
    assert "TRIGGER:-PT15M" in said
    assert "DTSTART;TZID=Europe/Berlin:20270105T100000" in said
    assert "RRULE:FREQ=WEEKLY;BYDAY=TU" in said
    assert "TZID:Europe/Berlin" in said


def test_one_occurrence_is_a_part_of_the_same_file_with_the_same_alarm() -> None:
    held = resource(FOREIGN, zones=OUTLOOK)
    Editor(READER, Writer(NOW)).one(held, datetime(2027, 3, 29, 9, tzinfo=BERLIN), Patch(summary="Neu"))
    said = lines_of(held)
    assert said.count("UID:a") == 2
    assert said.count("TRIGGER:-PT15M") == 2
    assert sum(line.startswith("RRULE:FREQ=WEEKLY") for line in said) == 1
    assert [one.summary for one in READER.events(held)] == ["Alt", "Neu"]


def test_what_is_left_out_is_one_line_more() -> None:
    held = resource(FOREIGN, zones=OUTLOOK)
    before = lines_of(held)
    assert Editor(READER, Writer(NOW)).leave_out(held, datetime(2027, 1, 11, 9, tzinfo=BERLIN))
    added = set(lines_of(held)) - set(before)
    assert "EXDATE;TZID=Europe/Berlin:20270111T090000" in added
    assert {line.partition(";")[0].partition(":")[0] for line in set(before) - set(lines_of(held))} <= {
        "DTSTAMP",
        "SEQUENCE",
    }


def test_a_zone_is_described_in_whatever_is_sent() -> None:
    held = resource("UID:a\nDTSTART;TZID=America/New_York:20270104T090000")
    assert "TZID:America/New_York" in lines_of(held)


def test_two_files_that_say_the_same_in_another_order_are_the_same() -> None:
    one = resource("UID:a\nDTSTART:20270104T090000Z\nSUMMARY:x")
    other = resource("SUMMARY:x\nUID:a\nDTSTART:20270104T090000Z")
    assert says_the_same(one.calendar, other.calendar)
    assert not says_the_same(one.calendar, resource("UID:a\nDTSTART:20270104T090000Z\nSUMMARY:y").calendar)


@pytest.mark.parametrize("notify", [False, True])
def test_who_is_invited_in_silence_hears_of_it_when_it_is_meant(notify: bool) -> None:
    held = resource("UID:a\nDTSTART:20270104T090000Z")
    Editor(READER, Writer(NOW, "me@example.com")).whole(held, Patch(attendees=(Attendee("you@example.com"),)))
    Editor(READER, Writer(NOW + timedelta(hours=1), "me@example.com", notify)).whole(held, Patch(summary="Now"))
    said = "\n".join(lines_of(held))
    assert ("SCHEDULE-AGENT=CLIENT" in said) is not notify
    assert "ORGANIZER:mailto:me@example.com" in said
