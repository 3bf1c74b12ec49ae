"""Taking files of a conversation in, and removing them. Rules of the HTTP interface.

The row and the queued reading exist both or not at all. Unlike a document nothing has to be confirmed: what is attached
is used in its own conversation only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from ingest.attachments.reading import READ
from ingest.documents.intake import Intake
from ingest.documents.naming import safe_name
from ingest.jobs.queue import DOCUMENTS, defer
from store import attachments, quotas
from store.attachments import Attachment, NewAttachment
from store.clock import Clock
from store.database import Database
from store.files import Files
from store.identity import Identity
from store.ids import new_id


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
        filename, attachment_id = safe_name(name), new_id()
        intake = Intake(filename, self.limit)
        size = await self.files.write(identity.tenant_id, attachment_id, intake.checked(pieces))
        storage_key = self.files.key(identity.tenant_id, attachment_id)
        new = NewAttachment(
            id=attachment_id,
            conversation_id=conversation_id,
            message_id=message_id,
            filename=filename,
            content_type=intake.content_type,
            size_bytes=size,
            sha256=intake.sha256,
            storage_key=storage_key,
            created_at=self.clock.now(),
        )
        is_written = False
        try:
            async with self.database.transaction(identity) as connection:
                await quotas.reserve_storage(connection, identity, size)
                attachment = await attachments.insert(connection, identity, new)
                lock = f"attachment:{attachment_id}"
                await defer(connection, identity, DOCUMENTS, READ, lock=lock, attachment_id=attachment_id)
                is_written = True
        except BaseException:
            if not is_written:  # cut off at the COMMIT nobody knows whether there is a row: the sweep does
                await self.files.delete(storage_key)
            raise
        return attachment

    async def delete(self, identity: Identity, attachment_id: UUID) -> None:
        """Remove the attachment, what was read from it, and its file. Raises NotFound."""
        await self.files.delete(await attachments.delete(self.database, identity, attachment_id))
