"""What the calendar's tools tell of connected calendars, and of a day; and an event changed by what is different.

It is Saturday, 21 November 2026, 10:00 in Berlin.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from livekit.agents import ToolError

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.fakes.calls import Caller, make_call
from tests.integration.calendars.drafts import agenda, lunch
from tools.calendars.connected import ConnectedCalendars
from tools.calendars.service import CalendarService

LUNCH = {"title": "Lunch", "start": "2026-11-24T12:00", "duration_min": 60}
LOST = "Your Google calendar needs to be connected again"


class House:
    """A tenant in which people connect their Google calendars."""

    def __init__(self, database: Database, identity: Identity, clock: FixedClock) -> None:
        self._database, self.identity, self._clock = database, identity, clock
        self.calendars = CalendarService(database, clock)
        self.connected = ConnectedCalendars(database, wait_s=0)

    async def run(self, statement: str, *values: object) -> None:
        async with self._database.transaction(self.identity) as connection:
            await connection.execute(statement.encode(), values)

    async def person(self, name: str) -> Identity:
        user_id, tenant_id = new_id(), self.identity.tenant_id
        values = user_id, tenant_id, f"{name}@demo.test", name
        await self.run(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, %s, 'editor')", *values
        )
        return replace(self.identity, user_id=user_id, role="editor", name=name)

    async def connect(self, person: Identity, *, status: str = "connected", is_default: bool = False) -> UUID:
        """Their calendar at Google."""
        account_id, calendar_id, tenant_id = new_id(), new_id(), person.tenant_id
        await self.run(
            "INSERT INTO calendar_accounts (id, tenant_id, user_id, provider, address, sealed_credentials, status, "
            "created_at) VALUES (%s, %s, %s, 'google', 'me@example.com', 'sealed', %s, %s)",
            *(account_id, tenant_id, person.user_id, status, self._clock.now()),
        )
        if is_default:
            await self.run("UPDATE calendars SET is_default = false")
        await self.run(
            "INSERT INTO calendars (id, tenant_id, user_id, account_id, remote_id, name, timezone, is_default) "
            "VALUES (%s, %s, %s, %s, 'primary', 'Mine', 'Europe/Berlin', %s)",
            *(calendar_id, tenant_id, person.user_id, account_id, is_default),
        )
        return calendar_id

    def caller(self, person: Identity) -> Caller:
        call = make_call(self._database, person, self._clock)
        call.services = replace(call.services, connected=self.connected)
        return Caller(call)


@pytest.fixture
async def house(database: Database, identity: Identity, clock: FixedClock) -> House:
    made = House(database, identity, clock)
    await made.calendars.list_calendars(identity)  # the tenant's own is there
    return made


async def agreed(caller: Caller, tool: str, **arguments: object) -> str:
    """Read back, and done after the yes."""
    await caller.use(tool, **arguments)
    caller.next_turn()
    answer = await caller.use(tool, **arguments, confirmed=True)
    caller.next_turn()
    return answer.split(" | ")[0]


async def test_a_booking_that_waits_for_its_server_is_said_to_wait(house: House) -> None:
    priya = await house.person("Priya")
    await house.connect(priya, is_default=True)
    told = await agreed(house.caller(priya), "book_event", **LUNCH)
    assert told == (
        "Lunch is booked for Tuesday, November 24th at noon. "
        "Google is not answering just now; I have written it down and will pass it on."
    )


async def test_nothing_is_said_of_a_calendar_that_is_kept_here(house: House) -> None:
    priya = await house.person("Priya")
    await house.connect(priya)
    told = await agreed(house.caller(priya), "book_event", **LUNCH)
    assert told == "Lunch is booked for Tuesday, November 24th at noon."


@pytest.mark.parametrize(
    ("status", "is_new", "sentence"),
    [
        ("delivered", True, "It is in your Google calendar."),
        ("delivered", False, ""),
        ("refused", True, "But Google did not accept that, so I have put it back as it was."),
    ],
)
async def test_what_became_of_a_write_is_one_sentence(
    house: House, status: str, *, is_new: bool, sentence: str
) -> None:
    priya = await house.person("Priya")
    event = await house.calendars.book(priya, lunch(calendar_id=await house.connect(priya)))
    await house.run("UPDATE calendar_writes SET status = %s, finished_at = now()", status)
    assert await house.connected.arrival(priya, [event], is_new=is_new) == sentence


async def test_an_account_without_consent_is_said_once_a_call_and_after_each_write(house: House) -> None:
    priya = await house.person("Priya")
    await house.connect(priya, status="needs_reconnect", is_default=True)
    caller = house.caller(priya)
    assert LOST in await caller.use("list_events", start_date="2026-11-24")
    assert LOST not in await caller.use("list_events", start_date="2026-11-24")
    assert LOST not in await caller.use("read_briefing")
    told = await agreed(caller, "book_event", **LUNCH)
    assert told.endswith(f"{LOST}; I have written it down and will pass it on then.")


async def test_a_colleagues_account_is_nothing_to_tell_a_caller(house: House) -> None:
    priya, tom = await house.person("Priya"), await house.person("Tom")
    await house.connect(priya, status="needs_reconnect")
    assert LOST not in await house.caller(tom).use("list_events", start_date="2026-11-24")
    assert LOST in await house.caller(priya).use("read_briefing", date="2026-11-24")


async def test_a_briefing_tells_the_day_and_what_only_its_owner_may_see(house: House) -> None:
    priya, tom = await house.person("Priya"), await house.person("Tom")
    await house.calendars.book(priya, lunch(summary="Therapy", calendar_id=await house.connect(priya)))
    await house.calendars.book(priya, lunch("2026-11-24T15:00", 30, "Review"))
    told = await house.caller(priya).use("read_briefing", date="2026-11-24")
    assert told.startswith("You have 2 events on Tuesday, November 24th. First Therapy at noon, then Review at 3 PM.")
    for other in (tom, house.identity):
        told = await house.caller(other).use("read_briefing", date="2026-11-24")
        assert "Therapy" not in told
        assert "Review at 3 PM" in told
    assert "Nothing is on your calendar today" in await house.caller(tom).use("read_briefing")


async def test_an_event_is_made_longer_or_shorter_by_so_much(house: House) -> None:
    await house.calendars.book(house.identity, lunch())
    caller = house.caller(house.identity)
    asked = await caller.use("change_event", event="lunch", longer_min=30)
    assert asked.startswith("Shall I change Lunch on Tuesday, November 24th at noon to last 1 hour and 30 minutes?")
    await agreed(caller, "change_event", event="lunch", longer_min=30)
    await agreed(caller, "change_event", event="lunch", longer_min=-60)
    assert [one.duration_min for one in await agenda(house.calendars, house.identity)] == [30]
    with pytest.raises(ToolError, match="Lunch only lasts 30 minutes"):
        await caller.use("change_event", event="lunch", longer_min=-30)


async def test_what_would_run_into_the_next_event_is_refused_before_it_is_read_back(house: House) -> None:
    await house.calendars.book(house.identity, lunch())
    await house.calendars.book(house.identity, lunch("2026-11-24T13:00", 30, "Review"))
    with pytest.raises(ToolError, match="You already have Review"):
        await house.caller(house.identity).use("change_event", event="lunch", longer_min=30)


async def test_somebody_is_added_to_those_who_come(house: House) -> None:
    await house.calendars.book(house.identity, lunch(attendees=("Anna",)))
    caller = house.caller(house.identity)
    caller.next_turn("Add Tom to the lunch, and tom@example.com.")
    await agreed(caller, "change_event", event="lunch", add_attendees=["Tom", "tom@example.com"])
    [event] = await agenda(house.calendars, house.identity)
    assert event.attendees == ("Anna", "Tom", "tom@example.com")
    with pytest.raises(ToolError, match="Tom comes already"):
        await caller.use("change_event", event="lunch", add_attendees=["tom"])
