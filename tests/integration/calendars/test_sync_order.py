"""What one event's write meets is no matter of the others'; only what belongs together keeps its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Invalid
from store.identity import Identity
from tests.contract.calendars.google import google_contender
from tests.integration.calendars.drafts import agenda, lunch, told, wall
from tests.integration.calendars.synced import Synced, synced_with
from tools.calendars.backend import CalendarUnavailable, Draft, RemoteEvent
from tools.calendars.model import EventChange, OccurrenceId


class Choosy:
    """A server that answers some titles with what is planned for them, every time; and all of them when it is down."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.meets: dict[str, Exception] = {}
        self.down: Exception | None = None
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    async def list_calendars(self) -> Any:
        if self.down:
            raise self.down
        return await self._backend.list_calendars()

    async def create(self, calendar_id: str, draft: Draft, **more: Any) -> RemoteEvent:
        self._judge(draft.summary)
        return await self._backend.create(calendar_id, draft, **more)

    async def update(self, calendar_id: str, event_id: str, patch: Any, **more: Any) -> RemoteEvent:
        self._judge("an update")
        return await self._backend.update(calendar_id, event_id, patch, **more)

    def _judge(self, what: str) -> None:
        self.asked.append(what)
        if problem := self.down or self.meets.get(what):
            raise problem


@pytest.fixture
def choosy() -> list[Choosy]:
    return []


@pytest.fixture
async def synced(
    database: Database, identity: Identity, clock: FixedClock, choosy: list[Choosy]
) -> AsyncIterator[Synced]:
    async with google_contender() as contender:

        def wrap(backend: Any) -> Choosy:
            choosy.append(Choosy(backend))
            return choosy[0]

        made = await synced_with(database, identity, clock, contender, wrap=wrap)
        await made.sync()
        yield made


async def test_a_write_that_the_server_cannot_take_now_keeps_no_other(synced: Synced, choosy: list[Choosy]) -> None:
    choosy[0].meets["Stuck"] = CalendarUnavailable("Google Calendar answered something unexpected.")
    await synced.book(summary="Stuck")
    await synced.book("2026-11-25T12:00", summary="Next")
    await synced.sync(ahead_s=1)
    assert await synced.there() == ["11-25 12:00 Next"]
    assert await synced.writes() == ["create waiting", "create delivered"]
    assert await synced.status() == "connected"


async def test_it_is_tried_again_later_and_arrives_when_the_server_takes_it(
    synced: Synced, choosy: list[Choosy]
) -> None:
    choosy[0].meets["Stuck"] = CalendarUnavailable("Google Calendar answered something unexpected.")
    await synced.book(summary="Stuck")
    await synced.sync(ahead_s=1)
    await synced.sync(ahead_s=1)
    assert choosy[0].asked == ["Stuck"]
    choosy[0].meets.clear()
    await synced.sync()
    assert await synced.there() == ["11-24 12:00 Stuck"]


async def test_a_server_that_takes_nothing_is_asked_once_and_then_left_alone(
    synced: Synced, choosy: list[Choosy]
) -> None:
    choosy[0].down = CalendarUnavailable("The calendar server does not answer.")
    await synced.book(summary="One")
    await synced.book("2026-11-25T12:00", summary="Two")
    await synced.sync(ahead_s=1)
    assert choosy[0].asked == ["One"]
    assert await synced.status() == "failing"
    assert not await synced.is_due()
    await synced.book("2026-11-26T12:00", summary="Three")
    assert not await synced.is_due()
    choosy[0].down = None
    await synced.sync()
    assert await synced.there() == ["11-24 12:00 One", "11-25 12:00 Two", "11-26 12:00 Three"]
    assert await synced.status() == "connected"


async def test_what_the_server_will_never_take_is_refused_at_once_and_said(
    synced: Synced, choosy: list[Choosy]
) -> None:
    choosy[0].meets["Odd"] = Invalid("Google Calendar does not accept this.")
    await synced.book(summary="Odd")
    await synced.book("2026-11-25T12:00", summary="Next")
    await synced.sync(ahead_s=1)
    assert await synced.writes() == ["create refused", "create delivered"]
    assert await synced.here() == ["11-25 12:00 Next"]
    assert await synced.status() == "connected"
    await synced.sync()
    assert choosy[0].asked.count("Odd") == 1


