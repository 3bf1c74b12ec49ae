"""Random series in zones with hard clocks: what ``expand`` finds is what dateutil finds, and what icalendar users see.

dateutil is the measure, but for what it does otherwise than RFC 5545 (each named where the rule is drawn).
"""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tools.calendars.backend import Recurrence
from tools.calendars.recurrence import expand, first_occurrence, last_occurrence, split
from tools.calendars.series.rule import parsed

ZONES = [
    ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
]
YEARS = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2030-01-01")
agreed = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # dateutil takes seconds for rules that seldom fire: no shrinking
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def some(numbers: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[list[int]]:
    return st.lists(numbers, min_size=1, max_size=most, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that the standard allows and dateutil reads alike."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts: dict[str, object] = {"FREQ": freq, "INTERVAL": draw(st.integers(1, 5))}
    if draw(st.booleans()):
        parts["BYMONTH"] = draw(some(st.integers(1, 12), 5))
    if freq != "WEEKLY" and draw(st.integers(0, 2)) == 0:
        parts["BYMONTHDAY"] = draw(some(st.integers(-31, 31).filter(bool), 5))
    if draw(st.booleans()):
        # of "Mondays and the first Tuesday" dateutil takes what is both; the standard what is one of them
        numbers = ["1", "2", "-1", "5"] if freq in {"MONTHLY", "YEARLY"} and draw(st.booleans()) else [""]
        number = st.sampled_from(numbers)
        day = st.builds(str.__add__, number, st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
        parts["BYDAY"] = draw(st.lists(day, min_size=1, max_size=3, unique=True))
    if freq == "YEARLY" and "BYDAY" not in parts and draw(st.integers(0, 3)) == 0:
        parts["BYYEARDAY"] = draw(some(st.integers(-366, 366).filter(bool)))
    plain = not any(str(day)[0] in "-125" for day in parts.get("BYDAY", ()))  # type: ignore[attr-defined]
    if freq == "YEARLY" and plain and draw(st.integers(0, 3)) == 0:
        # dateutil does not see that week -52 or -53 can be the first of the next year
        parts["BYWEEKNO"] = draw(some(st.integers(-51, 53).filter(bool)))
    if draw(st.integers(0, 3)) == 0:
        parts["BYHOUR"] = draw(some(st.integers(0, 23)))
    if draw(st.integers(0, 3)) == 0:
        parts["BYMINUTE"] = draw(some(st.sampled_from([0, 15, 30, 59])))
    # of a first week dateutil counts positions from the start's weekday on; the standard counts all of the week
    if freq != "WEEKLY" and {"BYDAY", "BYMONTHDAY"} & parts.keys() and draw(st.booleans()):
        parts["BYSETPOS"] = draw(some(st.integers(-4, 4).filter(bool)))
    parts["WKST"] = draw(st.sampled_from(["MO", "SU", "TH"]))
    if draw(st.booleans()):
        parts["COUNT"] = draw(st.integers(1, 30))
    elif draw(st.booleans()):
        parts["UNTIL"] = f"{draw(st.datetimes(*YEARS)):%Y%m%dT%H%M%S}Z"
    return ";".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}" for name, value in parts.items()
    )


@st.composite
def first_starts(draw: st.DrawFn) -> datetime:
    """Mostly around the hours at which clocks change; never a time that is skipped or comes second."""
    zone = draw(st.sampled_from(ZONES))
    day = draw(st.dates(date(2025, 6, 1), date(2027, 6, 1)))
    clock = draw(st.sampled_from([(0, 0), (1, 30), (2, 0), (2, 30), (3, 0), (9, 0), (12, 15), (23, 45)]))
    start = datetime(day.year, day.month, day.day, *clock, tzinfo=zone)
    return start.astimezone(UTC).astimezone(zone)


def by_dateutil(start: datetime, rrule: str, until: datetime) -> list[datetime]:
    """Its wall times as instants, each once; the start counts as the first whether it fits the rule or not."""
    rule = parsed(rrule)
    zone, wall = start.tzinfo, start.replace(tzinfo=None)
    fired = rrulestr(rule.without_end().text(), dtstart=wall).between(wall, until.replace(tzinfo=None), inc=True)
    walls = [wall, *(one for one in fired if one != wall)][: rule.count]
    moments = {one.replace(tzinfo=zone).astimezone(UTC) for one in walls}
    last = rule.until if isinstance(rule.until, datetime) else until.astimezone(UTC)
    return sorted(one for one in moments if one <= last) if start.astimezone(UTC) <= last else []


@agreed
@given(first_starts(), rules())
def test_expand_finds_what_dateutil_finds(start: datetime, rrule: str) -> None:
    assume(first_occurrence(start, rrule))  # dateutil would look for it up to the year 9999
    until = datetime(2029, 1, 1, tzinfo=start.tzinfo)
    window = (datetime(2020, 1, 1, tzinfo=UTC), until + timedelta(days=1))
    found = expand(start, start + timedelta(hours=1), Recurrence(rrule), window, limit=100_000)
    mine = [one.start.astimezone(UTC) for one in found if one.start.astimezone(UTC) <= until.astimezone(UTC)]
    assert mine == [one for one in by_dateutil(start, rrule, until) if one <= until.astimezone(UTC)]


@agreed
@given(first_starts(), rules(), st.integers(0, 900), st.integers(1, 60), st.integers(0, 3000))
def test_a_window_shows_what_touches_it_of_the_whole(
    start: datetime, rrule: str, ahead: int, days: int, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    since = start.astimezone(UTC) + timedelta(days=ahead)
    window = (since, since + timedelta(days=days))
    whole = expand(start, end, Recurrence(rrule), (datetime(2020, 1, 1, tzinfo=UTC), window[1]), limit=100_000)
    touching = [one for one in whole if one.end.astimezone(UTC) > window[0] or one.start.astimezone(UTC) >= window[0]]
    assert expand(start, end, Recurrence(rrule), window, limit=100_000) == touching


@agreed
@given(first_starts(), rules(), st.integers(1, 12))
def test_a_series_cut_in_two_has_the_same_occurrences(start: datetime, rrule: str, number: int) -> None:
    window = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    length = timedelta(0)  # a moved start has its own length of wall time
    whole = expand(start, start + length, Recurrence(rrule), window, limit=60)
    if len(whole) <= number or len(whole) == 60:
        return
    at = whole[number].start
    before, after = split(Recurrence(rrule), start, at)
    assert before is not None
    first = expand(start, start + length, before, window)
    second = expand(at, at + length, after, window)
    assert [one.start.astimezone(UTC) for one in first + second] == [one.start.astimezone(UTC) for one in whole]
    assert last_occurrence(start, before) == first[-1].start


@agreed
@given(first_starts(), rules(), st.integers(0, 600))
def test_expand_finds_what_recurring_ical_events_finds(start: datetime, rrule: str, minutes: int) -> None:
    assume(first_occurrence(start, rrule))
    window = (start.astimezone(UTC) - timedelta(days=3), start.astimezone(UTC) + timedelta(days=500))
    end = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)
    found = expand(start, end, Recurrence(rrule), window, limit=100_000)
    event = icalendar.Event()
    event.add("uid", "one@test")
    event.add("dtstart", start)
    event.add("dtend", end)
    event["rrule"] = icalendar.vRecur.from_ical(rrule)
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        theirs = recurring_ical_events.of(calendar).between(*window)
    told = sorted({one["DTSTART"].dt.astimezone(UTC) for one in theirs})
    mine = [one.start.astimezone(UTC) for one in found]
    if parsed(rrule).count is not None and told and told != mine:
        # COUNT: theirs counts the start only if it fits the rule; the standard always
        assert mine == told[: len(mine)]
        assert len(told) - len(mine) == 1
    else:
        assert mine == told
