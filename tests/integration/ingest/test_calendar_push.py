"""Google and Microsoft call: the channel's secret makes its account due, and nobody else learns anything from it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import aiohttp
import pytest

from ingest.keys import CLOCK, DATABASE
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar
from tools.calendars.backend import CalendarBackend, Capabilities, Channel
from tools.calendars.sync.accounts import due_accounts
from tools.calendars.sync.channels import Channels
from tools.calendars.sync.pulling import Mirrored

GOOGLE, MICROSOFT = "/api/calendar/push/google", "/api/calendar/push/microsoft"
SECRET = "a secret of the channel"


@pytest.fixture
async def channel(sidecar: Sidecar) -> str:
    """A channel of a calendar whose account was looked at already."""
    account, calendar = await sidecar.insert("calendar_accounts"), await sidecar.insert("calendars")
    await rows(sidecar, "UPDATE calendars SET account_id = %s WHERE id = %s RETURNING id", account, calendar)
    await rest(sidecar)
    await rows(
        sidecar,
        "INSERT INTO calendar_channels (id, tenant_id, calendar_id, channel_id, secret_hash, expires_at, created_at) "
        "VALUES (%s, %s, %s, 'channel-1', %s, '2026-12-01', '2026-11-21') RETURNING id",
        new_id(),
        sidecar.identity.tenant_id,
        calendar,
        hashlib.sha256(SECRET.encode()).digest(),
    )
    return "channel-1"


@pytest.fixture
async def anybody(sidecar: Sidecar) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(sidecar.url) as session:
        yield session


async def rows(sidecar: Sidecar, statement: str, *values: Any) -> list[dict[str, Any]]:
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        return await (await connection.execute(statement.encode(), values)).fetchall()


async def rest(sidecar: Sidecar) -> None:
    await rows(sidecar, "UPDATE calendar_accounts SET sync_at = '2100-01-01' RETURNING id")


async def is_due(sidecar: Sidecar) -> bool:
    return bool(await due_accounts(sidecar.app[DATABASE], sidecar.app[CLOCK].now(), most=5))


async def google(anybody: aiohttp.ClientSession, channel: str, secret: str, state: str = "exists") -> tuple[int, bytes]:
    headers = {"X-Goog-Channel-ID": channel, "X-Goog-Channel-Token": secret, "X-Goog-Resource-State": state}
    async with anybody.post(GOOGLE, headers=headers) as response:
        return response.status, await response.read()


async def microsoft(anybody: aiohttp.ClientSession, *items: dict[str, Any]) -> tuple[int, bytes]:
    async with anybody.post(MICROSOFT, json={"value": list(items)}) as response:
        return response.status, await response.read()


async def test_a_call_of_google_makes_the_account_due(
    sidecar: Sidecar, anybody: aiohttp.ClientSession, channel: str
) -> None:
    assert not await is_due(sidecar)
    assert await google(anybody, channel, SECRET, "sync") == (204, b"")
    assert not await is_due(sidecar)
    assert await google(anybody, channel, SECRET) == (204, b"")
    assert await is_due(sidecar)


async def test_who_does_not_know_the_secret_does_nothing_and_learns_nothing(
    sidecar: Sidecar, anybody: aiohttp.ClientSession, channel: str
) -> None:
    for name, secret in ((channel, "guessed"), (channel, ""), ("unknown", SECRET), ("", ""), ("x" * 5000, SECRET)):
        assert await google(anybody, name, secret) == (204, b"")
        assert await microsoft(anybody, {"subscriptionId": name, "clientState": secret}) == (200, b"")
    assert not await is_due(sidecar)


async def test_microsoft_gets_its_token_back_as_plain_text(anybody: aiohttp.ClientSession) -> None:
    async with anybody.post(MICROSOFT, params={"validationToken": "Validation: <b>1</b> & more"}) as response:
        assert (response.status, response.content_type) == (200, "text/plain")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.text() == "Validation: <b>1</b> & more"
    async with anybody.post(MICROSOFT, params={"validationToken": "x" * 3000}) as response:
        assert response.status == 422


async def test_a_call_of_microsoft_makes_the_account_due(
    sidecar: Sidecar, anybody: aiohttp.ClientSession, channel: str
) -> None:
    item = {"subscriptionId": channel, "clientState": SECRET, "changeType": "updated"}
    assert await microsoft(anybody, {"subscriptionId": "other", "clientState": "x"}, item) == (200, b"")
    assert await is_due(sidecar)


@pytest.mark.parametrize("event", ["missed", "reauthorizationRequired", "subscriptionRemoved"])
async def test_what_microsoft_missed_is_looked_for_and_an_ended_subscription_made_anew(
    sidecar: Sidecar, anybody: aiohttp.ClientSession, channel: str, event: str
) -> None:
    item = {"subscriptionId": channel, "clientState": SECRET, "lifecycleEvent": event}
    assert (await microsoft(anybody, item))[0] == 200
    assert await is_due(sidecar)
    assert len(await rows(sidecar, "SELECT id FROM calendar_channels")) == (1 if event == "missed" else 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"value": {}}', b'{"value": [1, {"subscriptionId": 2}]}'])
async def test_nonsense_is_no_error_of_ours(anybody: aiohttp.ClientSession, body: bytes) -> None:
    async with anybody.post(MICROSOFT, data=body) as response:
        assert response.status == 200


class Server:
    """A server that calls back."""

    provider = "google"
    capabilities = Capabilities(push=True)

    def __init__(self) -> None:
        self.opened: list[tuple[str, str, str]] = []
        self.ended: list[str] = []

    async def watch(self, calendar_id: str, address: str, secret: str) -> Channel:
        self.opened.append((calendar_id, address, secret))
        return Channel(f"c{len(self.opened)}", "r", datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(days=7))

    async def unwatch(self, channel: Channel) -> None:
        self.ended.append(channel.id)


async def test_channels_are_opened_renewed_and_ended_where_the_address_is_https(sidecar: Sidecar) -> None:
    calendar = Mirrored(UUID(await sidecar.insert("calendars")), "ada@gmail.test", "")
    server, database, clock = Server(), sidecar.app[DATABASE], sidecar.app[CLOCK]
    backend = cast(CalendarBackend, server)
    await Channels(database, clock, "http://voice.test").keep(sidecar.identity, backend, [calendar])
    assert server.opened == []
    channels = Channels(database, clock, "https://voice.test")
    for _ in range(2):
        await channels.keep(sidecar.identity, backend, [calendar])
    [(remote, address, secret)] = server.opened
    assert (remote, address) == ("ada@gmail.test", "https://voice.test/api/calendar/push/google")
    [row] = await rows(sidecar, "SELECT channel_id, secret_hash FROM calendar_channels")
    assert bytes(row["secret_hash"]) == hashlib.sha256(secret.encode()).digest()
    await rows(sidecar, "UPDATE calendar_channels SET expires_at = '2026-11-21T10:00:00Z' RETURNING id")
    await channels.keep(sidecar.identity, backend, [calendar])
    assert (len(server.opened), server.ended) == (2, ["c1"])
    assert [row["channel_id"] for row in await rows(sidecar, "SELECT channel_id FROM calendar_channels")] == ["c2"]


async def test_a_calendar_that_is_hidden_or_gone_is_no_longer_called_about(sidecar: Sidecar) -> None:
    shown, hidden = [Mirrored(UUID(await sidecar.insert("calendars")), name, "") for name in ("shown", "hidden")]
    server, database, clock = Server(), sidecar.app[DATABASE], sidecar.app[CLOCK]
    backend, channels = cast(CalendarBackend, server), Channels(database, clock, "https://voice.test")
    account = new_id()
    await rows(
        sidecar,
        "INSERT INTO calendar_accounts (id, tenant_id, user_id, provider, address, sealed_credentials, created_at) "
        "VALUES (%s, %s, %s, 'google', 'a', '', now()) RETURNING 1",
        *(account, sidecar.identity.tenant_id, sidecar.identity.user_id),
    )
    for one in (shown, hidden):
        await rows(
            sidecar,
            "UPDATE calendars SET account_id = %s, remote_id = %s WHERE id = %s RETURNING 1",
            *(account, one.remote_id, one.id),
        )
    await channels.keep(sidecar.identity, backend, [shown, hidden])
    known = await channels.running(sidecar.identity, account)
    await rows(sidecar, "DELETE FROM calendars WHERE id = %s RETURNING 1", hidden.id)
    await channels.end_others(sidecar.identity, backend, known, [shown])
    assert server.ended == ["c2"]
    assert [row["channel_id"] for row in await rows(sidecar, "SELECT channel_id FROM calendar_channels")] == ["c1"]


async def test_what_waits_and_what_was_refused_is_listed_tried_again_and_dismissed(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    calendar, ids = await sidecar.insert("calendars"), {}
    for status in ("waiting", "refused", "delivered"):
        ids[status] = str(new_id())
        await rows(
            sidecar,
            "INSERT INTO calendar_writes (id, tenant_id, calendar_id, operation, change, status, next_try_at, "
            "last_error, created_at) VALUES (%s, %s, %s, 'update', '{\"summary\": \"Lunch\"}', %s, '2100-01-01', "
            "'Why.', now()) RETURNING id",
            ids[status],
            sidecar.identity.tenant_id,
            calendar,
            status,
        )
    async with client.get("/api/calendar/writes") as response:
        items = (await response.json())["items"]
    assert {item["id"]: item["status"] for item in items} == {ids["waiting"]: "waiting", ids["refused"]: "refused"}
    assert {(item["summary"], item["message"]) for item in items} == {("Lunch", "Why.")}
    for session, status, method, path in (
        (stranger, 404, "POST", f"{ids['waiting']}/retry"),
        (stranger, 404, "DELETE", ids["refused"]),
        (client, 204, "POST", f"{ids['waiting']}/retry"),
        (client, 409, "DELETE", ids["waiting"]),
        (client, 409, "POST", f"{ids['refused']}/retry"),
        (client, 204, "DELETE", ids["refused"]),
        (client, 404, "DELETE", ids["refused"]),
        (client, 404, "POST", f"{ids['delivered']}/retry"),
    ):
        async with session.request(method, f"/api/calendar/writes/{path}") as response:
            assert response.status == status, (method, path)
    [row] = await rows(sidecar, "SELECT next_try_at FROM calendar_writes WHERE status = 'waiting'")
    assert row["next_try_at"] <= sidecar.app[CLOCK].now()


async def test_who_opens_the_page_has_calendars_looked_at_unless_they_just_were(
    sidecar: Sidecar, client: aiohttp.ClientSession, channel: str
) -> None:
    async with client.post("/api/calendar/sync") as response:
        assert response.status == 204
    assert await is_due(sidecar)
    await rest(sidecar)
    await rows(sidecar, "UPDATE calendar_accounts SET synced_at = %s RETURNING id", sidecar.app[CLOCK].now())
    async with client.post("/api/calendar/sync") as response:
        assert response.status == 204
    assert not await is_due(sidecar)
