"""A file of a conversation to passages with vectors, in the job process. Running it twice gives the same result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
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

READ: Final = "read_attachment"
MOST_PASSAGES = 1000  # of one file; a conversation needs no library


@dataclass(frozen=True, slots=True)
class AttachmentReader:
    """``embed`` turns texts into vectors (blocking; called in a thread); ``model`` names it beside the vectors."""

    database: Database
    files: Files
    reader: Reader
    embed: Callable[[Sequence[str]], Any]
    model: str

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
        pieces = chunk(reading.found.pages, ChunkSize())[:MOST_PASSAGES]
        texts = [f"{one.heading}. {one.text}" if one.heading else one.text for one in pieces]
        vectors = np.asarray(self.embed(texts), dtype="<f4") if texts else []
        return [
            _passage(piece, pages[piece.page], vector.tobytes(), self.model)
            for piece, vector in zip(pieces, vectors, strict=True)
        ]

    async def _fail(self, identity: Identity, attachment_id: UUID, error: VoiceLoopError) -> None:
        try:
            async with self.database.transaction(identity) as connection:
                await attachments.set_status(connection, identity, attachment_id, "failed", error=error_json(error))
        except NotFound:
            return


def _passage(piece: NewChunk, page: Page, embedding: bytes, model: str) -> Passage:
    regions = [one for one in page.regions if one.start < piece.char_end and one.end > piece.char_start]
    spans = [one.seconds for one in regions if one.seconds is not None]
    return Passage(
        seq=piece.seq,
        page=piece.page,
        label=page.label,
        heading=piece.heading,
        text=piece.text,
        boxes=[one.box for one in regions if one.box is not None],
        seconds=(spans[0][0], spans[-1][1]) if spans else None,
        embedding=embedding,
        embedding_model=model,
    )
