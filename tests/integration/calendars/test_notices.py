"""What people are told of their calendars: once, at its time, to the right one, across restarts, races and changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

from ingest.calendars.notices import CalendarNotices
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.calendars.drafts import BERLIN, lunch, wall, weekly
from tests.integration.calendars.noticing import (
    BRIEFED,
    HEADS_UP,
    Setting,
    at,
    go_to,
    mails,
    told,
)
from tools.calendars.briefing.service import BriefingService
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.model import Event
from tools.calendars.service import CalendarService


async def other_calendar(database: Database, identity: Identity, user_id: UUID | None = None) -> UUID:
    calendar = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, name, timezone, user_id) VALUES (%s, %s, 'Other', 'UTC', %s)",
            (calendar, identity.tenant_id, user_id),
        )
    return calendar


async def test_a_heads_up_is_told_once_at_its_time(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    want: Setting, briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    assert await at(clock, notices, "2026-11-24T11:00") == wall("2026-11-24T11:50")
    assert await mails(database, identity) == []
    await at(clock, notices, "2026-11-24T11:50")
    await at(clock, notices, "2026-11-24T11:51")
    assert await told(briefings, identity) == ["Lunch starts at noon."]
    [(subject, text)] = await mails(database, identity)
    assert subject == "Lunch starts at noon."
    assert text.startswith("Hello demo owner,\n\nLunch starts at noon.\n\nYou get this because")


async def test_nobody_who_did_not_ask_is_told(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await calendars.book(identity, lunch())
    assert await at(clock, notices, "2026-11-24T11:55") is None
    assert await told(briefings, identity) == []


async def test_a_round_looks_only_at_who_is_due_or_changed(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    due = await at(clock, notices, "2026-11-24T11:00")
    await calendars.book(identity, lunch("2026-11-24T11:05", 10, "Early"))
    assert await notices.round() == due  # nobody said so
    notices.wake(identity.tenant_id)
    await notices.round()
    assert await told(briefings, identity) == ["Early starts at 11:05 AM."]
    go_to(clock, "2026-11-24T11:50")
    await notices.round()  # by itself
    assert len(await told(briefings, identity)) == 2


async def test_a_moved_event_is_told_at_its_new_time_and_the_old_notice_is_gone(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    event = await calendars.book(identity, lunch())
    await at(clock, notices, "2026-11-24T11:50")
    await calendars.move(identity, event.id, wall("2026-11-24T13:00"))
    assert await at(clock, notices, "2026-11-24T11:52") == wall("2026-11-24T12:50")
    assert await told(briefings, identity) == []
    await at(clock, notices, "2026-11-24T12:50")
    assert await told(briefings, identity) == ["Lunch starts at 1 PM."]


async def test_a_cancelled_event_is_not_told(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    event = await calendars.book(identity, lunch())
    await at(clock, notices, "2026-11-24T11:00")
    await calendars.cancel(identity, event.id)
    await at(clock, notices, "2026-11-24T11:50")
    assert await told(briefings, identity) == []


async def test_each_of_a_series_is_told(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, weekly())
    for day in ("2026-11-23", "2026-11-30"):
        await at(clock, notices, f"{day}T08:50")
    assert await told(briefings, identity) == ["Stand-up starts at 9 AM."] * 2


async def test_what_was_missed_and_is_over_is_not_made_up_for(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    await at(clock, notices, "2026-11-24T12:30")
    assert await told(briefings, identity) == []


async def clash(database: Database, calendars: CalendarService, identity: Identity) -> Event:
    """A review at three in another calendar than the dentist's; returns the dentist."""
    other = await other_calendar(database, identity)
    await calendars.book(identity, lunch("2026-11-24T15:00", 60, "Review", calendar_id=other))
    dentist = await calendars.book(identity, lunch("2026-11-26T15:00", 60, "Dentist"))
    await brought(database, identity, dentist, "2026-11-24T15:00")
    return dentist


async def brought(database: Database, identity: Identity, event: Event, moment: str) -> None:
    """The event gets this time, as a sync would bring it."""
    async with database.transaction(identity) as connection:
        for table, column in (("events", "id"), ("event_occurrences", "event_id")):
            await connection.execute(
                f"UPDATE {table} SET starts_at = %s, ends_at = %s WHERE {column} = %s".encode(),
                (wall(moment), wall(moment) + timedelta(hours=1), event.id),
            )


