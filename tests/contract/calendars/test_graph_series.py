"""What Exchange does to series, and that a change in part is whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC
from typing import Any

import pytest

from store.errors import Invalid
from tests.contract.calendars.contender import ANNA, at, insist, wall_times
from tests.contract.calendars.outlook import DAILY, Outlook, opened
from tests.fakes.graph_calendar.server import FakeGraph, Fault
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    NotSupported,
    Patch,
    Recurrence,
    RemoteEvent,
)


@pytest.fixture
async def outlook(waits: list[float]) -> AsyncIterator[Outlook]:
    async with opened() as made:
        yield made


async def test_a_series_that_starts_off_its_rule_starts_on_it(outlook: Outlook) -> None:
    series = await outlook.create(rrule="FREQ=WEEKLY;BYDAY=WE;COUNT=2")  # the 11th is a Monday
    assert series.start == at(2027, 1, 13, 9)
    assert wall_times(await outlook.all()) == ["01-13 09:00", "01-20 09:00"]


async def test_an_occurrence_does_not_pass_its_neighbours(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    with pytest.raises(NotSupported, match="the one before or after"):
        await outlook.change(series, Patch(start=at(2027, 1, 15, 9)), scope="this", occurrence=at(2027, 1, 13, 9))
    assert len(wall_times(await outlook.all())) == 8


async def test_a_series_in_a_zone_of_its_own_keeps_its_times(outlook: Outlook, monkeypatch: pytest.MonkeyPatch) -> None:
    series = await outlook.create(rrule=DAILY)
    said = FakeGraph._said

    def custom(self: FakeGraph, name: str, shown: dict[str, Any]) -> dict[str, Any]:
        return said(
            self, name, {**shown, "originalStartTimeZone": "tzone://Microsoft/Custom"} if name == "event" else shown
        )

    monkeypatch.setattr(FakeGraph, "_said", custom)
    assert (await outlook.change(series, Patch(summary="Retro"))).summary == "Retro"
    with pytest.raises(NotSupported, match="time zone of its own"):
        await outlook.change(series, Patch(start=at(2027, 1, 11, 10)))


async def test_a_change_that_says_nothing_asks_nothing(outlook: Outlook) -> None:
    event = await outlook.create()
    assert await outlook.change(event, Patch()) == event
    assert outlook.asked("PATCH") == 0


async def test_one_occurrence_has_no_rule(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    with pytest.raises(Invalid, match="no repetition of its own"):
        await outlook.change(series, Patch(make_single=True), scope="this", occurrence=at(2027, 1, 13, 9))


async def test_a_series_that_moves_takes_its_exceptions_along(outlook: Outlook) -> None:
    series = await outlook.create(rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=5")
    await outlook.change(series, Patch(summary="Retro"), scope="this", occurrence=at(2027, 1, 18, 9))
    await outlook.backend.delete(outlook.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 25, 9))
    moved = await outlook.change(series, Patch(start=at(2027, 1, 12, 10)))
    assert moved.recurrence
    assert "BYDAY=TU" in moved.recurrence.rrule
    assert moved.recurrence.exdates == (at(2027, 1, 26, 10),)
    assert [
        f"{when} {event.summary}"
        for when, event in zip(wall_times(await outlook.all()), await outlook.all(), strict=True)
    ] == [
        "01-12 10:00 Stand-up",
        "01-19 10:00 Retro",
        "02-02 10:00 Stand-up",
        "02-09 10:00 Stand-up",
    ]


async def test_a_series_that_moves_to_another_zone_takes_its_exceptions_along(outlook: Outlook) -> None:
    early = at(2027, 1, 11, 1)  # the evening before in New York
    series = await outlook.create(start=early, rrule="FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208T000000Z")
    await outlook.change(series, Patch(summary="Retro"), scope="this", occurrence=at(2027, 1, 18, 1))
    await outlook.backend.delete(outlook.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 25, 1))
    before = [(event.start.astimezone(UTC), event.summary) for event in await outlook.all()]
    moved = await outlook.change(series, Patch(timezone="America/New_York"))
    assert moved.timezone == "America/New_York"
    assert moved.recurrence
    assert "BYDAY=SU" in moved.recurrence.rrule
    assert [(event.start.astimezone(UTC), event.summary) for event in await outlook.all()] == before


@pytest.mark.parametrize("forgets", [False, True])
async def test_a_split_keeps_what_was_changed_on_both_sides(outlook: Outlook, forgets: bool) -> None:
    outlook.graph.mailbox.forgets_exceptions = forgets
    series = await outlook.create(rrule=DAILY, attendees=(ANNA,))
    for day, summary in ((12, "Before"), (16, "After")):
        await outlook.change(series, Patch(summary=summary), scope="this", occurrence=at(2027, 1, day, 9))
    await outlook.backend.delete(outlook.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 13, 9))
    await outlook.backend.delete(outlook.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 17, 9))
    patch = Patch(start=at(2027, 1, 14, 11))
    second = await outlook.change(series, patch, scope="following", occurrence=at(2027, 1, 14, 9), key="split")
    assert second.attendees == (ANNA,)
    assert [f"{event.start:%d %H} {event.summary}" for event in await outlook.all()] == [
        "11 09 Stand-up",
        "12 09 Before",
        "14 11 Stand-up",
        "15 11 Stand-up",
        "16 11 After",
        "18 11 Stand-up",
    ]


async def test_a_split_that_breaks_off_at_its_end_is_undone(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    refused = Fault(lambda request: request.method == "PATCH", status=403, code="ErrorAccessDenied")
    outlook.graph.faults.append(refused)
    with pytest.raises(CalendarForbidden):
        await outlook.change(
            series, Patch(summary="Retro"), scope="following", occurrence=at(2027, 1, 14, 9), key="split"
        )
    assert [event.summary for event in await outlook.all()] == ["Stand-up"] * 8
    assert list(outlook.graph.mailbox.events) == [series.id]


async def test_a_split_whose_end_was_made_without_an_answer_is_looked_at(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    where = {"scope": "following", "occurrence": at(2027, 1, 14, 9), "key": "split"}
    outlook.graph.faults.append(Fault(lambda request: request.method == "PATCH", times=99, cut_after=True))
    await outlook.change(series, Patch(summary="Retro"), **where)
    assert [event.summary for event in await outlook.all()] == ["Stand-up"] * 3 + ["Retro"] * 5


async def test_a_split_of_which_nobody_knows_the_end_keeps_both_halves(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    where = {"scope": "following", "occurrence": at(2027, 1, 14, 9), "key": "split"}
    outlook.graph.faults.append(Fault(lambda _: outlook.asked("PATCH") > 0, times=99, cut_after=True))
    with pytest.raises(CalendarUnavailable):
        await outlook.change(series, Patch(summary="Retro"), **where)
    outlook.graph.faults.clear()
    assert [event.summary for event in await outlook.all()] == ["Stand-up"] * 3 + ["Retro"] * 5
    second = await outlook.change(series, Patch(summary="Retro"), **where)
    assert {event.series_id for event in (await outlook.all())[3:]} == {second.id}


async def test_from_one_on_may_become_a_single_event(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    await outlook.change(series, Patch(summary="Retro"), scope="this", occurrence=at(2027, 1, 16, 9))
    where = {"scope": "following", "occurrence": at(2027, 1, 14, 9), "key": "split"}
    last = await outlook.change(series, Patch(summary="Last one", make_single=True), **where)
    assert last.recurrence is None
    assert [event.summary for event in await outlook.all()] == ["Stand-up"] * 3 + ["Last one"]


async def test_from_here_on_may_be_said_with_the_id_of_a_changed_occurrence(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    changed = await outlook.change(series, Patch(location="Room 4"), scope="this", occurrence=at(2027, 1, 14, 9))
    await outlook.change(changed, Patch(summary="Retro"), scope="following", key="split", etag=changed.etag)
    seen = await outlook.all()
    assert [event.summary for event in seen] == ["Stand-up"] * 3 + ["Retro"] * 5
    assert [event.location for event in seen if event.location] == ["Room 4"]
    await outlook.backend.delete(outlook.calendar_id, seen[4].id, scope="following")
    assert len(await outlook.all()) == 4


async def test_one_occurrence_is_guarded_by_the_version_of_its_series(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    where = {"scope": "this", "occurrence": at(2027, 1, 14, 9)}
    changed = await outlook.change(series, Patch(summary="Retro"), etag=series.etag, **where)
    assert changed.uid == series.uid
    with pytest.raises(ChangedElsewhere):
        await outlook.change(series, Patch(summary="Late"), etag=series.etag, **where)


async def test_the_second_half_keeps_category_reminder_and_privacy(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    own = {"categories": ["Red"], "reminderMinutesBeforeStart": 3, "sensitivity": "private", "showAs": "oof"}
    outlook.graph.mailbox.patch(outlook.graph.mailbox.events[series.id], None, own)
    second = await outlook.change(
        series, Patch(summary="Retro"), scope="following", occurrence=at(2027, 1, 14, 9), key="k"
    )
    assert {name: outlook.graph.mailbox.events[second.id].fields[name] for name in own} == own


async def test_days_left_out_of_a_new_rule_are_left_out(outlook: Outlook) -> None:
    single = await outlook.create()
    rule = Recurrence(DAILY, exdates=(at(2027, 1, 12, 9),))
    series = await outlook.change(single, Patch(recurrence=rule))
    assert series.recurrence
    assert series.recurrence.exdates == rule.exdates
    assert len(await outlook.all()) == 7


async def test_a_split_is_done_once_when_the_whole_of_it_is_tried_again(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)

    async def split() -> RemoteEvent:
        patch = Patch(summary="Retro")
        return await outlook.change(series, patch, scope="following", occurrence=at(2027, 1, 14, 9), key="split")

    outlook.graph.faults.append(Fault(lambda request: request.method == "PATCH", times=30, cut_before=True))
    with pytest.raises(CalendarUnavailable):
        await split()
    outlook.graph.faults.clear()
    second = await insist(split)
    assert (await split()).id == second.id
    assert [event.summary for event in await outlook.all()] == ["Stand-up"] * 3 + ["Retro"] * 5
