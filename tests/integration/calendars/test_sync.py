"""Events made there appear here and ours there, with every kind of server; offline, conflicts, and revoked consent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from importlib import import_module

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.contract.calendars.conftest import radicale, waits  # noqa: F401
from tests.contract.calendars.contender import ANNA, Contender, timed
from tests.integration.calendars.drafts import wall
from tests.integration.calendars.synced import Synced, synced_with
from tools.calendars.backend import Attendee, Patch
from tools.calendars.model import EventChange, OccurrenceId, TimeTaken
from tools.calendars.sync.outbox import delivery_of

WEEKLY = ["11-23 09:00 Stand-up", "11-30 09:00 Stand-up", "12-07 09:00 Stand-up", "12-14 09:00 Stand-up"]


@pytest.fixture(params=["caldav", "google", "graph"])
def entrance(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Contender]:
    module = import_module(f"tests.contract.calendars.{request.param}")
    fixtures = {name: request.getfixturevalue(name) for name in getattr(module, "NEEDS", ())}
    return getattr(module, f"{request.param}_contender")(**fixtures)


@pytest.fixture
async def synced(
    database: Database,
    identity: Identity,
    clock: FixedClock,
    entrance: AbstractAsyncContextManager[Contender],
    waits: list[float],  # noqa: F811
) -> AsyncIterator[Synced]:
    async with entrance as contender:
        made = await synced_with(database, identity, clock, contender)
        await made.sync()
        yield made


async def test_an_event_made_there_appears_here_changes_and_goes(synced: Synced) -> None:
    made = await synced.backend.create(synced.contender.calendar_id, timed(wall("2026-11-24T12:00")), key="theirs")
    await synced.sync()
    assert await synced.here() == ["11-24 12:00 Stand-up"]
    await synced.contender.change_elsewhere(made.id, "Theirs")
    await synced.sync()
    assert await synced.here() == ["11-24 12:00 Theirs"]
    with pytest.raises(TimeTaken):
        await synced.book()
    await synced.contender.delete_elsewhere(made.id)
    await synced.sync()
    assert await synced.here() == []


async def test_ours_appears_there_and_moves_and_is_cancelled(synced: Synced) -> None:
    event = await synced.book()
    assert await synced.writes() == ["create waiting"]
    assert await delivery_of(synced.database, synced.identity, [event.id], within_s=0) == "waiting"
    await synced.sync()
    assert await synced.there() == ["11-24 12:00 Lunch"]
    assert await delivery_of(synced.database, synced.identity, [event.id], within_s=0) == "delivered"
    await synced.sync()  # its echo
    assert await synced.here() == ["11-24 12:00 Lunch"]
    await synced.calendars.move(synced.identity, event.id, wall("2026-11-24T15:00"))
    await synced.sync()
    assert await synced.there() == ["11-24 15:00 Lunch"]
    await synced.calendars.cancel(synced.identity, event.id)
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == ([], [])


async def test_a_change_taken_back_is_taken_back_there(synced: Synced) -> None:
    event = await synced.book()
    await synced.sync()
    cancelled = await synced.calendars.cancel(synced.identity, event.id)
    await synced.sync(ahead_s=60)
    assert await synced.there() == []
    await synced.calendars.undo(synced.identity, cancelled.change_id)
    await synced.sync(ahead_s=60)
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Lunch"], ["11-24 12:00 Lunch"])
    assert event.change_id
    moved = await synced.calendars.move(synced.identity, event.id, wall("2026-11-25T12:00"))
    await synced.calendars.undo(synced.identity, moved.change_id)
    await synced.sync(ahead_s=60)
    assert await synced.there() == ["11-24 12:00 Lunch"]


async def test_what_is_booked_and_delivered_can_be_taken_back(synced: Synced) -> None:
    event = await synced.book()
    await synced.sync(ahead_s=60)
    await synced.calendars.undo(synced.identity, event.change_id)
    await synced.sync(ahead_s=60)
    assert (await synced.there(), await synced.here()) == ([], [])


async def test_several_changes_before_delivery_are_one(synced: Synced) -> None:
    event = await synced.book()
    await synced.calendars.update(synced.identity, event.id, EventChange(summary="Brunch", location="Cafe"))
    await synced.calendars.move(synced.identity, event.id, wall("2026-11-24T10:00"))
    assert await synced.writes() == ["update waiting"]
    await synced.sync()
    assert await synced.there() == ["11-24 10:00 Brunch"]
    other = await synced.book("2026-11-26T12:00", summary="Never there")
    await synced.calendars.cancel(synced.identity, other.id)
    await synced.sync()
    assert await synced.there() == ["11-24 10:00 Brunch"]


async def test_a_series_goes_there_with_what_becomes_of_it(synced: Synced) -> None:
    series = await synced.book_series()
    await synced.sync()
    assert await synced.there() == WEEKLY
    second, third = (OccurrenceId(series.id, wall(day)) for day in ("2026-11-30T09:00", "2026-12-07T09:00"))
    await synced.calendars.move(synced.identity, second, wall("2026-12-01T11:00"), scope="this")
    await synced.calendars.cancel(synced.identity, third, scope="this")
    await synced.sync()
    kept = ["11-23 09:00 Stand-up", "12-01 11:00 Stand-up", "12-14 09:00 Stand-up"]
    assert await synced.there() == kept
    await synced.sync()
    assert await synced.here() == kept
    await synced.calendars.update(synced.identity, series.id, EventChange(summary="Daily"), scope="all")
    await synced.sync()
    renamed = [line.replace("Stand-up", "Daily") for line in kept]
    assert await synced.there() == renamed
    await synced.sync()
    assert await synced.here() == renamed


async def test_a_series_is_split_and_ended_there_too(synced: Synced) -> None:
    series = await synced.book_series()
    await synced.sync()
    third = OccurrenceId(series.id, wall("2026-12-07T09:00"))
    await synced.calendars.move(synced.identity, third, wall("2026-12-07T10:00"), scope="following")
    await synced.sync()
    halves = [*WEEKLY[:2], "12-07 10:00 Stand-up", "12-14 10:00 Stand-up"]
    assert (await synced.there(), await synced.here()) == (halves, halves)
    second = OccurrenceId(series.id, wall("2026-11-30T09:00"))
    await synced.calendars.cancel(synced.identity, second, scope="following")
    await synced.sync()
    await synced.sync()
    assert await synced.there() == [halves[0], *halves[2:]]
    assert await synced.here() == [halves[0], *halves[2:]]


async def test_a_series_of_theirs_comes_with_its_exceptions(synced: Synced) -> None:
    draft = timed(wall("2026-11-23T09:00"), 30, rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=4")
    calendar, backend = synced.contender.calendar_id, synced.backend
    series = await backend.create(calendar, draft, key="series")
    patch = Patch(start=wall("2026-12-01T11:00"))
    await backend.update(calendar, series.id, patch, scope="this", occurrence=wall("2026-11-30T09:00"))
    await backend.delete(calendar, series.id, scope="this", occurrence=wall("2026-12-07T09:00"))
    await synced.sync()
    assert await synced.here() == ["11-23 09:00 Stand-up", "12-01 11:00 Stand-up", "12-14 09:00 Stand-up"]


async def test_made_offline_it_is_there_once_when_the_server_is_back(synced: Synced) -> None:
    cut, mend = synced.contender.cut, synced.contender.mend
    assert cut is not None
    assert mend is not None
    await cut()
    await synced.book()
    await synced.sync()
    await synced.sync()
    assert await synced.status() == "failing"
    assert await synced.writes() == ["create waiting"]
    assert await synced.here() == ["11-24 12:00 Lunch"]
    await mend()
    await synced.sync(ahead_s=1200)
    await synced.sync(ahead_s=1200)
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Lunch"], ["11-24 12:00 Lunch"])
    assert await synced.status() == "connected"


async def test_a_lost_answer_makes_no_second_event(synced: Synced) -> None:
    lose = synced.contender.lose_next_answer
    assert lose is not None
    event = await synced.book()
    await lose()
    await synced.sync()
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Lunch"], ["11-24 12:00 Lunch"])
    await synced.calendars.move(synced.identity, event.id, wall("2026-11-24T15:00"))
    await lose()
    await synced.sync()
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == (["11-24 15:00 Lunch"], ["11-24 15:00 Lunch"])
    assert "refused" not in " ".join(await synced.writes())


async def test_everything_is_asked_for_again_when_the_server_forgot_where_we_were(synced: Synced) -> None:
    forget = synced.contender.lose_sync_tokens
    assert forget is not None
    gone = await synced.backend.create(synced.contender.calendar_id, timed(wall("2026-11-24T12:00")), key="1")
    await synced.backend.create(synced.contender.calendar_id, timed(wall("2026-11-25T12:00")), key="2")
    await synced.sync()
    await synced.contender.delete_elsewhere(gone.id)
    await forget()
    await synced.sync()
    assert await synced.here() == ["11-25 12:00 Stand-up"]
    assert await synced.status() == "connected"


async def test_what_both_changed_differently_is_left_as_it_is_there_and_told(synced: Synced) -> None:
    event = await synced.book()
    await synced.sync()
    [there] = await synced.events_there()
    await synced.contender.change_elsewhere(there.id, "Theirs")
    await synced.calendars.update(synced.identity, event.id, EventChange(summary="Ours"))
    await synced.sync()
    assert (await synced.writes())[-1] == "update refused"
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Theirs"], ["11-24 12:00 Theirs"])
    [row] = await synced.rows("SELECT last_error, change FROM calendar_writes WHERE status = 'refused'")
    assert row["last_error"].startswith("Somebody changed it in ")
    assert (row["change"]["ours"][:4], row["change"]["theirs"][:6]) == ("Ours", "Theirs")


async def test_what_both_changed_in_different_things_is_merged(synced: Synced) -> None:
    event = await synced.book()
    await synced.sync()
    [there] = await synced.events_there()
    await synced.contender.change_elsewhere(there.id, "Theirs")
    await synced.calendars.move(synced.identity, event.id, wall("2026-11-24T15:00"))
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == (["11-24 15:00 Theirs"], ["11-24 15:00 Theirs"])


async def test_a_change_of_what_is_gone_there_is_refused(synced: Synced) -> None:
    event = await synced.book()
    await synced.sync()
    [there] = await synced.events_there()
    await synced.contender.delete_elsewhere(there.id)
    await synced.calendars.move(synced.identity, event.id, wall("2026-11-24T15:00"))
    await synced.sync()
    assert (await synced.writes())[-1] == "update refused"
    assert await synced.here() == []


# Google's stand-in refuses tokens, and it is the account's keeper that makes a withdrawn consent of that
@pytest.mark.parametrize("entrance", ["caldav", "graph"], indirect=True)
async def test_nothing_is_asked_for_once_consent_is_withdrawn_until_it_is_given_again(synced: Synced) -> None:
    assert synced.contender.revoke is not None
    await synced.contender.revoke()
    await synced.book()
    await synced.sync()
    assert await synced.status() == "needs_reconnect"
    assert not await synced.is_due()
    assert await synced.writes() == ["create waiting"]
    await synced.rows("UPDATE calendar_accounts SET status = 'connected' RETURNING id")
    assert await synced.is_due()


async def test_guests_without_an_address_stay_here(synced: Synced) -> None:
    people = (Attendee("", "Sarah"), ANNA)
    event = await synced.book(people=people)
    await synced.sync()
    [there] = await synced.events_there()
    assert [one.email for one in there.attendees if one.email != "me@example.com"] == [ANNA.email]
    assert event.attendees == ("Sarah", "Anna")


async def test_one_date_that_was_cancelled_and_taken_back_is_the_same_here_and_there(synced: Synced) -> None:
    """Some servers bring it back; where one does not, the change is refused and neither side has it."""
    series = await synced.book_series()
    await synced.sync(ahead_s=60)
    third = OccurrenceId(series.id, wall("2026-12-07T09:00"))
    cancelled = await synced.calendars.cancel(synced.identity, third, scope="this")
    await synced.sync(ahead_s=60)
    assert cancelled.change_id
    await synced.calendars.undo(synced.identity, cancelled.change_id)
    await synced.sync(ahead_s=60)
    await synced.sync(ahead_s=1200)
    back = synced.contender.name != "graph"
    assert (await synced.writes())[-1] == ("update delivered" if back else "update refused")
    assert await synced.there() == (WEEKLY if back else [*WEEKLY[:2], WEEKLY[3]])
    assert await synced.here() == await synced.there()
