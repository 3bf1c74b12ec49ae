"""Being called by providers when a calendar changes: channels opened, renewed, ended; calls proved. SQL and backends.

A call says nothing but that something changed: the account becomes due. Without a public https address, or where a
server does not call, calendars are looked at now and then and nothing here happens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity, Origin
from store.ids import new_id
from store.log import get_logger
from tools.calendars.backend import CalendarBackend, CalendarUnavailable, Channel
from tools.calendars.sync import accounts
from tools.calendars.sync.pulling import Mirrored

log = get_logger(__name__)
PATH: Final = "/api/calendar/push/"
_RENEW: Final = timedelta(hours=12)  # before its end
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Running:
    """A channel as it is kept."""

    id: UUID
    calendar_id: UUID
    channel_id: str
    resource_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Channels:
    """``public_url`` is where providers reach this installation."""

    database: Database
    clock: Clock
    public_url: str

    async def keep(self, identity: Identity, backend: CalendarBackend, calendars: Sequence[Mirrored]) -> None:
        """A running channel for each calendar, if the server calls at all; one that cannot be made is not needed."""
        if not (backend.capabilities.push and self.public_url.startswith("https://")):
            return
        for calendar in calendars:
            try:
                await self._keep_one(identity, backend, calendar)
            except CalendarUnavailable:
                return
            except VoiceLoopError as error:  # holiday lists, for one, have no channels
                log.info("no calls for this calendar", calendar=str(calendar.id), error=error.message)

    async def running(self, identity: Identity, account_id: UUID) -> Sequence[Running]:
        """The account's channels; asked before calendars that are gone take their channels' rows along."""
        async with self.database.transaction(identity) as connection:
            cursor = await connection.execute(
                "SELECT n.id, n.calendar_id, n.channel_id, n.resource_id, n.expires_at FROM calendar_channels n "
                "JOIN calendars c ON c.id = n.calendar_id WHERE c.account_id = %s",
                (account_id,),
            )
            return [Running(**row) for row in await cursor.fetchall()]

    async def end_others(
        self, identity: Identity, backend: CalendarBackend, known: Sequence[Running], calendars: Sequence[Mirrored]
    ) -> None:
        """No more calls for calendars that are hidden or gone; one that cannot be told ends by itself."""
        shown = {calendar.id for calendar in calendars}
        for one in known:
            if one.calendar_id in shown:
                continue
            async with self.database.transaction(identity) as connection:
                await connection.execute("DELETE FROM calendar_channels WHERE id = %s", (one.id,))
            try:
                await backend.unwatch(Channel(one.channel_id, one.resource_id, one.expires_at))
            except VoiceLoopError as error:
                log.info("a channel is left to end by itself", calendar=str(one.calendar_id), error=error.message)

    async def _keep_one(self, identity: Identity, backend: CalendarBackend, calendar: Mirrored) -> None:
        async with self.database.transaction(identity) as connection:
            cursor = await connection.execute(
                "SELECT id, channel_id, resource_id, expires_at FROM calendar_channels WHERE calendar_id = %s",
                (calendar.id,),
            )
            old = await cursor.fetchall()
        if any(row["expires_at"] > self.clock.now() + _RENEW for row in old):
            return
        secret = secrets.token_urlsafe(32)
        channel = await backend.watch(calendar.remote_id, f"{self.public_url}{PATH}{backend.provider}", secret)
        async with self.database.transaction(identity) as connection:
            await connection.execute(
                "INSERT INTO calendar_channels (id, tenant_id, calendar_id, channel_id, resource_id, secret_hash, "
                "expires_at, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    *(new_id(), identity.tenant_id, calendar.id, channel.id, channel.resource_id),
                    *(_hash(secret), channel.expires_at, self.clock.now()),
                ),
            )
            await connection.execute("DELETE FROM calendar_channels WHERE id = ANY (%s)", ([row["id"] for row in old],))
        for row in old:
            if row["expires_at"] > self.clock.now():
                await backend.unwatch(Channel(row["channel_id"], row["resource_id"], row["expires_at"]))


async def called(database: Database, channel_id: str, secret: str, *, ended: bool = False) -> bool:
    """A provider calls: with the channel's secret its account becomes due. Whether it was one of ours is for tests.

    ``ended``: the provider says that it will not call any more.
    """
    if not channel_id or len(channel_id) > _LONGEST_NAME:
        return False
    given = _hash(secret)
    async with database.system() as connection:
        cursor = await connection.execute("SELECT * FROM calendar_channels_named(%s)", (channel_id,))
        rows = await cursor.fetchall()
    proved = [row for row in rows if hmac.compare_digest(bytes(row["secret_hash"]), given)]
    for row in proved:
        await _make_due(database, row["tenant_id"], row["calendar_id"], channel_id if ended else "")
    return bool(proved)


async def _make_due(database: Database, tenant_id: UUID, calendar_id: UUID, ended: str) -> None:
    identity = Identity(tenant_id, None, "worker", name="calendar push", origin=Origin("http"))
    async with database.transaction(identity) as connection:
        if ended:
            await connection.execute("DELETE FROM calendar_channels WHERE channel_id = %s", (ended,))
        cursor = await connection.execute("SELECT account_id FROM calendars WHERE id = %s", (calendar_id,))
        row = await cursor.fetchone()
        if row is not None and row["account_id"] is not None:
            await accounts.ask(connection, [row["account_id"]])


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
