"""Mails as rows: sealed text, what became of them. The text goes when there is no more use for it. Knows no SMTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.database import Connection
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A mail to be sent; ``attempts`` counts this one too."""

    id: UUID
    to_address: str
    subject: str
    sealed_body: bytes
    attempts: int
    created_at: datetime


async def insert(
    connection: Connection,
    identity: Identity,
    *,
    mail_id: UUID,
    to_address: str,
    subject: str,
    sealed_body: bytes,
    at: datetime,
) -> None:
    """Keep a mail that is to be sent."""
    await connection.execute(
        "INSERT INTO mails (id, tenant_id, to_address, subject, sealed_body, created_at) "
        "VALUES (%s, %s, %s, %s, %s, %s)",
        (mail_id, identity.tenant_id, to_address, subject, sealed_body, at),
    )


async def begin_attempt(connection: Connection, mail_id: UUID) -> QueuedMail | None:
    """Count one more attempt; None when there is nothing to send any more."""
    row = await (
        await connection.execute(
            "UPDATE mails SET attempts = attempts + 1 WHERE id = %s AND status = 'queued' "
            "RETURNING id, to_address, subject, sealed_body, attempts, created_at",
            (mail_id,),
        )
    ).fetchone()
    return QueuedMail(**row) if row else None


async def finish(connection: Connection, mail_id: UUID, status: str, *, at: datetime | None, error: str = "") -> None:
    """``status`` is sent, logged or failed; the text is erased, ``at`` is the instant it was sent."""
    await connection.execute(
        "UPDATE mails SET status = %s, sent_at = %s, last_error = %s, sealed_body = NULL "
        "WHERE id = %s AND status = 'queued'",
        (status, at, error, mail_id),
    )


async def forget(connection: Connection, before: datetime) -> int:
    """Remove what was done with before this instant: addresses are not kept for ever. Returns how many."""
    result = await connection.execute("DELETE FROM mails WHERE status <> 'queued' AND created_at < %s", (before,))
    return result.rowcount


async def note_error(connection: Connection, mail_id: UUID, error: str) -> None:
    """Why the last attempt failed; the next one may not."""
    await connection.execute("UPDATE mails SET last_error = %s WHERE id = %s AND status = 'queued'", (error, mail_id))
