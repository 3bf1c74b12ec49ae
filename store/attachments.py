"""Files that belong to one conversation, as rows. What was read from them is in ``attachment_passages``.

Every change is told live in the transaction that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.identity import Identity
from store.live import announce

MOST_PER_CONVERSATION = 50
_COLUMNS = sql.SQL(
    "id, conversation_id, message_id, filename, content_type, size_bytes, sha256, storage_key, status, page_kind, "
    "page_count, metadata, findings, error, created_at"
)
_INSERT = sql.SQL(
    "INSERT INTO attachments (id, tenant_id, conversation_id, message_id, filename, content_type, size_bytes, sha256, "
    "storage_key, uploaded_by, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING {}"
).format(_COLUMNS)
_LIVING = sql.SQL(
    "SELECT {} FROM attachments WHERE EXISTS (SELECT FROM conversations c "
    "WHERE c.id = conversation_id AND c.deleted_at IS NULL) AND "
).format(_COLUMNS)
_BY_ID = _LIVING + sql.SQL("id = %s")
_OF_MESSAGE = _LIVING + sql.SQL("message_id = %s ORDER BY created_at, id")
_OF_CONVERSATION = _LIVING + sql.SQL("conversation_id = %s ORDER BY created_at, id")
_BEGIN = sql.SQL(
    "UPDATE attachments SET status = 'reading', updated_at = now() "
    "WHERE id = %s AND status IN ('received', 'reading') RETURNING {}"
).format(_COLUMNS)
_SET = sql.SQL(
    "UPDATE attachments SET status = %(status)s, error = %(error)s, updated_at = now() WHERE id = %(id)s RETURNING {}"
).format(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Attachment:
    """``status``: received, reading, ready, or failed with ``error`` {code, detail}: kept, but not readable."""

    id: UUID
    conversation_id: UUID
    message_id: UUID | None
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str
    status: str
    page_kind: str
    page_count: int
    metadata: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]
    error: Mapping[str, Any] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewAttachment:
    id: UUID
    conversation_id: UUID
    message_id: UUID | None
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str
    created_at: datetime


async def conversation_of_message(connection: Connection, message_id: UUID) -> UUID:
    """Raises NotFound for an unknown message, another tenant's and one of a deleted conversation included."""
    row = await (
        await connection.execute(
            "SELECT m.conversation_id AS id FROM messages m JOIN conversations c ON c.id = m.conversation_id "
            "WHERE m.id = %s AND c.deleted_at IS NULL",
            (message_id,),
        )
    ).fetchone()
    if row is None:
        raise NotFound("There is no such message.", code="message_not_found")
    return row["id"]


async def require_conversation(connection: Connection, conversation_id: UUID) -> None:
    """Raises NotFound for an unknown conversation, a deleted one and another tenant's included."""
    found = await connection.execute(
        "SELECT FROM conversations WHERE id = %s AND deleted_at IS NULL", (conversation_id,)
    )
    if not found.rowcount:
        raise NotFound("There is no such conversation.", code="conversation_not_found")


async def insert(connection: Connection, identity: Identity, new: NewAttachment) -> Attachment:
    """Raises NotFound without the conversation, Conflict `too_many_attachments` when it has enough."""
    held = await (
        await connection.execute(
            "SELECT (SELECT count(*) FROM attachments WHERE conversation_id = c.id) AS n FROM conversations c "
            "WHERE c.id = %s AND c.deleted_at IS NULL FOR UPDATE",
            (new.conversation_id,),
        )
    ).fetchone()
    if held is None:
        raise NotFound("There is no such conversation.", code="conversation_not_found")
    if held["n"] >= MOST_PER_CONVERSATION:
        text = f"This conversation has {MOST_PER_CONVERSATION} attachments already; remove one first."
        raise Conflict(text, code="too_many_attachments")
    row = await (
        await connection.execute(
            _INSERT,
            (
                new.id,
                identity.tenant_id,
                new.conversation_id,
                new.message_id,
                new.filename,
                new.content_type,
                new.size_bytes,
                new.sha256,
                new.storage_key,
                identity.user_id,
                new.created_at,
            ),
        )
    ).fetchone()
    return await _told(connection, identity, row)


