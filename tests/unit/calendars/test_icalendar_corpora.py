"""The files that icalendar and recurring-ical-events test themselves with: all are read, and show the same occurrences.

Where ours differ, the file is named below with the reason.
"""

from __future__ import annotations

import time
import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from store.errors import Invalid
from tools.calendars.icalendar.export import write_calendar
from tools.calendars.icalendar.reading import ImportedCalendar, read_events
from tools.calendars.icalendar.series import occurrences_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FILES = {
    f"{package.__name__}/{path.name}": path
    for package in (icalendar, recurring_ical_events)
    for path in sorted(Path(str(package.__file__)).parent.rglob("*.ics"))
}
Shown = tuple[datetime, datetime, str]

# a day's event that ends on the day it starts lasts that day; theirs lasts no time
ONE_DAY = {"example.ics", "Germany_Holidays.ics"}
DIFFERENT = {
    "invalid_duration.ics": "an unreadable DURATION costs its end; theirs the event",
    "issue_1081_invalid_rrule_freq.ics": "an unreadable RRULE leaves a single event; theirs none",
    "bad_rrule_missing_until_event.ics": "the same",
    "issue_117_until_before_dtstart.ics": "a rule that ends before it starts leaves a single event; theirs none",
    "issue_1633_rdate_with_dates.ics": "a date in RDATE of a timed series means that day's occurrence",
    "issue_1633_rdate_with_dates_and_tzid.ics": "the same",
    "issue_165_missing_event.ics": "spaces in BYDAY are read; theirs shows nothing",
    "issue_464_invalid_rdate.ics": "an unreadable RDATE costs that date; theirs the event",
    "rfc_7529.ics": "rules of other calendars (RSCALE) leave a single event; theirs none",
    "issue_722_timezone_transition_ambiguity.ics": "a zone that nobody has is read by its winter, and said so",
    "multiple_calendar_components.ics": "the same event in two calendars of a file is one",
    "event_with_recurrence.ics": "an EXDATE in UTC of a floating series is UTC",
    "issue_28_rrule_with_UTC_endinginZ.ics": "UNTIL of a day's series is the day that begins then (as Exchange writes)",
    "end_before_start_event.ics": "an end before the start is left out; theirs swaps them",
    "issue_132_swapped_start_and_end.ics": "the same",
    "issue_201_mixed_datetime_and_date.ics": "a date is one of the calendar's zone, not of the other time's",
    "issue_201_test_matrix.ics": "the same",
    "issue_253_additional_recurrence_id.ics": "an exception is one occurrence, whatever its own rule says",
    "issue_75_range_parameter.ics": "UNTIL as a date is all of that day",
    "multiple_rrule.ics": "one rule of several",
}


def read(data: bytes) -> ImportedCalendar | None:
    try:
        return read_events(data, default_zone=BERLIN, now=NOW)
    except Invalid:
        return None


def instant(moment: date, zone: ZoneInfo) -> datetime:
    whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    return (whole if whole.tzinfo else whole.replace(tzinfo=zone)).astimezone(UTC)


def theirs(data: bytes, window: tuple[datetime, datetime], zone: ZoneInfo) -> list[Shown] | None:
    """What recurring-ical-events shows; None where it or icalendar cannot read the file."""
    shown: list[Shown] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for part in icalendar.Calendar.from_ical(data, multiple=True):
                calendar = part if part.name == "VCALENDAR" else icalendar.Calendar()
                if part.name != "VCALENDAR":
                    calendar.add_component(part)
                for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(*window):
                    start = instant(event["DTSTART"].dt, zone)
                    end = instant(event["DTEND"].dt, zone) if "DTEND" in event else start
                    if str(event.get("STATUS", "")).upper() != "CANCELLED":
                        shown.append((start, end, " ".join(str(event.get("SUMMARY", "")).split())))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
    return sorted(shown)


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_read_within_bounds(name: str) -> None:
    before = time.process_time()
    found = read(FILES[name].read_bytes())
    assert time.process_time() - before < 8
    if found is None:
        assert FILES[name].name in {
            "fuzz_testcase_0_char_in_component_name.ics",
            "issue_178_component_with_invalid_name_represented.ics",
        }


def test_the_files_show_what_recurring_ical_events_shows() -> None:
    same, unreadable, different = 0, 0, set[str]()
    for path in FILES.values():
        data = path.read_bytes()
        found = read(data)
        if found is None or not found.events:
            continue
        zone = ZoneInfo(found.timezone or "Europe/Berlin")
        first = min(event.start for event in found.events).astimezone(zone).replace(hour=0, minute=0, second=0)
        window = (first - timedelta(days=40), first + timedelta(days=800))
        ours = sorted(
            (event.start.astimezone(UTC), event.end.astimezone(UTC), event.summary)
            for event in occurrences_of(found.events, window, limit=100_000)
        )
        other = theirs(data, window, zone)
        if other is None:
            unreadable += 1
        elif [one[::2] for one in ours] == [one[::2] for one in other] and (ours == other or path.name in ONE_DAY):
            same += 1
        else:
            different.add(path.name)
    assert different == DIFFERENT.keys()
    assert (same, unreadable) == (155, 5)


@pytest.mark.parametrize("name", FILES)
def test_what_was_read_is_the_same_when_written_and_read_again(name: str) -> None:
    found = read(FILES[name].read_bytes())
    if found is None:
        return
    written = write_calendar(found.events, name="", now=NOW, prodid="-//VoiceLoop//EN", with_people=True)
    again = read_events(written, default_zone=BERLIN, now=NOW)
    window = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    before, after = (
        [
            (one.start.astimezone(UTC), one.end.astimezone(UTC), one.summary)
            for one in occurrences_of(part.events, window)
        ]
        for part in (found, again)
    )
    if not any(event.all_day and event.timezone != "Europe/Berlin" for event in found.events):
        assert sorted(before) == sorted(after)


SEEDS = [FILES[name].read_bytes() for name in FILES if FILES[name].stat().st_size < 6_000][::3]
PIECES = [
    b"\r\n", b"\n ", b":", b";", b"=", b'"', b",", b"\\", b"\x00", b"\xff", b"T", b"Z", b"-", b"9" * 12,
    b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n", b"RRULE:FREQ=YEARLY;BYDAY=53MO\r\n",
    b"RRULE:FREQ=DAILY;COUNT=10000\r\n", b"DTSTART:00010101T000000Z\r\n", b"DTSTART:99991231T235959\r\n",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:", b"DURATION:P99999D\r\n", b"EXDATE:", b"TZID=", b"20261124T090000",
    b"UNTIL=99991231;", b"INTERVAL=1000;", b"DTSTART;TZID=Europe/Berlin:15830101T000000\r\n",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["put", "cut", "copy", "flip"])):
            case "put":
                data[at:at] = draw(st.sampled_from(PIECES))
            case "cut":
                del data[at : at + draw(st.integers(1, 40))]
            case "copy":
                data[at:at] = data[: draw(st.integers(0, 300))]
            case _ if at < len(data):
                data[at] = draw(st.integers(0, 255))
            case _:
                pass
    return bytes(data)


@settings(
    max_examples=400, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(mutated())
def test_a_damaged_file_is_read_or_refused_and_costs_little(data: bytes) -> None:
    before = time.process_time()
    found = read(data)
    if found is not None:
        window = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
        shown = occurrences_of(found.events, window, limit=500)
        assert all(one.recurrence is None and not one.cancelled for one in shown)
        write_calendar(found.events, name="", now=NOW, prodid="x", with_people=True)
    assert time.process_time() - before < 10
