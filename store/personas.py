"""Personas: configured assistants (prompt, greeting, voice, language, toolsets) of a tenant.

Every change of content makes a version in the transaction that makes it and is told live. Writers of one tenant's
personas follow each other: they hold the tenant's row, so that exactly one persona is the default at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from store.persona_versions import ADDED_LATER, CONTENT, read_version, record

_COLUMNS = sql.SQL(
    "id, slug, name, kind, prompt, greeting, language, voice, toolsets, mcp_servers, is_default, "
    "business_hours, escalation_contacts, limits, pronunciations, patience, patience_by_question, "
    "version, updated_at, deleted_at"
)
_LIST = sql.SQL(
    "SELECT {} FROM personas WHERE (deleted_at IS NOT NULL) = %s ORDER BY is_default DESC, name, id"
).format(_COLUMNS)
_FIND = sql.SQL(
    "SELECT {} FROM personas WHERE deleted_at IS NULL AND (slug = %(slug)s OR (%(slug)s = '' AND is_default)) LIMIT 1"
).format(_COLUMNS)
_BY_ID = sql.SQL("SELECT {} FROM personas WHERE id = %s").format(_COLUMNS)
_INSERT = sql.SQL(
    "INSERT INTO personas (id, tenant_id, slug, name, kind, prompt, greeting, language, voice, toolsets, "
    "mcp_servers, business_hours, escalation_contacts, limits, pronunciations, patience, patience_by_question, "
    "created_at, updated_at) "
    "VALUES (%(id)s, %(tenant)s, %(slug)s, %(name)s, %(kind)s, %(prompt)s, %(greeting)s, %(language)s, %(voice)s, "
    "%(toolsets)s, %(mcp_servers)s, %(business_hours)s, %(escalation_contacts)s, %(limits)s, %(pronunciations)s, "
    "%(patience)s, %(patience_by_question)s, %(at)s, %(at)s) "
    "RETURNING {}"
).format(_COLUMNS)
_UPDATE = sql.SQL(
    "UPDATE personas SET slug = %(slug)s, name = %(name)s, kind = %(kind)s, prompt = %(prompt)s, "
    "greeting = %(greeting)s, language = %(language)s, voice = %(voice)s, toolsets = %(toolsets)s, "
    "mcp_servers = %(mcp_servers)s, business_hours = %(business_hours)s, "
    "escalation_contacts = %(escalation_contacts)s, limits = %(limits)s, "
    "pronunciations = %(pronunciations)s, patience = %(patience)s, "
    "patience_by_question = %(patience_by_question)s, "
    "version = version + 1, updated_at = %(at)s WHERE id = %(id)s RETURNING {}"
).format(_COLUMNS)


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
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    mcp_servers: tuple[str, ...] = ()  # names; one that is gone is left out of the call
    pronunciations: tuple[Mapping[str, str], ...] = ()  # {"written", "spoken"}: how words of the house are said
    patience: float = 1.0  # 0.5 to 2: a factor of how long a pause of the caller is waited out
    patience_by_question: Mapping[str, float] = field(
        default_factory=dict[str, float]
    )  # {"digits": 1.5}, instead of it


class SlugTaken(Conflict):
    """Another persona has this slug."""

    code = "slug_taken"


async def list_personas(database: Database, identity: Identity, *, deleted: bool = False) -> list[Persona]:
    """All personas, the default one first, then by name; or the deleted ones instead."""
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute(_LIST, (deleted,))).fetchall()
    return [_persona(row) for row in rows]


async def find_persona(database: Database, identity: Identity, slug: str) -> Persona | None:
    """The persona with this slug, or with an empty slug the tenant's default one."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_FIND, {"slug": slug})).fetchone()
    return _persona(row) if row else None


