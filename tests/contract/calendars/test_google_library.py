"""Google's own client library against the same stand-in: it finds what we made, and we find what it made.

It proves the stand-in: what the library sends and takes is not our reading of Google's description.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from tests.contract.calendars.contender import ANNA, at, days, timed, wall_times
from tests.contract.calendars.google import MONDAY, Google, google_account
from tests.fakes.google_calendar.server import OWNER
from tools.calendars.backend import Patch

Ask = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    async with google_account() as account:
        yield account


@pytest.fixture
async def ask(google: Google) -> AsyncIterator[Ask]:
    """ask(make) -> the answer to the request that ``make`` makes of the library's service."""
    options = {"api_endpoint": f"{google.fake.url}/"}
    service = build(
        "calendar",
        "v3",
        credentials=Credentials(token="token-1"),
        static_discovery=True,
        cache_discovery=False,
        client_options=options,
    )

    async def ask(make: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(lambda: make(service).execute())

    yield ask
    service.close()


async def all_of(ask: Ask, **query: Any) -> list[dict[str, Any]]:
    """Every event on every page."""
    found: list[dict[str, Any]] = []
    token = None
    while True:
        page = await ask(lambda api, token=token: api.events().list(calendarId=OWNER, pageToken=token, **query))
        found += page["items"]
        token = page.get("nextPageToken")
        if token is None:
            return found


async def test_the_library_finds_what_we_made(google: Google, ask: Ask) -> None:
    series = await google.create(rrule="FREQ=WEEKLY;COUNT=3", attendees=(ANNA,), location="Room 4")
    await google.backend.update(
        OWNER, series.id, Patch(start=at(2027, 1, 19, 9)), scope="this", occurrence=at(2027, 1, 18, 9)
    )
    await google.backend.delete(OWNER, series.id, scope="this", occurrence=at(2027, 1, 25, 9))
    await google.backend.create(OWNER, days(MONDAY.date()), key="day")
    found = await all_of(ask, singleEvents=True, orderBy="startTime", timeMin="2027-01-01T00:00:00Z")
    assert [one["start"].get("dateTime", one["start"].get("date")) for one in found] == [
        "2027-01-11",
        "2027-01-11T09:00:00+01:00",
        "2027-01-19T09:00:00+01:00",
    ]
    assert found[1]["attendees"][0]["email"] == "anna@example.com"
    assert {one.get("recurringEventId") for one in found[1:]} == {series.id}
    masters = [one for one in await all_of(ask) if "recurrence" in one]
    assert [one["recurrence"] for one in masters] == [["RRULE:FREQ=WEEKLY;COUNT=3"]]


async def test_we_find_what_the_library_made(google: Google, ask: Ask) -> None:
    first = await google.backend.changes(OWNER)
    when = [{"dateTime": f"2027-03-22T{hour}:00:00", "timeZone": "America/New_York"} for hour in ("09", "10")]
    body = {"summary": "Theirs", "start": when[0], "end": when[1], "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]}
    made = await ask(lambda api: api.events().insert(calendarId="primary", body=body, sendUpdates="none"))
    instances = await ask(lambda api: api.events().instances(calendarId=OWNER, eventId=made["id"]))
    one = instances["items"][1]["id"]
    await ask(lambda api: api.events().patch(calendarId=OWNER, eventId=one, body={"summary": "Changed"}))
    since = await google.backend.changes(OWNER, first.token)
    assert [(event.summary, event.timezone) for event in since.events] == [
        ("Theirs", "America/New_York"),
        ("Changed", "America/New_York"),
    ]
    assert wall_times(await google.year()) == ["03-22 09:00", "03-29 09:00"]
    await ask(lambda api: api.events().delete(calendarId=OWNER, eventId=made["id"]))
    assert made["id"] in (await google.backend.changes(OWNER, since.token)).removed


async def test_both_see_the_same_calendars_and_busy_times(google: Google, ask: Ask) -> None:
    await google.backend.create(OWNER, timed(MONDAY), key="one")
    listed = await ask(lambda api: api.calendarList().list(maxResults=100))
    assert [one["id"] for one in listed["items"]] == [one.id for one in (await google.backend.list_calendars())[:2]]
    body = {"timeMin": "2027-01-11T00:00:00Z", "timeMax": "2027-01-12T00:00:00Z", "items": [{"id": OWNER}]}
    told = await ask(lambda api: api.freebusy().query(body=body))
    assert told["calendars"][OWNER]["busy"] == [{"start": "2027-01-11T08:00:00Z", "end": "2027-01-11T09:00:00Z"}]


async def test_the_library_hears_the_same_refusals(google: Google, ask: Ask) -> None:
    made = await google.create()

    async def status(make: Callable[[Any], Any]) -> int:
        with pytest.raises(HttpError) as told:
            await ask(make)
        return told.value.resp.status

    def stale(api: Any) -> Any:
        request = api.events().patch(calendarId=OWNER, eventId=made.id, body={"summary": "Theirs"})
        request.headers["If-Match"] = '"1"'
        return request

    def again(api: Any) -> Any:
        when = {"date": "2027-01-11"}, {"date": "2027-01-12"}
        return api.events().insert(calendarId=OWNER, body={"id": made.id, "start": when[0], "end": when[1]})

    assert await status(stale) == 412
    assert await status(again) == 409
    assert await status(lambda api: api.events().list(calendarId=OWNER, orderBy="startTime")) == 400
    assert await status(lambda api: api.events().get(calendarId=OWNER, eventId="nothing")) == 404
    await google.backend.delete(OWNER, made.id)
    assert await status(lambda api: api.events().delete(calendarId=OWNER, eventId=made.id)) == 410


async def test_the_stand_in_notices_what_google_does_not_describe(google: Google, ask: Ask) -> None:
    when = {"dateTime": "2027-01-11T09:00:00Z", "zone": "UTC"}
    with pytest.raises(HttpError):
        await ask(lambda api: api.events().insert(calendarId=OWNER, body={"title": "x", "start": when}))
    with pytest.raises(HttpError):
        await ask(lambda api: api.events().list(calendarId=OWNER, timeMin="2027-01-11T09:00:00"))
    with pytest.raises(HttpError):
        await ask(lambda api: api.colors().get())
    told = " ".join(google.fake.violations)
    for word in ("title", "zone", "end is missing", "timeMin", "calendar.colors.get is not played"):
        assert word in told
    google.fake.violations.clear()
