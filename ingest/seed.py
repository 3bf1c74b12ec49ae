"""What a new installation starts with: the tenant, its owner, and the owner's API key in a file.

One transaction, called at every start: a tenant that exists keeps everything as its people left it; only a key that is
lost or no longer good is replaced, and one of an earlier version gets what scopes were added since.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.founding import founder_of, furnish
from store import locks
from store.access import hash_of_secret, new_secret
from store.database import Connection, Database
from store.errors import SettingsError
from store.founding import act_as
from store.identity import ALL_SCOPES
from store.ids import new_id


@dataclass(frozen=True, slots=True)
class Seeded:
    """``is_new``: the tenant was made now; ``key``: the owner's API key, as it stands in the key file."""

    tenant_id: UUID
    is_new: bool
    key: str


async def seed(database: Database, *, slug: str, timezone: str, key_file: Path, at: datetime | None = None) -> Seeded:
    """Make the tenant ``slug`` when it is missing and write ``key_file`` (mode 600) when it holds no valid key.

    ``at``: now, by default of the machine's clock. Raises SettingsError when the tenant was deleted.
    """
    file, at = _KeyFile(key_file), at or datetime.now(UTC)
    async with database.system() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (locks.SEED,))
        row = await (await connection.execute("SELECT tenant_of_slug(%s) AS id", (slug,))).fetchone()
        known: UUID | None = row["id"] if row else None
        tenant_id = known or new_id()
        await act_as(connection, founder_of(tenant_id), "cli")
        if known is None:
            await _make_tenant(connection, tenant_id, slug, timezone, at)
        else:
            await _require_living(connection, slug)
        await connection.execute("SELECT appoint_operator(%s)", (tenant_id,))  # an earlier version knew no operator
        key = await _owner_key(connection, tenant_id, file, at)
    file.put_in_place()
    return Seeded(tenant_id, known is None, key)


async def _make_tenant(connection: Connection, tenant_id: UUID, slug: str, timezone: str, at: datetime) -> None:
    await connection.execute(
        "INSERT INTO tenants (id, slug, name, timezone, created_at) VALUES (%s, %s, %s, %s, %s)",
        (tenant_id, slug, slug.replace("-", " ").title(), timezone, at),
    )
    await furnish(connection, founder_of(tenant_id), timezone=timezone, at=at)
    await connection.execute(
        "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Owner', 'owner')",
        (new_id(), tenant_id, f"owner@{slug}.localhost"),
    )


async def _require_living(connection: Connection, slug: str) -> None:
    row = await (
        await connection.execute("SELECT FROM tenants WHERE id = current_tenant() AND deleted_at IS NULL")
    ).fetchone()
    if row is None:
        raise SettingsError(
            f"The tenant {slug!r} was deleted. Restore it, or set VOICELOOP_TENANT to another one.",
            code="tenant_deleted",
        )


async def _owner_key(connection: Connection, tenant_id: UUID, key_file: _KeyFile, at: datetime) -> str:
    """The key in the file when it is an owner's, valid and this tenant's; else a new one, prepared for the file."""
    hash_ = hash_of_secret(key_file.kept)
    row = await (
        await connection.execute(
            "SELECT k.name, k.scopes FROM api_keys k JOIN users u ON u.id = k.user_id "
            "WHERE k.key_hash = %s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > %s) "
            "AND u.role = 'owner' AND u.deleted_at IS NULL",
            (hash_, at),
        )
    ).fetchone()
    if row:
        if row["name"] == key_file.name and ALL_SCOPES - set(row["scopes"]):
            await connection.execute("UPDATE api_keys SET scopes = %s WHERE key_hash = %s", (sorted(ALL_SCOPES), hash_))
        return key_file.kept
    await connection.execute(
        "UPDATE api_keys SET revoked_at = %s WHERE name = %s AND revoked_at IS NULL", (at, key_file.name)
    )
    key = new_secret("vl_")
    await connection.execute(
        "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, hint, scopes) "
        "SELECT %s, %s, id, %s, %s, %s, %s FROM users WHERE role = 'owner' AND deleted_at IS NULL "
        "ORDER BY created_at, id LIMIT 1",
        (new_id(), tenant_id, key_file.name, hash_of_secret(key), key[:8], sorted(ALL_SCOPES)),
    )
    key_file.prepare(key)
    return key


class _KeyFile:
    """The owner's key on disk (mode 600). A new one is prepared inside the transaction and put in place after it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fresh = path.with_name(f".{path.name}.new")
        self._prepared = False
        self.name = f"voiceloop up on {socket.gethostname()}, {path.absolute()}"
        self.kept = path.read_text("utf-8").strip() if path.exists() else ""

    def prepare(self, key: str) -> None:
        self._fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(key + "\n")
        self._prepared = True

    def put_in_place(self) -> None:
        if self._prepared:
            self._fresh.replace(self._path)


def local_timezone(environment: Mapping[str, str]) -> str:
    """VOICELOOP_TIMEZONE, else the machine's IANA zone, else UTC."""
    link = Path("/etc/localtime")
    system = str(link.resolve()).partition("zoneinfo/")[2] if link.exists() else ""
    for name in (environment.get("VOICELOOP_TIMEZONE"), environment.get("TZ", "").lstrip(":"), system):
        try:
            if name and name not in {"Etc/UTC", "UCT", "Etc/UCT"}:
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return "UTC"
