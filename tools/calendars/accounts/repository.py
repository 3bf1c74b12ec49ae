"""Accounts in Postgres: SQL in, model out; credentials are sealed here and opened here. No rules, no network.

What a tenant's people may see of each other's accounts is one condition, ``SEEN``: their own, and managers all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import sql

from store.database import Connection
from store.identity import Identity
from store.live import announce
from store.seal import Keyring
from store.sealed import CALENDAR_CREDENTIALS
from tools.calendars.accounts.model import Account, AccountNotFound, AccountStatus, Credentials, Provider

_SELECT: Final[LiteralString] = (
    "SELECT a.id, a.user_id, u.name AS user_name, a.provider, a.address, a.label, a.server_url, a.scopes, a.status, "
    "a.last_error, a.synced_at, a.created_at FROM calendar_accounts a JOIN users u ON u.id = a.user_id "
)
SEEN: Final[LiteralString] = "(%(manager)s OR a.user_id = %(user)s)"


def viewer(identity: Identity) -> dict[str, Any]:
    """The values of ``SEEN``: people who may manage members may see, and disconnect, what is theirs."""
    return {"manager": "members:write" in identity.scopes, "user": identity.user_id}


async def list_accounts(
    connection: Connection, identity: Identity, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[Account]:
    """The accounts the identity may see, newest first."""
    values = {**viewer(identity), "at": after and after[0], "id": after and after[1], "limit": limit}
    rows = await connection.execute(
        _SELECT + "WHERE " + SEEN + " AND (%(at)s::timestamptz IS NULL OR (a.created_at, a.id) < (%(at)s, %(id)s)) "
        "ORDER BY a.created_at DESC, a.id DESC LIMIT %(limit)s",
        values,
    )
    return [_account(row) for row in await rows.fetchall()]


async def read_account(connection: Connection, identity: Identity, account_id: UUID, *, hold: bool = False) -> Account:
    """One account the identity may see; ``hold`` keeps others from changing it meanwhile. Raises AccountNotFound."""
    lock = "FOR NO KEY UPDATE OF a" if hold else ""
    rows = await connection.execute(
        sql.SQL(_SELECT + "WHERE a.id = %(id)s AND " + SEEN + " {}").format(sql.SQL(lock)),
        {**viewer(identity), "id": account_id},
    )
    row = await rows.fetchone()
    if row is None:
        raise AccountNotFound
    return _account(row)


async def count_by_provider(connection: Connection, identity: Identity) -> Mapping[str, int]:
    """How many accounts of each provider the identity itself has."""
    rows = await connection.execute(
        "SELECT provider, count(*) AS n FROM calendar_accounts WHERE user_id = %s GROUP BY 1", (identity.user_id,)
    )
    return {row["provider"]: row["n"] for row in await rows.fetchall()}


async def count_own(connection: Connection, identity: Identity) -> int:
    """The identity's own accounts of all providers."""
    return sum((await count_by_provider(connection, identity)).values())


async def account_at(
    connection: Connection, identity: Identity, provider: Provider, server_url: str, address: str
) -> UUID | None:
    """The identity's own account with this address, connected earlier."""
    rows = await connection.execute(
        "SELECT id FROM calendar_accounts WHERE user_id = %s AND provider = %s AND server_url = %s "
        "AND lower(address) = lower(%s)",
        (identity.user_id, provider, server_url, address),
    )
    row = await rows.fetchone()
    return row["id"] if row else None


async def has_twin(connection: Connection, account: Account) -> bool:
    """Whether somebody else of the tenant has connected the same account: to end one consent would end both."""
    rows = await connection.execute(
        "SELECT 1 FROM calendar_accounts WHERE id <> %s AND provider = %s AND lower(address) = lower(%s)",
        (account.id, account.provider, account.address),
    )
    return await rows.fetchone() is not None


