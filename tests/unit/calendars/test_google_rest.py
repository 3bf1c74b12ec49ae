"""Asking Google: answers of another shape, and lists without an end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import pytest

from tools.calendars.backend import CalendarUnavailable, SyncTokenLost
from tools.calendars.google import GoogleCalendar
from tools.calendars.outside.requests import Answer, Requests


class Tokens:
    async def access_token(self, *, refused: str = "") -> str:
        return "token"


@pytest.fixture
async def backend() -> AsyncIterator[GoogleCalendar]:
    async with aiohttp.ClientSession() as session:
        yield GoogleCalendar(session, Tokens())


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> list[str]:
    """Every request gets the next answer, the last one for ever; the urls that were asked."""
    asked: list[str] = []
    left = list(answers)

    async def send(_: Requests, method: str, url: str, **options: Any) -> Answer:
        asked.append(f"{method} {url}")
        answer = left.pop(0) if len(left) > 1 else left[0]
        return cast(Answer, answer) if isinstance(answer, Answer) else Answer(200, {}, json.dumps(answer).encode())

    monkeypatch.setattr(Requests, "send", send)
    return asked


@pytest.mark.parametrize("answer", [[], None, "x", 7, Answer(200, {}, b"<html>"), Answer(204, {}, b"")])
async def test_an_answer_that_is_no_object_is_none(
    monkeypatch: pytest.MonkeyPatch, backend: GoogleCalendar, answer: Any
) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(CalendarUnavailable):
        await backend.read("primary", "abc")
    with pytest.raises(CalendarUnavailable):
        await backend.changes("primary")


async def test_a_list_without_an_end_is_left(monkeypatch: pytest.MonkeyPatch, backend: GoogleCalendar) -> None:
    asked = answering(monkeypatch, {"items": [], "nextPageToken": "more"})
    with pytest.raises(CalendarUnavailable):
        await backend.changes("primary")
    assert len(asked) == 1000


async def test_a_token_that_is_lost_between_two_pages_is_lost(
    monkeypatch: pytest.MonkeyPatch, backend: GoogleCalendar
) -> None:
    answering(monkeypatch, {"items": [], "nextPageToken": "more"}, Answer(410, {}, b""))
    with pytest.raises(SyncTokenLost):
        await backend.changes("primary")


async def test_a_calendars_id_stays_in_its_place_of_the_address(
    monkeypatch: pytest.MonkeyPatch, backend: GoogleCalendar
) -> None:
    asked = answering(monkeypatch, {"items": [], "nextSyncToken": "token"})
    await backend.changes("de.german#holiday@group.v.calendar.google.com/../x?y")
    place = "de.german%23holiday%40group.v.calendar.google.com%2F..%2Fx%3Fy"
    assert asked == [f"GET https://www.googleapis.com/calendar/v3/calendars/{place}/events"]
