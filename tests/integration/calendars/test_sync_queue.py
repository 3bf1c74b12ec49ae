"""What waits for a server survives a kill at any point, is sent by one program, and is nobody else's business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest

from ingest.calendars.loop import CalendarLoop
from store.clock import FixedClock
from store.database import Database
from store.errors import NotFound
from store.identity import Identity
from tests.contract.calendars.google import google_contender
from tests.integration.calendars.drafts import agenda, lunch, wall
from tests.integration.calendars.synced import Synced, opening, synced_with
from tools.calendars.backend import CalendarForbidden, CalendarUnavailable, NeedsReconnect, NotSupported
from tools.calendars.model import EventChange
from tools.calendars.sync import outbox, settling
from tools.calendars.sync.outbox import delivery_of
from tools.calendars.sync.rounds import Rounds


class Troubled:
    """A backend that does something else before (or instead of) a method, once for each that is planned."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.before: dict[str, Callable[[], Any]] = {}
        self.after: dict[str, Callable[[], Any]] = {}
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._backend, name)
        if name not in {"create", "update", "delete", "changes", "list_calendars"}:
            return real

        async def call(*args: Any, **more: Any) -> Any:
            self.calls.append(name)
            for plans in (self.before, self.after):
                if plans is self.after:
                    answer = await real(*args, **more)
                if (plan := plans.pop(name, None)) is not None and (made := plan()) is not None:
                    await made
            return answer

        return call


class Killed(BaseException):
    """As a program that is killed: nothing after it happens."""


