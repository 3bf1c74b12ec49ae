"""The whole calendar spoken, in real calls: booking, a series, corrections, moves, and all of an afternoon cancelled.

What a call did is read from the rows. Days are two to six ahead, so that no hour of the day makes them past.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.e2e import phrases
from tests.e2e.caller import Caller, Utterance
from tests.e2e.conftest import Join
from tests.e2e.speech import Sound, SpeechStudio
from tests.e2e.stack import TIMEZONE, Stack

Say = Callable[[str], Sound]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TAKEN = "SELECT summary, starts_at FROM events WHERE status = 'confirmed' ORDER BY starts_at"


@pytest.fixture(scope="session", autouse=True)
def spoken(studio: SpeechStudio) -> None:
    studio.prepare([text for text, _ in phrases.ABOUT_THE_CALENDAR])


def ahead(*names: str) -> tuple[str, date]:
    """The first of these weekdays that is two to six days ahead; two neighbours are never both too near."""
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    for name in names:
        days = (DAYS.index(name) - today.weekday()) % 7
        if days >= 2:
            return name, today + timedelta(days=days)
    raise AssertionError(f"none of {names} is far enough ahead of {today:%A}")


def local(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(TIMEZONE))


def write(stack: Stack, summary: str, day: date, clock: str) -> None:
    start = local(day, clock).isoformat()
    stack.request("POST", "/api/calendar/events", {"summary": summary, "start": start, "duration_min": 30})


async def taken(stack: Stack) -> list[tuple[str, datetime]]:
    return [(row["summary"], row["starts_at"]) for row in await asyncio.to_thread(stack.rows, TAKEN)]


class Line:
    """A call in which each sentence is said until it is understood."""

    def __init__(self, caller: Caller, say: Say) -> None:
        self.caller, self._say = caller, say

    async def says(self, phrase: tuple[str, str]) -> Utterance:
        """Say it, and listen to the whole answer."""
        text, pattern = phrase
        said = await self.caller.say_until_heard(self._say(text), pattern)
        await self.caller.wait_until_listening(said.ended_at)
        return said

    async def agrees(self, kind: str) -> None:
        """Yes to what was read back; returns when ``kind`` was done."""
        said = await self.says((phrases.YES, phrases.HEARD[phrases.YES]))
        await self.caller.wait_for_topic("voiceloop.event", after=said.started_at, type=kind)


async def test_a_booking_becomes_weekly_and_that_is_taken_back(
    calendar: Stack, join: Join, say: Say, tomorrow: date
) -> None:
    line = Line(await join(), say)
    await line.says((phrases.BOOK, phrases.HEARD[phrases.BOOK]))
    await line.agrees("event.booked")
    await line.says(phrases.WEEKLY)
    await line.agrees("event.updated")
    rules = "SELECT rrule FROM events WHERE status = 'confirmed'"
    [series] = await asyncio.to_thread(calendar.rows, rules)
    assert "WEEKLY" in series["rrule"], line.caller.story()
    undone = await line.says(phrases.UNDO)
    await line.caller.wait_for_topic("voiceloop.event", after=undone.started_at, type="event.restored")
    [single] = await asyncio.to_thread(calendar.rows, rules)
    assert single["rrule"] == ""
    [(_, start)] = await taken(calendar)
    assert start == local(tomorrow, "15:00")


async def test_a_day_is_told_and_the_dentist_moves_there_and_then_half_an_hour(
    calendar: Stack, join: Join, say: Say
) -> None:
    (first, day), (second, other) = ahead("Thursday", "Tuesday"), ahead("Monday", "Friday")
    await asyncio.to_thread(write, calendar, "Dentist", day, "15:00")
    line = Line(await join(), say)
    told = await line.says(phrases.what_is_on(first))
    assert "dentist" in line.caller.agent_text(told.started_at).lower()
    await line.says(phrases.move_the_dentist_to(second))
    assert await taken(calendar) == [("Dentist", local(day, "15:00"))]  # nothing before the yes
    await line.agrees("event.moved")
    assert await taken(calendar) == [("Dentist", local(other, "09:00"))], line.caller.story()
    await line.says(phrases.HALF_PAST)
    await line.agrees("event.moved")
    assert await taken(calendar) == [("Dentist", local(other, "09:30"))], line.caller.story()


async def test_all_of_an_afternoon_is_read_back_and_cancelled_after_the_yes(
    calendar: Stack, join: Join, say: Say
) -> None:
    name, day = ahead("Friday", "Tuesday")
    for summary, clock in (("Stand-up", "09:00"), ("Review", "14:00"), ("Lesson", "16:00")):
        await asyncio.to_thread(write, calendar, summary, day, clock)
    line = Line(await join(), say)
    asked = await line.says(phrases.cancel_everything_on(name))
    told = line.caller.agent_text(asked.started_at)
    assert "Review" in told
    assert "Lesson" in told
    assert len(await taken(calendar)) == 3
    await line.agrees("event.cancelled")
    assert await taken(calendar) == [("Stand-up", local(day, "09:00"))], line.caller.story()
