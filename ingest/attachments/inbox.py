"""Taking files of a conversation in, and removing them. Rules of the HTTP interface.

The row and the queued reading exist both or not at all. Unlike a document nothing has to be confirmed: what is attached
is used in its own conversation only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from ingest.attachments.reading import READ
from ingest.documents.arrival import arrive, row_of
from ingest.jobs.length import takes_long
from ingest.jobs.queue import DOCUMENTS, LONG_ATTACHMENTS, defer
from store import attachments
from store.attachments import Attachment, NewAttachment
from store.clock import Clock
from store.database import Database
from store.files import Files
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class AttachmentInbox:
    """``limit`` is the size of one file in bytes."""

    database: Database
    files: Files
    clock: Clock
    limit: int

    async def conversation_of(self, identity: Identity, message_id: UUID) -> UUID:
        """Raises NotFound."""
        async with self.database.transaction(identity) as connection:
            return await attachments.conversation_of_message(connection, message_id)

    async def require(self, identity: Identity, conversation_id: UUID) -> None:
        """Raises NotFound without such a conversation, before anything is read of a file for it."""
        async with self.database.transaction(identity) as connection:
            await attachments.require_conversation(connection, conversation_id)

    async def receive(
        self,
        identity: Identity,
        conversation_id: UUID,
        name: str | None,
        pieces: AsyncIterator[bytes],
        *,
        message_id: UUID | None = None,
    ) -> Attachment:
        """Keep the file sealed and queue its reading.

        Raises Invalid (empty), TooLarge, UnsupportedType, NotFound, Conflict (storage, too many); nothing is left then.
        """
        arrival = await arrive(self.files, identity, name, pieces, limit=self.limit)
        new = NewAttachment(
            id=arrival.id,
            conversation_id=conversation_id,
            message_id=message_id,
            filename=arrival.filename,
            content_type=arrival.content_type,
            size_bytes=arrival.size_bytes,
            sha256=arrival.sha256,
            storage_key=arrival.storage_key,
            created_at=self.clock.now(),
        )
        async with row_of(arrival, self.files, self.database, identity) as connection:
            attachment = await attachments.insert(connection, identity, new)
            is_long = takes_long(arrival.content_type, arrival.size_bytes, is_waited_for=True)
            queue, lock = LONG_ATTACHMENTS if is_long else DOCUMENTS, f"attachment:{arrival.id}"
            await defer(connection, identity, queue, READ, lock=lock, attachment_id=arrival.id)
            return attachment

    async def delete(self, identity: Identity, attachment_id: UUID) -> None:
        """Remove the attachment, what was read from it, and its file. Raises NotFound."""
        await self.files.delete(await attachments.delete(self.database, identity, attachment_id))
