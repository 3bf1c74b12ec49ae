"""From a credential to an Identity: whose key, session or cookie is this. Asked before a tenant is known.

Knows no HTTP and trusts nothing but the hash of what was presented. None always means: sign in again.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from store.database import Database
from store.errors import Unavailable
from store.identity import Identity
from store.policy import scopes_of_role


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a credential stands for until ``expires_at`` (None: for good); ``kind`` is the session's, or ``key``."""

    identity: Identity
    kind: str
    expires_at: datetime | None


def new_secret(prefix: str = "") -> str:
    """``prefix`` and 32 random bytes in base64url: a key, a token, a cookie."""
    return prefix + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def hash_of_secret(secret: str) -> bytes:
    """SHA-256, which suffices for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


async def identity_of_key(database: Database, key: str, at: datetime) -> SignedIn | None:
    """Who an API key stands for at this instant; None when it is unknown, revoked or over."""
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT * FROM identity_of_key(%s, %s)", (hash_of_secret(key), at))
        ).fetchone()
    if row is None:
        return None
    scopes = frozenset(row["scopes"]) & _scopes(row)
    identity = Identity(row["tenant_id"], row["user_id"], row["role"], scopes, row["name"], key_id=row["key_id"])
    return SignedIn(identity, "key", row["expires_at"])


async def key_is_good(database: Database, identity: Identity, at: datetime) -> bool:
    """Whether the key that the identity names is its user's, not revoked and not over at this instant."""
    async with database.transaction(identity) as connection:
        cursor = await connection.execute(
            "SELECT FROM api_keys WHERE id = %s AND user_id = %s AND revoked_at IS NULL "
            "AND (expires_at IS NULL OR expires_at > %s)",
            (identity.key_id, identity.user_id, at),
        )
        return await cursor.fetchone() is not None


async def identity_of_session(database: Database, session_id: UUID, at: datetime) -> SignedIn | None:
    """Who is signed in with this session; None when it has ended or expired."""
    return await _identity_of_session(database, session_id, None, at)


async def identity_of_cookie(database: Database, cookie: str, at: datetime) -> SignedIn | None:
    """Who is signed in with the session whose cookie this is."""
    return await _identity_of_session(database, None, hash_of_secret(cookie), at)


async def _identity_of_session(
    database: Database, session_id: UUID | None, cookie_hash: bytes | None, at: datetime
) -> SignedIn | None:
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT * FROM identity_of_session(%s, %s, %s)", (session_id, cookie_hash, at))
        ).fetchone()
    if row is None:
        return None
    identity = Identity(
        row["tenant_id"], row["user_id"], row["role"], _scopes(row), row["name"], session_id=row["session_id"]
    )
    return SignedIn(identity, row["kind"], row["expires_at"])


def _scopes(row: dict[str, Any]) -> frozenset[str]:
    return scopes_of_role(row["role"], operates=row["operates"])


async def access_changes(url: str) -> AsyncGenerator[UUID | None]:
    """The tenants whose people, keys or sessions changed, over one connection of its own, until closed.

    The first value is None: from now on nothing is missed. Raises Unavailable when the connection breaks.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=10, keepalives_idle=5, keepalives_interval=2, keepalives_count=3
        )
        async with connection:
            await connection.execute("LISTEN voiceloop_access")
            yield None
            async for notice in connection.notifies():
                if (tenant_id := _tenant_of(notice.payload)) is not None:
                    yield tenant_id
    except psycopg.OperationalError as error:
        raise Unavailable("The database connection for access changes broke.", code="database_unavailable") from error


def _tenant_of(payload: str) -> UUID | None:
    """None for what somebody else sent on this channel: it must not end the listening."""
    try:
        return UUID(payload)
    except ValueError:
        return None
