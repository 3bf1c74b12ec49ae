"""Tenants: which has this slug, one's own, and for operators all of them with their use, limits, deletion and return.

What reaches beyond the identity's own tenant is done by functions of the database that check who operates. Removal for
good is ``purge.py`` of the sidecar; credentials are in ``access.py``, people in ``users.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from store.admission import ALIVE_S, month_start
from store.database import Connection, Database
from store.errors import Conflict, Invalid, NotAllowed, NotFound
from store.identity import Identity

OPERATOR_SCOPE: Final = "tenants"
LIMITS: Final = ("storage_limit_bytes", "minutes_limit", "calls_limit", "requests_limit")
RESERVED_SLUGS: Final = frozenset({"api", "www", "admin", "root", "system", "static", "assets", "voiceloop"})
_COLUMNS = sql.SQL(
    "id, slug, name, timezone, operates, storage_limit_bytes, minutes_limit, calls_limit, requests_limit, created_at, "
    "updated_at, deleted_at, purging_at"
)
_OWN = sql.SQL("SELECT {} FROM tenants WHERE id = %s AND deleted_at IS NULL").format(_COLUMNS)
_VISIBLE = sql.SQL("SELECT {} FROM visible_tenants(%s, %s, %s, %s, %s, %s)").format(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A limit that is None does not limit. ``purging_at``: it is being removed for good, from then on."""

    id: UUID
    slug: str
    name: str
    timezone: str
    operates: bool
    storage_limit_bytes: int | None
    minutes_limit: int | None
    calls_limit: int | None
    requests_limit: int | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    purging_at: datetime | None


@dataclass(frozen=True, slots=True)
class Usage:
    """``minutes`` of calls since ``period_start`` (this calendar month, UTC); ``calls`` under way now."""

    storage_bytes: int
    minutes: float
    calls: int
    users: int
    documents: int
    period_start: datetime


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
        row = await (await connection.execute(_OWN, (identity.tenant_id,))).fetchone()
    return Tenant(**row) if row else None


async def name_of_tenant(connection: Connection, identity: Identity) -> str:
    """The name of the identity's own tenant; empty when it is gone."""
    row = await (await connection.execute("SELECT name FROM tenants WHERE id = %s", (identity.tenant_id,))).fetchone()
    return row["name"] if row else ""


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
    """The tenant's first owner: who the page on loopback is signed in as. None when the tenant was deleted."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, email, name, role FROM users WHERE role = 'owner' AND deleted_at IS NULL "
                "AND EXISTS (SELECT FROM tenants t WHERE t.id = tenant_id AND t.deleted_at IS NULL) "
                "ORDER BY created_at, id LIMIT 1"
            )
        ).fetchone()
    return User(**row) if row else None


async def list_tenants(
    database: Database,
    identity: Identity,
    *,
    limit: int,
    deleted: bool = False,
    before: tuple[datetime, UUID] | None = None,
) -> list[Tenant]:
    """Newest first: all of the installation for who holds the scope ``tenants``, otherwise one's own."""
    async with database.transaction(identity) as connection:
        return await _visible(connection, identity, deleted=deleted, before=before, limit=limit)


async def find_tenant(connection: Connection, identity: Identity, tenant_id: UUID) -> Tenant:
    """One of those that ``list_tenants`` shows, deleted or not. Raises NotFound."""
    found = await _visible(connection, identity, wanted=tenant_id, limit=1)
    if not found:
        raise _unknown()
    return found[0]


async def usage_of(
    connection: Connection, identity: Identity, tenant_ids: Sequence[UUID], *, at: datetime
) -> dict[UUID, Usage]:
    """What each of these tenants uses; those the identity may not see are left out."""
    start = month_start(at)
    rows = await (
        await connection.execute(
            "SELECT * FROM usage_of_tenants(%s, %s, %s, make_interval(secs => %s))",
            (_everywhere(identity), list(tenant_ids), start, ALIVE_S),
        )
    ).fetchall()
    return {row.pop("tenant_id"): Usage(**row, period_start=start) for row in rows}


async def found_tenant(
    connection: Connection, operator: Identity, tenant_id: UUID, *, slug: str, name: str, timezone: str, at: datetime
) -> None:
    """The new tenant's row alone, as the operator; ``ingest.founding`` makes what belongs to it.

    Raises NotAllowed, Invalid ``reserved_slug``, and Conflict ``slug_taken``, for a deleted tenant's slug too: its
    rooms still carry the name.
    """
    _require_operator(operator)
    require_free_slug(slug)
    values = (tenant_id, slug, name, timezone, at)
    try:
        row = await (await connection.execute("SELECT found_tenant(%s, %s, %s, %s, %s) AS done", values)).fetchone()
    except UniqueViolation as error:
        raise Conflict(
            f"There is a tenant with the slug {slug!r} already, perhaps a deleted one. Choose another slug.",
            code="slug_taken",
        ) from error
    if row is None or not row["done"]:
        raise _not_operating()