async def read(database: Database, identity: Identity, persona_id: UUID) -> Persona:
    """Raises NotFound for an unknown or deleted one, another tenant's included."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_BY_ID, (persona_id,))).fetchone()
    if row is None or row["deleted_at"] is not None:
        raise _unknown()
    return _persona(row)


async def create(
    connection: Connection, identity: Identity, content: Mapping[str, Any], *, is_default: bool, at: datetime
) -> Persona:
    """A new persona of the fields in CONTENT, its first version kept. Raises SlugTaken (the transaction is over)."""
    await _hold(connection)
    values = {**_values(content), "id": new_id(), "tenant": identity.tenant_id, "at": at}
    persona = await _write(connection, _INSERT, values)
    await record(connection, identity, persona.id, 1, content_of(persona), at=at, by=identity.user_id)
    if is_default:
        persona = await _make_default(connection, identity, persona)
    await _tell(connection, identity, "created", persona)
    return persona


async def free_slug(connection: Connection, slug: str) -> str:
    """``slug``, or with the first number behind it that makes it free."""
    await _hold(connection)
    rows = await (await connection.execute("SELECT slug FROM personas WHERE deleted_at IS NULL")).fetchall()
    taken = {row["slug"] for row in rows}
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug[:58]}-{number}"
    return free


async def change(
    connection: Connection,
    identity: Identity,
    persona_id: UUID,
    changes: Mapping[str, Any],
    *,
    at: datetime,
    is_default: bool | None = None,
    expected_version: int | None = None,
) -> Persona:
    """Change some fields of CONTENT and make a version of it; what changes nothing makes none.

    Raises NotFound, SlugTaken, Conflict ``changed_meanwhile`` (another version than expected is current) and
    ``default_needed`` (the default persona gives the flag away only by another one taking it).
    """
    persona = await _held(connection, persona_id)
    if expected_version is not None and expected_version != persona.version:
        raise Conflict(
            f"Somebody changed this persona meanwhile: it is at version {persona.version} now. "
            "Read it again and repeat your change.",
            code="changed_meanwhile",
        )
    if is_default is False and persona.is_default:
        raise Conflict("One persona must be the default. Make another one the default instead.", code="default_needed")
    changed = await _change_content(connection, identity, persona, changes, at=at)
    if is_default and not persona.is_default:
        changed = await _make_default(connection, identity, changed)
    if changed != persona:
        await _tell(connection, identity, "updated", changed)
    return changed


async def roll_back(
    connection: Connection, identity: Identity, persona_id: UUID, version: int, *, at: datetime
) -> Persona:
    """A new version with the content of an old one. Raises NotFound, SlugTaken."""
    persona = await _held(connection, persona_id)
    old = await read_version(connection, persona_id, version)
    changed = await _change_content(connection, identity, persona, old, at=at)
    if changed != persona:
        await _tell(connection, identity, "updated", changed)
    return changed


async def delete(connection: Connection, identity: Identity, persona_id: UUID, *, at: datetime) -> None:
    """Into the trash; a deleted one stays as it is. Raises NotFound, Conflict ``default_persona``."""
    persona = await _held(connection, persona_id, deleted=None)
    _require_not_default(persona)
    if persona.deleted_at is None:
        await connection.execute("UPDATE personas SET deleted_at = %s WHERE id = %s", (at, persona_id))
        await _tell(connection, identity, "deleted", persona)


async def restore(connection: Connection, identity: Identity, persona_id: UUID) -> Persona:
    """Out of the trash, not as the default; one that is not in it stays as it is. Raises NotFound, SlugTaken."""
    persona = await _held(connection, persona_id, deleted=None)
    if persona.deleted_at is None:
        return persona
    statement = sql.SQL("UPDATE personas SET deleted_at = NULL WHERE id = %(id)s RETURNING {}").format(_COLUMNS)
    restored = await _write(connection, statement, {"id": persona_id, "slug": persona.slug})
    await _tell(connection, identity, "restored", restored)
    return restored


async def purge(connection: Connection, identity: Identity, persona_id: UUID) -> None:
    """Remove it for good with its versions; conversations stay and forget it. Raises as ``delete``."""
    persona = await _held(connection, persona_id, deleted=None)
    _require_not_default(persona)
    await connection.execute("DELETE FROM personas WHERE id = %s", (persona_id,))
    await _tell(connection, identity, "deleted", persona)


def content_of(persona: Persona) -> dict[str, Any]:
    """The fields of CONTENT by name, as JSON values."""
    return {name: list(value) if isinstance(value := getattr(persona, name), tuple) else value for name in CONTENT}


async def _change_content(
    connection: Connection, identity: Identity, persona: Persona, changes: Mapping[str, Any], *, at: datetime
) -> Persona:
    before = content_of(persona)
    after = {**before, **{name: value for name, value in changes.items() if name in CONTENT}}
    if after == before:
        return persona
    # a persona made by other means than `create` has no first version yet
    since = persona.updated_at or at
    await record(connection, identity, persona.id, persona.version, before, at=since, by=None)
    changed = await _write(connection, _UPDATE, {**_values(after), "id": persona.id, "at": at})
    await record(connection, identity, persona.id, changed.version, after, at=at, by=identity.user_id)
    return changed


async def _make_default(connection: Connection, identity: Identity, persona: Persona) -> Persona:
    """Move the flag, under the tenant's lock. The old one loses it first: the index allows one at any moment."""
    statement = sql.SQL("UPDATE personas SET is_default = false WHERE is_default RETURNING {}").format(_COLUMNS)
    row = await (await connection.execute(statement)).fetchone()
    if row is not None:
        await _tell(connection, identity, "updated", _persona(row))
    statement = sql.SQL("UPDATE personas SET is_default = true WHERE id = %(id)s RETURNING {}").format(_COLUMNS)
    return await _write(connection, statement, {"id": persona.id, "slug": persona.slug})


