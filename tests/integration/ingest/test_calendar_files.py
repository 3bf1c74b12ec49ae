"""Calendars as files over HTTP: import, export, private feeds; hostile files, and nothing for another tenant."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import icalendar
import pytest
import recurring_ical_events
from structlog.testing import capture_logs

from ingest.keys import CALENDAR_IMPORTS, DATABASE
from tests.integration.ingest.conftest import Sidecar

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = {"from": "2026-11-21T00:00:00Z", "to": "2027-01-31T00:00:00Z"}
LUNCH = "UID:lunch@x\nDTSTART:20261124T120000Z\nDTEND:20261124T130000Z\nSUMMARY:Lunch\nSEQUENCE:1"
STANDUP = (
    "UID:standup@x\nDTSTART;TZID=Europe/Berlin:20261123T090000\nDURATION:PT15M\nSUMMARY:Stand-up\n"
    "RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Europe/Berlin:20261130T090000\n"
    "ATTENDEE;CN=Anna:mailto:anna@x.test"
)
MOVED = (
    "UID:standup@x\nRECURRENCE-ID;TZID=Europe/Berlin:20261207T090000\n"
    "DTSTART;TZID=Europe/Berlin:20261207T110000\nDURATION:PT15M\nSUMMARY:Stand-up, later"
)
HOLIDAY = "UID:day@x\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\nTRANSP:TRANSPARENT"
Import = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


def ics(*events: str, extra: str = "") -> bytes:
    inner = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{extra}{inner}END:VCALENDAR\n".replace("\n", "\r\n").encode()


async def send(
    client: aiohttp.ClientSession, content: bytes, calendar_id: str = "", **headers: str
) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(content), filename="calendar.ics", content_type="text/calendar")
    query = {"calendar_id": calendar_id} if calendar_id else {}
    async with client.post("/api/calendar/import", data=form, params=query, headers=headers) as response:
        return response.status, await response.json()


async def listed(client: aiohttp.ClientSession, **window: str) -> list[dict[str, Any]]:
    async with client.get("/api/calendar/events", params={**WINDOW, **window}) as response:
        assert response.status == 200
        return (await response.json())["items"]


async def told(client: aiohttp.ClientSession) -> list[str]:
    return [f"{event['start'][5:16]} {event['summary']}" for event in await listed(client)]


def essence(events: list[dict[str, Any]]) -> list[Any]:
    names = ("summary", "start", "end", "timezone", "all_day", "location", "description", "rrule")
    return [[event[name] for name in names] for event in events]


async def exported(client: aiohttp.ClientSession, **query: str) -> bytes:
    async with client.get("/api/calendar/export.ics", params=query) as response:
        assert (response.status, response.content_type) == (200, "text/calendar"), await response.text()
        return await response.read()


async def feed(client: aiohttp.ClientSession, sidecar: Sidecar, **body: Any) -> tuple[str, str]:
    """A new feed's id, and its address at this sidecar."""
    async with client.post("/api/calendar/feeds", json=body) as response:
        assert response.status == 201, await response.text()
        made = await response.json()
    return made["id"], sidecar.url + made["url"][made["url"].index("/api/") :]


