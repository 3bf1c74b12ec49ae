"""Tenants and their people, to read: which tenant has this slug, who is this user. Credentials are in ``access.py``."""

from __future__ import annotations

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


async def tenant_id_of_slug(database: Database, slug: str) -> UUID | None:
    async with database.system() as connection:
        row = await (await connection.execute("SELECT tenant_of_slug(%s) AS id", (slug,))).fetchone()
    return row["id"] if row else None


async def read_tenant(database: Database, identity: Identity) -> Tenant | None:
    """The identity's own tenant, unless it was deleted."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, slug, name, timezone FROM tenants WHERE id = %s AND deleted_at IS NULL",
                (identity.tenant_id,),
            )
        ).fetchone()
    return Tenant(**row) if row else None


async def read_user(database: Database, identity: Identity) -> User | None:
    """The user behind the identity, if it is one."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, email, name, role FROM users WHERE id = %s AND deleted_at IS NULL", (identity.user_id,)
            )
        ).fetchone()
    return User(**row) if row else None


async def first_owner(database: Database, identity: Identity) -> User | None:
    """The tenant's first owner: who the page on loopback is signed in as."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, email, name, role FROM users WHERE role = 'owner' AND deleted_at IS NULL "
                "ORDER BY created_at, id LIMIT 1"
            )
        ).fetchone()
    return User(**row) if row else None
