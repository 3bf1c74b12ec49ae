"""What Outlook does that others do not, against a stand-in that behaves like Exchange and judges every request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from typing import Any

import pytest

from store.errors import VoiceLoopError
from tests.contract.calendars.contender import ANNA, BEN, at, days, spans
from tests.contract.calendars.outlook import DAILY, NINE, Outlook, opened
from tests.fakes.graph_calendar.server import Fault, writes
from tools.calendars.backend import (
    Attendee,
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    Channel,
    NotSupported,
    Patch,
    RemoteEventGone,
    SyncTokenLost,
)


@pytest.fixture
async def outlook(waits: list[float]) -> AsyncIterator[Outlook]:
    async with opened() as made:
        yield made


# ---------------------------------------------------------------- what is said of it


async def test_it_says_that_everybody_invited_is_always_mailed(outlook: Outlook) -> None:
    assert outlook.backend.capabilities.always_mails
    meeting = await outlook.create(attendees=(ANNA,))
    await outlook.change(meeting, Patch(location="Room 4"), notify=False)
    assert outlook.graph.mailbox.mails == [meeting.id, meeting.id]


async def test_the_first_calendar_is_the_primary_and_birthdays_are_only_read(outlook: Outlook) -> None:
    outlook.graph.mailbox.calendars[outlook.calendar_id].color = "lightBlue"
    listed = await outlook.backend.list_calendars()
    assert [(one.name, one.primary, one.writable) for one in listed] == [
        ("Calendar", True, True),
        ("Second", False, True),
        ("Birthdays", False, False),
    ]
    assert listed[0].color.startswith("#")


async def test_an_account_without_a_mailbox_is_told_apart_from_a_missing_event(outlook: Outlook) -> None:
    outlook.graph.faults.append(Fault(status=404, code="MailboxNotEnabledForRESTAPI"))
    with pytest.raises(CalendarForbidden, match="no Outlook calendar"):
        await outlook.backend.list_calendars()


# ---------------------------------------------------------------- one event


async def test_a_deletion_is_one_request(outlook: Outlook) -> None:
    event = await outlook.create()
    outlook.graph.seen.clear()
    await outlook.backend.delete(outlook.calendar_id, event.id)
    assert [method for method, _ in outlook.graph.seen] == ["DELETE"]


@pytest.mark.parametrize("hint", [True, False])
async def test_a_repeated_creation_finds_the_first_whether_graph_names_it_or_not(outlook: Outlook, hint: bool) -> None:
    first = await outlook.create(description="Agenda")
    stored = outlook.graph.mailbox.events[first.id]
    outlook.graph.mailbox.patch(stored, None, {"body": {"contentType": "text", "content": "Changed since"}})
    if not hint:
        duplicate = Fault(lambda request: request.method == "POST", status=400, code="ErrorDuplicateTransactionId")
        outlook.graph.faults.append(duplicate)
    again = await outlook.create(description="Agenda")
    assert (again.id, again.description) == (first.id, "Changed since")
    assert len(outlook.graph.mailbox.events) == 1


async def test_a_change_whose_answer_was_lost_is_no_clash_with_itself(outlook: Outlook) -> None:
    event = await outlook.create()
    outlook.graph.faults.append(Fault(writes, cut_after=True))
    changed = await outlook.change(event, Patch(summary="Retro", start=at(2027, 1, 11, 10)), etag=event.etag)
    assert (changed.summary, changed.start) == ("Retro", at(2027, 1, 11, 10))
    assert outlook.asked("PATCH") == 2


async def test_a_change_that_lost_against_another_one_says_so(outlook: Outlook) -> None:
    event = await outlook.create()

    def meanwhile(request: Any) -> bool:
        if request.method == "PATCH":
            mailbox = outlook.graph.mailbox
            mailbox.patch(*mailbox.find(outlook.calendar_id, event.id), {"subject": "Theirs"})
        return False

    outlook.graph.faults.append(Fault(meanwhile))
    with pytest.raises(ChangedElsewhere):
        await outlook.change(event, Patch(summary="Ours"), etag=event.etag)
    [now] = await outlook.all()
    assert now.summary == "Theirs"


@pytest.mark.parametrize(
    ("fields", "busy"),
    [
        ({"showAs": "busy"}, True),
        ({"showAs": "tentative"}, True),
        ({"showAs": "oof"}, True),
        ({"showAs": "free"}, False),
        ({"showAs": "workingElsewhere"}, False),
    ],
)
async def test_busy_is_what_takes_the_time(outlook: Outlook, fields: dict[str, str], busy: bool) -> None:
    event = await outlook.create()
    outlook.graph.mailbox.patch(*outlook.graph.mailbox.find(outlook.calendar_id, event.id), fields)
    assert (await outlook.backend.read(outlook.calendar_id, event.id)).busy is busy


async def test_a_meeting_of_somebody_else_is_theirs_and_a_cancelled_one_is_over(outlook: Outlook) -> None:
    event = await outlook.create()
    stored = outlook.graph.mailbox.events[event.id]
    stored.is_organizer, stored.response, stored.cancelled = False, "accepted", True
    read = await outlook.backend.read(outlook.calendar_id, event.id)
    assert (read.editable, read.organizer, read.cancelled, read.busy) == (False, "boss@example.com", True, False)


async def test_the_text_of_an_online_meeting_is_not_overwritten(outlook: Outlook) -> None:
    event = await outlook.create(description="Join here")
    outlook.graph.mailbox.events[event.id].fields["isOnlineMeeting"] = True
    with pytest.raises(NotSupported, match="online meeting"):
        await outlook.change(event, Patch(description="Gone"))
    assert (await outlook.change(event, Patch(summary="Retro"))).description == "Join here"


async def test_somebody_without_an_address_cannot_be_invited(outlook: Outlook) -> None:
    with pytest.raises(NotSupported, match="e-mail address"):
        await outlook.create(attendees=(Attendee("", "Anna"),))
    assert outlook.graph.mailbox.events == {}


async def test_who_was_optional_stays_optional(outlook: Outlook) -> None:
    event = await outlook.create(attendees=(ANNA,))
    [anna] = outlook.graph.mailbox.events[event.id].fields["attendees"]
    anna["type"] = "optional"
    await outlook.change(event, Patch(attendees=(Attendee("Anna@example.com"), BEN)))
    kinds = [
        (who["emailAddress"]["name"], who["type"]) for who in outlook.graph.mailbox.events[event.id].fields["attendees"]
    ]
    assert kinds == [("Anna", "optional"), ("Ben", "required")]


async def test_a_series_in_a_zone_that_outlook_lacks_is_refused(outlook: Outlook) -> None:
    start = at(2027, 1, 11, 9, zone="Antarctica/Troll")
    with pytest.raises(NotSupported, match="time zone"):
        await outlook.create(start=start, rrule=DAILY)
    single = await outlook.create(start=start)
    assert single.start.astimezone(UTC) == start.astimezone(UTC)


async def test_a_day_in_the_calendar_is_a_day_in_any_season(outlook: Outlook) -> None:
    created = await outlook.backend.create(outlook.calendar_id, days(NINE.date(), busy=False), key="day")
    assert json.dumps(outlook.graph.mailbox.events[created.id].fields["start"]) == (
        '{"dateTime": "2027-01-11T00:00:00", "timeZone": "W. Europe Standard Time"}'
    )


async def test_an_event_in_another_calendar_is_not_there(outlook: Outlook) -> None:
    event = await outlook.create()
    second = list(outlook.graph.mailbox.calendars)[1]
    with pytest.raises(RemoteEventGone):
        await outlook.backend.read(second, event.id)


# ---------------------------------------------------------------- changes


async def test_the_window_is_laid_anew_after_a_day(outlook: Outlook) -> None:
    far = await outlook.create(start=at(2027, 12, 26, 18))  # 400 days and some hours ahead
    first = await outlook.backend.changes(outlook.calendar_id)
    assert (first.full, first.events) == (True, ())
    outlook.clock.advance(timedelta(hours=23))
    assert not (await outlook.backend.changes(outlook.calendar_id, first.token)).full
    outlook.clock.advance(timedelta(hours=1))
    anew = await outlook.backend.changes(outlook.calendar_id, first.token)
    assert anew.full
    assert [event.id for event in anew.events] == [far.id]


async def test_what_moves_out_of_the_window_is_told_as_gone(outlook: Outlook) -> None:
    event = await outlook.create()
    first = await outlook.backend.changes(outlook.calendar_id)
    await outlook.change(event, Patch(start=at(2029, 1, 1, 9)))
    since = await outlook.backend.changes(outlook.calendar_id, first.token)
    assert (since.events, since.removed) == ((), (event.id,))


async def test_a_changed_series_comes_with_all_its_exceptions(outlook: Outlook) -> None:
    series = await outlook.create(rrule=DAILY)
    gone, _ = [
        await outlook.change(series, Patch(summary="Retro"), scope="this", occurrence=at(2027, 1, day, 9))
        for day in (12, 14)
    ]
    first = await outlook.backend.changes(outlook.calendar_id)
    await outlook.backend.delete(outlook.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 12, 9))
    since = await outlook.backend.changes(outlook.calendar_id, first.token)
    [master] = [event for event in since.events if event.recurrence]
    [left] = [event for event in since.events if event.series_id]
    assert master.recurrence
    assert master.recurrence.exdates == (at(2027, 1, 12, 9),)
    assert (left.original_start, left.uid) == (at(2027, 1, 14, 9), master.uid)
    assert since.removed == (gone.id,)
    await outlook.change(series, Patch(make_single=True))
    assert (await outlook.backend.changes(outlook.calendar_id, since.token)).removed == (left.id,)


@pytest.mark.parametrize("link", ["https://graph.example.com/v1.0/delta?x=1", "http://127.0.0.1:1/v1.0/x", "/me", ""])
async def test_a_token_never_leads_to_another_host(outlook: Outlook, link: str) -> None:
    with pytest.raises(SyncTokenLost):
        await outlook.backend.changes(outlook.calendar_id, json.dumps(["2026-11-21T09:00:00Z", link, {}]))


async def test_a_next_page_elsewhere_is_not_followed(outlook: Outlook) -> None:
    outlook.graph.url = "http://127.0.0.1:1/v1.0"  # what its links will say
    for number in range(3):
        await outlook.create(str(number))
    with pytest.raises(CalendarUnavailable, match="not its own"):
        await outlook.all()


# ---------------------------------------------------------------- others' time, calling back


def slot(start: str, end: str, status: str = "busy") -> dict[str, Any]:
    return {
        "status": status,
        **{
            name: {"dateTime": f"2027-01-11T{at}:00.0000000", "timeZone": "UTC"}
            for name, at in (("start", start), ("end", end))
        },
    }


async def test_others_are_busy_as_getschedule_says(outlook: Outlook) -> None:
    outlook.graph.schedules = {
        "anna@example.com": [
            slot("09:00", "10:00"),
            slot("10:00", "10:30", "tentative"),
            slot("12:00", "13:00", "free"),
        ],
        "ben@example.com": "ErrorAccessDenied",
        "cleo@example.com": [slot("15:00", "16:00", "workingElsewhere")],
    }
    who = [*outlook.graph.schedules, outlook.calendar_id]
    seen = await outlook.backend.busy(who, at(2027, 1, 11), at(2027, 1, 12))
    assert list(seen) == who
    assert {name: spans(found) for name, found in seen.items()} == {
        "anna@example.com": ["01-11 10:00/11:30"],
        "ben@example.com": None,
        "cleo@example.com": [],
        outlook.calendar_id: [],
    }


async def test_many_people_are_asked_about_twenty_at_a_time(outlook: Outlook) -> None:
    outlook.graph.schedules = {f"p{number}@example.com": [] for number in range(45)}
    seen = await outlook.backend.busy(list(outlook.graph.schedules), at(2027, 1, 11), at(2027, 1, 12))
    assert set(seen.values()) == {()}
    assert outlook.asked("POST") == 3


async def test_a_long_time_is_asked_about_in_pieces(outlook: Outlook) -> None:
    outlook.graph.schedules = {"anna@example.com": [slot("09:00", "10:00")]}
    seen = await outlook.backend.busy(["anna@example.com"], at(2026, 12, 1), at(2027, 3, 1))
    assert {name: spans(found) for name, found in seen.items()} == {"anna@example.com": ["01-11 10:00/11:00"]}
    assert outlook.asked("POST") == 3


async def test_a_personal_account_sees_nobody_else(outlook: Outlook) -> None:
    outlook.graph.faults.append(Fault(status=403, code="ErrorAccessDenied"))
    assert await outlook.backend.busy(["anna@example.com"], at(2027, 1, 11), at(2027, 1, 12)) == {
        "anna@example.com": None
    }


async def test_a_channel_carries_the_secret_and_ends_before_three_days(outlook: Outlook) -> None:
    channel = await outlook.backend.watch(outlook.calendar_id, "https://voice.example.com/push", "s" * 40)
    made = outlook.graph.subscriptions[channel.id]
    assert (made["clientState"], made["resource"]) == ("s" * 40, f"me/calendars/{outlook.calendar_id}/events")
    assert timedelta(hours=60) < channel.expires_at - outlook.clock.now() < timedelta(days=3)
    await outlook.backend.unwatch(channel)
    assert outlook.graph.subscriptions == {}
    await outlook.backend.unwatch(Channel("sub-9", "", channel.expires_at))


async def test_an_address_that_does_not_echo_gets_no_channel(outlook: Outlook) -> None:
    async def wrong(_: str) -> str:
        return "no"

    outlook.graph.answering = wrong
    with pytest.raises(VoiceLoopError):
        await outlook.backend.watch(outlook.calendar_id, "https://voice.example.com/push", "secret")
    with pytest.raises(NotSupported, match="https"):
        await outlook.backend.watch(outlook.calendar_id, "http://voice.example.com/push", "secret")