async def fetch(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as program, program.get(url, headers=headers) as response:
        return response.status, await response.read(), dict(response.headers)


# --- import ---


async def test_a_file_comes_in_and_the_same_one_again_changes_nothing(client: aiohttp.ClientSession) -> None:
    content = ics(LUNCH, STANDUP, MOVED, HOLIDAY)
    status, first = await send(client, content)
    assert (status, first["added"], first["changed"], first["problems"]) == (201, 4, 0, [])
    seen = await listed(client)
    assert [f"{event['start'][5:16]} {event['summary']}" for event in seen] == [
        "11-23T09:00 Stand-up",
        "11-24T12:00 Lunch",
        "12-07T11:00 Stand-up, later",
        "12-14T09:00 Stand-up",
        "12-21T09:00 Stand-up",
        "12-25T00:00 Christmas",
    ]
    status, again = await send(client, content)
    assert (status, again["added"], again["changed"]) == (201, 0, 0)
    assert await listed(client) == seen


async def test_a_later_version_of_the_file_changes_its_events_and_deletes_none(client: aiohttp.ClientSession) -> None:
    await send(client, ics(LUNCH, HOLIDAY))
    later = LUNCH.replace("T120000Z", "T123000Z").replace("SEQUENCE:1", "SEQUENCE:2")
    _, done = await send(client, ics(later))
    assert (done["added"], done["changed"]) == (0, 1)
    assert await told(client) == ["11-24T12:30 Lunch", "12-25T00:00 Christmas"]
    await send(client, ics(later + "\nSTATUS:CANCELLED"))
    assert await told(client) == ["12-25T00:00 Christmas"]


async def test_a_date_of_a_series_that_is_not_in_the_file_comes_in(client: aiohttp.ClientSession) -> None:
    lone = "UID:x\nRECURRENCE-ID:20261124T090000Z\nDTSTART:20261124T100000Z\nDURATION:PT1H\nSUMMARY:Board"
    _, answer = await send(client, ics(lone))
    assert (answer["added"], answer["changed"], answer["problems"]) == (1, 0, [])
    assert (await send(client, ics(lone)))[1]["added"] == 0
    assert [event["summary"] for event in await listed(client)] == ["Board"]


async def test_a_cancelled_event_nobody_had_is_no_news(client: aiohttp.ClientSession) -> None:
    _, done = await send(client, ics(LUNCH + "\nSTATUS:CANCELLED", HOLIDAY))
    assert (done["added"], await told(client)) == (1, ["12-25T00:00 Christmas"])


async def test_what_overlaps_comes_in_all_the_same_and_is_counted(client: aiohttp.ClientSession) -> None:
    booked = {"summary": "Call", "start": "2026-11-24T12:30:00Z", "duration_min": 15}
    async with client.post("/api/calendar/events", json=booked) as response:
        assert response.status == 201
    twin = LUNCH.replace("lunch@x", "twin@x")  # they overlap in the file already
    _, done = await send(client, ics(LUNCH, twin, HOLIDAY, STANDUP))
    assert (done["added"], done["conflicts"]) == (4, 2)
    assert len([line for line in await told(client) if line.startswith("11-24")]) == 3


async def test_what_could_not_be_read_costs_itself_alone_and_says_where(client: aiohttp.ClientSession) -> None:
    odd = "UID:odd@x\nDTSTART:yesterday\nSUMMARY:Odd"
    never = "UID:often@x\nDTSTART:20261124T080000Z\nRRULE:FREQ=SOMETIMES\nSUMMARY:Often"
    _, done = await send(client, ics(odd, LUNCH, never))
    assert done["added"] == 2
    problems = {problem["uid"]: problem for problem in done["problems"]}
    assert problems["odd@x"]["line"] == 4
    assert "no start" in problems["odd@x"]["sentence"]
    assert "repetition" in problems["often@x"]["sentence"]


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("calendar.ics", ics(LUNCH))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"", 422, "empty"),
        (b"Dear all, lunch is at twelve.", 422, "no calendar file"),
        (b"<!DOCTYPE html><html><body>Sign in to see this calendar</body></html>", 422, "web page"),
        (_zipped(), 422, "zip archive"),
        (b"\x00\xff" * 5000, 422, "no calendar file"),
        (b"BEGIN:VCALENDAR\r\n" * 100, 422, "nested too deeply"),
        (ics(*[LUNCH.replace("lunch", f"lunch{n}") for n in range(20_000)]), 413, "more than 10000 events"),
        (ics("UID:long\nDTSTART:20261124T120000Z\nSUMMARY:" + "x" * 9_900_000), 201, ""),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 10_600_000, 413, "larger than 10 MB"),
        (
            ics(*[f"UID:{n}\nDTSTART:19900101T000000Z\nRRULE:FREQ=DAILY\nSUMMARY:x" for n in range(500)]),
            413,
            "more than 60000 times",
        ),
        (ics("UID:rule\nDTSTART:20261124T120000Z\nRRULE:FREQ=DAILY;BYSECOND=" + "0," * 2_000_000 + "0"), 201, ""),
    ],
    ids=["empty", "text", "html", "zip", "binary", "nested", "many", "long-line", "large", "daily", "long-rule"],
)
async def test_hostile_files_are_refused_in_a_sentence_or_taken_as_far_as_they_go(
    client: aiohttp.ClientSession, content: bytes, status: int, says: str
) -> None:
    got, answer = await send(client, content)
    assert (got, says in answer.get("detail", "")) == (status, True), answer
    if status != 201:
        assert await listed(client) == []
    assert all(len(event["summary"]) <= 200 for event in await listed(client))


