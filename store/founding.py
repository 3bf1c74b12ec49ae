"""The rows that a new tenant begins with, written as its founder. What belongs to a tenant says ``ingest.founding``."""

from __future__ import annotations

import json
from datetime import datetime

from store.database import Connection
from store.identity import Identity
from store.ids import new_id


async def act_as(connection: Connection, founder: Identity, channel: str) -> None:
    """The rest of the transaction sees the founder's tenant; its log names nobody of another tenant."""
    actor = {"role": "operator", "name": founder.name, "channel": channel}
    await connection.execute(
        "SELECT set_config('voiceloop.tenant', %s, true), set_config('voiceloop.actor', %s, true)",
        (str(founder.tenant_id), json.dumps(actor)),
    )


async def add_calendar(connection: Connection, founder: Identity, *, timezone: str, at: datetime) -> None:
    """The tenant's first calendar, which is its default one."""
    await connection.execute(
        "INSERT INTO calendars (id, tenant_id, name, timezone, is_default, created_at) "
        "VALUES (%s, %s, 'Calendar', %s, true, %s)",
        (new_id(), founder.tenant_id, timezone, at),
    )
