"""Personas: configured assistants (prompt, greeting, voice, language, toolsets) of a tenant."""

from __future__ import annotations

from dataclasses import dataclass
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


async def list_personas(database: Database, identity: Identity) -> list[Persona]:
    """All personas, the default one first, then by name."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT id, slug, name, kind, prompt, greeting, language, voice, toolsets, is_default "
                "FROM personas ORDER BY is_default DESC, name"
            )
        ).fetchall()
    return [_persona(row) for row in rows]


async def find_persona(database: Database, identity: Identity, slug: str) -> Persona | None:
    """The persona with this slug, or with an empty slug the tenant's default one."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT id, slug, name, kind, prompt, greeting, language, voice, toolsets, is_default "
                "FROM personas WHERE slug = %(slug)s OR (%(slug)s = '' AND is_default) LIMIT 1",
                {"slug": slug},
            )
        ).fetchone()
    return _persona(row) if row else None


def _persona(row: dict[str, object]) -> Persona:
    values = {**row, "toolsets": tuple(row["toolsets"])}  # pyright: ignore[reportArgumentType]
    return Persona(**values)  # pyright: ignore[reportArgumentType]
