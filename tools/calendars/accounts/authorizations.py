"""Consents under way, in Postgres: begun, used once. What comes back is found by hashes; the flow is sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from store.access import hash_of_secret
from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id
from store.seal import Keyring, SealBroken
from store.sealed import CALENDAR_FLOW
from tools.calendars.accounts.model import ConnectRefused, OAuthProvider

LIFETIME: Final = timedelta(minutes=10)
_KEPT: Final = timedelta(days=1)  # what is over is told apart from what never was for so long
_MOST_OPEN: Final = 20


@dataclass(frozen=True, slots=True)
class Pending:
    """A consent that somebody came back with. ``account_id``: the account that is connected again."""

    user_id: UUID
    account_id: UUID | None
    provider: OAuthProvider
    flow: Mapping[str, Any] = field(repr=False)


async def keep(
    connection: Connection,
    identity: Identity,
    keyring: Keyring,
    pending: Pending,
    *,
    state: str,
    browser: str,
    at: datetime,
) -> None:
    """Remember a consent that begins; old ones of the tenant are swept out. Raises ConnectRefused for too many."""
    await connection.execute("DELETE FROM calendar_authorizations WHERE expires_at < %s", (at - _KEPT,))
    rows = await connection.execute(
        "SELECT count(*) AS n FROM calendar_authorizations WHERE user_id = %s AND used_at IS NULL AND expires_at > %s",
        (pending.user_id, at),
    )
    row = await rows.fetchone()
    if row and row["n"] >= _MOST_OPEN:
        raise ConnectRefused("Too many were begun and not finished. Try again in ten minutes.", code="too_many_begun")
    row_id = new_id()
    sealed = CALENDAR_FLOW.seal(keyring, identity.tenant_id, row_id, json.dumps(dict(pending.flow)).encode())
    await connection.execute(
        "INSERT INTO calendar_authorizations (id, tenant_id, user_id, account_id, provider, state_hash, browser_hash, "
        "sealed_flow, created_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(row_id, identity.tenant_id, pending.user_id, pending.account_id, pending.provider),
            *(hash_of_secret(state), hash_of_secret(browser), sealed, at, at + LIFETIME),
        ),
    )


async def use(database: Database, keyring: Keyring, *, state: str, browser: str, at: datetime) -> tuple[UUID, Pending]:
    """The tenant and what was begun with this state, used up by this. Raises ConnectRefused (and then keeps it, but for
    a state that was good: nobody tries twice)."""
    async with database.system() as connection:
        rows = await connection.execute("SELECT * FROM calendar_authorization_of(%s)", (hash_of_secret(state),))
        found = await rows.fetchone()
    if found is None:
        raise ConnectRefused("This connection was not begun here, or long ago. Begin again.", code="expired")
    tenant_id, row_id = found["tenant_id"], found["authorization_id"]
    async with database.transaction(Identity(tenant_id, None, "", name="connecting a calendar")) as connection:
        rows = await connection.execute(
            "SELECT user_id, account_id, provider, browser_hash, sealed_flow, expires_at FROM calendar_authorizations "
            "WHERE id = %s FOR UPDATE",
            (row_id,),
        )
        row = await rows.fetchone()
        if row is None or row["expires_at"] <= at:
            raise ConnectRefused("That took longer than ten minutes. Begin again.", code="expired")
        if bytes(row["browser_hash"]) != hash_of_secret(browser):
            raise ConnectRefused("This was begun in another browser. Begin again in this one.", code="other_browser")
        if row["sealed_flow"] is None:
            raise ConnectRefused("This answer was used already. Begin again.", code="used")
        await connection.execute(
            "UPDATE calendar_authorizations SET used_at = %s, sealed_flow = NULL WHERE id = %s", (at, row_id)
        )
    try:
        flow = json.loads(CALENDAR_FLOW.open(keyring, tenant_id, row_id, bytes(row["sealed_flow"])))
    except SealBroken as error:
        raise ConnectRefused("The installation's key was changed meanwhile. Begin again.", code="expired") from error
    return tenant_id, Pending(row["user_id"], row["account_id"], row["provider"], flow)
