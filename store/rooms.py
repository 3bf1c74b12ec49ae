"""What the database knows of a LiveKit room: whose it was, and whether the assistant ended the conversation in it."""

from __future__ import annotations

from datetime import datetime

from store.database import Database
from store.identity import Identity

AGENT_NAME = "voiceloop"  # what the worker registers as and the sidecar asks for


async def ended_in_room(database: Database, identity: Identity, room_name: str) -> datetime | None:
    """When the room's newest conversation was last alive, if it was ended properly; by the database's clock."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT status, heard_at FROM conversations WHERE room_name = %s ORDER BY heard_at DESC LIMIT 1",
                (room_name,),
            )
        ).fetchone()
    return row["heard_at"] if row and row["status"] == "ended" else None


async def has_held_calls(database: Database, identity: Identity, room_name: str) -> bool:
    """Whether the identity's tenant has held a conversation in the room."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT EXISTS (SELECT FROM conversations WHERE room_name = %s) AS held", (room_name,)
            )
        ).fetchone()
    return bool(row and row["held"])