def _require_not_default(persona: Persona) -> None:
    if persona.is_default:
        raise Conflict(
            "This is the default persona, which answers by itself. Make another one the default first.",
            code="default_persona",
        )


async def _hold(connection: Connection) -> None:
    """Let no other writer of this tenant's personas in until the transaction ends."""
    await connection.execute("SELECT FROM tenants WHERE id = current_tenant() FOR NO KEY UPDATE")


async def _held(connection: Connection, persona_id: UUID, *, deleted: bool | None = False) -> Persona:
    """The persona, held until the transaction ends. ``deleted`` None: in the trash or not. Raises NotFound."""
    await _hold(connection)
    row = await (await connection.execute(_BY_ID + sql.SQL(" FOR UPDATE"), (persona_id,))).fetchone()
    if row is None or (deleted is not None and deleted != (row["deleted_at"] is not None)):
        raise _unknown()
    return _persona(row)


async def _write(connection: Connection, statement: sql.Composed, values: Mapping[str, Any]) -> Persona:
    try:
        row = await (await connection.execute(statement, values)).fetchone()
    except UniqueViolation as error:
        raise SlugTaken(f"There is a persona with the slug {values['slug']!r} already. Choose another slug.") from error
    if row is None:
        raise _unknown()
    return _persona(row)


def _values(content: Mapping[str, Any]) -> dict[str, Any]:
    content = {**ADDED_LATER, **content}
    return {
        **{name: content[name] for name in CONTENT},
        "toolsets": list(content["toolsets"]),
        "mcp_servers": list(content["mcp_servers"]),
        "business_hours": Jsonb(content["business_hours"]),
        "escalation_contacts": Jsonb(list(content["escalation_contacts"])),
        "limits": Jsonb(content["limits"]),
        "pronunciations": Jsonb(list(content["pronunciations"])),
        "patience_by_question": Jsonb(content["patience_by_question"]),
    }


async def _tell(connection: Connection, identity: Identity, what: str, persona: Persona) -> None:
    row = {"id": str(persona.id), "slug": persona.slug, "name": persona.name, "version": persona.version}
    await announce(connection, identity, f"persona.{what}", {**row, "is_default": persona.is_default})


def _unknown() -> NotFound:
    return NotFound("There is no such persona.", code="persona_not_found")


def _persona(row: dict[str, Any]) -> Persona:
    row["toolsets"] = tuple(row["toolsets"])
    row["mcp_servers"] = tuple(row["mcp_servers"])
    row["escalation_contacts"] = tuple(row["escalation_contacts"])
    row["pronunciations"] = tuple(row["pronunciations"])
    return Persona(**row)
