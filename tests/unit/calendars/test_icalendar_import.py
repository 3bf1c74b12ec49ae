"""Calendar files as events: what clients write their own way is understood, what harms is bounded, doubts are told."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store.errors import Invalid, TooLarge
from tools.calendars.backend import Recurrence, RemoteEvent
from tools.calendars.icalendar.reading import ImportedCalendar, Limits, read_events
from tools.calendars.icalendar.series import occurrences_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def read(text: str, limits: Limits | None = None) -> ImportedCalendar:
    """The text's lines in a VCALENDAR, as a client in Berlin would read them."""
    lines = "\r\n".join(line.strip() for line in text.strip().splitlines())
    data = f"BEGIN:VCALENDAR\r\n{lines}\r\nEND:VCALENDAR\r\n".encode()
    return read_events(data, default_zone=BERLIN, now=NOW, limits=limits)


def only(text: str) -> RemoteEvent:
    """The one event of a VEVENT with these lines, of which nothing was doubted."""
    found = read(f"BEGIN:VEVENT\nUID:one\n{text}\nEND:VEVENT")
    assert found.problems == ()
    (event,) = found.events
    return event


def doubts(text: str) -> tuple[RemoteEvent | None, list[str]]:
    found = read(f"BEGIN:VEVENT\nUID:one\n{text}\nEND:VEVENT")
    return (found.events[0] if found.events else None), [problem.sentence for problem in found.problems]


def span(event: RemoteEvent) -> tuple[str, str, str]:
    return event.start.isoformat()[:16], event.end.isoformat()[:16], event.timezone


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("DTSTART:20261124T090000Z\nDTEND:20261124T100000Z", ("2026-11-24T09:00", "2026-11-24T10:00", "UTC")),
        ("DTSTART:20261124T090000\nDURATION:PT90M", ("2026-11-24T09:00", "2026-11-24T10:30", "Europe/Berlin")),
        ("DTSTART:20261124T090000", ("2026-11-24T09:00", "2026-11-24T09:00", "Europe/Berlin")),
        ("dtstart;tzid=America/New_York:20261124T090000\ndtend:20261124T150000Z",
         ("2026-11-24T09:00", "2026-11-24T10:00", "America/New_York")),
        ('DTSTART;TZID="W. Europe Standard Time":20261124T090000\nDURATION:P1D',
         ("2026-11-24T09:00", "2026-11-25T09:00", "Europe/Berlin")),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20261124T090000\nDURATION:-PT0S",
         ("2026-11-24T09:00", "2026-11-24T09:00", "Asia/Tokyo")),
        ("DTSTART;TZID=GMT+02:00:20261124T090000", ("2026-11-24T09:00", "2026-11-24T09:00", "Etc/GMT-2")),
        ("DTSTART;VALUE=DATE:20261124", ("2026-11-24T00:00", "2026-11-25T00:00", "Europe/Berlin")),
        ("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261124",
         ("2026-11-24T00:00", "2026-11-25T00:00", "Europe/Berlin")),
        ("DTSTART:20261124\nDURATION:P3D", ("2026-11-24T00:00", "2026-11-27T00:00", "Europe/Berlin")),
        ("DTSTART:2026-11-24T09:00:00Z", ("2026-11-24T09:00", "2026-11-24T09:00", "UTC")),
        ("DTSTART;TZID=Europe/Berlin:20260328T090000\nDURATION:PT24H",
         ("2026-03-28T09:00", "2026-03-29T10:00", "Europe/Berlin")),
        ("DTSTART;TZID=Europe/Berlin:20260328T090000\nDURATION:P1D",
         ("2026-03-28T09:00", "2026-03-29T09:00", "Europe/Berlin")),
    ],
)  # fmt: skip
def test_the_ways_to_say_when(lines: str, told: tuple[str, str, str]) -> None:
    if "-PT0S" in lines:
        event, sentences = doubts(lines)
        assert event is not None
        assert sentences == ["Its duration cannot be read; only its start was kept."]
    else:
        event = only(lines)
    assert span(event) == told
    assert event.all_day is told[0].endswith("T00:00")


