"""What a new installation starts with: the tenant, its owner, the personas, a calendar, and the owner's API key.

One transaction, safe to repeat: a tenant that exists keeps everything as its people left it, only a lost key file is
replaced. The personas' texts are in ``samples/personas.toml``.
"""

from __future__ import annotations

import os
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store import locks
from store.access import hash_of_secret, new_secret
from store.database import Connection, Database
from store.identity import ALL_SCOPES
from store.ids import new_id


@dataclass(frozen=True, slots=True)
class Seeded:
    """``is_new``: the tenant was made now; ``key``: the owner's API key, as it stands in the key file."""

    tenant_id: UUID
    is_new: bool
    key: str


async def seed(database: Database, *, slug: str, timezone: str, key_file: Path) -> Seeded:
    """Make the tenant ``slug`` when it is missing and write ``key_file`` (mode 600) when it holds no valid key."""
    file = _KeyFile(key_file)
    async with database.system() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (locks.SEED,))
        row = await (await connection.execute("SELECT tenant_of_slug(%s) AS id", (slug,))).fetchone()
        known: UUID | None = row["id"] if row else None
        tenant_id = known or new_id()
        await connection.execute("SELECT set_config('voiceloop.tenant', %s, true)", (str(tenant_id),))
        if known is None:
            await _make_tenant(connection, tenant_id, slug, timezone)
        key = await _owner_key(connection, tenant_id, file)
    file.put_in_place()
    return Seeded(tenant_id, known is None, key)


async def _make_tenant(connection: Connection, tenant_id: UUID, slug: str, timezone: str) -> None:
    await connection.execute(
        "INSERT INTO tenants (id, slug, name, timezone) VALUES (%s, %s, %s, %s)",
        (tenant_id, slug, slug.replace("-", " ").title(), timezone),
    )
    await connection.execute("SELECT appoint_operator(%s)", (tenant_id,))
    await connection.execute(
        "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Owner', 'owner')",
        (new_id(), tenant_id, f"owner@{slug}.localhost"),
    )
    await connection.execute(
        "INSERT INTO calendars (id, tenant_id, name, timezone, is_default) VALUES (%s, %s, 'Calendar', %s, true)",
        (new_id(), tenant_id, timezone),
    )
    for persona in first_personas():
        await connection.execute(
            "INSERT INTO personas (id, tenant_id, slug, name, kind, prompt, greeting, toolsets, is_default) "
            "VALUES (%(id)s, %(tenant)s, %(slug)s, %(name)s, %(kind)s, %(prompt)s, %(greeting)s, %(toolsets)s, "
            "%(is_default)s)",
            {
                "is_default": False,
                **persona,
                "id": new_id(),
                "tenant": tenant_id,
            },
        )


def first_personas() -> list[dict[str, object]]:
    """The shipped personas: slug, name, kind, prompt, greeting, toolsets and, on one, is_default."""
    text = (resources.files("ingest") / "samples" / "personas.toml").read_text("utf-8")
    return [{**row, "prompt": row["prompt"].strip()} for row in tomllib.loads(text)["persona"]]


async def _owner_key(connection: Connection, tenant_id: UUID, key_file: _KeyFile) -> str:
    """The key in the file when it is this tenant's and valid; else a new one, prepared for the file."""
    row = await (
        await connection.execute(
            "SELECT 1 FROM api_keys WHERE key_hash = %s AND tenant_id = %s AND revoked_at IS NULL",
            (hash_of_secret(key_file.kept), tenant_id),
        )
    ).fetchone()
    if row:
        return key_file.kept
    await connection.execute(
        "UPDATE api_keys SET revoked_at = now() WHERE name = %s AND revoked_at IS NULL", (key_file.name,)
    )
    key = new_secret("vl_")
    await connection.execute(
        "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, hint, scopes) "
        "SELECT %s, %s, id, %s, %s, %s, %s FROM users WHERE role = 'owner' ORDER BY created_at, id LIMIT 1",
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
