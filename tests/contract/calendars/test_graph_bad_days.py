"""Outlook on bad days: nothing told that is nobody's business, nothing done twice; and that the stand-in judges."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from store.errors import VoiceLoopError
from tests.contract.calendars.contender import ANNA, at
from tests.contract.calendars.graph import Tokens
from tests.contract.calendars.outlook import Outlook, opened
from tests.fakes.graph_calendar.server import FakeGraph, Fault
from tools.calendars.backend import (
    CalendarUnavailable,
    NeedsReconnect,
    RemoteEventGone,
)
from tools.calendars.microsoft.calendar import GraphCalendar
from tools.calendars.outside.requests import open_session


@pytest.fixture
async def outlook(waits: list[float]) -> AsyncIterator[Outlook]:
    async with opened() as made:
        yield made


# ---------------------------------------------------------------- bad days


async def test_an_answer_that_is_no_event_is_said(outlook: Outlook, monkeypatch: pytest.MonkeyPatch) -> None:
    event = await outlook.create()
    outlook.graph.mailbox.events[event.id].fields["showAs"] = "busy"
    monkeypatch.setattr(FakeGraph, "_said", lambda self, name, shown: {"id": "x", "start": "soon"})
    with pytest.raises(CalendarUnavailable, match="unexpected"):
        await outlook.backend.read(outlook.calendar_id, event.id)


async def test_one_odd_event_does_not_keep_a_calendar_from_being_read(
    outlook: Outlook, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = [await outlook.create("odd"), await outlook.create("odd series", rrule="FREQ=DAILY;COUNT=2")]
    good = await outlook.create("good", at(2027, 1, 13, 9))
    said = FakeGraph._said

    def oddly(self: FakeGraph, name: str, shown: dict[str, Any]) -> dict[str, Any]:
        mine = any(str(shown["id"]).startswith(event.id) for event in odd)
        return said(self, name, shown) | ({"start": {"dateTime": "soon"}} if mine else {})

    monkeypatch.setattr(FakeGraph, "_said", oddly)
    assert [event.id for event in (await outlook.backend.changes(outlook.calendar_id)).events] == [good.id]
    assert [event.id for event in await outlook.all()] == [good.id]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_is_tried_again(outlook: Outlook, status: int, waits: list[float]) -> None:
    outlook.graph.faults.append(Fault(status=status, times=2))
    await outlook.create()
    assert len(waits) == 2
    assert len(outlook.graph.mailbox.events) == 1


async def test_a_server_that_hangs_is_waited_for_as_long_as_was_said(outlook: Outlook, waits: list[float]) -> None:
    outlook.graph.faults.append(Fault(hangs=True))
    async with open_session() as session:
        hasty = GraphCalendar(session, Tokens(), base_url=outlook.graph.url, clock=outlook.clock, timeout_s=0.05)
        assert len(await hasty.list_calendars()) == 3
    assert len(waits) == 1


async def test_a_token_that_stays_refused_asks_for_the_person(outlook: Outlook) -> None:
    outlook.graph.faults.append(Fault(status=401, times=9))
    with pytest.raises(NeedsReconnect):
        await outlook.backend.list_calendars()
    assert outlook.asked("GET") == 2


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 400}, {"status": 410}, {"status": 412}, {"status": 404}])
async def test_no_refusal_tells_ids_or_addresses(outlook: Outlook, fault: dict[str, int]) -> None:
    event = await outlook.create(attendees=(ANNA,))
    outlook.graph.faults.append(Fault(**fault, times=9, code="Error for owner@example.com"))
    with pytest.raises(VoiceLoopError) as told:
        await outlook.backend.read(outlook.calendar_id, event.id)
    assert not any(secret in told.value.message for secret in (event.id, outlook.calendar_id, "http", "@", "Error"))


async def test_a_mailbox_never_gets_more_than_three_requests_at_once(outlook: Outlook) -> None:
    for number in range(12):
        await outlook.create(str(number), at(2027, 1, 11 + number, 9), rrule="FREQ=WEEKLY;COUNT=2")
    told = await outlook.backend.changes(outlook.calendar_id)
    assert len(told.events) == 12
    assert outlook.graph.most_at_once <= 3


@pytest.mark.parametrize("status", [500, 401])
async def test_changes_that_break_off_in_the_middle_are_one_error(outlook: Outlook, status: int) -> None:
    for number in range(4):
        await outlook.create(str(number), at(2027, 1, 11 + number, 9), rrule="FREQ=WEEKLY;COUNT=2")
    outlook.graph.faults.append(Fault(lambda request: request.path.endswith("/instances"), times=99, status=status))
    with pytest.raises((CalendarUnavailable, NeedsReconnect)):
        await outlook.backend.changes(outlook.calendar_id)


# ---------------------------------------------------------------- the stand-in itself

WHEN = {"dateTime": "2027-01-11T09:00:00", "timeZone": "W. Europe Standard Time"}
GOOD = {"subject": "x", "start": WHEN, "end": {**WHEN, "dateTime": "2027-01-11T10:00:00"}}
RANGE = {"type": "noEnd", "startDate": "2027-01-11"}


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "title": "no such property"},
        {**GOOD, "showAs": "Busy"},
        {**GOOD, "iCalUId": "read-only"},
        {**GOOD, "start": {**WHEN, "dateTime": "2027-01-11T09:00:00+01:00"}},
        {**GOOD, "isAllDay": True},
        {**GOOD, "recurrence": {"pattern": {"type": "daily", "interval": 1, "month": 0}, "range": RANGE}},
        {**GOOD, "recurrence": {"pattern": {"type": "weekly", "interval": 1}, "range": RANGE}},
        {"subject": "without times"},
    ],
)
async def test_the_stand_in_refuses_what_graph_would(outlook: Outlook, body: dict[str, Any]) -> None:
    headers = {"Authorization": "Bearer good", "Prefer": 'IdType="ImmutableId"'}
    address = f"{outlook.graph.url}/me/calendars/{outlook.calendar_id}/events"
    async with open_session() as session:
        answer = await session.post(address, json=body, headers=headers)
    assert answer.status == 400
    assert outlook.graph.violations != []
    outlook.graph.violations.clear()


@pytest.mark.parametrize(
    "query",
    ["", "startDateTime=2027-01-11T09:00:00&endDateTime=2027-01-12T09:00:00Z", "$search=x", "$select=title"],
)
async def test_the_stand_in_refuses_a_query_that_graph_would(outlook: Outlook, query: str) -> None:
    headers = {"Authorization": "Bearer good"}
    async with open_session() as session:
        answer = await session.get(
            f"{outlook.graph.url}/me/calendars/{outlook.calendar_id}/calendarView?{query}", headers=headers
        )
    assert answer.status == 400
    assert "Prefer: IdType is missing" in outlook.graph.violations
    outlook.graph.violations.clear()


async def test_the_stand_in_takes_a_good_event_and_cancels_a_meeting_once(outlook: Outlook) -> None:
    event = await outlook.create(attendees=(ANNA,))
    headers = {"Authorization": "Bearer good", "Prefer": 'IdType="ImmutableId"'}
    address = f"{outlook.graph.url}/me/calendars/{outlook.calendar_id}/events"
    async with open_session() as session:
        assert (await session.post(address, json=GOOD, headers=headers)).status == 201
        assert (
            await session.post(f"{address}/{event.id}/cancel", json={"comment": "Sorry"}, headers=headers)
        ).status == 202
        assert (await session.post(f"{address}/{event.id}/cancel", json={}, headers=headers)).status == 404
    with pytest.raises(RemoteEventGone):
        await outlook.backend.read(outlook.calendar_id, event.id)
