"""What a feed tells is what its maker may see at that moment; nobody sees more, and nothing after it has ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Conflict, NotFound
from store.identity import Identity
from store.ids import new_id
from store.policy import scopes_of_role
from tests.integration.calendars.drafts import BERLIN, agenda, lunch, told, wall, weekly
from tools.calendars.files.exporting import Exporter
from tools.calendars.files.feeds import MOST, Feeds, NewFeed
from tools.calendars.files.importing import Importer
from tools.calendars.icalendar.reading import read_events
from tools.calendars.icalendar.series import occurrences_of
from tools.calendars.service import CalendarService


@pytest.fixture
def feeds(database: Database, clock: FixedClock) -> Feeds:
    return Feeds(database, clock)


async def person(database: Database, owner: Identity, role: str = "editor") -> Identity:
    user_id = new_id()
    async with database.transaction(owner) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Ada', %s)",
            (user_id, owner.tenant_id, f"{user_id}@demo.test", role),
        )
    return Identity(owner.tenant_id, user_id, role, scopes_of_role(role))


async def calendar_of(
    database: Database, owner: Identity, user_id: UUID | None = None, *, hidden: bool = False
) -> UUID:
    calendar_id = new_id()
    async with database.transaction(owner) as connection:
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, user_id, name, timezone, hidden) "
            "VALUES (%s, %s, %s, 'Other', 'Europe/Berlin', %s)",
            (calendar_id, owner.tenant_id, user_id, hidden),
        )
    return calendar_id


async def change(database: Database, owner: Identity, statement: str, *values: object) -> None:
    async with database.transaction(owner) as connection:
        await connection.execute(statement.encode(), values)


async def titles(feeds: Feeds, token: str) -> list[str]:
    content = (await feeds.read(token)).content
    assert content is not None
    read = read_events(content, default_zone=BERLIN, now=datetime(2026, 11, 21, tzinfo=UTC))
    assert read.problems == ()
    return sorted(event.summary for event in read.events)


async def test_a_feed_shows_the_same_occurrences_as_the_calendar(
    feeds: Feeds, calendars: CalendarService, identity: Identity
) -> None:
    series = await calendars.book(identity, weekly("FREQ=WEEKLY;BYDAY=MO"))
    await calendars.book(identity, lunch("2027-03-28T01:30", 120, "Night shift"))  # the clocks change meanwhile
    mondays = await agenda(calendars, identity, "2026-11-23", "2026-12-31")
    await calendars.cancel(identity, mondays[1].id)
    await calendars.move(identity, mondays[2].id, wall("2026-12-08T15:00"))
    assert series.recurrence is not None
    _, token = await feeds.make(identity, NewFeed())
    content = (await feeds.read(token)).content or b""
    read = read_events(content, default_zone=ZoneInfo("UTC"), now=datetime(2026, 11, 21, tzinfo=UTC))
    shown = occurrences_of(read.events, (wall("2026-11-21T00:00"), wall("2027-12-01T00:00")))
    listed = await agenda(calendars, identity, "2026-11-21", "2027-12-01")
    assert len(listed) > 50
    assert [(one.start, one.end, one.summary) for one in shown] == [
        (one.starts_at, one.ends_at, one.summary) for one in listed
    ]


async def test_what_lies_outside_of_its_window_is_not_told(
    feeds: Feeds, calendars: CalendarService, identity: Identity, clock: FixedClock
) -> None:
    await calendars.book(identity, lunch("2026-11-24T12:00", summary="Soon"))
    await calendars.book(identity, lunch("2029-06-01T12:00", summary="Far"))
    await calendars.book(identity, weekly("FREQ=WEEKLY;COUNT=2"))
    _, token = await feeds.make(identity, NewFeed())
    assert await titles(feeds, token) == ["Soon", "Stand-up"]
    later = Feeds(feeds._database, FixedClock(clock.now() + timedelta(days=95)))
    assert await titles(later, token) == ["Stand-up"]  # its second one is 88 days ago


async def test_a_feed_follows_what_its_maker_may_see(
    feeds: Feeds, calendars: CalendarService, database: Database, identity: Identity
) -> None:
    ada, grace = await person(database, identity), await person(database, identity)
    adas = await calendar_of(database, identity, ada.user_id)
    graces = await calendar_of(database, identity, grace.user_id)
    hidden = await calendar_of(database, identity, hidden=True)
    kept = {"Tenant's": None, "Ada's": adas, "Grace's": graces, "Hidden": hidden}
    for hour, (title, calendar_id) in enumerate(kept.items(), 10):
        whose = {adas: ada, graces: grace}.get(calendar_id, identity)
        await calendars.book(whose, lunch(f"2026-11-24T{hour}:00", 30, title, calendar_id=calendar_id))
    _, all_of_hers = await feeds.make(ada, NewFeed())
    assert await titles(feeds, all_of_hers) == ["Ada's", "Tenant's"]
    _, chosen = await feeds.make(ada, NewFeed(calendar_ids=[hidden]))
    assert await titles(feeds, chosen) == ["Hidden"]
    with pytest.raises(NotFound):
        await feeds.make(ada, NewFeed(calendar_ids=[adas, graces]))
    await change(database, identity, "UPDATE calendars SET user_id = %s WHERE id = %s", grace.user_id, hidden)
    assert await titles(feeds, chosen) == []


async def test_what_is_a_person_s_own_no_manager_tells_or_fills(
    feeds: Feeds, database: Database, identity: Identity, clock: FixedClock
) -> None:
    ada = await person(database, identity)
    hers = await calendar_of(database, identity, ada.user_id)
    with pytest.raises(NotFound):
        await feeds.make(identity, NewFeed(calendar_ids=[hers]))
    with pytest.raises(NotFound):
        await Exporter(database, clock).export(identity, [hers])
    with pytest.raises(NotFound):
        await Importer(database, clock).target(identity, hers)
    assert (await Importer(database, clock).target(ada, hers)).id == hers


async def test_people_see_and_end_their_own_feeds_and_managers_all(
    feeds: Feeds, database: Database, identity: Identity, other_identity: Identity
) -> None:
    ada, grace = await person(database, identity), await person(database, identity)
    hers, token = await feeds.make(ada, NewFeed(name="Phone"))
    assert [one.name for one in await feeds.list_feeds(ada, limit=9)] == ["Phone"]
    assert [one.user_id for one in await feeds.list_feeds(identity, limit=9)] == [ada.user_id]
    for stranger in (grace, other_identity):
        assert await feeds.list_feeds(stranger, limit=9) == []
        with pytest.raises(NotFound):
            await feeds.end(stranger, hers.id)
    await feeds.end(identity, hers.id)
    with pytest.raises(NotFound):
        await feeds.read(token)


@pytest.mark.parametrize("gone", ["user", "tenant"])
async def test_a_feed_ends_with_its_maker_and_their_tenant(
    gone: str, feeds: Feeds, database: Database, identity: Identity, other_identity: Identity
) -> None:
    ada = await person(database, identity)
    _, token = await feeds.make(ada, NewFeed())
    await feeds.read(token)
    if gone == "user":
        await change(database, identity, "UPDATE users SET deleted_at = now() WHERE id = %s", ada.user_id)
    else:
        async with database.system() as connection:
            await connection.execute("SELECT appoint_operator(%s)", (other_identity.tenant_id,))
        async with database.transaction(other_identity) as connection:
            await connection.execute("SELECT delete_tenant(%s, now())", (identity.tenant_id,))
    with pytest.raises(NotFound):
        await feeds.read(token)


async def test_a_version_holds_until_something_of_it_changes(
    feeds: Feeds, calendars: CalendarService, identity: Identity, clock: FixedClock
) -> None:
    event = await calendars.book(identity, lunch())
    feed, token = await feeds.make(identity, NewFeed())
    seen = {(first := await feeds.read(token)).version}
    assert (await feeds.read(token, known=["x", first.version])).content is None
    await calendars.cancel(identity, event.id)
    seen.add((await feeds.read(token)).version)
    await change(feeds._database, identity, "UPDATE calendar_feeds SET name = 'Car' WHERE id = %s", feed.id)
    seen.add((await feeds.read(token)).version)
    tomorrow = Feeds(feeds._database, FixedClock(clock.now() + timedelta(days=1)))  # another window
    seen.add((await tomorrow.read(token)).version)
    assert len(seen) == 4


async def test_its_use_is_noted_once_an_hour(
    feeds: Feeds, database: Database, identity: Identity, clock: FixedClock
) -> None:
    _, token = await feeds.make(identity, NewFeed())
    noted: list[datetime | None] = []
    for minutes in (0, 59, 61):
        await Feeds(database, FixedClock(clock.now() + timedelta(minutes=minutes))).read(token)
        noted.append((await feeds.list_feeds(identity, limit=1))[0].last_used_at)
    assert noted == [clock.now(), clock.now(), clock.now() + timedelta(minutes=61)]


async def test_a_person_has_so_many_feeds_and_no_more(feeds: Feeds, identity: Identity) -> None:
    for _ in range(MOST):
        await feeds.make(identity, NewFeed())
    with pytest.raises(Conflict) as refused:
        await feeds.make(identity, NewFeed())
    assert refused.value.code == "too_many_feeds"


async def test_only_when_time_is_taken_is_told_without_details(
    feeds: Feeds, calendars: CalendarService, identity: Identity
) -> None:
    await calendars.book(identity, weekly(location="Clinic", description="Private", attendees=("Anna",)))
    await calendars.book(identity, lunch("2026-11-25T12:00", busy=False))
    days = await agenda(calendars, identity)
    await calendars.move(identity, days[-1].id, wall("2026-12-15T10:00"))
    _, token = await feeds.make(identity, NewFeed(with_details=False))
    content = (await feeds.read(token)).content or b""
    read = read_events(content, default_zone=BERLIN, now=datetime(2026, 11, 21, tzinfo=UTC))
    shown = occurrences_of(read.events, (wall("2026-11-21T00:00"), wall("2027-06-01T00:00")))
    assert [f"{one.start.astimezone(BERLIN):%m-%d %H:%M} {one.summary}" for one in shown] == [
        "11-23 09:00 Busy",
        "11-30 09:00 Busy",
        "12-07 09:00 Busy",
        "12-15 10:00 Busy",
    ]
    for word in (b"Clinic", b"Private", b"Anna", b"Stand", b"Lunch", str(days[0].series_id).encode()):
        assert word not in content


async def test_a_meeting_in_two_calendars_is_told_once(
    feeds: Feeds, calendars: CalendarService, database: Database, identity: Identity, clock: FixedClock
) -> None:
    other = await calendar_of(database, identity)
    first = await calendars.book(identity, lunch())
    second = await calendars.book(identity, lunch("2026-11-25T12:00", calendar_id=other))
    for event in (first, second):
        await change(database, identity, "UPDATE events SET uid = 'same@x' WHERE id = %s", event.id)
    assert len(told(await agenda(calendars, identity))) == 2
    exported = await Exporter(database, clock).export(identity, None)
    assert (exported.content or b"").count(b"BEGIN:VEVENT") == 1
