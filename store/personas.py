"""Personas: configured assistants (prompt, greeting, voice, language, toolsets) of a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from store.database import Database
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class Persona:
    id: UUID
    slug: str
    name: str
    kind: str
    prompt: str
    greeting: str
    language: str
    voice: str
    toolsets: tuple[str, ...]
    is_default: bool
    business_hours: Mapping[str, Any] = field(default_factory=dict[str, Any])  # {"mon": [["09:00", "17:00"]], ...}
    escalation_contacts: tuple[Mapping[str, str], ...] = ()  # {"name", "phone", "email"}, first to try first
    limits: Mapping[str, int] = field(default_factory=dict[str, int])  # {"call_minutes": 30}
    version: int = 1


async def list_personas(database: Database, identity: Identity) -> list[Persona]:
    """All personas, the default one first, then by name."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT id, slug, name, kind, prompt, greeting, language, voice, toolsets, is_default, "
                "business_hours, escalation_contacts, limits, version FROM personas "
                "WHERE deleted_at IS NULL ORDER BY is_default DESC, name"
            )
        ).fetchall()
    return [_persona(row) for row in rows]


async def find_persona(database: Database, identity: Identity, slug: str) -> Persona | None:
    """The persona with this slug, or with an empty slug the tenant's default one."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, slug, name, kind, prompt, greeting, language, voice, toolsets, is_default, "
                "business_hours, escalation_contacts, limits, version FROM personas "
                "WHERE deleted_at IS NULL AND (slug = %(slug)s OR (%(slug)s = '' AND is_default)) LIMIT 1",
                {"slug": slug},
            )
        ).fetchone()
    return _persona(row) if row else None


def _persona(row: dict[str, Any]) -> Persona:
    row["toolsets"] = tuple(row["toolsets"])
    row["escalation_contacts"] = tuple(row["escalation_contacts"])
    return Persona(**row)