def require_free_slug(slug: str) -> None:
    """Raise Invalid for a slug that addresses of the installation itself use."""
    if slug in RESERVED_SLUGS:
        raise Invalid(f"{slug!r} is reserved. Choose another slug.", code="reserved_slug")


async def change_tenant(
    connection: Connection, identity: Identity, tenant_id: UUID, changes: Mapping[str, Any], *, at: datetime
) -> Tenant:
    """Change name, timezone or, as the operator, limits (None: no limit) and any other tenant.

    Raises NotFound, and NotAllowed for limits asked by who does not operate the installation.
    """
    tenant = await find_tenant(connection, identity, tenant_id)
    changes = {name: value for name, value in changes.items() if getattr(tenant, name) != value}
    if not changes:
        return tenant
    if tenant_id == identity.tenant_id and not changes.keys() & set(LIMITS):
        await connection.execute(
            "UPDATE tenants SET name = coalesce(%s, name), timezone = coalesce(%s, timezone), updated_at = %s "
            "WHERE id = %s",
            (changes.get("name"), changes.get("timezone"), at, tenant_id),
        )
    else:
        _require_operator(identity)
        await _operate(connection, "SELECT change_tenant(%s, %s, %s) AS done", (tenant_id, Jsonb(changes), at))
    return await find_tenant(connection, identity, tenant_id)


async def delete_tenant(connection: Connection, identity: Identity, tenant_id: UUID, *, at: datetime) -> None:
    """Into the trash: from this instant none of its credentials works. Raises NotFound, Conflict, NotAllowed."""
    await _require_removable(connection, identity, tenant_id)
    await _operate(connection, "SELECT delete_tenant(%s, %s) AS done", (tenant_id, at))


async def restore_tenant(connection: Connection, identity: Identity, tenant_id: UUID, *, at: datetime) -> Tenant:
    """Out of the trash. Raises NotFound, NotAllowed, and Conflict when its removal for good has begun."""
    _require_operator(identity)
    tenant = await find_tenant(connection, identity, tenant_id)
    if tenant.deleted_at is None:
        return tenant
    if tenant.purging_at is not None:
        raise Conflict("This tenant is being removed for good; it cannot be restored.", code="being_purged")
    await _operate(connection, "SELECT restore_tenant(%s, %s) AS done", (tenant_id, at))
    return await find_tenant(connection, identity, tenant_id)


async def begin_purge(connection: Connection, identity: Identity, tenant_id: UUID, *, at: datetime) -> Tenant:
    """Mark it for removal for good, which the sidecar does; there is no way back. Raises as ``delete_tenant``."""
    await _require_removable(connection, identity, tenant_id)
    await _operate(connection, "SELECT begin_purge_of_tenant(%s, %s) AS done", (tenant_id, at))
    return await find_tenant(connection, identity, tenant_id)


async def purged_tenants(database: Database, tenant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these that were removed for good."""
    async with database.system() as connection:
        rows = await (
            await connection.execute("SELECT id FROM purged_tenants WHERE id = ANY (%s)", (list(tenant_ids),))
        ).fetchall()
    return {row["id"] for row in rows}


async def _visible(
    connection: Connection,
    identity: Identity,
    *,
    limit: int,
    wanted: UUID | None = None,
    deleted: bool | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[Tenant]:
    at, before_id = before or (None, None)
    rows = await (
        await connection.execute(
            _VISIBLE,
            (_everywhere(identity), wanted, deleted, at, before_id, limit),
        )
    ).fetchall()
    return [Tenant(**row) for row in rows]


async def _require_removable(connection: Connection, identity: Identity, tenant_id: UUID) -> None:
    _require_operator(identity)
    tenant = await find_tenant(connection, identity, tenant_id)
    if tenant.operates:
        raise Conflict(
            "This tenant operates the installation: its owners manage the others. It cannot be deleted.",
            code="operating_tenant",
        )


async def _operate(connection: Connection, statement: LiteralString, values: tuple[Any, ...]) -> None:
    row = await (await connection.execute(statement, values)).fetchone()
    if row is None or not row["done"]:
        raise _unknown()


def _require_operator(identity: Identity) -> None:
    if OPERATOR_SCOPE not in identity.scopes:
        raise _not_operating()


def _everywhere(identity: Identity) -> bool:
    return OPERATOR_SCOPE in identity.scopes


def _not_operating() -> NotAllowed:
    return NotAllowed("Only an owner of the tenant that operates the installation may do this.", code="missing_scope")


def _unknown() -> NotFound:
    return NotFound("There is no such tenant.", code="tenant_not_found")
