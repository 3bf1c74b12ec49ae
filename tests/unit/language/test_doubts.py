"""Words about time that nothing accounts for make a question; words that only look like time do not."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.calendars.language import read, settle

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Saturday
DAYS = st.sampled_from("tomorrow,on Monday,next Tuesday,on the 3rd,on December 8th,in two weeks".split(","))
TIMES = st.sampled_from("at three,at 10:30,at noon,at half past two,at four pm,from two to three".split(","))


@pytest.mark.parametrize(
    ("said", "ask"),
    [
        ("the same time on Friday", "which_time"),
        ("three pm Lagos time tomorrow", "which_time"),
        ("in the morning or the afternoon on Friday", "which_time"),
        ("either ten or eleven on Thursday", "which_time"),
        ("Friday from noon onwards", "which_time"),
        ("in a month and a half", "which_day"),
        ("in a few days", "which_day"),
        ("this week or next", "which_day"),
        ("the following day at noon", "which_day"),
        ("three nights from the fourteenth", "which_day"),
        ("not Monday, any other day next week", "which_day"),
        ("not this Friday but next Friday at two", "which_day"),
        ("Friday at ten, no, forget it", "which_day"),
        ("mondays at nine and fridays at ten", "which_day"),
        ("every twenty minutes", "how_often"),
        ("every Christmas", "how_often"),
    ],
)
def test_what_nothing_accounts_for_is_asked_about(said: str, ask: str) -> None:
    assert read(said, NOW).ask == ask


@pytest.mark.parametrize("said", ["not Friday", "I can't do Friday", "any day but Friday"])
def test_a_day_that_is_only_denied_is_never_the_one_meant(said: str) -> None:
    reading = read(said, NOW)
    assert (reading.ask, reading.candidates) == ("which_day", ())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I can't do Friday, Thursday at three works", "2026-11-26 15:00"),
        ("Thursday instead of Friday at three", "2026-11-26 15:00"),
        ("rather than Monday let's do Wednesday at four", "2026-11-25 16:00"),
        ("Monday doesn't work, Tuesday at two", "2026-11-24 14:00"),
        ("I'm busy until noon so how about one on Monday", "2026-11-23 13:00"),
        ("move my three o'clock to four tomorrow", "2026-11-22 16:00"),
        ("move Friday's meeting to Monday at two", "2026-11-23 14:00"),
        ("move Friday's two pm to Monday", "2026-11-23 14:00"),
        ("January the second, no, third at ten", "2027-01-03 10:00"),
        ("tonight at one", "2026-11-22 01:00"),
        ("tomorrow 0730", "2026-11-22 07:30"),
        ("threeish on Friday", "2026-11-27 15:00"),
        ("eleven o five on Monday", "2026-11-23 11:05"),
        ("the Monday after the 10th at two", "2026-12-14 14:00"),
        ("the penultimate Friday of January at ten", "2027-01-22 10:00"),
        ("the last working day of the month at five", "2026-11-30 17:00"),
    ],
)
def test_what_is_denied_left_behind_or_corrected_is_not_meant(said: str, meant: str) -> None:
    reading = read(said, NOW)
    assert reading.settled
    assert str(reading.best and reading.best.start)[:16] == meant


@pytest.mark.parametrize(
    "beside",
    [
        "with four people", "in room 12", "for a party of six", "I am free", "don't forget", "that won't be a problem",
        "why don't we meet", "good evening", "on the 2nd floor", "at the 3rd street cafe", "half price", "no problem",
        "my extension is four oh two", "it costs fifty euros", "one more thing", "we'd like a table", "each of us",
        "call five five five one two one two", "route 66", "have a nice day", "I was not sure", "we may march",
    ],
)  # fmt: skip
def test_what_only_looks_like_time_is_not_asked_about(beside: str) -> None:
    for said in (f"{beside} tomorrow at three", f"tomorrow at three {beside}"):
        reading = read(said, NOW)
        assert reading.settled, said
        assert str(reading.best and reading.best.start)[:16] == "2026-11-22 15:00", said


@given(DAYS, TIMES)
@settings(max_examples=60, deadline=None)
def test_a_plain_day_and_time_is_not_asked_about(day: str, time: str) -> None:
    assert read(f"{day} {time}", NOW).settled
    assert read(f"can I come {time} {day} please", NOW).settled


@given(
    DAYS, TIMES, st.sampled_from(["except Sundays", "Lagos time", "or the week after", "every leap year", "or next"])
)
@settings(max_examples=60, deadline=None)
def test_half_of_a_sentence_is_never_an_answer(day: str, time: str, more: str) -> None:
    assert not read(f"{day} {time} {more}", NOW).settled


@pytest.mark.parametrize(
    ("said", "answer", "meant"),
    [
        ("Tuesday or Thursday at ten", "not Tuesday", "2026-11-26 10:00"),
        ("Tuesday or Thursday at ten", "the second", "2026-11-26 10:00"),
        ("tomorrow at seven", "not in the morning", "2026-11-22 19:00"),
        ("the same time on Friday", "at ten", "2026-11-27 10:00"),
        ("the following day at noon", "on Monday", "2026-11-23 12:00"),
        ("Friday at three", "sorry, the Friday after", "2026-12-04 15:00"),
    ],
)
def test_an_answer_ends_the_doubt(said: str, answer: str, meant: str) -> None:
    reading = settle(read(said, NOW), answer)
    assert reading.settled
    assert str(reading.best and reading.best.start)[:16] == meant


@pytest.mark.parametrize("answer", ["not Friday", "a bit earlier", "later please", "any other day but Friday"])
def test_an_answer_that_only_refuses_is_asked_about(answer: str) -> None:
    assert settle(read("Friday at three", NOW), answer).ask
