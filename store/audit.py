"""The audit log, to read: who changed what, when, from where. Triggers write it; no program does.

A table whose changes count is handed to ``CALL audit_changes(...)`` in its migration; any other stands in NOT_AUDITED.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row

from store.database import Database
from store.identity import Identity

NOT_AUDITED: Final[Mapping[str, str]] = {
    "attachment_passages": "made of an attachment, whose arrival and deletion are recorded",
    "answer_cache": "answers kept for who asks again; they end with every change of documents",
    "audit_entries": "the log itself",
    "calendar_authorizations": "consents under way; the account that comes of one is recorded",
    "calendar_channels": "machinery; who calls back when something changes",
    "calendar_writes": "changes on their way to a server; the change itself is recorded",
    "calendar_holds": "a caller decides for two minutes; what is booked then is recorded",
    "calendar_notices": "what somebody was told of events, whose changes are recorded",
    "calendar_requests": "answers kept for repeated requests; the change they answer is recorded",
    "calendar_undo": "what a change replaced; the change and its taking back are recorded",
    "chunk_totals": "counts of chunks",
    "chunk_vectors": "made of chunks",
    "chunk_words": "counts of words in chunks",
    "chunks": "made of a document, whose confirmation and deletion are recorded",
    "embedded_texts": "what a document's indexing keeps until it is done",
    "event_occurrences": "made of events, whose changes are recorded",
    "idempotent_answers": "answers kept for repeated requests; the change they answer is recorded",
    "jobs": "machinery; what a job does to a document is recorded",
    "knowledge_indexes": "machinery; which models have vectors",
    "knowledge_queries": "questions, not changes",
    "knowledge_counters": "machinery; the changes of documents that it counts are recorded",
    "mails": "machinery; what they tell of (an invitation, a reset) is recorded",
    "messages": "what was said in a call is its own record",
    "pages": "made of a document, whose confirmation and deletion are recorded",
    "persona_versions": "every version is kept as it was; the change of the persona is recorded",
    "refresh_tokens": "they change with every use; their session's start and end are recorded",
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. ``before`` and ``after`` hold the changed columns only; None: there was, or is, nothing."""

    id: UUID
    at: datetime
    action: str
    resource_type: str
    resource_id: str
    actor_user_id: UUID | None
    actor_key_id: UUID | None
    actor_role: str
    actor_name: str
    channel: str
    address: str
    request_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is looked for: None means any. ``since`` inclusive, ``until`` exclusive."""

    action: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_entries(
    database: Database,
    identity: Identity,
    wanted: AuditFilter,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> list[AuditEntry]:
    """The newest entries first; ``before`` is the position of the last one seen."""
    at, id_ = before or (None, None)
    values = {
        "action": wanted.action,
        "resource_type": wanted.resource_type,
        "resource_id": wanted.resource_id,
        "user_id": wanted.user_id,
        "since": wanted.since,
        "until": wanted.until,
        "at": at,
        "id": id_,
        "limit": limit,
    }
    async with (
        database.transaction(identity) as connection,
        connection.cursor(row_factory=class_row(AuditEntry)) as cur,
    ):
        await cur.execute(
            "SELECT id, at, action, resource_type, resource_id, actor_user_id, actor_key_id, actor_role, actor_name, "
            "channel, address, request_id, before, after FROM audit_entries "
            "WHERE (%(action)s::text IS NULL OR action = %(action)s) "
            "AND (%(resource_type)s::text IS NULL OR resource_type = %(resource_type)s) "
            "AND (%(resource_id)s::text IS NULL OR resource_id = %(resource_id)s) "
            "AND (%(user_id)s::uuid IS NULL OR actor_user_id = %(user_id)s) "
            "AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) "
            "AND (%(until)s::timestamptz IS NULL OR at < %(until)s) "
            "AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s)) "
            "ORDER BY at DESC, id DESC LIMIT %(limit)s",
            values,
        )
        return await cur.fetchall()
