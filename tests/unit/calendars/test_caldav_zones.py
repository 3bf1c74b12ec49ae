"""A server's zones: read by what they say, kept in their file, and written so that every client changes its clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from icalendar.timezone import tzp

from tools.calendars.backend import Draft, RemoteEvent
from tools.calendars.caldav.parsing import parse
from tools.calendars.caldav.reading import Reader, Resource
from tools.calendars.caldav.writing import Writer, written

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


def zone(name: str, summer: str = "+0200", winter: str = "+0100", rule: str = "FREQ=YEARLY;BYDAY=-1SU") -> str:
    """A definition whose clocks change as in Europe."""
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\n"
        f"BEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETFROM:{summer}\nTZOFFSETTO:{winter}\n"
        f"RRULE:{rule};BYMONTH=10\nEND:STANDARD\n"
        f"BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETFROM:{winter}\nTZOFFSETTO:{summer}\n"
        f"RRULE:{rule};BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )


def file(times: str, zones: str = "") -> str:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zones}BEGIN:VEVENT\nUID:a\n{times}\nEND:VEVENT\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def read(text: str, home: ZoneInfo = NEW_YORK) -> RemoteEvent:
    calendar = parse(text)
    assert calendar is not None
    [event] = Reader(home).events(Resource("a.ics", "1", calendar))
    return event


@pytest.mark.parametrize("text", ["DTSTART;TZID=My Zone:20270704T090000", "DTSTART;TZID=My Zone:20270104T090000"])
def test_a_zone_that_only_the_file_knows_is_the_one_with_its_clocks(text: str) -> None:
    event = read(file(text, zone("My Zone")))
    assert f"{event.start:%H:%M}" == "09:00"
    assert event.start == event.start.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert event.timezone == "Europe/Berlin"


def test_a_zone_stays_in_its_file() -> None:
    text = "DTSTART;TZID=My Zone:20270704T090000"
    assert read(file(text, zone("My Zone"))).start.utcoffset() == timedelta(hours=2)
    assert read(file(text, zone("My Zone", "+0100", "+0000"))).start.utcoffset() == timedelta(hours=1)
    assert read(file(text)).timezone == "America/New_York"  # where nothing is said of it
    assert tzp.timezone("My Zone") is None


def test_dates_that_are_left_out_and_changed_are_of_that_zone_too() -> None:
    times = (
        "DTSTART;TZID=My Zone:20270701T090000\nRRULE:FREQ=DAILY;COUNT=4\n"
        "EXDATE;TZID=My Zone:20270702T090000,20270703T090000\nRDATE;TZID=My Zone;VALUE=PERIOD:20270801T090000/PT1H"
    )
    recurrence = read(file(times, zone("My Zone"))).recurrence
    assert recurrence is not None
    moments = (*recurrence.exdates, *recurrence.rdates)
    assert [f"{one.astimezone(UTC):%m-%dT%H}" for one in moments] == ["07-02T07", "07-03T07", "08-01T07"]


def test_what_is_written_back_names_and_defines_the_zone_as_before() -> None:
    calendar = parse(file("DTSTART;TZID=My Zone:20270704T090000", zone("My Zone")))
    assert calendar is not None
    text = written(calendar).decode()
    assert "DTSTART;TZID=My Zone:20270704T090000" in text.replace('"', "")
    assert text.count("BEGIN:VTIMEZONE") == 1


def test_a_zone_whose_clocks_change_every_second_costs_no_time() -> None:
    event = read(file("DTSTART;TZID=Evil:20270704T090000", zone("Evil", rule="FREQ=SECONDLY")))
    assert f"{event.start:%H:%M}" == "09:00"


def test_a_text_without_line_breaks_is_no_file_s_name(tmp_path: Path) -> None:
    path = tmp_path / "private.ics"
    path.write_text(file("DTSTART:20270704T090000Z"))
    assert parse(str(path)) is None


@pytest.mark.parametrize("key", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("year", [2027, 2033])
def test_a_written_zone_changes_its_clocks_when_it_should(key: str, year: int) -> None:
    start = datetime(2027, 3, 1, 9, tzinfo=ZoneInfo(key))
    draft = Draft(summary="x", start=start, end=start + timedelta(hours=1), timezone=key)
    text = written(Writer(NOW).calendar(draft, "a")).decode()
    [described] = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    told, real = described.to_tz(lookup_tzid=False), ZoneInfo(key)
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(365 * 24)]
    assert [one for one in hours if told.utcoffset(one.astimezone(real).replace(tzinfo=None)) is None] == []
    wrong = [one for one in hours if one.astimezone(told).utcoffset() != one.astimezone(real).utcoffset()]
    assert wrong == []
