"""What every calendar promises of single events: times, texts, identity, and one event however often it is made."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.contract.calendars.contender import ANNA, BEN, Contender, at, days, said, timed, wall_times, year_of
from tools.calendars.backend import (
    Attendee,
    CalendarForbidden,
    ChangedElsewhere,
    NotSupported,
    Patch,
    RemoteEventGone,
)


async def test_the_calendars_are_listed_with_names_and_rights(contender: Contender) -> None:
    listed = {calendar.id: calendar for calendar in await contender.backend.list_calendars()}
    assert {contender.calendar_id, contender.second_calendar_id} <= set(listed)
    assert all(calendar.name for calendar in listed.values())
    assert listed[contender.calendar_id].writable
    assert sum(calendar.primary for calendar in listed.values()) <= 1
    read_only = {id for id, calendar in listed.items() if not calendar.writable}
    assert read_only == ({contender.read_only_calendar_id} - {None})


async def test_what_is_created_is_read_and_listed_as_it_was_said(contender: Contender) -> None:
    draft = timed(
        at(2027, 1, 11, 9, 30),
        45,
        summary="Quarterly review",
        description="Bring the numbers.",
        location="Room 4",
        attendees=(ANNA, BEN),
    )
    created = await contender.backend.create(contender.calendar_id, draft, key="review")
    assert said(created) == said(draft)
    read = await contender.backend.read(contender.calendar_id, created.id)
    assert said(read) == said(draft)
    [listed] = await year_of(contender)
    assert said(listed) == said(draft)
    assert created.id == read.id == listed.id
    assert created.uid == read.uid == listed.uid != ""
    assert created.etag == read.etag != ""
    assert created.editable
    assert not created.cancelled
    assert await year_of(contender, contender.second_calendar_id) == []


TEXTS = [
    "Comma, semicolon; colon: \\backslash\\ \"quotes\" 'and' <b>&amp;</b> %20 #1",
    "Zmluva s Ľubošom 🎉 — 会議 — café é ﬁ",
    "x" * 74 + "ü" * 80 + " BEGIN:VEVENT",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_any_text_comes_back_as_it_was(contender: Contender, text: str) -> None:
    lines = f"{text}\nsecond line, with; marks\n\nEND:VEVENT\n\\n is no new line"
    draft = timed(at(2027, 1, 11, 9), summary=text, location=text, description=lines)
    created = await contender.backend.create(contender.calendar_id, draft, key="text")
    assert said(await contender.backend.read(contender.calendar_id, created.id)) == said(draft)
    patched = await contender.backend.update(contender.calendar_id, created.id, Patch(description=f"{lines}!"))
    assert said(patched) == said(replace(draft, description=f"{lines}!"))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"])
async def test_a_day_stays_that_day_in_any_zone(contender: Contender, zone: str) -> None:
    draft = days(date(2027, 5, 4), zone=zone, busy=False)
    created = await contender.backend.create(contender.calendar_id, draft, key="day")
    [listed] = await contender.backend.occurrences(contender.calendar_id, at(2027, 5, 1), at(2027, 5, 9))
    for event in [created, await contender.backend.read(contender.calendar_id, created.id), listed]:
        assert event.all_day
        start, end = (moment.astimezone(ZoneInfo(event.timezone)) for moment in (event.start, event.end))
        assert (start.date(), end.date()) == (date(2027, 5, 4), date(2027, 5, 5))
        assert (start.hour, end.hour) == (0, 0)


async def test_several_days_end_on_the_day_after_the_last(contender: Contender) -> None:
    created = await contender.backend.create(contender.calendar_id, days(date(2027, 3, 27), 3), key="fair")
    assert created.end.astimezone(ZoneInfo(created.timezone)).date() == date(2027, 3, 30)
    moved = await contender.backend.update(contender.calendar_id, created.id, Patch(start=at(2027, 4, 5)))
    assert moved.all_day
    assert moved.start.astimezone(ZoneInfo(moved.timezone)).date() == date(2027, 4, 5)
    assert moved.end.astimezone(ZoneInfo(moved.timezone)).date() == date(2027, 4, 8)


async def test_an_event_keeps_the_zone_it_was_made_in(contender: Contender) -> None:
    draft = timed(at(2027, 6, 7, 9, zone="America/New_York"))
    created = await contender.backend.create(contender.calendar_id, draft, key="abroad")
    read = await contender.backend.read(contender.calendar_id, created.id)
    assert read.timezone == "America/New_York"
    assert wall_times([read]) == ["06-07 09:00"]


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        (at(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # a time no clock shows
        (at(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (at(2027, 10, 31, 2, 30).replace(fold=1), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
async def test_a_start_while_clocks_change_is_that_very_instant(
    contender: Contender, start: datetime, instant: datetime
) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(start, 30), key="night")
    read = await contender.backend.read(contender.calendar_id, created.id)
    for event in [created, read, *await year_of(contender)]:
        assert event.start.astimezone(UTC) == instant
        assert event.end.astimezone(UTC) == instant + timedelta(minutes=30)


async def test_a_window_is_half_open(contender: Contender) -> None:
    await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 10)), key="ten")

    async def seen(first: datetime, last: datetime) -> int:
        return len(await contender.backend.occurrences(contender.calendar_id, first, last))

    assert await seen(at(2027, 1, 11, 9), at(2027, 1, 11, 10)) == 0
    assert await seen(at(2027, 1, 11, 11), at(2027, 1, 11, 12)) == 0
    assert await seen(at(2027, 1, 11, 9), at(2027, 1, 11, 10, 1)) == 1
    assert await seen(at(2027, 1, 11, 10, 59), at(2027, 1, 11, 12)) == 1
    assert await seen(at(2027, 1, 11, 10, 20), at(2027, 1, 11, 10, 30)) == 1


async def test_occurrences_come_by_start(contender: Contender) -> None:
    for day in (13, 11, 12):
        await contender.backend.create(contender.calendar_id, timed(at(2027, 1, day, 9)), key=f"day {day}")
    assert wall_times(await year_of(contender)) == ["01-11 09:00", "01-12 09:00", "01-13 09:00"]


async def test_a_patch_changes_what_it_says_and_nothing_else(contender: Contender) -> None:
    draft = timed(at(2027, 1, 11, 9), description="Agenda", location="Room 4", attendees=(ANNA,))
    created = await contender.backend.create(contender.calendar_id, draft, key="one")
    patched = await contender.backend.update(
        contender.calendar_id, created.id, Patch(summary="Sit-down", busy=False), etag=created.etag
    )
    assert said(patched) == said(replace(draft, summary="Sit-down", busy=False))
    assert patched.id == created.id
    assert patched.etag != created.etag
    emptied = await contender.backend.update(
        contender.calendar_id, created.id, Patch(description="", location="", attendees=()), etag=patched.etag
    )
    assert said(emptied) == said(
        replace(draft, summary="Sit-down", busy=False, description="", location="", attendees=())
    )
    assert said(await contender.backend.read(contender.calendar_id, created.id)) == said(emptied)


async def test_a_new_start_alone_keeps_the_length(contender: Contender) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 9), 45), key="one")
    moved = await contender.backend.update(contender.calendar_id, created.id, Patch(start=at(2027, 1, 12, 14)))
    assert (moved.start, moved.end) == (at(2027, 1, 12, 14), at(2027, 1, 12, 14, 45))
    longer = await contender.backend.update(contender.calendar_id, created.id, Patch(end=at(2027, 1, 12, 16)))
    assert (longer.start, longer.end) == (at(2027, 1, 12, 14), at(2027, 1, 12, 16))
    assert wall_times(await year_of(contender)) == ["01-12 14:00"]


async def test_an_hour_becomes_a_day_and_an_hour_again(contender: Contender) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 9)), key="one")
    whole = await contender.backend.update(
        contender.calendar_id, created.id, Patch(start=at(2027, 1, 12), end=at(2027, 1, 13), all_day=True)
    )
    assert (whole.all_day, whole.start, whole.end) == (True, at(2027, 1, 12), at(2027, 1, 13))
    hour = await contender.backend.update(
        contender.calendar_id, created.id, Patch(start=at(2027, 1, 12, 8), end=at(2027, 1, 12, 9), all_day=False)
    )
    assert (hour.all_day, hour.start, hour.end) == (False, at(2027, 1, 12, 8), at(2027, 1, 12, 9))


async def test_who_was_invited_keeps_the_answer_when_another_one_is(contender: Contender) -> None:
    created = await contender.backend.create(
        contender.calendar_id, timed(at(2027, 1, 11, 9), attendees=(ANNA, BEN)), key="one"
    )
    await contender.answer_elsewhere(created.id, ANNA.email, "accepted")
    patched = await contender.backend.update(
        contender.calendar_id,
        created.id,
        Patch(attendees=(Attendee("ANNA@example.com"), Attendee("cleo@example.com", "Cleo"))),
    )
    for event in [patched, await contender.backend.read(contender.calendar_id, created.id)]:
        assert {attendee.email.lower(): attendee.status for attendee in event.attendees} == {
            "anna@example.com": "accepted",
            "cleo@example.com": "needs-action",
        }


async def test_what_was_changed_elsewhere_is_not_overwritten(contender: Contender) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 9)), key="one")
    await contender.change_elsewhere(created.id, "Theirs")
    with pytest.raises(ChangedElsewhere):
        await contender.backend.update(contender.calendar_id, created.id, Patch(summary="Ours"), etag=created.etag)
    with pytest.raises(ChangedElsewhere):
        await contender.backend.delete(contender.calendar_id, created.id, etag=created.etag)
    read = await contender.backend.read(contender.calendar_id, created.id)
    assert read.summary == "Theirs"
    patched = await contender.backend.update(contender.calendar_id, created.id, Patch(summary="Ours"), etag=read.etag)
    assert patched.summary == "Ours"


KEYS = ["42", "k" * 200, "Ključ/../?a=1#b%2f " + "é" * 150]


@pytest.mark.parametrize("key", KEYS)
async def test_the_same_key_makes_one_event(contender: Contender, key: str) -> None:
    draft = timed(at(2027, 1, 11, 9))
    first = await contender.backend.create(contender.calendar_id, draft, key=key)
    again = await contender.backend.create(contender.calendar_id, draft, key=key)
    assert (again.id, again.etag) == (first.id, first.etag)
    assert len(await year_of(contender)) == 1
    other = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 12, 9)), key=key[:-1] + "_")
    assert other.id != first.id
    assert len(await year_of(contender)) == 2


async def test_the_same_key_at_the_same_time_makes_one_event(contender: Contender) -> None:
    draft = timed(at(2027, 1, 11, 9))
    made = await asyncio.gather(*(contender.backend.create(contender.calendar_id, draft, key="race") for _ in range(3)))
    assert len({event.id for event in made}) == 1
    assert len(await year_of(contender)) == 1


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(contender: Contender) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 9)), key="one")
    await contender.backend.delete(contender.calendar_id, created.id, etag=created.etag)
    await contender.backend.delete(contender.calendar_id, created.id, etag=created.etag)
    await contender.backend.delete(contender.calendar_id, created.id)
    assert await year_of(contender) == []
    with pytest.raises(RemoteEventGone):
        await contender.backend.read(contender.calendar_id, created.id)
    with pytest.raises(RemoteEventGone):
        await contender.backend.update(contender.calendar_id, created.id, Patch(summary="Ghost"))


async def test_what_was_deleted_elsewhere_is_gone(contender: Contender) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 9)), key="one")
    await contender.delete_elsewhere(created.id)
    with pytest.raises(RemoteEventGone):
        await contender.backend.read(contender.calendar_id, created.id)
    with pytest.raises(RemoteEventGone):
        await contender.backend.update(contender.calendar_id, created.id, Patch(summary="Ghost"), etag=created.etag)
    await contender.backend.delete(contender.calendar_id, created.id, etag=created.etag)


@pytest.mark.parametrize("event_id", ["nothing", "../nothing", "a/b?c=d#e", "%2e%2e/x", "x" * 300])
async def test_an_id_that_is_none_is_gone_and_harmless(contender: Contender, event_id: str) -> None:
    created = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 11, 9)), key="one")
    with pytest.raises(RemoteEventGone):
        await contender.backend.read(contender.calendar_id, event_id)
    with pytest.raises(RemoteEventGone):
        await contender.backend.update(contender.calendar_id, event_id, Patch(summary="Ghost"))
    await contender.backend.delete(contender.calendar_id, event_id)
    assert [event.id for event in await year_of(contender)] == [created.id]


async def test_a_calendar_that_is_only_read_is_not_written(contender: Contender) -> None:
    if contender.read_only_calendar_id is None:
        assert all(calendar.writable for calendar in await contender.backend.list_calendars())
        return
    with pytest.raises(CalendarForbidden):
        await contender.backend.create(contender.read_only_calendar_id, timed(at(2027, 1, 11, 9)), key="one")
    assert await year_of(contender, contender.read_only_calendar_id) == []


async def test_a_channel_is_opened_and_closed_where_there_is_push(contender: Contender) -> None:
    address, secret = "https://voice.example.com/calendar-push", "s" * 32
    if not contender.backend.capabilities.push:
        with pytest.raises(NotSupported):
            await contender.backend.watch(contender.calendar_id, address, secret)
        return
    channel = await contender.backend.watch(contender.calendar_id, address, secret)
    assert channel.id
    assert channel.expires_at.tzinfo is not None
    await contender.backend.unwatch(channel)
    await contender.backend.unwatch(channel)
