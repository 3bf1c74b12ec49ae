"""Imports over HTTP, in parts of which each is soon done, and taken back: as if the file had never come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from store.errors import Conflict
from tests.integration.ingest.conftest import Sidecar
from tests.integration.ingest.test_calendar_files import HOLIDAY, LUNCH, MOVED, STANDUP, ics, listed, send, told
from tools.calendars.files import importing


async def undo(client: aiohttp.ClientSession, change_id: str) -> tuple[int, dict[str, Any]]:
    async with client.post("/api/calendar/undo", json={"change_id": change_id}) as response:
        return response.status, await response.json()


def many(count: int) -> list[str]:
    return [
        f"UID:{n}@x\nDTSTART:202612{1 + n % 28:02}T{8 + n // 28 % 10:02}0000Z\nDURATION:PT30M\nSUMMARY:Event {n}"
        for n in range(count)
    ]


async def test_an_import_is_taken_back_and_may_come_again(client: aiohttp.ClientSession) -> None:
    _, done = await send(client, ics(LUNCH, STANDUP, MOVED, HOLIDAY))
    before = await told(client)
    status, undone = await undo(client, done["change_id"])
    assert (status, undone["operation"], undone["message"]) == (200, "import", "The import was taken back.")
    assert await listed(client) == []
    assert (await undo(client, done["change_id"]))[0] == 404
    _, again = await send(client, ics(LUNCH, STANDUP, MOVED, HOLIDAY))
    assert (again["added"], await told(client)) == (done["added"], before)
    _, same = await send(client, ics(LUNCH, STANDUP, MOVED, HOLIDAY))
    assert (same["added"], same["changed"], same["change_id"]) == (0, 0, None)


async def test_what_an_import_changed_is_as_it_was_and_its_newer_version_may_come_again(
    client: aiohttp.ClientSession,
) -> None:
    await send(client, ics(LUNCH, HOLIDAY))
    before = await told(client)
    newer = ics(LUNCH.replace("Lunch", "Brunch").replace("T12", "T11").replace("SEQUENCE:1", "SEQUENCE:2"), STANDUP)
    _, done = await send(client, newer)
    assert await told(client) != before
    assert (await undo(client, done["change_id"]))[0] == 200
    assert await told(client) == before
    _, again = await send(client, newer)
    assert (again["added"], again["changed"]) == (1, 1)


async def test_what_somebody_changed_since_the_import_stays(client: aiohttp.ClientSession) -> None:
    _, done = await send(client, ics(LUNCH, STANDUP, HOLIDAY))
    lunch = next(one for one in await listed(client) if one["summary"] == "Lunch")
    standup = next(one for one in await listed(client) if one["summary"] == "Stand-up")
    for event, summary in ((lunch, "Our lunch"), (standup, "Our stand-up")):
        async with client.patch(f"/api/calendar/events/{event['id']}", json={"summary": summary}) as response:
            assert response.status == 200, await response.text()
    status, undone = await undo(client, done["change_id"])
    assert (status, undone["message"]) == (200, "The import was taken back. What was changed since stays.")
    assert {one["summary"] for one in await listed(client)} == {"Our lunch", "Our stand-up", "Stand-up"}


async def test_a_large_file_comes_in_by_parts_between_which_others_book(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_AT_A_TIME", 20)
    parts: list[int] = []
    real = importing.apply

    async def apply(*args: Any, **more: Any) -> Any:
        parts.append(len(args[3].events))
        return await real(*args, **more)

    monkeypatch.setattr(importing, "apply", apply)
    (_, done), booked = await asyncio.gather(send(client, ics(*many(100))), book(client))
    assert (done["added"], booked, parts) == (100, 201, [20] * 5)
    assert (await undo(client, done["change_id"]))[0] == 200
    assert await told(client) == ["11-24T14:00 Call"]


async def test_an_import_that_breaks_off_is_taken_back_or_carried_on(
    client: aiohttp.ClientSession, sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(importing, "_AT_A_TIME", 20)
        patch.setattr(importing, "apply", _breaking(importing.apply, after=2))
        status, _ = await send(client, ics(*many(100)))
    assert status == 409
    assert len(await listed(client)) == 40
    _, rest = await send(client, ics(*many(100)))
    assert (rest["added"], len(await listed(client))) == (60, 100)
    for left in (40, 0):
        async with client.post("/api/calendar/undo") as response:
            assert response.status == 200
        assert len(await listed(client)) == left


def _breaking(real: Any, *, after: int) -> Any:
    calls: list[Sequence[Any]] = []

    async def apply(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) > after:
            raise Conflict("The calendar is gone.")
        return await real(*args, **more)

    return apply


async def book(client: aiohttp.ClientSession) -> int:
    body = {"summary": "Call", "start": "2026-11-24T14:00:00"}
    async with client.post("/api/calendar/events", json=body) as response:
        return response.status
