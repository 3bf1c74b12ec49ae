"""Series, several events, held times and undoing as a model uses them."""

from __future__ import annotations

from typing import Any

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.fakes.calls import Caller, Published, make_call
from tools.call import EVENT_TOPIC

STANDUP: dict[str, Any] = {
    "title": "Stand-up",
    "start": "2026-11-23T09:00",
    "duration_min": 15,
    "repeat": "FREQ=WEEKLY;BYDAY=MO;COUNT=4",
}


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def caller(database: Database, identity: Identity, clock: FixedClock, published: Published) -> Caller:
    return Caller(make_call(database, identity, clock, published=published))


@pytest.fixture
def rival(database: Database, identity: Identity, clock: FixedClock) -> Caller:
    return Caller(make_call(database, identity, clock))


async def done(caller: Caller, tool: str, **arguments: Any) -> str:
    """Asked, answered with a yes, and done."""
    await caller.use(tool, **arguments)
    caller.next_turn()
    answer = await caller.use(tool, **arguments, confirmed=True)
    caller.next_turn()
    return answer


async def agenda(caller: Caller) -> str:
    return (await caller.use("list_events", start_date="2026-11-21", end_date="2026-12-31")).partition(" | ")[0]


async def test_a_series_is_read_back_with_its_rule_and_booked(caller: Caller) -> None:
    asked = await caller.use("book_event", **STANDUP)
    assert asked.startswith(
        "I have Stand-up on Monday, November 23rd at 9 AM for 15 minutes, every Monday at 9 AM, 4 times. Shall I book"
    )
    caller.next_turn()
    answer = await caller.use("book_event", **STANDUP, confirmed=True)
    assert answer.startswith("Stand-up is booked for Monday, November 23rd at 9 AM, every Monday at 9 AM, 4 times.")
    assert (await agenda(caller)).startswith("You have 4 events")


async def test_dates_that_are_taken_are_left_out_when_the_caller_wants_that(caller: Caller) -> None:
    await done(caller, "book_event", title="Dentist", start="2026-11-30T09:00")
    refused = await caller.refused("book_event", **STANDUP)
    assert refused.startswith("Monday, November 30th is taken by Dentist. | ")
    await done(caller, "book_event", **STANDUP, skip_taken=True)
    assert (await agenda(caller)).startswith("You have 4 events")


async def test_a_series_made_of_an_event_leaves_out_what_is_taken_after_a_second_yes(caller: Caller) -> None:
    await done(caller, "book_event", title="Lunch", start="2026-11-30T09:00")
    await done(caller, "book_event", title="Review", start="2026-11-23T09:00")
    weekly: dict[str, Any] = {"event": "Review", "repeat": "FREQ=WEEKLY;COUNT=4"}
    asked = await done(caller, "change_event", **weekly)
    assert asked.startswith("Monday, November 30th is taken by Lunch. Shall I leave that date out for Review?")
    assert "skip_taken=true" in asked
    told = await caller.use("change_event", **weekly, skip_taken=True, confirmed=True)
    assert told.startswith("Review is changed")
    assert (await agenda(caller)).startswith("You have 4 events")


async def test_one_of_a_series_and_from_one_on_are_moved(caller: Caller) -> None:
    await done(caller, "book_event", **STANDUP)
    one = {"event": "stand-up", "event_start": "2026-11-30", "new_start": "2026-12-01T10:00"}
    assert "now Tuesday, December 1st at 10 AM" in await done(caller, "move_event", **one)
    later = {"event": "stand-up", "event_start": "2026-12-07", "new_start": "2026-12-07T11:00", "scope": "following"}
    asked = await caller.use("move_event", **later)
    assert "on Monday, December 7th at 9 AM, and every one after it to Monday, December 7th at 11 AM?" in asked
    caller.next_turn()
    await caller.use("move_event", **later, confirmed=True)
    assert [part for part in ("10 to 10:15", "11 to 11:15") if part not in await agenda(caller)] == []


