"""Windows' names for time zones and IANA's, and what a zone that Windows lacks does to an event."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tools.calendars.backend import NotSupported
from tools.calendars.microsoft.bodies import stamp
from tools.calendars.microsoft.translate import moment_of
from tools.calendars.microsoft.zones import iana_name, windows_name

BERLIN = ZoneInfo("Europe/Berlin")


def offsets(zone: str) -> list[timedelta | None]:
    """In winter and in summer."""
    return [datetime(2027, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)]


@pytest.mark.parametrize(
    ("iana", "windows"),
    [
        ("Europe/Berlin", "W. Europe Standard Time"),
        ("Europe/London", "GMT Standard Time"),
        ("America/New_York", "Eastern Standard Time"),
        ("Asia/Kolkata", "India Standard Time"),
        ("UTC", "UTC"),
    ],
)
def test_a_common_zone_goes_there_and_back(iana: str, windows: str) -> None:
    assert windows_name(iana) == windows
    assert offsets(iana_name(windows)) == offsets(iana)


@pytest.mark.parametrize("iana", ["Etc/UTC", "GMT", "PST8PDT", "Europe/Zaporozhye", "US/East-Indiana"])
def test_what_the_table_lacks_is_added(iana: str) -> None:
    assert offsets(iana_name(windows_name(iana))) == offsets(iana)


def test_nearly_every_zone_has_a_windows_name() -> None:
    without = {name for name in available_timezones() if not windows_name(name)}
    assert without <= {"Antarctica/Troll", "Factory", "localtime", "posixrules"}


@pytest.mark.parametrize(
    ("name", "iana"),
    [
        ("Europe/Vienna", "Europe/Vienna"),
        ("tzone://Microsoft/Custom", ""),
        ("Customized Time Zone", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_what_exchange_calls_a_zone_otherwise(name: str | None, iana: str) -> None:
    assert iana_name(name) == iana


def test_a_single_event_in_a_zone_without_a_name_goes_out_in_utc_and_a_series_not_at_all() -> None:
    start = datetime(2027, 7, 1, 9, tzinfo=ZoneInfo("Antarctica/Troll"))
    assert stamp(start, "Antarctica/Troll") == {"dateTime": "2027-07-01T07:00:00", "timeZone": "UTC"}
    with pytest.raises(NotSupported):
        stamp(start, "Antarctica/Troll", series=True)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (datetime(2027, 1, 11, 9, tzinfo=BERLIN), ("2027-01-11T09:00:00", "W. Europe Standard Time")),
        (datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN), ("2027-10-31T00:30:00", "UTC")),
        (datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=BERLIN), ("2027-10-31T01:30:00", "UTC")),
        (datetime(2027, 3, 28, 2, 30, tzinfo=BERLIN), ("2027-03-28T01:30:00", "UTC")),
    ],
)
def test_a_time_that_a_clock_shows_twice_or_never_goes_out_in_utc(start: datetime, said: tuple[str, str]) -> None:
    made = stamp(start, "Europe/Berlin")
    assert (made["dateTime"], made["timeZone"]) == said


@pytest.mark.parametrize("said", ["2027-07-01T00:00:00.0000000", "2027-06-30T22:00:00.0000000"])
def test_a_whole_day_is_that_day_whether_graph_converts_it_or_not(said: str) -> None:
    found = moment_of({"dateTime": said, "timeZone": "UTC"}, "Europe/Berlin", all_day=True)
    assert found == datetime(2027, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))