def fail(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> None:
        raise error

    return raise_it


@pytest.fixture
async def synced(database: Database, identity: Identity, clock: FixedClock) -> AsyncIterator[Synced]:
    async with google_contender() as contender:
        made = await synced_with(database, identity, clock, contender, wrap=Troubled)
        await made.sync()
        yield made


@pytest.fixture
def troubled(synced: Synced) -> Troubled:
    backend: list[Any] = []

    async def peek() -> None:
        async with synced.rounds.open_backend(synced.identity, synced.account.id) as one:
            backend.append(one)

    coroutine = peek()
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return backend[0]


async def test_killed_between_the_servers_answer_and_ours_it_is_made_once(synced: Synced, troubled: Troubled) -> None:
    event = await synced.book()
    troubled.after["create"] = fail(Killed())
    with pytest.raises(Killed):
        await synced.sync()
    assert await synced.writes() == ["create waiting"]
    await synced.calendars.update(synced.identity, event.id, EventChange(summary="Brunch"))
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Brunch"], ["11-24 12:00 Brunch"])


async def test_what_was_made_before_a_kill_and_cancelled_here_is_gone_there(synced: Synced, troubled: Troubled) -> None:
    event = await synced.book()
    troubled.after["create"] = fail(Killed())
    with pytest.raises(Killed):
        await synced.sync()
    await synced.calendars.cancel(synced.identity, event.id)
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == ([], [])


@pytest.mark.parametrize("moment", ["arrived", "note_try"])
async def test_killed_while_writing_down_what_became_of_it_nothing_is_doubled(
    synced: Synced, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    await synced.book()
    with monkeypatch.context() as patch:
        patch.setattr(settling, moment, lambda *_: fail(Killed())())
        with pytest.raises(Killed):
            await synced.sync()
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Lunch"], ["11-24 12:00 Lunch"])


async def test_a_change_during_a_delivery_follows_it(synced: Synced, troubled: Troubled) -> None:
    event = await synced.book()

    async def change() -> None:
        await synced.calendars.move(synced.identity, event.id, wall("2026-11-24T16:00"))

    troubled.before["create"] = change
    await synced.sync()
    assert await synced.there() == ["11-24 16:00 Lunch"]
    assert [line.split()[1] for line in await synced.writes()] == ["delivered", "delivered"]
    assert troubled.calls.count("create") == 1


async def test_an_event_that_the_mirror_saw_before_its_delivery_was_noted_is_one(
    synced: Synced, troubled: Troubled
) -> None:
    await synced.book()
    troubled.after["create"] = fail(Killed())
    with pytest.raises(Killed):
        await synced.sync()
    troubled.before["create"] = fail(CalendarForbidden("no"))  # never asked: the pull is made by hand
    async with synced.rounds.open_backend(synced.identity, synced.account.id) as backend:
        from tools.calendars.sync.pulling import Mirrored, pull

        assert synced.calendar_id is not None
        [row] = await synced.rows("SELECT sync_token FROM calendars WHERE id = %s", synced.calendar_id)
        calendar = Mirrored(synced.calendar_id, synced.contender.calendar_id, row["sync_token"])
        await pull(synced.database, synced.identity, backend, calendar, synced.clock.now())
    assert len(await synced.here()) == 2
    troubled.before.clear()
    await synced.sync()
    await synced.sync()
    assert (await synced.there(), await synced.here()) == (["11-24 12:00 Lunch"], ["11-24 12:00 Lunch"])


async def test_two_programs_at_once_deliver_once(synced: Synced, troubled: Troubled) -> None:
    await synced.book()
    async with await Database.open(synced.database.url, max_size=2) as second:
        other = Rounds(second, opening(troubled), synced.clock)  # type: ignore[arg-type]
        done = await asyncio.gather(synced.rounds.round(synced.account), other.round(synced.account))
    assert any(done)
    assert troubled.calls.count("create") == 1
    assert await synced.there() == ["11-24 12:00 Lunch"]


async def test_what_a_server_cannot_hold_is_refused_and_taken_back(synced: Synced, troubled: Troubled) -> None:
    event = await synced.book()
    troubled.before["create"] = fail(NotSupported("Google Calendar cannot do that."))
    await synced.sync()
    assert await synced.writes() == ["create refused"]
    assert await synced.here() == []
    assert await delivery_of(synced.database, synced.identity, [event.id], within_s=0) == "refused"
    async with synced.database.transaction(synced.identity) as connection:
        [write] = await outbox.list_writes(connection, synced.identity)
        assert (write.summary, write.message) == ("Lunch", "Google Calendar cannot do that.")
        await outbox.dismiss(connection, synced.identity, write.id)
        assert await outbox.list_writes(connection, synced.identity) == []


async def test_both_halves_of_a_split_are_refused_together(synced: Synced, troubled: Troubled) -> None:
    from tools.calendars.model import OccurrenceId

    series = await synced.book_series()
    await synced.sync()
    before = await synced.here()
    third = OccurrenceId(series.id, wall("2026-12-07T09:00"))
    await synced.calendars.move(synced.identity, third, wall("2026-12-07T10:00"), scope="following")
    assert await synced.here() != before
    troubled.before["update"] = fail(CalendarForbidden("This calendar can only be read."))
    await synced.sync()
    assert [line.split()[1] for line in await synced.writes()][-2:] == ["refused", "refused"]
    assert (await synced.here(), await synced.there()) == (before, before)


async def test_a_busy_server_is_left_alone_for_as_long_as_it_says(synced: Synced, troubled: Troubled) -> None:
    await synced.book()
    troubled.before["create"] = fail(CalendarUnavailable("Google is busy.", 1000))
    await synced.sync()
    await synced.sync(ahead_s=900)
    assert troubled.calls.count("create") == 1
    assert not await synced.is_due()
    await synced.sync(ahead_s=200)
    assert await synced.there() == ["11-24 12:00 Lunch"]


async def test_a_withdrawn_consent_stops_everything_and_what_waits_is_sent_after_reconnecting(
    synced: Synced, troubled: Troubled
) -> None:
    troubled.before["create"] = fail(NeedsReconnect("Connect the account again."))
    await synced.book()
    await synced.sync()
    assert await synced.status() == "needs_reconnect"
    assert not await synced.is_due()
    await synced.rows("UPDATE calendar_accounts SET status = 'connected' RETURNING id")
    assert await synced.is_due()
    await synced.sync(ahead_s=0)
    assert await synced.there() == ["11-24 12:00 Lunch"]


async def test_a_calendar_that_may_not_be_read_says_so_and_the_others_go_on(synced: Synced, troubled: Troubled) -> None:
    troubled.before["changes"] = fail(CalendarForbidden("This calendar is not shared any more."))
    await synced.sync()
    rows = await synced.rows("SELECT sync_error FROM calendars WHERE account_id IS NOT NULL")
    assert sorted(row["sync_error"] for row in rows)[-1] == "This calendar is not shared any more."
    assert await synced.status() == "connected"
    await synced.sync()
    rows = await synced.rows("SELECT sync_error FROM calendars WHERE sync_error <> ''")
    assert rows == []


async def test_the_house_s_own_calendar_queues_nothing(synced: Synced) -> None:
    event = await synced.calendars.book(synced.identity, lunch())
    assert await synced.writes() == []
    assert await delivery_of(synced.database, synced.identity, [event.id], within_s=0) == "delivered"


async def test_another_tenant_sees_and_changes_none_of_it(
    synced: Synced, troubled: Troubled, other_identity: Identity
) -> None:
    event = await synced.book()
    [row] = await synced.rows("SELECT id FROM calendar_writes")
    write_id: UUID = row["id"]
    async with synced.database.transaction(other_identity) as connection:
        assert await outbox.list_writes(connection, other_identity) == []
        for act in (
            outbox.dismiss(connection, other_identity, write_id),
            outbox.retry(connection, other_identity, write_id, synced.clock.now()),
        ):
            with pytest.raises(NotFound):
                await act
    assert await delivery_of(synced.database, other_identity, [event.id], within_s=0) == "delivered"
    assert await agenda(synced.calendars, other_identity) == []


async def test_the_loop_delivers_at_once_and_a_caller_hears_it(synced: Synced) -> None:
    loop = CalendarLoop(synced.database, synced.clock, synced.rounds)
    running = asyncio.create_task(loop.run())
    try:
        event = await synced.book()
        async with asyncio.timeout(10):
            assert await delivery_of(synced.database, synced.identity, [event.id], within_s=8) == "delivered"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await synced.there() == ["11-24 12:00 Lunch"]