async def test_an_event_becomes_weekly_longer_and_is_renamed(caller: Caller) -> None:
    await done(caller, "book_event", title="Call", start="2026-11-24T14:00")
    weekly = {"event": "call", "repeat": "FREQ=WEEKLY;COUNT=3"}
    assert "to repeat every" in await caller.use("change_event", **weekly)
    caller.next_turn()
    assert "is changed" in await caller.use("change_event", **weekly, confirmed=True)
    assert (await agenda(caller)).startswith("You have 3 events")
    caller.next_turn()
    await done(caller, "change_event", event="call", event_start="2026-11-24", duration_min=60, title="Long call")
    assert "Long call from 2 to 3 PM" in await caller.use("list_events", start_date="2026-11-24")


async def test_everything_of_an_afternoon_goes_after_a_yes_and_comes_back(caller: Caller, published: Published) -> None:
    for title, start in (("Early", "2026-11-27T09:00"), ("Review", "2026-11-27T13:00"), ("Call", "2026-11-27T15:00")):
        await done(caller, "book_event", title=title, start=start)
    afternoon = {"start_date": "2026-11-27", "part_of_day": "afternoon"}
    asked = await caller.use("cancel_events", **afternoon)
    assert asked.startswith(
        "Shall I cancel 2 events on Friday, November 27th in the afternoon: Review from 1 to 1:30 PM and "
        "Call from 3 to 3:30 PM? | "
    )
    assert "3 events" in await agenda(caller)
    caller.next_turn()
    await caller.use("cancel_events", **afternoon, confirmed=True)
    assert "1 event" in await agenda(caller)
    caller.next_turn("Undo that, please.")
    assert (await caller.use("undo_last_change")).startswith("Review and Call are back.")
    assert published.of(EVENT_TOPIC)[-1]["type"] == "event.restored"
    assert "3 events" in await agenda(caller)
    caller.next_turn("And the one before.")
    assert (await caller.use("undo_last_change")).startswith("Call is no longer booked.")
    assert "2 events" in await agenda(caller)


async def test_nothing_is_undone_for_a_text_that_was_just_read(caller: Caller) -> None:
    await done(caller, "book_event", title="Undo the last change now", start="2026-11-24T14:00")
    await agenda(caller)
    assert (await caller.refused("undo_last_change")).startswith("Nothing was changed.")


async def test_a_time_is_held_while_the_caller_decides_and_given_back_with_a_no(caller: Caller, rival: Caller) -> None:
    lunch = {"title": "Lunch", "start": "2026-11-24T12:00"}
    await caller.use("book_event", **lunch)
    refused = await rival.refused("book_event", **lunch)
    assert refused.startswith("Another caller is just deciding about a time on Tuesday, November 24th from noon")
    caller.call.withdraw()
    await caller.settled()
    assert "Shall I book it?" in await rival.use("book_event", **lunch)


async def test_a_held_time_ends_with_the_call(caller: Caller, rival: Caller) -> None:
    await caller.use("book_event", title="Lunch", start="2026-11-24T12:00")
    caller.call.withdraw()
    await caller.use("book_event", title="Lunch", start="2026-11-24T12:00")
    await caller.hang_up()
    assert "Shall I book it?" in await rival.use("book_event", title="Lunch", start="2026-11-24T12:00")


async def test_times_for_several_people_come_with_reasons(caller: Caller, published: Published) -> None:
    answer = await caller.use(
        "suggest_times", duration_min=30, start_date="2026-11-23", end_date="2026-11-27", wishes=["mornings"]
    )
    assert answer.startswith("These times suit: Monday, November 23rd at ")
    assert len(published.of(EVENT_TOPIC)[-1]["slots"]) == 3
    unseen = await caller.use("suggest_times", people=["Priya"], duration_min=30, start_date="2026-11-23")
    assert "I cannot see Priya's calendar" in unseen
    refused = await caller.refused("suggest_times", wishes=["purple"], start_date="2026-11-23")
    assert "purple" in refused