async def test_a_double_booking_is_told_once_and_anew_when_it_comes_back(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    want: Setting, briefings: BriefingService,
) -> None:  # fmt: skip
    await want(NoticeSettings(conflicts=True, notices_by=("page", "mail")))
    dentist = await clash(database, calendars, identity)
    await at(clock, notices, "2026-11-22T10:00")
    await at(clock, notices, "2026-11-22T10:05")
    said = "You are double-booked on Tuesday, November 24th at 3 PM: Dentist and Review."
    assert await told(briefings, identity) == [said]
    await brought(database, identity, dentist, "2026-11-26T15:00")
    await at(clock, notices, "2026-11-22T10:10")
    assert await told(briefings, identity) == []
    await brought(database, identity, dentist, "2026-11-24T15:00")
    await at(clock, notices, "2026-11-22T10:12")
    assert await told(briefings, identity) == [said]
    assert len(await mails(database, identity)) == 2


async def test_quiet_hours_hold_it_back_until_the_morning(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    want: Setting, briefings: BriefingService,
) -> None:  # fmt: skip
    await want(NoticeSettings(conflicts=True, quiet_from=time(22), quiet_to=time(7)))
    await clash(database, calendars, identity)
    assert await at(clock, notices, "2026-11-22T23:00") == wall("2026-11-23T07:00")
    assert await told(briefings, identity) == []
    await at(clock, notices, "2026-11-23T07:00")
    assert await told(briefings, identity) == ["You are double-booked tomorrow at 3 PM: Dentist and Review."]


async def test_when_to_leave_for_the_next_place(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(NoticeSettings(travel=True))
    await calendars.book(identity, lunch("2026-11-24T13:00", 60, "Site", location="Quay 1"))
    await calendars.book(identity, lunch("2026-11-24T15:00", 60, "Review", location="Harbour House"))
    assert await at(clock, notices, "2026-11-24T10:00") == wall("2026-11-24T14:20")
    await at(clock, notices, "2026-11-24T14:20")
    assert await told(briefings, identity) == ["Leave by 2:30 PM to be at Harbour House for Review at 3 PM."]


async def test_the_briefing_comes_once_each_morning_also_when_the_clocks_change(
    database: Database, calendars: CalendarService, identity: Identity, notices: CalendarNotices, want: Setting,
    clock: FixedClock,
) -> None:  # fmt: skip
    go_to(clock, "2027-03-26T12:00")
    await want(BRIEFED)
    await calendars.book(identity, lunch("2027-03-28T09:00", 30, "Walk"))
    assert await at(clock, notices, "2027-03-27T06:59") == wall("2027-03-27T07:00")
    assert await at(clock, notices, "2027-03-27T07:00") == wall("2027-03-28T07:00")
    assert wall("2027-03-28T07:00").timestamp() - clock.now().timestamp() == 23 * 3600
    await at(clock, notices, "2027-03-28T07:00")
    await at(clock, notices, "2027-03-28T07:01")
    first, second = await mails(database, identity)
    assert first[0] == "Saturday, March 27th: nothing on your calendar"
    assert second[0] == "Sunday, March 28th: 1 event"
    assert "09:00 to 09:30 Walk\n" in second[1]


async def test_other_people_s_events_are_not_in_it(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    want: Setting, briefings: BriefingService,
) -> None:  # fmt: skip
    tom = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, 'tom@demo.test', 'Tom', 'editor')",
            (tom, identity.tenant_id),
        )
    theirs = await other_calendar(database, identity, tom)
    await calendars.book(replace(identity, user_id=tom), lunch("2026-11-24T12:00", 60, "Tom's", calendar_id=theirs))
    await want(HEADS_UP)
    await at(clock, notices, "2026-11-24T11:55")
    assert await told(briefings, identity) == []
    day = await briefings.briefing_for(identity, wall("2026-11-24T12:00").date(), BERLIN)
    assert day.spoken == "Nothing is on your calendar today."


async def test_another_tenant_hears_nothing_and_reads_nothing(
    database: Database, calendars: CalendarService, identity: Identity, other_identity: Identity, clock: FixedClock,
    notices: CalendarNotices, want: Setting, briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await briefings.write_settings(other_identity, HEADS_UP)
    await calendars.book(identity, lunch())
    await at(clock, notices, "2026-11-24T11:55")
    assert await told(briefings, other_identity) == []
    assert await mails(database, other_identity) == []
    assert len(await told(briefings, identity)) == 1
    day = await briefings.briefing_for(other_identity, wall("2026-11-24T12:00").date(), BERLIN)
    assert day.events == ()


async def test_somebody_who_left_is_told_nothing(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    want: Setting,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE users SET deleted_at = now()")
    assert await at(clock, notices, "2026-11-24T11:55") is None
    assert await mails(database, identity) == []


async def test_after_a_month_it_is_forgotten(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    await at(clock, notices, "2026-11-24T11:55")
    clock.advance(timedelta(days=31))
    notices.wake()
    await notices.round()
    assert await told(briefings, identity) == []
