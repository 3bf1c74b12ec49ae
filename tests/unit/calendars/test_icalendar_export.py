"""Calendars as files: what any client can read, nothing of people unless asked, the same events when read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tools.calendars.backend import Attendee, Recurrence, RemoteEvent
from tools.calendars.icalendar.export import write_calendar
from tools.calendars.icalendar.reading import read_events
from tools.calendars.icalendar.series import exception_id
from tools.calendars.icalendar.zone_rules import zone_component
from tools.calendars.recurrence import BadRule, checked_rrule, first_occurrence
from tools.plaintext import clean_line, clean_text

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 23, 9, tzinfo=BERLIN)
HARD_ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC")


def event(**fields: object) -> RemoteEvent:
    usual: dict[str, object] = {
        "id": "one",
        "uid": "one",
        "etag": "",
        "summary": "Lunch",
        "start": NINE,
        "end": NINE + timedelta(hours=1),
        "timezone": "Europe/Berlin",
    }
    return RemoteEvent(**(usual | fields))  # type: ignore[arg-type]


def written(*events: RemoteEvent, with_people: bool = False) -> bytes:
    return write_calendar(events, name="Mine", now=NOW, prodid="-//VoiceLoop//EN", with_people=with_people)


def read_back(events: Sequence[RemoteEvent], zone: ZoneInfo = BERLIN) -> list[RemoteEvent]:
    read = read_events(written(*events, with_people=True), default_zone=zone, now=NOW)
    assert read.problems == ()
    return list(read.events)


def test_a_file_has_what_the_standard_asks_for() -> None:
    text = written(event()).decode()
    for line in (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//VoiceLoop//EN", "X-WR-CALNAME:Mine", "TZID:Europe/Berlin",
        "UID:one", "DTSTAMP:20261121T120000Z", "DTSTART;TZID=Europe/Berlin:20261123T090000", "SEQUENCE:0",
        "STATUS:CONFIRMED", "TRANSP:OPAQUE",
    ):  # fmt: skip
        assert f"\r\n{line}\r\n" in f"\r\n{text}"


def test_lines_are_folded_at_75_bytes_and_end_in_crlf() -> None:
    data = written(event(description="Überlänge, sehr lang; " * 40))
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_a_text_cannot_become_a_line_of_its_own() -> None:
    evil = 'x\r\nEND:VEVENT\nBEGIN:VEVENT\rATTENDEE:mailto:"'
    data = written(
        event(summary=evil, location=evil, description=evil, uid=evil, attendees=(Attendee("a@b.de", evil),)),
        with_people=True,
    )
    assert data.count(b"\r\nBEGIN:VEVENT") == 1
    assert data.count(b"\r\nATTENDEE") == 1
    assert len(icalendar.Calendar.from_ical(data).walk("VEVENT")) == 1


def test_people_are_written_only_when_asked_for() -> None:
    people = event(attendees=(Attendee("anna@example.org", "Anna", "accepted"),), organizer="ben@example.org")
    assert b"example.org" not in written(people)
    asked = written(people, with_people=True)
    assert b"ATTENDEE;CN=Anna;PARTSTAT=ACCEPTED:mailto:anna@example.org" in asked
    assert b"ORGANIZER:mailto:ben@example.org" in asked


def test_the_sequence_is_what_the_caller_knows() -> None:
    data = write_calendar([event()], name="", now=NOW, prodid="x", sequences={"one": 7})
    assert b"\r\nSEQUENCE:7\r\n" in data


def test_the_second_of_two_equal_hours_is_written_in_utc() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    data = written(event(start=second, end=second + timedelta(hours=1)))
    assert b"DTSTART:20261025T013000Z" in data


@pytest.mark.parametrize("key", [*HARD_ZONES[:-1], "Europe/Dublin", "America/Santiago", "Asia/Kolkata"])
def test_another_reader_sees_the_zones_clocks_in_the_definition(key: str) -> None:
    definition = zone_component(key, 2025, 2038)
    theirs = tzical(StringIO(definition.to_ical().decode())).get()
    zone = ZoneInfo(key)
    moment = datetime(2025, 3, 1, tzinfo=UTC)
    while moment.year < 2030:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        # dateutil reads the hour that comes twice as the second, and skipped ones as the later: a day around is enough
        if all((moment + timedelta(hours=h)).astimezone(zone).utcoffset() == wall.replace(tzinfo=zone).utcoffset()
               for h in (-2, 2)):  # fmt: skip
            assert wall.replace(tzinfo=theirs).utcoffset() == wall.replace(tzinfo=zone).utcoffset(), moment
        moment += timedelta(hours=1)


def test_a_zone_with_rules_goes_on_after_the_last_event() -> None:
    assert b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in zone_component("Europe/Berlin", 2025, 2038).to_ical()
    assert b"RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3" in zone_component("America/New_York", 2025, 2038).to_ical()


texts = st.text(st.one_of(st.sampled_from(list("aZ 09\\,;:\"'\nü🎉=|^")), st.characters(codec="utf-8")), max_size=90)


@st.composite
def some_events(draw: st.DrawFn) -> tuple[ZoneInfo, list[RemoteEvent]]:
    """A single or all-day event, or a series with exceptions, as an import leaves them."""
    zone = ZoneInfo(draw(st.sampled_from(HARD_ZONES)))
    all_day = draw(st.booleans())
    naive = draw(st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2028-01-01")))
    naive = naive.replace(minute=naive.minute // 15 * 15, second=0, microsecond=0)
    wall = naive.replace(hour=0, minute=0) if all_day else naive
    start = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    length = timedelta(days=draw(st.integers(1, 9))) if all_day else timedelta(minutes=draw(st.integers(0, 3000)))
    end = (wall + length).replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    end = end if end >= start else start
    rule = draw(
        st.sampled_from(
            ["", "FREQ=DAILY", "FREQ=WEEKLY;COUNT=9", "FREQ=MONTHLY", "FREQ=DAILY;INTERVAL=3;UNTIL=20290101"]
        )
    )
    recurrence = None
    if rule:
        dates = [start + timedelta(days=days) for days in draw(st.lists(st.integers(1, 99), max_size=4, unique=True))]
        dates = [one.replace(fold=0).astimezone(UTC).astimezone(zone) for one in dates]
        dates = [one for one in dates if not one.fold]
        recurrence = Recurrence(checked_rrule(rule, start, all_day=all_day), tuple(dates[:2]), tuple(dates[2:]))
    one = RemoteEvent(
        id="one@test", uid="one@test", etag="", start=start, end=end, timezone=zone.key, all_day=all_day,
        summary=clean_line(draw(texts), limit=500), description=clean_text(draw(texts), limit=8000),
        location=clean_line(draw(texts), limit=500), busy=draw(st.booleans()), cancelled=draw(st.booleans()),
        attendees=(Attendee("anna@example.org", "Anna, Ö", "tentative"),), organizer="ben@example.org",
        recurrence=recurrence,
    )  # fmt: skip
    if recurrence is None or draw(st.booleans()):
        return zone, [one]
    original = (start + timedelta(days=21)).replace(fold=0).astimezone(UTC).astimezone(zone)
    if original in recurrence.exdates or original.fold:
        return zone, [one]
    moved = replace(
        one, id=exception_id(one.id, original), series_id=one.id, original_start=original, recurrence=None,
        summary="Moved", start=original, end=original + length, cancelled=False,
    )  # fmt: skip
    return zone, [one, replace(moved, end=max(moved.end.astimezone(UTC).astimezone(zone), original))]


@settings(
    max_examples=200, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(some_events())
def test_what_is_written_is_read_back_the_same(drawn: tuple[ZoneInfo, list[RemoteEvent]]) -> None:
    zone, events = drawn
    if any(one.start.fold or one.end.fold for one in events):
        return  # written in UTC: the same instants in another zone
    assert read_back(events, zone) == events


def test_a_rule_that_is_kept_is_kept_through_a_file() -> None:
    for rrule in ("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU", "FREQ=WEEKLY;BYDAY=MO,WE,FR"):
        start = first_occurrence(NINE, rrule)
        assert start is not None
        kept = checked_rrule(rrule, start)
        series = event(start=start, end=start + timedelta(hours=1), recurrence=Recurrence(kept))
        assert read_back([series]) == [series]
    with pytest.raises(BadRule):
        checked_rrule("FREQ=WEEKLY;BYDAY=SU", NINE)