async def test_a_file_that_takes_too_long_is_given_up_and_leaves_nothing_behind(
    client: aiohttp.ClientSession, sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar.app[CALENDAR_IMPORTS], "_longest_s", 0.001)
    status, answer = await send(client, ics(LUNCH))
    assert (status, answer["code"]) == (413, "calendar_too_hard")
    monkeypatch.undo()
    status, _ = await send(client, ics(LUNCH))
    assert status == 201


async def test_one_import_of_a_tenant_at_a_time(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    async with sidecar.app[CALENDAR_IMPORTS].turn(sidecar.identity):
        status, answer = await send(client, ics(LUNCH))
        assert (status, answer["code"]) == (429, "too_many")
        assert (await send(stranger, ics(LUNCH)))[0] == 201
    assert (await send(client, ics(LUNCH)))[0] == 201


async def test_a_repeated_request_with_a_key_gets_the_first_answer(client: aiohttp.ClientSession) -> None:
    key = {"Idempotency-Key": "import-1"}
    first = await send(client, ics(LUNCH), **key)
    assert await send(client, ics(LUNCH), **key) == first
    assert (await send(client, ics(HOLIDAY), **key))[0] == 422


async def test_a_connected_calendar_is_filled_at_its_provider(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    calendar, account = await sidecar.insert("calendars"), await sidecar.insert("calendar_accounts")
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        await connection.execute(
            "UPDATE calendars SET account_id = %s, remote_id = 'x' WHERE id = %s", (account, calendar)
        )
    status, answer = await send(client, ics(LUNCH), calendar)
    assert (status, answer["code"]) == (409, "calendar_is_connected")
    assert "Office" in answer["detail"]


async def test_a_file_goes_into_no_calendar_of_another_tenant(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    calendar = await sidecar.insert("calendars")
    status, answer = await send(stranger, ics(LUNCH), calendar)
    assert (status, answer["code"]) == (404, "calendar_not_found")
    assert (await send(client, ics(LUNCH), calendar))[1]["calendar_id"] == calendar


# --- export ---


async def test_what_is_exported_is_the_same_in_another_tenant(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    await send(client, ics(LUNCH, STANDUP, MOVED, HOLIDAY))
    series = {"summary": "Daily", "start": "2027-01-04T17:00:00", "duration_min": 30, "rrule": "FREQ=DAILY;COUNT=6"}
    async with client.post("/api/calendar/events", json=series) as response:
        assert response.status == 201, await response.text()
    days = [event for event in await listed(client) if event["summary"] == "Daily"]
    async with client.delete(f"/api/calendar/events/{days[2]['id']}") as response:
        assert response.status == 204
    change = {"start": "2027-01-07T18:00:00", "location": "Room 4; upstairs, left"}
    async with client.patch(f"/api/calendar/events/{days[3]['id']}", json=change) as response:
        assert response.status == 200, await response.text()
    status, done = await send(stranger, await exported(client))
    assert (status, done["problems"]) == (201, [])
    mine = await listed(client)
    assert len(mine) == 11
    assert essence(await listed(stranger)) == essence(mine)


async def test_people_are_exported_only_when_asked_for(client: aiohttp.ClientSession) -> None:
    await send(client, ics(STANDUP))
    assert b"anna@x.test" not in await exported(client)
    assert b"anna@x.test" in await exported(client, with_people="true")


async def test_an_export_is_a_file_that_is_saved_and_asked_for_again_only_when_it_changed(
    client: aiohttp.ClientSession,
) -> None:
    await send(client, ics(LUNCH))
    path = "/api/calendar/export.ics"
    async with client.get(path) as response:
        tag = response.headers["ETag"]
        assert response.headers["Content-Disposition"].startswith('attachment; filename="Calendar.ics"')
        assert response.headers["Cache-Control"] == "private, no-cache"
    async with client.get(path, headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")
    await send(client, ics(HOLIDAY))
    async with client.get(path, headers={"If-None-Match": tag}) as response:
        assert (response.status, response.headers["ETag"] != tag) == (200, True)


async def test_one_calendar_alone_is_exported_and_none_of_another_tenant(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    office = await sidecar.insert("calendars")
    await send(client, ics(LUNCH))
    await send(client, ics(HOLIDAY), office)
    text = await exported(client, calendar_id=office)
    assert (b"Christmas" in text, b"Lunch" in text) == (True, False)
    async with stranger.get("/api/calendar/export.ics", params={"calendar_id": office}) as response:
        assert response.status == 404
    assert b"VEVENT" not in await exported(stranger)


# --- feeds ---


async def test_a_feed_tells_what_the_list_tells(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    await send(client, ics(LUNCH, STANDUP, MOVED, HOLIDAY))
    _, url = await feed(client, sidecar, name="Phone")
    status, text, headers = await fetch(url)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = icalendar.Calendar.from_ical(text)
    assert str(calendar["X-WR-CALNAME"]) == "Phone"
    found = recurring_ical_events.of(calendar).between(
        datetime(2026, 11, 21, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC)
    )
    shown = sorted((_instant(event["DTSTART"].dt), str(event["SUMMARY"])) for event in found)
    assert shown == sorted((datetime.fromisoformat(one["start"]), one["summary"]) for one in await listed(client))


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=BERLIN)


async def test_a_feed_s_address_is_told_once_and_kept_nowhere(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    with capture_logs() as logs:
        feed_id, url = await feed(client, sidecar, name="Phone")
        token = url.rpartition("/")[2].removesuffix(".ics")
        assert len(token) == 43
        await fetch(url)
        await fetch(url.replace(token, "x" * 43))
        async with client.get("/api/calendar/feeds") as response:
            text = await response.text()
    assert token not in text
    assert token not in json.dumps(logs, default=str)
    assert "x" * 43 not in json.dumps(logs, default=str)
    assert "/api/calendar/feed/{token}.ics" in json.dumps(logs, default=str)
    [item] = json.loads(text)["items"]
    assert (item["id"], item["name"], item["owner"]["id"]) == (feed_id, "Phone", str(sidecar.identity.user_id))
    assert item["last_used_at"].startswith("2026-11-21T09:00")
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        rows = await (await connection.execute("SELECT to_jsonb(a)::text AS row FROM audit_entries a")).fetchall()
    assert token not in str(rows)
    assert "calendar_feed" in str(rows)


async def test_the_answer_of_a_feed_stays_with_its_reader(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    _, url = await feed(client, sidecar)
    _, _, headers = await fetch(url)
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    status, text, _ = await fetch(url, **{"If-None-Match": headers["Etag"]})
    assert (status, text) == (304, b"")
    await send(client, ics(LUNCH))
    status, text, _ = await fetch(url, **{"If-None-Match": headers["Etag"]})
    assert (status, b"Lunch" in text) == (200, True)


async def test_a_feed_without_details_says_busy_and_nothing_else(
    client: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    secret = LUNCH + "\nLOCATION:Clinic\nDESCRIPTION:Private\nORGANIZER:mailto:boss@x.test"
    await send(client, ics(secret, STANDUP, MOVED, HOLIDAY))
    _, url = await feed(client, sidecar, with_details=False)
    _, text, _ = await fetch(url)
    assert [line for line in text.split(b"\r\n") if line.startswith(b"SUMMARY")] == [b"SUMMARY:Busy"] * 3
    for word in (b"Lunch", b"Stand", b"Clinic", b"Private", b"boss", b"anna", b"Christmas", b"@x"):
        assert word not in text, word
    async with client.post("/api/calendar/feeds", json={"with_details": False, "with_people": True}) as response:
        assert response.status == 422


async def test_an_ended_feed_and_one_that_never_was_are_one_answer(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    feed_id, url = await feed(client, sidecar)
    async with stranger.delete(f"/api/calendar/feeds/{feed_id}") as response:
        assert response.status == 404
    async with stranger.get("/api/calendar/feeds") as response:
        assert (await response.json())["items"] == []
    assert (await fetch(url))[0] == 200
    async with client.delete(f"/api/calendar/feeds/{feed_id}") as response:
        assert response.status == 204
    answers = [await fetch(one) for one in (url, f"{sidecar.url}/api/calendar/feed/{'x' * 43}.ics")]
    problems = [json.loads(text) | {"request_id": ""} for _, text, _ in answers]
    assert [status for status, _, _ in answers] == [404, 404]
    assert problems[0] == problems[1]


async def test_a_feed_of_another_tenant_s_calendar_is_not_made(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    office = await sidecar.insert("calendars")
    for who, status in ((stranger, 404), (client, 201)):
        async with who.post("/api/calendar/feeds", json={"calendar_ids": [office]}) as response:
            assert response.status == status, await response.text()


async def test_guessing_addresses_of_feeds_ends_soon_and_real_ones_go_on(
    client: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    _, url = await feed(client, sidecar)
    seen = {(await fetch(f"{sidecar.url}/api/calendar/feed/{n:043d}.ics"))[0] for n in range(80)}
    assert seen == {404, 429}
    assert (await fetch(url))[0] == 200
