"""The versions of a persona: each a whole snapshot of what people edit, the current one too. Never changed, only added.

The default flag is no part of it: it says which persona answers, not what that persona is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity

CONTENT: Final = (
    *("slug", "name", "kind", "prompt", "greeting", "language", "voice", "toolsets"),
    *("mcp_servers", "business_hours", "escalation_contacts", "limits"),
    *("pronunciations", "patience", "patience_by_question"),
)
ADDED_LATER: Final = {  # versions from before lack them, and so may whoever makes a persona
    "mcp_servers": [],
    "pronunciations": [],
    "patience": 1.0,
    "patience_by_question": {},
}


@dataclass(frozen=True, slots=True)
class PersonaVersion:
    """``persona``: the fields of CONTENT as they were; ``created_by``: None when nobody signed in or they are gone."""

    version: int
    created_at: datetime
    created_by: UUID | None
    created_by_name: str | None
    persona: Mapping[str, Any]


async def record(
    connection: Connection,
    identity: Identity,
    persona_id: UUID,
    version: int,
    content: Mapping[str, Any],
    *,
    at: datetime,
    by: UUID | None,
) -> None:
    """Keep the content as this version; one that is kept already stays as it is."""
    await connection.execute(
        "INSERT INTO persona_versions (tenant_id, persona_id, version, persona, created_at, created_by) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (identity.tenant_id, persona_id, version, Jsonb(dict(content)), at, by),
    )


async def read_version(connection: Connection, persona_id: UUID, version: int) -> Mapping[str, Any]:
    """The content of one version. Raises NotFound."""
    row = await (
        await connection.execute(
            "SELECT persona FROM persona_versions WHERE persona_id = %s AND version = %s", (persona_id, version)
        )
    ).fetchone()
    if row is None:
        raise NotFound("This persona has no such version.", code="persona_version_not_found")
    return {**ADDED_LATER, **row["persona"]}


async def list_versions(
    database: Database, identity: Identity, persona_id: UUID, *, limit: int, before: int | None = None
) -> Sequence[PersonaVersion]:
    """Newest first, of a persona that was not deleted; ``before``: only versions older than this. Raises NotFound."""
    async with database.transaction(identity) as connection:
        there = await (
            await connection.execute("SELECT FROM personas WHERE id = %s AND deleted_at IS NULL", (persona_id,))
        ).fetchone()
        if there is None:
            raise NotFound("There is no such persona.", code="persona_not_found")
        rows = await (
            await connection.execute(
                "SELECT v.version, v.created_at, v.created_by, u.name AS created_by_name, v.persona "
                "FROM persona_versions v LEFT JOIN users u ON u.id = v.created_by "
                "WHERE v.persona_id = %s AND (%s::integer IS NULL OR v.version < %s) "
                "ORDER BY v.version DESC LIMIT %s",
                (persona_id, before, before, limit),
            )
        ).fetchall()
    return [PersonaVersion(**row) for row in rows]