async def test_a_defect_that_one_event_meets_keeps_no_other(synced: Synced, choosy: list[Choosy]) -> None:
    choosy[0].meets["Broken"] = KeyError("start")
    await synced.book(summary="Broken")
    await synced.book("2026-11-25T12:00", summary="Next")
    await synced.sync(ahead_s=1)
    assert await synced.there() == ["11-25 12:00 Next"]
    assert await synced.writes() == ["create waiting", "create delivered"]


async def test_the_second_half_of_a_split_waits_for_the_first_and_others_do_not(
    synced: Synced, choosy: list[Choosy]
) -> None:
    series = await synced.book_series()
    await synced.sync()
    before = await synced.there()
    choosy[0].meets["an update"] = CalendarUnavailable("Google Calendar answered something unexpected.")
    third = OccurrenceId(series.id, wall("2026-12-07T09:00"))  # type: ignore[arg-type]
    await synced.calendars.update(
        synced.identity, third, EventChange(summary="Later", start=wall("2026-12-07T10:00")), scope="following"
    )
    await synced.book("2026-11-25T12:00", summary="Next")
    await synced.sync(ahead_s=1)
    assert sorted({*await synced.there()} - {*before}) == ["11-25 12:00 Next"]
    assert not await synced.is_due()
    choosy[0].meets.clear()
    await synced.sync()
    assert await synced.there() == await synced.here()
    assert {line.split()[1] for line in await synced.writes()} == {"delivered"}


async def test_of_several_cancelled_at_once_each_goes_by_itself(
    synced: Synced, choosy: list[Choosy], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await synced.book(summary="Kept"), await synced.book("2026-11-25T12:00", summary="Gone")
    await synced.sync()
    real = choosy[0]._backend.delete

    async def delete(calendar_id: str, event_id: str, **more: Any) -> None:
        if (await choosy[0].read(calendar_id, event_id)).summary == "Kept":
            raise Invalid("Google Calendar does not accept this.")
        await real(calendar_id, event_id, **more)

    monkeypatch.setattr(choosy[0]._backend, "delete", delete)
    await synced.calendars.cancel_many(synced.identity, [first.id, second.id])
    await synced.sync()
    assert await synced.there() == await synced.here() == ["11-24 12:00 Kept"]


async def test_an_event_that_leaves_for_another_calendar_is_there_before_it_is_gone_here(
    synced: Synced, choosy: list[Choosy]
) -> None:
    house = await synced.calendars.book(synced.identity, lunch(summary="Lunch"))
    there = await synced.calendars.update(
        synced.identity, house.id, EventChange(calendar_id=synced.calendar_id, summary="Away")
    )
    await synced.sync(ahead_s=1)
    assert await synced.there() == await synced.here() == ["11-24 12:00 Away"]
    assert there.change_id
    await synced.calendars.undo(synced.identity, there.change_id)
    await synced.sync(ahead_s=1)
    assert await synced.there() == await synced.here() == []
    assert told(await agenda(synced.calendars, synced.identity)) == ["11-24 12:00 Lunch"]


async def test_what_the_other_calendars_server_refuses_is_where_it_was(synced: Synced, choosy: list[Choosy]) -> None:
    choosy[0].meets["Lunch"] = Invalid("Google Calendar does not accept this.")
    house = await synced.calendars.book(synced.identity, lunch(summary="Lunch"))
    await synced.calendars.update(synced.identity, house.id, EventChange(calendar_id=synced.calendar_id))
    await synced.sync(ahead_s=1)
    assert await synced.writes() == ["create refused"]
    [event] = await agenda(synced.calendars, synced.identity)
    assert (event.id, event.summary) == (house.id, "Lunch")


async def test_what_may_not_leave_its_server_is_not_doubled(
    synced: Synced, choosy: list[Choosy], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await synced.book()
    await synced.sync()

    async def delete(*_: Any, **__: Any) -> None:
        raise Invalid("Google Calendar does not accept this.")

    monkeypatch.setattr(choosy[0]._backend, "delete", delete)
    [default, *_] = await synced.calendars.list_calendars(synced.identity)
    await synced.calendars.update(synced.identity, event.id, EventChange(calendar_id=default.id))
    await synced.sync()
    [kept] = await agenda(synced.calendars, synced.identity)
    assert (kept.id, await synced.there()) == (event.id, ["11-24 12:00 Lunch"])
