"""A file of a conversation to passages with vectors, in the job process. Running it twice gives the same result."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import numpy as np

from ingest.documents.chunk import ChunkSize, chunk
from ingest.documents.model import BadDocument, error_json
from ingest.documents.reading import Reader, Reading
from store import attachment_passages, attachments
from store.attachment_passages import Content, Passage
from store.chunks import NewChunk
from store.database import Database
from store.errors import Invalid, NotFound, VoiceLoopError
from store.files import Files
from store.identity import Identity
from store.pages import Page
from tools.knowledge.embedding import Embedder
from tools.knowledge.indexing import embed_pieces

READ: Final = "read_attachment"
MOST_PASSAGES = 1000  # of one file; a conversation needs no library


@dataclass(frozen=True, slots=True)
class AttachmentReader:
    """``embedder`` is blocking; it is called in a thread."""

    database: Database
    files: Files
    reader: Reader
    embedder: Embedder

    async def run(self, identity: Identity, attachment_id: UUID, *, is_last_try: bool) -> None:
        """Read the attachment; one at fault ends as failed with its reason, a deleted one silently.

        Raises whatever is not the file's fault, so that the queue tries again; on the last try it ends as failed.
        """
        try:
            await self._read(identity, attachment_id)
        except NotFound:
            return  # deleted meanwhile
        except BadDocument as error:
            await self._fail(identity, attachment_id, error)
        except Exception:  # whatever it is: after the last try somebody has to be told
            if not is_last_try:
                raise
            text = "Reading this file failed again and again; it was given up. It can still be downloaded."
            await self._fail(identity, attachment_id, Invalid(text, code="gave_up"))

    async def _read(self, identity: Identity, attachment_id: UUID) -> None:
        attachment = await attachments.read(self.database, identity, attachment_id)
        if attachment.status in {"ready", "failed"}:
            return  # done by an earlier try
        async with self.database.transaction(identity) as connection:
            await attachments.set_status(connection, identity, attachment_id, "reading")
        content = await self.files.read(attachment.storage_key)
        content_type, inspection = await self.reader.inspect(content, attachment.filename)
        reading = await self.reader.extract(content, content_type, inspection, lambda _share: None)
        passages = await asyncio.to_thread(self._passages, reading)
        kept = Content(
            content_type=reading.content_type,
            page_kind=reading.found.page_kind,
            page_count=len(reading.found.pages) if reading.found.paginated else 0,
            metadata=reading.found.metadata,
            findings=reading.inspection.get("findings", []),
            passages=passages,
        )
        async with self.database.transaction(identity) as connection:
            await attachment_passages.keep(connection, identity, attachment_id, kept)

    def _passages(self, reading: Reading) -> list[Passage]:
        pages = {page.number: page for page in reading.found.pages}
        pieces = embed_pieces(chunk(reading.found.pages, ChunkSize())[:MOST_PASSAGES], self.embedder)
        return [_passage(piece, pages[piece.page]) for piece in pieces]

    async def _fail(self, identity: Identity, attachment_id: UUID, error: VoiceLoopError) -> None:
        try:
            async with self.database.transaction(identity) as connection:
                await attachments.set_status(connection, identity, attachment_id, "failed", error=error_json(error))
        except NotFound:
            return


def _passage(piece: NewChunk, page: Page) -> Passage:
    start, end = piece.char_start, piece.char_end
    return Passage(
        seq=piece.seq,
        page=piece.page,
        label=page.label,
        heading=piece.heading,
        text=piece.text,
        regions=[
            replace(one, start=max(0, one.start - start), end=min(one.end, end) - start)
            for one in page.regions
            if one.start < end and one.end > start
        ],
        embedding=np.asarray(piece.embedding, dtype="<f4").tobytes(),
        embedding_model=piece.embedding_model,
        sentence_vectors=piece.sentence_vectors,
    )
