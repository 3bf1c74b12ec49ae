"""From a credential to an Identity: whose key, session or cookie is this. Asked before a tenant is known.

Knows no HTTP and trusts nothing but the hash of what was presented. None always means: sign in again.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from store.database import Database
from store.identity import Identity
from store.policy import scopes_of_role


def new_secret(prefix: str = "") -> str:
    """``prefix`` and 32 random bytes in base64url: a key, a token, a cookie."""
    return prefix + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def hash_of_secret(secret: str) -> bytes:
    """SHA-256, which suffices for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


async def identity_of_key(database: Database, key: str, at: datetime) -> Identity | None:
    """The Identity an API key stands for at this instant; None when it is unknown, revoked or over."""
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT * FROM identity_of_key(%s, %s)", (hash_of_secret(key), at))
        ).fetchone()
    if row is None:
        return None
    scopes = frozenset(row["scopes"]) & _scopes(row)
    return Identity(row["tenant_id"], row["user_id"], row["role"], scopes, row["name"], key_id=row["key_id"])


async def identity_of_session(database: Database, session_id: UUID, at: datetime) -> Identity | None:
    """The Identity of a session that has neither ended nor expired."""
    return await _identity_of_session(database, session_id, None, at)


async def identity_of_cookie(database: Database, cookie: str, at: datetime) -> Identity | None:
    """The Identity of the session whose cookie this is."""
    return await _identity_of_session(database, None, hash_of_secret(cookie), at)


async def _identity_of_session(
    database: Database, session_id: UUID | None, cookie_hash: bytes | None, at: datetime
) -> Identity | None:
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT * FROM identity_of_session(%s, %s, %s)", (session_id, cookie_hash, at))
        ).fetchone()
    if row is None:
        return None
    return Identity(
        row["tenant_id"], row["user_id"], row["role"], _scopes(row), row["name"], session_id=row["session_id"]
    )


def _scopes(row: dict[str, Any]) -> frozenset[str]:
    return scopes_of_role(row["role"], operates=row["operates"])