CUSTOM = """
BEGIN:VTIMEZONE
TZID:Customized Time Zone 1
BEGIN:STANDARD
DTSTART:16010101T{standard}
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;BYDAY={in_autumn}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
RRULE:FREQ=YEARLY;BYDAY={in_spring}
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one
DTSTART;TZID=Customized Time Zone 1:20260724T090000
END:VEVENT
"""


def test_a_zone_that_a_client_defines_itself_is_the_one_whose_clocks_do_the_same() -> None:
    rules = {"in_autumn": "-1SU;BYMONTH=10", "in_spring": "-1SU;BYMONTH=3", "standard": "030000"}
    found = read(CUSTOM.format(**rules, winter="+0100", summer="+0200"))
    assert (found.events[0].timezone, found.problems) == ("Europe/Berlin", ())
    rules = {"in_autumn": "1SU;BYMONTH=11", "in_spring": "2SU;BYMONTH=3", "standard": "020000"}
    found = read(CUSTOM.format(**rules, winter="-0800", summer="-0700"))
    assert found.events[0].timezone == "America/Los_Angeles"


def test_a_zone_that_nobody_has_is_read_by_its_winter_and_said_so() -> None:
    rules = {"in_autumn": "-1SU;BYMONTH=10", "in_spring": "1MO;BYMONTH=5", "standard": "030000"}
    found = read(CUSTOM.format(**rules, winter="+0100", summer="+0400"))
    assert found.events[0].timezone == "Etc/GMT-1"
    assert "'Customized Time Zone 1' is none that is known; it was read as Etc/GMT-1" in found.problems[0].sentence


def test_an_unknown_zone_is_the_callers_and_said_so() -> None:
    event, sentences = doubts(
        "DTSTART;TZID=Middle-earth/Shire:20261124T090000\nDTEND;TZID=Middle-earth/Shire:20261124T100000"
    )
    assert event is not None
    assert event.timezone == "Europe/Berlin"
    assert sentences == ["Its time zone 'Middle-earth/Shire' is unknown; it was read as Europe/Berlin."]


def test_a_files_zones_stay_in_the_file() -> None:
    rules = {"in_autumn": "-1SU;BYMONTH=10", "in_spring": "1MO;BYMONTH=5", "standard": "030000"}
    read(CUSTOM.format(**rules, winter="+0100", summer="+0400"))
    _, sentences = doubts("DTSTART;TZID=Customized Time Zone 1:20260724T090000")
    assert "is unknown" in sentences[0]


