"""Who the identity is: the person and their tenant, in one question, because pages ask it before all others."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from store.database import Database
from store.errors import NotFound
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class Me:
    """``has_password``: without one they are asked for none before they choose one."""

    user_id: UUID
    email: str
    name: str
    role: str
    has_password: bool
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    timezone: str
    operates: bool


async def read_me(database: Database, identity: Identity) -> Me:
    """The person behind the identity. Raises NotFound when they or their tenant were deleted meanwhile."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT u.id AS user_id, u.email, u.name, u.role, t.id AS tenant_id, t.slug AS tenant_slug, "
                "EXISTS (SELECT FROM passwords p WHERE p.user_id = u.id) AS has_password, "
                "t.name AS tenant_name, t.timezone, t.operates FROM users u JOIN tenants t ON t.id = u.tenant_id "
                "WHERE u.id = %s AND u.deleted_at IS NULL AND t.deleted_at IS NULL",
                (identity.user_id,),
            )
        ).fetchone()
    if row is None:
        raise NotFound("This user no longer exists.", code="user_not_found")
    return Me(**row)
