"""The questions asked before or about a tenant: whose key is this, which tenant has this slug, who is this user.

Only this module calls the security-definer functions; everything else goes through ``Database.transaction``.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from store.database import Database
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class Tenant:
    id: UUID
    slug: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class User:
    id: UUID
    email: str
    name: str
    role: str


def new_api_key() -> str:
    """A fresh key: ``vl_`` and 32 random bytes in base64url."""
    return "vl_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def hash_of_key(key: str) -> bytes:
    """SHA-256, which suffices for a key of 256 random bits."""
    return hashlib.sha256(key.encode()).digest()


async def identity_of_key(database: Database, key: str) -> Identity | None:
    """The Identity an API key stands for; None when it is unknown or revoked."""
    async with database.system() as connection:
        row = await (await connection.execute("SELECT * FROM identity_of_key(%s)", (hash_of_key(key),))).fetchone()
    if row is None:
        return None
    return Identity(row["tenant_id"], row["user_id"], row["role"], frozenset(row["scopes"]), row["name"])


async def tenant_id_of_slug(database: Database, slug: str) -> UUID | None:
    async with database.system() as connection:
        row = await (await connection.execute("SELECT tenant_of_slug(%s) AS id", (slug,))).fetchone()
    return row["id"] if row else None


async def read_tenant(database: Database, identity: Identity) -> Tenant | None:
    """The identity's own tenant."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, slug, name, timezone FROM tenants WHERE id = %s", (identity.tenant_id,)
            )
        ).fetchone()
    return Tenant(**row) if row else None


async def read_user(database: Database, identity: Identity) -> User | None:
    """The user behind the identity, if it is one."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute("SELECT id, email, name, role FROM users WHERE id = %s", (identity.user_id,))
        ).fetchone()
    return User(**row) if row else None


async def first_owner(database: Database, identity: Identity) -> User | None:
    """The tenant's first owner: who the page on loopback is signed in as."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, email, name, role FROM users WHERE role = 'owner' ORDER BY created_at, id LIMIT 1"
            )
        ).fetchone()
    return User(**row) if row else None
