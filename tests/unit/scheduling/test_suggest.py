"""Which times are offered, in which order, and why; and what is said when there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Invalid
from tests.unit.scheduling.week import BERLIN, NOW, appointment, at, busy, request
from tools.calendars.scheduling.busy import busy_from
from tools.calendars.scheduling.model import YOU, Appointment, Busy, Proposal, SlotRequest
from tools.calendars.scheduling.preferences import Preferences, preferences_of
from tools.calendars.scheduling.spans import seconds
from tools.calendars.scheduling.suggest import propose, suggest
from tools.calendars.scheduling.wishes import wishes_of

FREE = Busy()


def asked(
    wanted: SlotRequest, *, habits: Preferences | None = None, now: datetime = NOW, you: Busy = FREE, **others: Busy
) -> Proposal:
    return propose(wanted, {YOU: you, **others}, {YOU: habits or Preferences()}, now)


def told(found: Proposal) -> list[str]:
    return [f"{one.start:%a %H:%M}" for one in found.suggestions]


def reasons(found: Proposal) -> list[str]:
    return [one.reason for one in found.suggestions]


def test_three_times_are_offered_on_different_days_or_parts_of_the_day() -> None:
    found = asked(request())
    assert told(found) == ["Mon 09:00", "Tue 09:00", "Mon 13:00"]
    assert reasons(found)[0] == "the earliest time you are free"
    assert found.note == ""


def test_near_a_wanted_time_come_both_its_sides_and_the_next_day() -> None:
    known = busy(appointment("tue 14", "tue 15"))
    found = asked(request(near=at("tue 14")), you=known)
    assert told(found) == ["Tue 13:00", "Tue 15:00", "Wed 14:00"]
    assert [reason.split(", keeps")[0] for reason in reasons(found)] == [
        "same day, an hour earlier",
        "same day, an hour later",
        "same time the next day",
    ]


def test_the_wanted_time_itself_comes_first_when_it_is_free_even_beside_the_grid() -> None:
    found = asked(request(near=at("tue 14:10")))
    assert told(found)[0] == "Tue 14:10"
    assert reasons(found)[0].startswith("the time you asked for")


def test_everybody_who_is_required_is_free() -> None:
    you = busy(appointment("mon 9", "mon 12"))
    tom = busy(appointment("mon 13", "mon 17"), appointment("tue 9", "tue 12"))
    found = asked(request(required=("Tom",)), you=you, Tom=tom)
    assert told(found)[:2] == ["Wed 09:00", "Tue 13:00"] or told(found)[0] == "Tue 13:00"
    assert reasons(found)[told(found).index("Wed 09:00")] == "the first morning you are both free"


def test_somebody_optional_is_waited_for_a_little_but_not_long() -> None:
    tom = busy(appointment("mon 9", "mon 17"))
    soon = asked(request(optional=("Tom",)), Tom=tom)
    assert told(soon)[0] == "Tue 09:00"
    assert "Tom can come too" in soon.suggestions[0].reason
    away = busy(appointment("mon 0", "2026-11-28T00:00"))
    never = asked(request(optional=("Tom",)), Tom=away)
    assert told(never)[0] == "Mon 09:00"
    assert never.suggestions[0].missing == ("Tom",)
    assert never.suggestions[0].reason.startswith("without Tom, who is optional")


def test_a_calendar_nobody_sees_is_named_and_promises_nothing() -> None:
    found = asked(request(required=("Tom", "Ms Jones"), optional=("Ann",)), Ann=FREE)
    assert found.unseen == ("Tom", "Ms Jones")
    assert found.note == "I cannot see Tom's and Ms Jones' calendars."
    assert all("both" not in reason and "all" not in reason.split() for reason in reasons(found))


def test_hours_of_everybody_count_on_their_own_clocks() -> None:
    habits = {YOU: Preferences(), "Sam": Preferences(timezone="America/New_York")}
    found = suggest(request(required=("Sam",)), {YOU: FREE, "Sam": FREE}, habits, NOW)
    assert {one.start.hour for one in found} <= {15, 16}  # nine in New York is three in Berlin
    assert found


def test_nothing_lies_outside_of_working_hours_unless_that_was_asked() -> None:
    assert told(asked(request("sat 0", "mon 0"))) == []
    weekend = asked(request("sat 0", "mon 0", wishes=wishes_of("weekends")))
    assert told(weekend)[0] == "Sat 10:00"
    evening = asked(request(wishes=wishes_of("evenings")))
    assert all(one.start.hour >= 17 for one in evening.suggestions)


def test_wishes_bind() -> None:
    found = asked(request(wishes=(*wishes_of("mornings"), *wishes_of("no Mondays"), *wishes_of("not before ten"))))
    assert told(found) == ["Tue 10:00", "Wed 10:00", "Thu 10:00"]


def test_a_preference_waits_for_its_time_but_does_not_refuse_others() -> None:
    assert told(asked(request(), habits=Preferences(prefers=("wednesday",))))[0] == "Wed 09:00"
    only_monday = asked(request("mon 0", "tue 0", wishes=wishes_of("preferably Tuesday")))
    assert told(only_monday)[0] == "Mon 09:00"
    liked = asked(request(wishes=wishes_of("preferably afternoons")))
    assert told(liked)[0] == "Mon 13:00"
    assert "as you like it" in ", ".join(reasons(liked))


def test_what_is_avoided_is_offered_only_when_nothing_else_is_left_and_that_is_said() -> None:
    habits = preferences_of({"avoids": ["friday"]})
    assert all(not day.startswith("Fri") for day in told(asked(request("thu 0"), habits=habits)))
    last = asked(request("fri 0"), habits=habits)
    assert told(last)[0] == "Fri 09:00"
    assert last.suggestions[0].reason.startswith("though you would rather not meet on a Friday")


def test_lunch_stays_free_as_long_as_there_is_another_time() -> None:
    known = busy(appointment("mon 9", "mon 11:15"), appointment("mon 14", "mon 17"))
    found = asked(request("mon 0", "tue 0", limit=1), you=known)
    assert told(found) == ["Mon 13:00"]
    assert "keeps your lunch free" in reasons(found)[0]


def test_after_an_appointment_elsewhere_there_is_time_for_the_way() -> None:
    known = busy(appointment("mon 9", "mon 10", "Dentist", place="Harbour 1"), appointment("mon 11:30", "mon 17"))
    found = asked(request("mon 0", "tue 0"), you=known)
    assert told(found) == ["Mon 10:30"]
    assert "half an hour after your Dentist, so there is time to travel" in reasons(found)[0]
    assert told(asked(request("mon 0", "tue 0", place="Zoom"), you=known))[0] == "Mon 10:00"


def test_titles_of_other_people_are_never_told() -> None:
    tom = busy_from(
        [appointment("mon 9", "mon 10", "", place="Harbour 1")], Preferences()
    )  # as a calendar of somebody else is read
    assert "Harbour" not in str(asked(request(required=("Tom",)), Tom=tom))


def test_back_to_back_and_spread_out_look_at_the_neighbours() -> None:
    known = busy(appointment("mon 11", "mon 12", "Stand-up"))
    close = asked(request("mon 0", "tue 0", limit=1), you=known, habits=Preferences(prefers=("back_to_back",)))
    assert told(close) == ["Mon 10:00"]
    spread = asked(request("mon 0", "tue 0", limit=1), you=known, habits=Preferences(prefers=("spread_out",)))
    assert told(spread) == ["Mon 09:00"]


def test_notice_and_horizon_are_kept_and_told() -> None:
    monday = at("mon 8")
    habits = Preferences(minimum_notice_min=180, horizon_days=3)
    assert told(asked(request(), habits=habits, now=monday))[0] == "Mon 11:00"
    assert all(one.start < at("thu 8") for one in asked(request(), habits=habits, now=monday).suggestions)
    assert "too far ahead" in asked(request("fri 0"), habits=habits, now=monday).note
    assert "3 hours of notice" in asked(request("mon 9", "mon 10"), habits=habits, now=monday).note
    assert "already passed" in asked(request("mon 9", "mon 10"), now=at("tue 9")).note


def test_a_full_day_says_when_the_next_time_is() -> None:
    full = busy(appointment("thu 0", "fri 0"))
    found = asked(request("thu 0", "fri 0"), you=full)
    assert found.suggestions == ()
    assert found.note.startswith(
        "Nothing of 1 hour is free on Thursday, November 26th. Friday, November 27th at 9 AM is the next."
    )
    assert (found.relaxations[0].kind, found.relaxations[0].start) == ("later", at("fri 9"))


def test_the_one_who_stands_in_the_way_is_named() -> None:
    tom = busy(appointment("mon 0", "2027-03-01"))
    found = asked(request("thu 0", "fri 0", required=("Tom",)), Tom=tom)
    assert "If Tom is optional, Thursday, November 26th at 9 AM works." in found.note


def test_a_wish_that_leaves_nothing_is_named() -> None:
    known = busy(appointment("tue 9", "tue 12"))
    found = asked(request("tue 0", "wed 0", wishes=wishes_of("mornings")), you=known)
    assert "in the morning" in found.note
    assert "If it need not be in the morning, Tuesday, November 24th at 1 PM works." in found.note


def test_a_shorter_meeting_or_an_odd_hour_is_the_last_resort() -> None:
    known = busy(appointment("mon 9:30", "2027-02-01"))
    found = asked(request("mon 0", "tue 0"), you=known)
    assert [one.kind for one in found.relaxations] == ["shorter", "hours"]


def test_a_holiday_is_named() -> None:
    found = asked(request("2026-12-25", "2026-12-26"), habits=Preferences(holidays="DE"), now=at("2026-12-20"))
    assert found.note.startswith("Friday, December 25th is a holiday, Christmas Day.")


def test_the_clocks_may_change_within_the_window() -> None:
    wanted = request("2026-10-24", "2026-10-27", wishes=wishes_of("weekends"))
    found = asked(wanted, now=at("2026-10-23T12:00"))
    assert all((one.end - one.start) == timedelta(hours=1) for one in found.suggestions)
    assert {one.start.utcoffset() for one in found.suggestions} == {timedelta(hours=1), timedelta(hours=2)}


@pytest.mark.parametrize(
    "change",
    [
        {"duration_min": 1},
        {"latest": at("mon 0")},
        {"latest": at("2028-01-01")},
        {"limit": 0},
        {"required": tuple(map(str, range(60)))},
    ],
)
def test_a_request_that_no_calendar_could_answer_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        asked(request(**change))


EVENTS = st.lists(st.tuples(st.integers(0, 5 * 96), st.integers(1, 20)), max_size=25)


@settings(max_examples=60)
@given(EVENTS, EVENTS, st.sampled_from([15, 30, 60, 90, 180]), st.booleans())
def test_what_is_offered_is_free_open_ahead_and_apart(
    mine: list[tuple[int, int]], theirs: list[tuple[int, int]], minutes: int, with_near: bool
) -> None:
    def calendar(quarters: list[tuple[int, int]]) -> Busy:
        start = seconds(at("mon 0"))
        return busy_from([Appointment(start + q * 900, start + (q + n) * 900) for q, n in quarters], habits)

    habits = Preferences(buffer_before_min=15, slot_grid_min=15)
    you, tom = calendar(mine), calendar(theirs)
    wanted = request(duration_min=minutes, required=("Tom",), near=at("wed 11") if with_near else None)
    calendars, known = {YOU: you, "Tom": tom}, {YOU: habits, "Tom": habits}
    found = suggest(wanted, calendars, known, at("mon 11:07"))
    assert found == suggest(wanted, calendars, known, at("mon 11:07"))
    for one in found:
        start, end = seconds(one.start), seconds(one.end)
        assert one.start >= at("mon 11:07")
        assert (end - start) == minutes * 60
        assert one.start.hour >= 9
        assert one.end.replace(tzinfo=None) <= one.start.replace(hour=17, minute=0, tzinfo=None)
        assert one.reason
        for other in (*you.appointments, *tom.appointments):
            assert end + 900 <= other.start or other.end + 900 <= start
    for number, one in enumerate(found):
        assert all(one.end <= other.start or other.end <= one.start for other in found[number + 1 :])
    if not found:  # then there really is nothing: asked again minute by quarter
        assert not _any_by_trying(you, tom, minutes)


def _any_by_trying(you: Busy, tom: Busy, minutes: int) -> bool:
    for day in ("mon", "tue", "wed", "thu", "fri"):
        for quarter in range(9 * 4, 17 * 4):
            start = seconds(at(f"{day} {quarter // 4}:{quarter % 4 * 15}"))
            end = start + minutes * 60
            if start < seconds(at("mon 11:07")) or end > seconds(at(f"{day} 17")):
                continue
            if all(end + 900 <= one.start or one.end + 900 <= start for one in (*you.appointments, *tom.appointments)):
                return True
    return False


def test_ten_people_and_thirty_days_have_their_times() -> None:
    def calendar(number: int) -> Busy:
        starts = (seconds(at("mon 0")) + (index * 7 + number) * 3600 for index in range(100))
        return busy_from([Appointment(start, start + 1800) for start in starts], Preferences())

    crowd = {name: calendar(number) for number, name in enumerate([YOU, *map(str, range(9))])}
    found = suggest(request(last="2026-12-23", required=tuple(map(str, range(9)))), crowd, {}, NOW)
    assert len(found) == 3


def test_wall_times_are_told_on_the_clock_that_was_asked_for() -> None:
    new_york = ZoneInfo("America/New_York")
    (first, *_) = suggest(request(zone=new_york), {YOU: FREE}, {YOU: Preferences(timezone="Europe/Berlin")}, NOW)
    assert (first.start.tzinfo, first.start.astimezone(BERLIN)) == (new_york, at("mon 9"))
