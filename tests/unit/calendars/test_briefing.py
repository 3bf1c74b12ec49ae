"""A day in words: for the ear and for a mail. And what of a calendar falls due when, on real wall clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from store.errors import Invalid
from tools.calendars.briefing import saying
from tools.calendars.briefing.day import brief
from tools.calendars.briefing.due import briefing_due, notices_of
from tools.calendars.briefing.model import Calendars, Notice
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.model import Event
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.walltime import after, at, start_of

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 11, 24)
ALWAYS = datetime(2000, 1, 1, tzinfo=BERLIN)


def wall(text: str) -> datetime:
    return at(datetime.fromisoformat(text), BERLIN)


def event(summary: str, start: str, minutes: int = 60, **others: Any) -> Event:
    begins = wall(f"2026-11-{start}")
    return Event(uuid4(), uuid4(), summary, begins, after(begins, minutes), "Europe/Berlin", **others)


def mine(*events: Event, zone: ZoneInfo = BERLIN, **habits: Any) -> Calendars:
    known = sorted(events, key=lambda one: one.starts_at)
    return Calendars(known, [one for one in known if one.busy], zone, Preferences(**habits))


def morning(*events: Event) -> str:
    return brief(mine(*events), TUESDAY, wall("2026-11-24T07:00")).spoken


STANDUP = event("Stand-up", "24T09:00", 30)
REVIEW = event("Review", "24T11:00")
LUNCH = event("Lunch with Anna", "24T14:00", location="Harbour House")


def test_a_day_with_nothing_on_it() -> None:
    assert morning() == "Nothing is on your calendar today."


def test_one_event() -> None:
    assert morning(REVIEW) == "You have 1 event today. Review at 11 AM."


def test_several_events_and_the_time_between() -> None:
    assert morning(STANDUP, REVIEW, LUNCH) == (
        "You have 3 events today. First Stand-up at 9 AM, then Review at 11 AM and Lunch with Anna at 2 PM. "
        "In between you are free from 9:30 to 11 AM and from noon to 2 PM."
    )


def test_many_events_are_not_all_said() -> None:
    said = morning(*(event(f"Call {number}", f"24T{9 + number:02}:00", 55) for number in range(8)))
    assert said.startswith("You have 8 events today. First Call 0 at 9 AM, then Call 1 at 10 AM, ")
    assert said.endswith("Call 4 at 1 PM, and 3 more.")


def test_whole_days_come_by_themselves_and_on_the_own_clock() -> None:
    york = ZoneInfo("America/New_York")
    day = [start_of(TUESDAY + timedelta(days=number), york) for number in (0, 1)]
    fair = Event(uuid4(), uuid4(), "Fair", day[0], day[1], york.key, all_day=True, busy=False)
    assert morning(fair, REVIEW) == "You have 2 events today. All day: Fair. Review at 11 AM."
    assert "Nothing" in brief(mine(fair), date(2026, 11, 25), wall("2026-11-24T07:00")).spoken


def test_what_lies_on_a_whole_day_is_told_in_one_sentence() -> None:
    holiday = event("Thanksgiving", "24T00:00", 24 * 60, all_day=True)
    assert morning(holiday, REVIEW).endswith("You have Thanksgiving all day today, and Review.")
    said = morning(holiday, STANDUP, REVIEW, LUNCH)
    assert said.endswith("You have Thanksgiving all day today, and also Stand-up, Review, and Lunch with Anna.")
    assert said.count("all day today") == 1


def test_what_is_over_is_not_told_again_and_what_runs_is_told_with_its_end() -> None:
    said = brief(mine(STANDUP, REVIEW, LUNCH), TUESDAY, wall("2026-11-24T11:30"))
    assert said.over == 1
    assert said.spoken.startswith(
        "You have 2 more events today. First Review until noon, then Lunch with Anna at 2 PM."
    )


def test_when_all_is_over() -> None:
    assert brief(mine(STANDUP), TUESDAY, wall("2026-11-24T18:00")).spoken == "Nothing more is on your calendar today."


def test_another_day_is_named() -> None:
    assert brief(mine(REVIEW), TUESDAY, wall("2026-11-23T20:00")).spoken.startswith("You have 1 event tomorrow.")
    assert "on Tuesday, November 24th" in brief(mine(), TUESDAY, wall("2026-11-20T20:00")).spoken


def test_double_bookings_and_ways_are_told() -> None:
    dentist = event("Dentist", "24T15:00", location="Main Street 5")
    said = brief(mine(event("Call", "24T15:00"), LUNCH, dentist, travel_min=0), TUESDAY, wall("2026-11-24T07:00"))
    assert said.double_booked == ("You are double-booked today at 3 PM: Call and Dentist.",)
    away = brief(mine(event("Site", "24T10:00", location="Quay 1"), LUNCH), TUESDAY, wall("2026-11-24T07:00"))
    assert away.travel == ("Leave by 1:30 PM to be at Harbour House for Lunch with Anna at 2 PM.",)
    assert away.spoken.endswith(away.travel[0])


def test_a_mail_makes_no_links_of_what_people_wrote() -> None:
    bad = event("Win https://evil.test/x?y now\r\nBcc: all@evil.test www.evil.test", "24T09:00")
    text = saying.briefing_mail(brief(mine(bad), TUESDAY, wall("2026-11-24T07:00")), "Ada <b>", "Harbour")
    assert "://evil" not in text
    assert "evil.test" not in text
    assert "all@evil" not in text
    assert "\nBcc" not in text
    assert "09:00 to 10:00 Win https" in text
    assert text.startswith("Hello Ada <b>,\n\nTuesday, November 24th (Europe/Berlin)\n\n")


def test_subjects_are_one_short_line() -> None:
    assert saying.briefing_subject(brief(mine(), TUESDAY, wall("2026-11-24T07:00"))) == (
        "Tuesday, November 24th: nothing on your calendar"
    )
    assert len(saying.notices_subject(["x\u2028" * 500])) <= 120
    assert saying.notices_subject(["a", "b"]) == "2 notices about your calendar"


def due(calendars: Calendars, settings: NoticeSettings, now: str, kind: str = "starting_soon") -> list[Notice]:
    return [one for one in notices_of(calendars, settings, wall(now)) if one.kind == kind]


def test_a_heads_up_comes_so_long_before() -> None:
    [one] = due(mine(LUNCH), NoticeSettings(heads_up_min=25), "2026-11-24T08:00")
    assert one.due == wall("2026-11-24T13:35")
    assert one.text == "Lunch with Anna starts at 2 PM, at Harbour House."


def test_an_address_of_a_call_is_not_said() -> None:
    [one] = due(mine(event("Sync", "24T09:00", location="https://meet.test/x")), NoticeSettings(), "2026-11-24T08:00")
    assert one.text == "Sync starts at 9 AM."


def test_what_is_over_or_lasts_all_day_gives_none() -> None:
    whole = event("Holiday", "24T00:00", 1440, all_day=True)
    assert due(mine(whole, STANDUP), NoticeSettings(), "2026-11-24T09:30") == []


def test_quiet_hours_hold_back_until_they_end_or_it_is_too_late() -> None:
    quiet = NoticeSettings(quiet_from=time(22), quiet_to=time(7))
    early, soon = event("Run", "24T06:00"), event("Train", "24T07:05")
    run, train = due(mine(early, soon), quiet, "2026-11-23T23:00")
    assert run.due == train.due == wall("2026-11-24T07:00")
    assert run.until < run.due  # never told
    assert train.until > train.due


def test_what_begins_in_the_quiet_hours_is_told_if_asked() -> None:
    quiet = NoticeSettings(quiet_from=time(22), quiet_to=time(7), quiet_heads_up=True)
    run, train = due(mine(event("Run", "24T06:00"), event("Train", "24T07:05")), quiet, "2026-11-23T23:00")
    assert run.due == wall("2026-11-24T05:50")
    assert train.due == wall("2026-11-24T07:00")


def test_quiet_hours_by_day() -> None:
    quiet = NoticeSettings(quiet_from=time(12), quiet_to=time(14))
    assert quiet.quiet_until(wall("2026-11-24T13:00"), BERLIN) == wall("2026-11-24T14:00")
    assert quiet.quiet_until(wall("2026-11-24T14:00"), BERLIN) == wall("2026-11-24T14:00")


@pytest.mark.parametrize("times", [(time(22), None), (None, time(7)), (time(7), time(7))])
def test_half_a_quiet_time_is_refused(times: tuple[time | None, time | None]) -> None:
    with pytest.raises(Invalid):
        NoticeSettings(quiet_from=times[0], quiet_to=times[1])


def test_a_double_booking_has_one_key_whichever_is_first_and_another_when_it_moves() -> None:
    first, second = event("A", "24T15:00"), event("B", "24T15:30")
    [one] = due(mine(first, second), NoticeSettings(), "2026-11-24T08:00", "double_booked")
    [same] = due(mine(second, first), NoticeSettings(heads_up_min=5), "2026-11-24T09:00", "double_booked")
    assert one.key == same.key
    assert one.due == wall("2026-11-24T08:00")
    later = Event(second.id, second.calendar_id, "B", after(second.starts_at, 15), second.ends_at, "Europe/Berlin")
    [moved] = due(mine(first, later), NoticeSettings(), "2026-11-24T08:00", "double_booked")
    assert moved.key != one.key


def test_too_little_time_for_the_way_is_told_at_once_and_enough_before_it_is_time() -> None:
    site = event("Site", "24T13:00", 45, location="Quay 1")
    [tight] = due(mine(site, LUNCH), NoticeSettings(), "2026-11-24T08:00", "travel")
    assert tight.text == "The way from Site to Lunch with Anna today at 2 PM is 15 minutes too long."
    [enough] = due(mine(site, LUNCH, travel_min=15), NoticeSettings(), "2026-11-24T08:00", "travel")
    assert enough.due == wall("2026-11-24T13:35")
    assert enough.text.startswith("Leave by 1:45 PM to be at Harbour House")


def days(settings: NoticeSettings, now: str, since: datetime = ALWAYS, *events: Event) -> list[datetime]:
    return [one.due for one in briefing_due(mine(*events), settings, since, wall(now))]


def test_the_briefing_comes_at_the_same_wall_time_when_the_clocks_change() -> None:
    settings = NoticeSettings(briefing_at=time(7), briefing_days=tuple(range(7)))
    [saturday] = days(settings, "2026-10-24T06:00")
    [sunday] = days(settings, "2026-10-25T06:00")  # the clocks went back at three
    assert sunday - saturday == timedelta(days=1)  # on the wall
    assert sunday.timestamp() - saturday.timestamp() == 25 * 3600
    night = NoticeSettings(briefing_at=time(2, 30), briefing_days=tuple(range(7)))
    [skipped] = days(night, "2026-03-29T00:30")  # the clocks skip half past two
    assert skipped == wall("2026-03-29T03:30")


def test_a_late_briefing_still_comes_while_the_day_has_something() -> None:
    settings = NoticeSettings(briefing_at=time(7))
    assert wall("2026-11-24T07:00") in days(settings, "2026-11-24T09:59")
    assert wall("2026-11-24T07:00") not in days(settings, "2026-11-24T10:00")
    assert wall("2026-11-24T07:00") in days(settings, "2026-11-24T12:00", ALWAYS, LUNCH)


def test_a_briefing_switched_on_after_its_time_comes_the_next_day() -> None:
    settings = NoticeSettings(briefing_at=time(7))
    assert days(settings, "2026-11-24T08:00", wall("2026-11-24T07:30")) == [wall("2026-11-25T07:00")]


def test_a_day_that_was_not_chosen_has_no_briefing() -> None:
    assert days(NoticeSettings(briefing_at=time(7)), "2026-11-20T12:00") == [wall("2026-11-23T07:00")]
    assert days(NoticeSettings(briefing_at=time(7), briefing_days=()), "2026-11-20T12:00") == []


def test_nothing_is_told_unless_it_was_asked_for() -> None:
    assert not NoticeSettings().is_on
    assert NoticeSettings(conflicts=True).ways_of("double_booked") == ("page",)
    assert NoticeSettings(conflicts=True, notices_by=()).is_on is False