async def read(database: Database, identity: Identity, attachment_id: UUID) -> Attachment:
    """Raises NotFound for an unknown id, another tenant's included."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_BY_ID, (attachment_id,))).fetchone()
    if row is None:
        raise _unknown()
    return Attachment(**row)


async def is_there(database: Database, identity: Identity, attachment_id: UUID) -> bool:
    """Whether there is this attachment, in the trash or not."""
    async with database.transaction(identity) as connection:
        found = await connection.execute("SELECT FROM attachments WHERE id = %s", (attachment_id,))
    return bool(found.rowcount)


async def of_message(database: Database, identity: Identity, message_id: UUID) -> list[Attachment]:
    """In the order they came. Raises NotFound for an unknown message."""
    async with database.transaction(identity) as connection:
        await conversation_of_message(connection, message_id)
        rows = await (await connection.execute(_OF_MESSAGE, (message_id,))).fetchall()
    return [Attachment(**row) for row in rows]


async def of_conversation(database: Database, identity: Identity, conversation_id: UUID) -> list[Attachment]:
    """In the order they came. Raises NotFound for an unknown conversation."""
    async with database.transaction(identity) as connection:
        await require_conversation(connection, conversation_id)
        rows = await (await connection.execute(_OF_CONVERSATION, (conversation_id,))).fetchall()
    return [Attachment(**row) for row in rows]


async def hang_on_message(connection: Connection, conversation_id: UUID, message_id: UUID) -> None:
    """The conversation's files that hang on no message yet belong to this one: they came before it was said."""
    await connection.execute(
        "UPDATE attachments SET message_id = %s, updated_at = now() WHERE conversation_id = %s AND message_id IS NULL",
        (message_id, conversation_id),
    )


async def begin_reading(connection: Connection, identity: Identity, attachment_id: UUID) -> Attachment | None:
    """It is being read from now on; None when that was done already or it is gone.

    One in the trash is read as well: its conversation may be restored.
    """
    row = await (await connection.execute(_BEGIN, (attachment_id,))).fetchone()
    return await _told(connection, identity, row) if row else None


async def set_status(
    connection: Connection,
    identity: Identity,
    attachment_id: UUID,
    status: str,
    *,
    error: Mapping[str, Any] | None = None,
) -> Attachment:
    """Raises NotFound when it was deleted meanwhile."""
    values = {"id": attachment_id, "status": status, "error": Jsonb(dict(error)) if error else None}
    row = await (await connection.execute(_SET, values)).fetchone()
    return await _told(connection, identity, row)


async def delete(database: Database, identity: Identity, attachment_id: UUID) -> str:
    """Remove the attachment with its passages; returns the storage key of its file. Raises NotFound."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "DELETE FROM attachments WHERE id = %s RETURNING storage_key, conversation_id", (attachment_id,)
            )
        ).fetchone()
        if row is None:
            raise _unknown()
        payload = {"id": str(attachment_id), "conversation_id": str(row["conversation_id"])}
        await announce(connection, identity, "attachment.deleted", payload)
    return row["storage_key"]


async def _told(connection: Connection, identity: Identity, row: dict[str, Any] | None) -> Attachment:
    if row is None:
        raise _unknown()
    one = Attachment(**row)
    await announce(
        connection,
        identity,
        "attachment.updated",
        {
            "id": str(one.id),
            "conversation_id": str(one.conversation_id),
            "message_id": str(one.message_id) if one.message_id else None,
            "filename": one.filename,
            "status": one.status,
            "error": one.error,
        },
    )
    return one


def _unknown() -> NotFound:
    return NotFound("There is no such attachment.", code="attachment_not_found")
