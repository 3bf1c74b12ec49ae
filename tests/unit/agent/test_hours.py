"""The prompt says when the business is open and whether it is now, in its own zone, over midnights too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hours import describe_hours
from agent.instructions import build_instructions
from store.clock import FixedClock
from tests.fakes.calls import PERSONA

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=BERLIN)
OFFICE: dict[str, Any] = {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def test_without_hours_nothing_is_said() -> None:
    assert describe_hours({}, SATURDAY) == ""
    assert describe_hours({"timezone": "Europe/Berlin", "mon": None}, SATURDAY) == ""


def test_the_whole_week_is_told_and_when_it_opens_next() -> None:
    told = describe_hours(OFFICE, SATURDAY)
    assert "Opening hours (Europe/Berlin): Monday 09:00 to 12:30 and 13:00 to 17:00; Tuesday" in told
    assert "Saturday closed; Sunday closed." in told
    assert "It is closed now and opens on Monday 2026-11-23 at 09:00" in told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 23, 8, 59, tzinfo=BERLIN), "opens on Monday 2026-11-23 at 09:00"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN), "open now, until 12:30"),
        (datetime(2026, 11, 23, 12, 30, tzinfo=BERLIN), "opens on Monday 2026-11-23 at 13:00"),
        (datetime(2026, 11, 23, 16, 59, tzinfo=BERLIN), "open now, until 17:00"),
        (datetime(2026, 11, 27, 17, 0, tzinfo=BERLIN), "opens on Monday 2026-11-30 at 09:00"),
    ],
)
def test_open_from_the_first_minute_to_before_the_last(at: datetime, told: str) -> None:
    assert told in describe_hours(OFFICE, at)


def test_the_hours_may_be_of_another_zone_than_the_call() -> None:
    told = describe_hours({**OFFICE, "timezone": "America/New_York"}, datetime(2026, 11, 23, 15, 0, tzinfo=BERLIN))
    assert "(America/New_York)" in told
    assert "It is open now" in told


def test_a_bar_is_open_past_midnight_and_past_the_end_of_the_week() -> None:
    bar = {"sun": [["20:00", "02:00"]]}
    assert "open now, until 02:00" in describe_hours(bar, datetime(2026, 11, 22, 23, 0, tzinfo=BERLIN))
    assert "open now, until 02:00" in describe_hours(bar, datetime(2026, 11, 23, 1, 59, tzinfo=BERLIN))
    assert "closed now and opens on Sunday" in describe_hours(bar, datetime(2026, 11, 23, 2, 0, tzinfo=BERLIN))


def test_a_day_may_end_at_midnight() -> None:
    assert "open now, until 24:00" in describe_hours({"sat": [["00:00", "24:00"]]}, SATURDAY)


@given(
    st.dictionaries(
        st.sampled_from(["mon", "sat", "timezone", "x"]), st.recursive(st.text() | st.integers(), st.lists)
    ),
    st.integers(0, 7 * 24 * 60),
)
def test_whatever_is_stored_the_prompt_is_made(hours: dict[str, Any], minutes: int) -> None:
    assert isinstance(describe_hours(hours, SATURDAY + timedelta(minutes=minutes)), str)


def test_the_prompt_ends_with_the_date_and_the_hours() -> None:
    persona = replace(PERSONA, business_hours=OFFICE, escalation_contacts=({"name": "Dr Sommer", "phone": "+49 1"},))
    clock = FixedClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    prompt = build_instructions(persona, clock=clock, timezone=BERLIN)
    told = prompt.dynamic or ""
    assert "It is now Saturday, 2026-11-21 10:00" in told
    assert "closed now and opens on Monday" in told
    assert "Sommer" not in repr(prompt)  # nothing can reach them yet