def test_the_calendars_own_zone_is_that_of_floating_times_and_single_events() -> None:
    found = read(
        """X-WR-TIMEZONE:Asia/Tokyo
        X-WR-CALNAME:Work
        BEGIN:VEVENT
        UID:1
        DTSTART:20261124T000000Z
        END:VEVENT
        BEGIN:VEVENT
        UID:2
        DTSTART:20261124T090000
        END:VEVENT
        BEGIN:VEVENT
        UID:3
        DTSTART:20261124T000000Z
        RRULE:FREQ=DAILY
        END:VEVENT"""
    )
    assert [span(event)[::2] for event in found.events] == [
        ("2026-11-24T09:00", "Asia/Tokyo"),
        ("2026-11-24T09:00", "Asia/Tokyo"),
        ("2026-11-24T00:00", "UTC"),
    ]
    assert (found.name, found.timezone) == ("Work", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("DTSTART:20261124T090000\nDTEND:20261124T080000", "It ends before it starts; only its start was kept."),
        ("DTSTART:20261124T090000\nDURATION:soon", "Its duration cannot be read; only its start was kept."),
        ("DTSTART:20261124T090000\nDTEND:90261124T090000", "Its DTEND is no date that can be read: '90261124T090000'."),
        ("DTSTART:20261124T090000\nDURATION:P9999W", "It lasts longer than ten years; only its start was kept."),
        ("DTSTART:20261124T090000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
         "Its repetition was left out. That repetition never happens: no day fits it. Say it differently."),
        ("DTSTART:20261124T090000\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
         "It repeats by several rules; only the first was kept."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out_of_the_event_and_told(lines: str, sentence: str) -> None:
    event, sentences = doubts(lines)
    assert event is not None
    assert event.start.isoformat() == "2026-11-24T09:00:00+01:00"
    assert sentences == [sentence]


@pytest.mark.parametrize("lines", ["SUMMARY:When?", "DTSTART:soon", "DTSTART:00000000", "DTSTART:99991231T235959Z"])
def test_an_event_without_a_start_is_left_out_and_told(lines: str) -> None:
    event, sentences = doubts(lines)
    assert event is None
    assert sentences[-1] == "It has no start that can be read, so it was left out."


def test_a_problem_names_the_line_and_the_event() -> None:
    (problem,) = read("BEGIN:VEVENT\nUID:lost\nEND:VEVENT").problems
    assert (problem.line, problem.uid) == (2, "lost")


def test_texts_are_unescaped_unfolded_and_cleaned() -> None:
    data = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nDTSTART:20261124T090000Z\r\n"
        b"SUMMARY;LANGUAGE=en:Lunch\\, with \xc3\r\n \xa9mile\\; \xe2\x80\xaeevil\r\n"
        b'DESCRIPTION;ALTREP="cid:x;y":one\\ntwo \\\\ three\r\nLOCATION:Caf\xc3\xa9\r\n'
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (event,) = read_events(data, default_zone=BERLIN, now=NOW).events
    assert (event.summary, event.location) == ("Lunch, with émile; evil", "Café")
    assert event.description == "one\ntwo \\ three"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_and_line_ends_are_read(encoding: str) -> None:
    text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261124\nSUMMARY:Käse\nEND:VEVENT\nEND:VCALENDAR"
    for newline in ("\n", "\r", "\r\n"):
        (event,) = read_events(text.replace("\n", newline).encode(encoding), default_zone=BERLIN, now=NOW).events
        assert event.summary == "Käse"


def test_people_have_their_answers() -> None:
    event = only(
        """DTSTART:20261124T090000Z
        ORGANIZER;CN=Ben:mailto:ben@example.org
        ATTENDEE;CN="Anna; Ö";PARTSTAT=ACCEPTED:MAILTO:anna@example.org
        ATTENDEE;PARTSTAT=DELEGATED:mailto:carl@example.org
        ATTENDEE;CN=Room:urn:room"""
    )
    assert event.organizer == "ben@example.org"
    assert [(one.email, one.name, one.status) for one in event.attendees] == [
        ("anna@example.org", "Anna; Ö", "accepted"),
        ("carl@example.org", "", "needs-action"),
        ("", "Room", "needs-action"),
    ]


@pytest.mark.parametrize(
    ("line", "busy"),
    [
        ("TRANSP:OPAQUE", True),
        ("TRANSP:TRANSPARENT", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", False),
    ],
)
def test_what_takes_time_and_what_does_not(line: str, busy: bool) -> None:
    assert only(f"DTSTART:20261124\n{line}").busy is busy


def test_cancelled_events_are_marked_one_by_one_or_all() -> None:
    assert only("DTSTART:20261124\nSTATUS:CANCELLED").cancelled
    assert read("METHOD:CANCEL\nBEGIN:VEVENT\nUID:1\nDTSTART:20261124\nEND:VEVENT").events[0].cancelled


def test_an_event_without_a_uid_has_always_the_same_one() -> None:
    text = "BEGIN:VEVENT\nDTSTART:20261124T090000Z\nSUMMARY:Lunch\nEND:VEVENT"
    (first,), (second,) = read(text).events, read(text).events
    assert first.id == second.id
    assert first.id != read(text.replace("Lunch", "Dinner")).events[0].id


def test_of_an_event_that_is_there_twice_the_latest_counts() -> None:
    one = "BEGIN:VEVENT\nUID:1\nDTSTART:20261124\nSUMMARY:{}\nSEQUENCE:{}\nEND:VEVENT\n"
    found = read(one.format("new", 2) + one.format("old", 1))
    assert [event.summary for event in found.events] == ["new"]
    assert found.problems[0].sentence == "This event is in the file more than once; the latest one counts."


SERIES = """
BEGIN:VEVENT
UID:s
DTSTART;TZID=Europe/Berlin:20261123T090000
DTEND;TZID=Europe/Berlin:20261123T100000
SUMMARY:Standup
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;VALUE=DATE:20261130
EXDATE:20261207T080000Z
RDATE;VALUE=PERIOD:20261125T080000Z/PT3H
END:VEVENT
"""


def test_a_series_with_dates_that_are_left_out_and_added() -> None:
    found = read(SERIES)
    master = found.events[0]
    assert master.recurrence == Recurrence(
        "FREQ=WEEKLY;COUNT=6",
        (datetime(2026, 11, 30, 9, tzinfo=BERLIN), datetime(2026, 12, 7, 9, tzinfo=BERLIN)),
        (datetime(2026, 11, 25, 9, tzinfo=BERLIN),),
    )
    shown = [(one.start.isoformat()[:10], one.end - one.start) for one in occurrences_of(found.events, WINDOW)]
    assert shown[:3] == [
        ("2026-11-23", timedelta(hours=1)),
        ("2026-11-25", timedelta(hours=3)),
        ("2026-12-14", timedelta(hours=1)),
    ]


def change(rid: str, start: str, more: str = "") -> str:
    return (
        f"BEGIN:VEVENT\nUID:s\nRECURRENCE-ID{rid}\nDTSTART;TZID=Europe/Berlin:{start}\nDURATION:PT1H\n"
        f"SUMMARY:Moved\n{more}\nEND:VEVENT\n"
    )


def test_a_moved_occurrence_stands_for_the_one_it_was() -> None:
    found = read(SERIES + change(":20261214T080000Z", "20261215T140000"))
    moved = found.events[1]
    assert (moved.series_id, moved.original_start, moved.uid) == ("s", datetime(2026, 12, 14, 9, tzinfo=BERLIN), "s")
    assert moved.id == "s#20261214T080000Z"
    days = [one.start.isoformat()[:13] for one in occurrences_of(found.events, WINDOW)]
    assert "2026-12-15T14" in days
    assert "2026-12-14T09" not in days


def test_a_cancelled_occurrence_is_not_shown() -> None:
    found = read(SERIES + change(":20261214T080000Z", "20261214T090000", "STATUS:CANCELLED"))
    assert found.events[1].cancelled
    assert "2026-12-14" not in [one.start.isoformat()[:10] for one in occurrences_of(found.events, WINDOW)]


def test_an_occurrence_may_be_named_by_its_day() -> None:
    found = read(SERIES + change(";VALUE=DATE:20261214", "20261215T140000"))
    assert found.events[1].original_start == datetime(2026, 12, 14, 9, tzinfo=BERLIN)


def test_a_change_of_all_later_ones_makes_a_second_series_that_ends_when_the_first_did() -> None:
    later = change(";RANGE=THISANDFUTURE:20261214T080000Z", "20261215T140000")
    found = read(SERIES + later + change(":20261221T080000Z", "20261224T110000"))
    first, second, exception = found.events[:3]
    assert first.recurrence is not None
    assert first.recurrence.rrule == "FREQ=WEEKLY;UNTIL=20261214T075959Z"
    assert (second.recurrence, second.summary) == (Recurrence("FREQ=WEEKLY;COUNT=3"), "Moved")
    assert exception.series_id == second.id != first.id
    assert exception.original_start == datetime(2026, 12, 22, 14, tzinfo=BERLIN)
    assert [one.start.isoformat()[:13] for one in occurrences_of(found.events, WINDOW)] == [
        "2026-11-23T09", "2026-11-25T09", "2026-12-15T14", "2026-12-24T11", "2026-12-29T14",
    ]  # fmt: skip


def test_an_invitation_to_one_occurrence_alone_is_shown() -> None:
    found = read(change(":20261214T080000Z", "20261215T140000"))
    assert found.events[0].series_id == "s"
    assert [one.start.day for one in occurrences_of(found.events, WINDOW)] == [15]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1000,
        b"\xff\xfe",
        b"hello",
        b"BEGIN:VCARD2",
        b"%PDF-1.7 BEGIN:",
        b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 10_000,
    ],
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    if data == b"BEGIN:VCARD2":
        assert read_events(data, default_zone=BERLIN, now=NOW).events == ()
        return
    with pytest.raises(Invalid, match="calendar"):
        read_events(data, default_zone=BERLIN, now=NOW)


def test_too_much_is_refused_before_it_is_read() -> None:
    small = Limits(bytes=2_000, lines=60, events=3)
    event = "BEGIN:VEVENT\nUID:{}\nDTSTART:20261124\nEND:VEVENT\n"
    for text in ("SUMMARY:" + "x" * 3_000, "X:1\n" * 100, "".join(event.format(number) for number in range(4))):
        with pytest.raises(TooLarge):
            read(text, small)


EVENT = "BEGIN:VEVENT\nUID:{}\nDTSTART{}\nEND:VEVENT\n"
ZONE = (
    "BEGIN:VTIMEZONE\nTZID:z{}\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0{}17\n"
    "RRULE:FREQ=YEARLY;BYHOUR=1,2,3,4,5,6,7\nEND:STANDARD\nEND:VTIMEZONE\n"
)
LATER = "BEGIN:VEVENT\nUID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:{0}T080000Z\nDTSTART:{0}T090000Z\nEND:VEVENT\n"
NEVER = ":20261124T09{:02}00\nRRULE:FREQ=DAILY;INTERVAL={};BYMONTH=2;BYMONTHDAY=30"
DATES = [f"2026{month:02}{day:02}" for month in range(1, 13) for day in range(1, 29)]
HOSTILE = {
    "one line of ten megabytes": EVENT.format(1, ":20261124\nSUMMARY:" + "x" * 9_900_000),
    "quotes without an end": EVENT.format(1, ';X="' * 500_000 + "\nDTSTART:20261124"),
    "parameters without an end": EVENT.format(1, ":20261124\nATTENDEE" + ";A=b" * 900_000 + ":x"),
    "many dates": EVENT.format(1, ":20261124\nRRULE:FREQ=DAILY" + "\nEXDATE:20261125,20261126,20261127" * 100_000),
    "many people": EVENT.format(1, ":20261124" + "\nATTENDEE:mailto:a@b.de" * 100_000),
    "a long rule": EVENT.format(1, ":20261124\nRRULE:FREQ=DAILY;BYDAY=" + "MO," * 30_000),
    "many zones": "".join(ZONE.format(n, n % 10) + EVENT.format(n, f";TZID=z{n}:20261124T090000") for n in range(3000)),
    "many changes of all later ones": SERIES + "".join(LATER.format(day) for day in DATES),
    "rules that never fire": "".join(EVENT.format(n, NEVER.format(n % 60, n % 999 + 1)) for n in range(9_000)),
    "rules that fire once in a lifetime": "".join(
        EVENT.format(n, f":2026{n % 12 + 1:02}{n % 28 + 1:02}\nRRULE:FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;BYDAY=MO")
        for n in range(9_000)
    ),
    "rules with many repeats": "".join(
        EVENT.format(n, f":20261124T{n % 24:02}{n % 60:02}00\nRRULE:FREQ=DAILY;COUNT={10_000 - n};UNTIL=20600101")
        for n in range(9_000)
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_little(name: str) -> None:
    before = time.process_time()
    found = read_events(f"BEGIN:VCALENDAR\n{HOSTILE[name]}\nEND:VCALENDAR".encode(), default_zone=BERLIN, now=NOW)
    assert time.process_time() - before < 40
    assert len(found.problems) <= 100
    assert all(len(event.summary) <= 500 and len(event.attendees) <= 200 for event in found.events)
