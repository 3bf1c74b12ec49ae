"""The audit log over HTTP: what was done through the API is told with who, from where, and what it was before."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar, make_key

LUNCH = {"summary": "Lunch", "start": "2026-11-24T12:00:00Z"}


async def _log(client: aiohttp.ClientSession, **wanted: str) -> list[dict[str, Any]]:
    async with client.get("/api/audit", params=wanted) as response:
        assert response.status == 200, await response.text()
        return (await response.json())["items"]


async def _book(client: aiohttp.ClientSession, **event: str) -> tuple[str, str]:
    """An event's id and the id of the request that made it."""
    async with client.post("/api/calendar/events", json=LUNCH | event) as response:
        assert response.status == 201, await response.text()
        return (await response.json())["id"], response.headers["X-Request-ID"]


async def test_a_change_is_told_with_who_from_where_and_what_it_was(
    client: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    event_id, made_by = await _book(client)
    change = {"summary": "Late lunch"}
    async with client.patch(f"/api/calendar/events/{event_id}", json=change) as response:
        changed_by = response.headers["X-Request-ID"]
    changed, made = await _log(client, resource_type="event")
    assert (made["action"], made["before"], made["origin"]["request_id"]) == ("event.created", None, made_by)
    assert made["after"]["summary"] == "Lunch"
    assert (changed["action"], changed["resource"]) == ("event.updated", {"type": "event", "id": event_id})
    assert (changed["before"], changed["after"]) == ({"summary": "Lunch"}, {"summary": "Late lunch"})
    assert changed["actor"]["user_id"] == str(sidecar.identity.user_id)
    assert changed["actor"]["role"] == "owner"
    assert changed["actor"]["key_id"]
    assert changed["origin"] == {"channel": "http", "address": "127.0.0.1", "request_id": changed_by}


async def test_the_newest_come_first_in_pages(client: aiohttp.ClientSession) -> None:
    made = [await _book(client, start=f"2026-11-24T{hour}:00:00Z") for hour in (10, 11, 12, 13, 14)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        query = {"resource_type": "event", "limit": "2", "cursor": cursor}
        async with client.get("/api/audit", params=query) as response:
            page = await response.json()
        assert 1 <= len(page["items"]) <= 2
        seen += [item["resource"]["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [event_id for event_id, _ in reversed(made)]


async def test_entries_are_found_by_what_who_and_when(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    event_id, _ = await _book(client)
    user_id = str(sidecar.identity.user_id)
    for wanted in (
        {"action": "event.created"},
        {"resource_id": event_id},
        {"user_id": user_id, "resource_type": "event"},
        {"from": "2020-01-01T00:00:00Z", "action": "event.created"},
    ):
        found = await _log(client, **wanted)
        assert [one["resource"]["id"] for one in found] == [event_id], wanted
    for wanted in ({"to": "2020-01-01T00:00:00+01:00"}, {"action": "event"}, {"user_id": event_id}):
        assert await _log(client, **wanted) == [], wanted


@pytest.mark.parametrize(
    "wanted",
    [{"from": "2026-11-21T09:00:00"}, {"user_id": "x"}, {"cursor": "x"}, {"limit": "0"}, {"actor": "x"}],
    ids=lambda wanted: "".join(wanted),
)
async def test_what_makes_no_sense_is_refused(wanted: dict[str, str], client: aiohttp.ClientSession) -> None:
    async with client.get("/api/audit", params=wanted) as response:
        assert response.status == 422, await response.text()


async def test_reading_it_needs_its_scope(sidecar: Sidecar, database: Database, identity: Identity) -> None:
    key = await make_key(database, identity, identity.scopes - {"audit:read"})
    async with sidecar.client(key) as session, session.get("/api/audit") as response:
        assert (response.status, (await response.json())["code"]) == (403, "missing_scope")


async def test_no_hash_of_a_key_is_ever_told(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/audit", params={"resource_type": "key"}) as response:
        text = await response.text()
    assert "key.created" in text
    assert "hash" not in text


async def test_another_tenants_log_is_not_there(client: aiohttp.ClientSession, stranger: aiohttp.ClientSession) -> None:
    event_id, _ = await _book(client)
    assert await _log(stranger, resource_id=event_id) == []
    assert all(one["resource"]["type"] != "event" for one in await _log(stranger))
    async with client.get("/api/audit", params={"limit": "1"}) as response:
        cursor = (await response.json())["next_cursor"]
    assert event_id not in str(await _log(stranger, cursor=cursor))


async def test_an_invitation_is_followed_from_its_mail_to_the_sign_out(
    client: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    member = {"email": "grace@demo.test", "name": "Grace", "role": "editor"}
    async with client.post("/api/users", json=member) as response:
        invited = await response.json()
    user_id, token = invited["id"], invited["invitation_url"].partition("#")[2]
    credentials = {"email": "grace@demo.test", "password": "a good deal of words"}
    async with aiohttp.ClientSession(sidecar.url) as grace:
        acceptance = {"token": token, "password": credentials["password"]}
        async with grace.post("/api/auth/invitations/accept", json=acceptance) as response:
            assert response.status == 200, await response.text()
        async with grace.post("/api/auth/login", json=credentials) as response:
            pair = await response.json()
        async with grace.post("/api/auth/logout", json={"refresh_token": pair["refresh_token"]}) as response:
            assert response.status == 204, await response.text()
    hers = await _log(client, user_id=user_id)
    assert [one["action"] for one in reversed(hers)] == [
        "invitation.accepted",
        "password.set",
        "session.started",
        "session.ended",
    ]
    assert {(one["actor"]["role"], one["origin"]["channel"]) for one in hers} == {("editor", "http")}
    assert hers[0]["after"]["end_reason"] == "signed_out"
    (sent,) = await _log(client, action="invitation.sent")
    assert sent["actor"]["user_id"] == str(sidecar.identity.user_id)
    everything = str(await _log(client))
    for secret in (token, credentials["password"], pair["refresh_token"], pair["access_token"], "argon2"):
        assert secret not in everything
