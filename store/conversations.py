"""Conversations and their messages: written by the worker behind the call, read by the sidecar.

A conversation is one call or chat. Its start, end and messages are told live in the transaction that writes them.
Nothing on the audio path calls this directly: the worker queues what happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity
from store.live import announce


@dataclass(frozen=True, slots=True)
class Conversation:
    id: UUID
    channel: str
    language: str
    status: str
    room_name: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    error_count: int
    persona: str | None  # slug
    preview: str  # the caller's first words
    message_count: int


@dataclass(frozen=True, slots=True)
class Message:
    """``latency_ms``: milliseconds by stage; ``tool_calls`` and ``citations``: JSON objects as shown to people."""

    id: UUID
    role: str
    text: str
    created_at: datetime
    intent: str | None = None
    confidence: float | None = None
    entities: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tool_calls: Sequence[Mapping[str, Any]] = ()
    citations: Sequence[Mapping[str, Any]] = ()
    latency_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class NewConversation:
    id: UUID
    persona_id: UUID | None
    channel: str
    language: str
    room_name: str
    started_at: datetime
    worker_id: str = ""  # of ``workers``; empty when no worker holds it


async def begin(connection: Connection, identity: Identity, conversation: NewConversation) -> None:
    """Insert the conversation as active; twice changes nothing. Calls go through ``admission.admit``, with limits."""
    cursor = await connection.execute(
        "INSERT INTO conversations "
        "(id, tenant_id, persona_id, user_id, channel, language, room_name, started_at, worker_id, heard_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT (id) DO NOTHING",
        (
            conversation.id,
            identity.tenant_id,
            conversation.persona_id,
            identity.user_id,
            conversation.channel,
            conversation.language,
            conversation.room_name,
            conversation.started_at,
            conversation.worker_id,
        ),
    )
    if cursor.rowcount:
        told = {"status": "active", "channel": conversation.channel, "room_name": conversation.room_name}
        row = {"id": str(conversation.id), **told, "started_at": conversation.started_at.isoformat()}
        await announce(connection, identity, "conversation.started", row)


async def add_message(connection: Connection, identity: Identity, conversation_id: UUID, message: Message) -> None:
    """Insert one message; a repeated write of the same id changes nothing."""
    cursor = await connection.execute(
        "INSERT INTO messages (id, tenant_id, conversation_id, role, text, intent, confidence, entities, tool_calls, "
        "citations, latency_ms, interrupted, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (id) DO NOTHING",
        (
            message.id,
            identity.tenant_id,
            conversation_id,
            message.role,
            message.text,
            message.intent,
            message.confidence,
            Jsonb(dict(message.entities)),
            Jsonb([dict(call) for call in message.tool_calls]),
            Jsonb([dict(citation) for citation in message.citations]),
            Jsonb(dict(message.latency_ms)),
            message.interrupted,
            message.created_at,
        ),
    )
    if cursor.rowcount:
        told = {"conversation_id": str(conversation_id), "role": message.role, "latency_ms": dict(message.latency_ms)}
        await announce(connection, identity, "message.added", {"id": str(message.id), **told})


async def touch(database: Database, identity: Identity, conversation_id: UUID) -> None:
    """Note that the call is alive."""
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE conversations SET heard_at = now() WHERE id = %s", (conversation_id,))


async def end(
    database: Database,
    identity: Identity,
    conversation_id: UUID,
    *,
    at: datetime,
    status: str,
    reason: str,
    error_count: int,
) -> None:
    """Close the conversation once; a later call changes nothing."""
    async with database.transaction(identity) as connection:
        cursor = await connection.execute(
            "UPDATE conversations SET status = %s, ended_at = %s, end_reason = %s, error_count = %s "
            "WHERE id = %s AND status = 'active' RETURNING id, status, ended_at, end_reason",
            (status, at, reason, error_count, conversation_id),
        )
        await _tell_ended(connection, identity, cursor)


async def close_abandoned(
    connection: Connection, identity: Identity, room_name: str, *, at: datetime, keep: UUID | None = None
) -> int:
    """Mark the room's still active conversations but ``keep`` as interrupted (their worker died); return how many."""
    cursor = await connection.execute(
        "UPDATE conversations SET status = 'interrupted', ended_at = %s, end_reason = 'worker_lost' "
        "WHERE room_name = %s AND room_name <> '' AND status = 'active' AND id IS DISTINCT FROM %s "
        "RETURNING id, status, ended_at, end_reason",
        (at, room_name, keep),
    )
    return await _tell_ended(connection, identity, cursor)


async def was_lost(connection: Connection, room_name: str) -> bool:
    """Whether the room holds a call that its worker did not end: still active, or closed because it fell silent."""
    row = await (
        await connection.execute(
            "SELECT EXISTS (SELECT FROM conversations WHERE room_name = %s AND room_name <> '' "
            "AND (status = 'active' OR end_reason = 'worker_lost')) AS lost",
            (room_name,),
        )
    ).fetchone()
    return bool(row and row["lost"])


async def _tell_ended(connection: Connection, identity: Identity, cursor: AsyncCursor[DictRow]) -> int:
    rows = await cursor.fetchall()
    for row in rows:
        told = {**row, "id": str(row["id"]), "ended_at": row["ended_at"].isoformat()}
        await announce(connection, identity, "conversation.ended", told)
    return len(rows)


async def close_lost(database: Database, *, after_s: float) -> int:
    """Close every tenant's calls that gave no sign of life for ``after_s`` seconds; return how many."""
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT close_lost_conversations(make_interval(secs => %s)) AS n", (after_s,))
        ).fetchone()
    return row["n"] if row else 0


_SELECT = """
SELECT c.id, c.channel, c.language, c.status, c.room_name, c.started_at, c.ended_at, c.end_reason, c.error_count,
       p.slug AS persona,
       coalesce((SELECT m.text FROM messages m WHERE m.conversation_id = c.id AND m.role = 'user'
                 ORDER BY m.created_at, m.id LIMIT 1), '') AS preview,
       (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id AND m.role <> 'tool') AS message_count
FROM conversations c LEFT JOIN personas p ON p.id = c.persona_id
WHERE c.deleted_at IS NULL
"""


async def list_conversations(
    database: Database, identity: Identity, *, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[Conversation]:
    """Newest first; ``before`` is the (started_at, id) of the last one already seen."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                _SELECT + "AND (%(at)s::timestamptz IS NULL OR (c.started_at, c.id) < (%(at)s, %(id)s)) "
                "ORDER BY c.started_at DESC, c.id DESC LIMIT %(limit)s",
                {"at": before[0] if before else None, "id": before[1] if before else None, "limit": limit},
            )
        ).fetchall()
    return [Conversation(**row) for row in rows]


async def read_conversation(database: Database, identity: Identity, conversation_id: UUID) -> Conversation:
    """Raises NotFound for an unknown id, another tenant's included."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_SELECT + "AND c.id = %s", (conversation_id,))).fetchone()
    if row is None:
        raise NotFound("There is no such conversation.", code="conversation_not_found")
    return Conversation(**row)


async def list_messages(database: Database, identity: Identity, conversation_id: UUID) -> list[Message]:
    """The conversation's messages in the order they were said. Raises NotFound as ``read_conversation`` does."""
    await read_conversation(database, identity, conversation_id)
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT id, role, text, created_at, intent, confidence, entities, tool_calls, citations, latency_ms, "
                "interrupted FROM messages WHERE conversation_id = %s ORDER BY created_at, id",
                (conversation_id,),
            )
        ).fetchall()
    return [Message(**row) for row in rows]