async def insert_account(
    connection: Connection,
    identity: Identity,
    keyring: Keyring,
    *,
    account_id: UUID,
    provider: Provider,
    address: str,
    server_url: str,
    scopes: tuple[str, ...],
    credentials: Credentials,
    at: datetime,
) -> None:
    """A new account of the identity's own."""
    sealed = _seal(keyring, identity, account_id, credentials)
    await connection.execute(
        "INSERT INTO calendar_accounts (id, tenant_id, user_id, provider, address, server_url, scopes, "
        "sealed_credentials, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(account_id, identity.tenant_id, identity.user_id, provider, address, server_url),
            *(list(scopes), sealed, at),
        ),
    )


async def renew_account(
    connection: Connection,
    identity: Identity,
    keyring: Keyring,
    account_id: UUID,
    *,
    scopes: tuple[str, ...],
    credentials: Credentials,
) -> None:
    """Connected again: other credentials, no error."""
    sealed = _seal(keyring, identity, account_id, credentials)
    await connection.execute(
        "UPDATE calendar_accounts SET sealed_credentials = %s, scopes = %s, status = 'connected', last_error = '' "
        "WHERE id = %s",
        (sealed, list(scopes), account_id),
    )


async def rename_account(connection: Connection, account_id: UUID, label: str) -> None:
    await connection.execute("UPDATE calendar_accounts SET label = %s WHERE id = %s", (label, account_id))


async def delete_account(connection: Connection, account_id: UUID) -> None:
    """With its credentials, its calendars and their events."""
    await connection.execute("DELETE FROM calendar_accounts WHERE id = %s", (account_id,))


@dataclass(frozen=True, slots=True)
class KeptAccess:
    """What programs need of an account; ``timezone`` is its tenant's. Of a deleted person nothing is asked for."""

    owner_is_gone: bool
    status: AccountStatus
    provider: Provider
    server_url: str
    timezone: str
    credentials: Credentials = field(repr=False)


async def access_of(connection: Connection, identity: Identity, keyring: Keyring, account_id: UUID) -> KeptAccess:
    """For programs, not for people: nobody asks whose account it is. Raises AccountNotFound, SealBroken."""
    rows = await connection.execute(
        "SELECT u.deleted_at IS NOT NULL AS owner_is_gone, a.status, a.provider, a.server_url, t.timezone, "
        "a.sealed_credentials FROM calendar_accounts a JOIN tenants t ON t.id = a.tenant_id "
        "JOIN users u ON u.id = a.user_id WHERE a.id = %s",
        (account_id,),
    )
    row = await rows.fetchone()
    if row is None:
        raise AccountNotFound
    plain = CALENDAR_CREDENTIALS.open(keyring, identity.tenant_id, account_id, bytes(row.pop("sealed_credentials")))
    return KeptAccess(**row, credentials=json.loads(plain))


async def write_credentials(
    connection: Connection, identity: Identity, keyring: Keyring, account_id: UUID, credentials: Credentials
) -> None:
    """What a refresh brought."""
    sealed = _seal(keyring, identity, account_id, credentials)
    await connection.execute("UPDATE calendar_accounts SET sealed_credentials = %s WHERE id = %s", (sealed, account_id))


async def note_status(connection: Connection, identity: Identity, account_id: UUID, status: str, error: str) -> None:
    """What became of an account by itself, told live."""
    await connection.execute(
        "UPDATE calendar_accounts SET status = %s, last_error = %s WHERE id = %s", (status, error, account_id)
    )
    await tell(connection, identity, account_id, "updated")


async def tell(connection: Connection, identity: Identity, account_id: UUID, what: str) -> None:
    """Tell listeners that an account was updated or deleted; they ask for what they may see of it."""
    await announce(connection, identity, f"calendar_account.{what}", {"id": str(account_id)})


def _seal(keyring: Keyring, identity: Identity, account_id: UUID, credentials: Credentials) -> bytes:
    plain = json.dumps(dict(credentials)).encode()
    return CALENDAR_CREDENTIALS.seal(keyring, identity.tenant_id, account_id, plain)


def _account(row: dict[str, Any]) -> Account:
    values: dict[str, Any] = {**row, "scopes": tuple(row["scopes"])}
    return Account(**values)
