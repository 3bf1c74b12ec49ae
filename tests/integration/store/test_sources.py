"""What is known of what a message quoted: of the tenant's documents, and of files of its own conversation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from store import attachments
from store.attachments import NewAttachment
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.sources import read_citing_conversation, read_citing_message
from tests.integration.knowledge.library import add_document

AT = datetime(2026, 11, 21, tzinfo=UTC)


async def conversation_with_file(database: Database, identity: Identity, filename: str) -> tuple[UUID, UUID]:
    conversation, attachment = new_id(), new_id()
    new = NewAttachment(attachment, conversation, None, filename, "application/pdf", 1, "x", str(attachment), AT)
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO conversations (id, tenant_id, channel, started_at, heard_at) "
            "VALUES (%s, %s, 'web', now(), now())",
            (conversation, identity.tenant_id),
        )
        await attachments.insert(connection, identity, new)
    return conversation, attachment


async def test_a_message_knows_the_files_of_its_own_conversation_only(database: Database, identity: Identity) -> None:
    document = await add_document(database, identity, "House rules", [(1, "", "Breakfast is at seven.")])
    here, mine = await conversation_with_file(database, identity, "mine.pdf")
    _, theirs = await conversation_with_file(database, identity, "theirs.pdf")
    message = new_id()
    shown = [document, mine, theirs, new_id(), "", "no id at all", "' OR true --"]
    citations = json.dumps([{"document_id": str(one)} for one in shown])
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO messages (id, tenant_id, conversation_id, role, text, citations, created_at) "
            "VALUES (%s, %s, %s, 'assistant', 'So it is.', %s, now())",
            (message, identity.tenant_id, here, citations),
        )
    for quoted in (
        await read_citing_message(database, identity, message),
        await read_citing_conversation(database, identity, here),
    ):
        assert {key: one.title for key, one in quoted.documents.items()} == {
            str(document): "House rules",
            str(mine): "mine.pdf",
        }
