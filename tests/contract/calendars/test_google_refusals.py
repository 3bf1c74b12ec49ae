"""Google's ways to say no, later, or too late; its channels and its free and busy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from store.errors import Invalid
from tests.contract.calendars.contender import ANNA, BEN, at, spans, timed
from tests.contract.calendars.google import MONDAY, Google, google_account
from tests.fakes.google_calendar import Fault
from tests.fakes.google_calendar.server import OWNER
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    NeedsReconnect,
    NotSupported,
    Patch,
    RemoteEventGone,
    Scope,
    SyncTokenLost,
)


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    async with google_account() as account:
        yield account


# tokens, pages, refusals


async def test_a_refused_token_is_exchanged_once(google: Google) -> None:
    await google.create()
    google.fake.refused_tokens.add("token-1")
    await google.year()
    assert google.tokens.refused == ["token-1"]
    google.fake.revoked = True
    with pytest.raises(NeedsReconnect):
        await google.year()
    assert google.tokens.refused == ["token-1", "token-2"]


async def test_the_token_comes_with_the_last_page_and_asks_for_nothing_else(google: Google) -> None:
    for number in range(5):
        await google.create(f"{number}")
    first = await google.backend.changes(OWNER)
    google.fake.asked.clear()
    await google.create("new")
    since = await google.backend.changes(OWNER, first.token)
    assert len(since.events) == 1
    assert [query for name, query, _, _ in google.fake.asked if name == "calendar.events.list"] == [
        {"syncToken": first.token, "maxResults": "250"}
    ]


@pytest.mark.parametrize("status", [400, 410])
async def test_a_token_is_lost_however_google_says_so(google: Google, status: int) -> None:
    token = (await google.backend.changes(OWNER)).token
    google.fake.faults.append(Fault(status, ("calendar.events.list",)))
    with pytest.raises(SyncTokenLost):
        await google.backend.changes(OWNER, token)


async def test_too_many_requests_may_be_a_403_that_is_waited_for(google: Google, waits: list[float]) -> None:
    google.fake.faults += [Fault("rateLimitExceeded", retry_after="2"), Fault("userRateLimitExceeded"), Fault(503)]
    assert await google.backend.list_calendars()
    assert waits[0] == 2
    assert len(waits) == 3


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("forbidden"), CalendarForbidden),
        (Fault("insufficientPermissions"), NeedsReconnect),
        (Fault("quotaExceeded", retry_after="60"), CalendarUnavailable),
        (Fault("accessNotConfigured"), CalendarUnavailable),
        (Fault("nonsense"), CalendarUnavailable),
        (Fault(302), CalendarUnavailable),
        (Fault(404), CalendarForbidden),
        (Fault(400, reason="whatever"), Invalid),
    ],
)
async def test_other_refusals_are_not_tried_again(
    google: Google, waits: list[float], fault: Fault, expected: type[Exception]
) -> None:
    google.fake.faults.append(fault)
    with pytest.raises(expected) as told:
        await google.year()
    assert OWNER not in str(told.value)
    assert waits == []


async def test_one_odd_event_does_not_keep_a_calendar_from_being_read(google: Google) -> None:
    odd, fine = google.there(summary="Odd"), google.there(summary="Fine")
    google.own.items[odd]["originalStartTime"] = {"timeZone": "Asia/Tokyo"}
    assert [event.id for event in (await google.backend.changes(OWNER)).events] == [fine]
    with pytest.raises(CalendarUnavailable):
        await google.backend.read(OWNER, odd)


async def test_a_rule_that_google_refuses_is_said_to_be_the_rule(google: Google) -> None:
    google.fake.faults.append(Fault(400, ("calendar.events.insert",), reason="invalidRecurrence"))
    with pytest.raises(NotSupported):
        await google.create(rrule="FREQ=DAILY;COUNT=2")


async def test_what_was_made_and_deleted_since_is_not_made_again(google: Google) -> None:
    made = await google.create()
    google.own.delete(made.id)
    with pytest.raises(RemoteEventGone):
        await google.create()
    assert await google.year() == []


# who was faster


async def test_a_change_in_between_is_read_again_and_kept(google: Google) -> None:
    made = await google.create(attendees=(ANNA,))
    google.fake.meanwhile["calendar.events.patch"] = lambda: google.own.patch(made.id, {"location": "Room 4"})
    changed = await google.backend.update(OWNER, made.id, Patch(attendees=(ANNA, BEN)))
    assert (changed.location, len(changed.attendees)) == ("Room 4", 2)
    google.fake.meanwhile["calendar.events.patch"] = lambda: google.own.patch(made.id, {"location": "Room 5"})
    with pytest.raises(ChangedElsewhere):
        await google.backend.update(OWNER, made.id, Patch(summary="Retro"), etag=changed.etag)


async def test_a_change_that_was_made_is_no_clash_when_it_is_asked_for_again(google: Google) -> None:
    made = await google.create()
    first = await google.backend.update(OWNER, made.id, Patch(start=at(2027, 1, 12, 9)), etag=made.etag)
    again = await google.backend.update(OWNER, made.id, Patch(start=at(2027, 1, 12, 9)), etag=made.etag)
    assert again == first


async def test_the_version_of_a_series_guards_its_occurrences(google: Google) -> None:
    series = await google.create(rrule="FREQ=DAILY;COUNT=3")
    google.own.patch(series.id, {"summary": "Theirs"})
    with pytest.raises(ChangedElsewhere):
        await google.backend.update(
            OWNER, series.id, Patch(summary="Ours"), scope="this", occurrence=MONDAY, etag=series.etag
        )
    for scope in ("this", "following"):
        with pytest.raises(ChangedElsewhere):
            await google.backend.delete(
                OWNER,
                series.id,
                scope=scope,
                occurrence=MONDAY + timedelta(days=1),
                etag=series.etag,  # type: ignore[arg-type]
            )
    assert len(await google.year()) == 3


# push


async def test_a_channel_calls_back_with_the_secret(google: Google) -> None:
    google.fake.faults.append(Fault("cut after", ("calendar.events.watch",)))
    channel = await google.backend.watch(OWNER, "https://voice.example.com/push", "secret")
    assert google.fake.channels[channel.id]["token"] == "secret"
    assert channel.expires_at == datetime.fromtimestamp(1_796_000_000, UTC)
    await google.backend.unwatch(channel)
    assert channel.id not in google.fake.channels


@pytest.mark.parametrize(
    "fault",
    [Fault(401, reason="push.webhookUrlUnauthorized"), Fault(400, reason="pushNotSupportedForRequestedResource")],
)
async def test_where_google_does_not_call_back_the_account_is_still_fine(google: Google, fault: Fault) -> None:
    with pytest.raises(NotSupported):
        await google.backend.watch(OWNER, "http://voice.example.com/push", "secret")
    google.fake.faults.append(fault)
    with pytest.raises(NotSupported):
        await google.backend.watch(OWNER, "https://voice.example.com/push", "secret")
    assert google.tokens.refused == []


# free and busy


async def test_many_people_over_a_long_time_are_asked_in_questions_that_google_takes(google: Google) -> None:
    for number in range(60):
        google.fake.add_calendar(f"person{number}@example.com", "Person", access="freeBusyReader")
    busy_one = google.fake.calendars["person55@example.com"]
    busy_one.access = "owner"
    for day in (at(2027, 1, 11, 9), at(2027, 11, 8, 9)):
        await google.backend.create(busy_one.id, timed(day), key=f"{day}")
    busy_one.access = "freeBusyReader"
    who = [*google.fake.calendars, "Stranger@example.com"]
    seen = await google.backend.busy(who, at(2027, 1, 1), at(2028, 1, 1))
    assert list(seen) == who
    assert spans(seen[busy_one.id]) == ["01-11 09:00/10:00", "11-08 09:00/10:00"]
    assert seen["Stranger@example.com"] is None
    assert sum(bool(one) for one in seen.values()) == 1


# what leads nowhere


@pytest.mark.parametrize("odd", ["", ".", ".."])
async def test_an_id_that_would_lead_elsewhere_asks_nothing(google: Google, odd: str) -> None:
    google.fake.asked.clear()
    with pytest.raises(RemoteEventGone):
        await google.backend.read(OWNER, odd)
    await google.backend.delete(OWNER, odd)
    with pytest.raises(CalendarForbidden):
        await google.backend.changes(odd)
    assert google.fake.asked == []


async def test_a_channel_whose_first_answer_was_lost_gets_another_name(google: Google) -> None:
    google.fake.faults.append(Fault(400, ("calendar.events.watch",), reason="channelIdNotUnique"))
    channel = await google.backend.watch(OWNER, "https://voice.example.com/push", "secret")
    assert list(google.fake.channels) == [channel.id]
    google.fake.faults += [Fault(400, ("calendar.events.watch",), reason="channelIdNotUnique") for _ in range(2)]
    with pytest.raises(Invalid):
        await google.backend.watch(OWNER, "https://voice.example.com/push", "secret")
    with pytest.raises(CalendarForbidden):
        await google.backend.watch("nobody@example.com", "https://voice.example.com/push", "secret")


@pytest.mark.parametrize("scope", ["this", "following"])
async def test_a_part_of_what_is_gone_is_gone(google: Google, scope: Scope) -> None:
    series = await google.create(rrule="FREQ=DAILY;COUNT=3")
    third = (await google.year())[2]
    google.own.delete(series.id)
    for event_id in (series.id, third.id, "nothing"):
        await google.backend.delete(OWNER, event_id, scope=scope, occurrence=third.start)
        with pytest.raises(RemoteEventGone):
            await google.backend.update(
                OWNER, event_id, Patch(summary="Ghost"), scope=scope, occurrence=third.start, key="ghost"
            )


@pytest.mark.parametrize("scope", ["this", "following"])
async def test_a_part_of_a_single_event_is_all_of_it(google: Google, scope: Scope) -> None:
    single = await google.create()
    changed = await google.backend.update(OWNER, single.id, Patch(summary="Retro"), scope=scope, occurrence=MONDAY)
    assert (changed.id, changed.summary) == (single.id, "Retro")
    await google.backend.delete(OWNER, single.id, scope=scope, occurrence=MONDAY)
    assert await google.year() == []
