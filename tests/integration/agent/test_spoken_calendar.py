"""The calendar by voice, without audio: what callers say to the offline brain, and the rows there are afterwards.

It is Saturday, 21 November 2026, 10:00 in Berlin.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.agent.conftest import Talk
from tools.calendars.backend import Recurrence
from tools.calendars.model import Event, NewEvent
from tools.calendars.service import CalendarService

BERLIN = ZoneInfo("Europe/Berlin")


class Diary:
    """The rows behind the conversation."""

    def __init__(self, database: Database, identity: Identity, clock: FixedClock) -> None:
        self._identity, self._clock = identity, clock
        self.calendars = CalendarService(database, clock)

    async def write(self, summary: str, start: str, minutes: int = 30, rrule: str = "") -> None:
        begins = datetime.fromisoformat(start).replace(tzinfo=BERLIN)
        await self.calendars.book(
            self._identity,
            NewEvent(
                summary=summary,
                start=begins,
                end=begins + timedelta(minutes=minutes),
                timezone=BERLIN.key,
                recurrence=Recurrence(rrule) if rrule else None,
            ),
        )

    async def rows(self) -> list[tuple[str, str, int]]:
        """Title, start and minutes of what is on in the next five weeks."""
        return [(one.summary, f"{one.starts_in(BERLIN):%m-%d %H:%M}", one.duration_min) for one in await self.events()]

    async def events(self) -> list[Event]:
        now = self._clock.now()
        return await self.calendars.list_events(self._identity, now, now + timedelta(days=35))

    async def hold(self, start: str) -> None:
        """Another caller thinks about this time."""
        begins = datetime.fromisoformat(start).replace(tzinfo=BERLIN)
        await self.calendars.hold(
            self._identity, begins, begins + timedelta(minutes=30), conversation_id=new_id(), calendar_id=None
        )


@pytest.fixture
def diary(database: Database, identity: Identity, clock: FixedClock) -> Diary:
    return Diary(database, identity, clock)


async def test_whats_my_thursday_like_and_move_it(talk: Talk, diary: Diary) -> None:
    await diary.write("Dentist", "2026-11-26T15:00")
    told = await talk.say("What's my Thursday like?")
    assert "Dentist from 3 to 3:30 PM" in told
    asked = await talk.say("Move the dentist to Monday at nine.")
    assert "Shall I move Dentist" in asked
    assert await diary.rows() == [("Dentist", "11-26 15:00", 30)]
    await talk.say("Yes.")
    assert await diary.rows() == [("Dentist", "11-23 09:00", 30)]
    asked = await talk.say("Actually half past.")
    assert "9:30 AM" in asked
    await talk.say("Yes.")
    assert await diary.rows() == [("Dentist", "11-23 09:30", 30)]


async def test_cancel_everything_on_friday_afternoon_and_undo_that(talk: Talk, diary: Diary) -> None:
    await diary.write("Stand-up", "2026-11-27T09:00")
    await diary.write("Call with Ben", "2026-11-27T14:00")
    await diary.write("Review", "2026-11-27T16:00")
    asked = await talk.say("Cancel everything on Friday afternoon.")
    assert "Call with Ben" in asked
    assert "Review" in asked
    assert len(await diary.rows()) == 3
    await talk.say("Yes, please.")
    assert await diary.rows() == [("Stand-up", "11-27 09:00", 30)]
    assert "are back" in await talk.say("Undo that.")
    assert len(await diary.rows()) == 3


async def test_a_no_leaves_the_afternoon_as_it_is(talk: Talk, diary: Diary) -> None:
    await diary.write("Review", "2026-11-27T16:00")
    await talk.say("Cancel everything on Friday afternoon.")
    await talk.say("No.")
    assert await diary.rows() == [("Review", "11-27 16:00", 30)]


async def test_a_series_is_booked_and_all_of_it_moved(talk: Talk, diary: Diary) -> None:
    asked = await talk.say("Set up a stand-up every Monday at nine for three weeks.")
    assert "every Monday" in asked
    await talk.say("Yes.")
    assert [start for _, start, _ in await diary.rows()] == ["11-23 09:00", "11-30 09:00", "12-07 09:00"]
    asked = await talk.say("Move the whole series of stand-ups to ten.")
    assert "the whole series" in asked
    await talk.say("Yes.")
    assert [start for _, start, _ in await diary.rows()] == ["11-23 10:00", "11-30 10:00", "12-07 10:00"]
    asked = await talk.say("Cancel the stand-up.")
    assert "the whole series" not in asked
    assert "the whole series" in await talk.say("The whole series.")
    await talk.say("Yes.")
    assert await diary.rows() == []


async def test_corrections_while_it_is_read_back_and_right_after(talk: Talk, diary: Diary) -> None:
    await talk.say("Book a meeting with Tom on Monday at ten.")
    assert "10:30 AM" in await talk.say("Actually half past.")
    assert "Budget review" in await talk.say("Call it Budget review.")
    assert "1 hour" in await talk.say("Make it an hour.")
    await talk.say("Yes.")
    assert await diary.rows() == [("Budget review", "11-23 10:30", 60)]
    asked = await talk.say("Make it weekly.")
    assert "to repeat every week" in asked
    await talk.say("Yes.")
    rows = await diary.rows()
    assert rows[:2] == [("Budget review", "11-23 10:30", 60), ("Budget review", "11-30 10:30", 60)]
    await talk.say("Undo that.")
    assert await diary.rows() == [("Budget review", "11-23 10:30", 60)]


async def test_a_taken_time_brings_others_and_one_is_chosen(talk: Talk, diary: Diary) -> None:
    await diary.write("Review", "2026-11-24T14:00", 60)
    refused = await talk.say("Book a call with Ben on Tuesday at 2 PM.")
    assert "You already have Review" in refused
    assert "I could do" in refused
    await talk.say("The first one.")
    await talk.say("Yes.")
    rows = await diary.rows()
    assert len(rows) == 2
    assert len({start for _, start, _ in rows}) == 2


async def test_a_time_another_caller_thinks_about_is_not_given_away(talk: Talk, diary: Diary) -> None:
    await diary.hold("2026-11-24T14:00")
    refused = await talk.say("Book a call with Ben on Tuesday at 2 PM.")
    assert "Shall I book it" not in refused
    assert await diary.rows() == []


async def test_an_unsure_hour_is_asked_and_a_day_there_is_not_is_told(talk: Talk, diary: Diary) -> None:
    assert await talk.say("Book dinner with Ben tomorrow at seven.")
    await talk.say("Never mind.")
    assert "7 AM or 7 PM" in await talk.say("Schedule a call with Ben on Monday at seven.")
    assert "7 PM" in await talk.say("In the evening.")
    await talk.say("Yes.")
    assert await diary.rows() == [("Call with Ben", "11-23 19:00", 30)]
    assert "February 30th does not exist" in await talk.say("Book lunch on February 30th at noon.")


async def test_half_an_hour_with_somebody_next_week(talk: Talk, diary: Diary) -> None:
    told = await talk.say("Find half an hour next week, mornings.")
    assert "These times suit" in told
    await talk.say("The first one.")
    asked = await talk.say("Planning.")
    assert "Shall I book it" in asked
    await talk.say("Yes.")
    rows = await diary.rows()
    assert [title for title, _, _ in rows] == ["Planning"]
    assert int(rows[0][1][6:8]) < 12
