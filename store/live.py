"""Changes told live: a NOTIFY in the transaction that makes the change, one listening connection per sidecar.

Postgres delivers a notification only when its transaction commits, so nobody hears of a change that was rolled back.
Types: ``job.updated``, ``document.updated``, ``document.deleted``, ``event.booked|moved|updated|cancelled``,
``calendar.updated``, ``calendar_account.updated|deleted`` (their ``id`` alone),
``calendar_write.waiting|delivered|refused`` (a change on its way to a server; ids, and a sentence),
``calendar_preferences.updated`` (the tenant's to everybody, a person's own to them), to one person
alone ``calendar.notice`` (what their calendar gives) and ``calendar.notice_settings``,
``conversation.started|ended``, ``message.added``, ``attachment.updated|deleted``,
``knowledge.updated`` (another model searches; ``id`` is its name),
``persona.created|updated|deleted|restored``.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from store.database import Connection
from store.errors import Unavailable
from store.identity import Identity

CHANNEL = "voiceloop_live"
_LIMIT_BYTES = 7800  # Postgres refuses 8000


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """What changed: ``data`` is JSON with ``type`` and the row, or only its ``id`` when the row is too long.

    ``only_for``: the one person who may hear of it; None for everybody of the tenant.
    """

    tenant_id: UUID
    type: str
    data: Mapping[str, Any]
    only_for: UUID | None = None


async def announce(
    connection: Connection, identity: Identity, type_: str, row: Mapping[str, Any], *, only_for: UUID | None = None
) -> None:
    """Tell the tenant's listeners, or one person's, once the transaction of ``connection`` commits.

    ``row`` must carry an ``id``.
    """
    payload = _encode(identity.tenant_id, type_, row, only_for)
    if len(payload.encode()) > _LIMIT_BYTES:
        payload = _encode(identity.tenant_id, type_, {"id": row.get("id")}, only_for)
    await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))


def _encode(tenant_id: UUID, type_: str, row: Mapping[str, Any], only_for: UUID | None) -> str:
    value = {"tenant": str(tenant_id), "type": type_, "data": {"type": type_, **row}}
    return json.dumps(value | ({"for": str(only_for)} if only_for else {}), default=str)


async def listen(url: str) -> AsyncIterator[LiveEvent]:
    """Every tenant's changes from now on, over one connection of its own, until closed.

    Raises Unavailable when the connection cannot be made or breaks; the caller connects again.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=10)
        async with connection:
            await connection.execute("LISTEN voiceloop_live")
            async for notice in connection.notifies():
                value = json.loads(notice.payload)
                only_for = UUID(value["for"]) if "for" in value else None
                yield LiveEvent(UUID(value["tenant"]), value["type"], value["data"], only_for)
    except psycopg.OperationalError as error:
        raise Unavailable("The database connection for live changes broke.", code="database_unavailable") from error
