"""A file of a conversation to passages with vectors, in the job process. Running it twice gives the same result."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

import numpy as np

from ingest.documents.chunk import ChunkSize, chunk
from ingest.documents.model import BadDocument, Finding, error_json
from ingest.documents.reading import Reader, Reading
from ingest.documents.statuses import MOST_ATTEMPTS
from store import attachment_passages, attachments
from store.attachment_passages import Content, Passage
from store.attachments import Attachment
from store.chunks import NewChunk
from store.database import Database
from store.errors import Invalid, NotFound, Unavailable, VoiceLoopError
from store.files import Files
from store.identity import Identity
from store.log import get_logger
from store.pages import Page
from tools.knowledge.embedding import Embedder
from tools.knowledge.indexing import embed_pieces

log = get_logger(__name__)
READ: Final = "read_attachment"
MOST_PASSAGES = 1000  # of one file; a conversation needs no library


@dataclass(frozen=True, slots=True)
class AttachmentReader:
    """``embedder`` is blocking; it is called in a thread. ``look_s``: how often the row is looked for."""

    database: Database
    files: Files
    reader: Reader
    embedder: Embedder
    look_s: float = 1.0

    async def run(self, identity: Identity, attachment_id: UUID, *, tries: int = 0) -> None:
        """Read the attachment; one at fault ends as failed with its reason, a deleted one silently.

        Raises whatever is not the file's fault: ask `failed` then. ``tries`` began before, also those that died.
        """
        async with self.database.transaction(identity) as connection:
            attachment = await attachments.begin_reading(connection, identity, attachment_id)
        if attachment is None:
            return
        if tries >= MOST_ATTEMPTS:
            await self._give_up(identity, attachment_id)
            return
        try:
            await self._while_wanted(identity, attachment)
        except NotFound as error:
            if error.code != "attachment_not_found":
                await self._fail(identity, attachment_id, error)
        except BadDocument as error:
            await self._fail(identity, attachment_id, error)

    async def failed(self, identity: Identity, attachment_id: UUID, *, tries: int) -> float | None:
        """After a try that raised: seconds until the next, None when the file was given up. ``tries`` counts it."""
        if tries < MOST_ATTEMPTS:
            return 3.0**tries
        await self._give_up(identity, attachment_id)
        return None

    async def _give_up(self, identity: Identity, attachment_id: UUID) -> None:
        text = "Reading this file failed again and again; it was given up. It can still be downloaded."
        await self._fail(identity, attachment_id, Invalid(text, code="gave_up"))

    async def _while_wanted(self, identity: Identity, attachment: Attachment) -> None:
        """Read it, cut off, child processes and all, when it is deleted meanwhile."""
        reading = asyncio.create_task(self._read(identity, attachment))
        try:
            while not (await asyncio.wait({reading}, timeout=self.look_s))[0]:
                with contextlib.suppress(Unavailable):  # the work itself will notice
                    if not await attachments.is_there(self.database, identity, attachment.id):
                        return
            await reading
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    async def _read(self, identity: Identity, attachment: Attachment) -> None:
        content = await self.files.read(attachment.storage_key)
        content_type, inspection = await self.reader.inspect(content, attachment.filename)
        reading = await self.reader.extract(content, content_type, inspection, lambda _share: None)
        pieces = await asyncio.to_thread(chunk, reading.found.pages, ChunkSize())
        passages = await asyncio.to_thread(self._passages, reading, pieces[:MOST_PASSAGES])
        kept = Content(
            content_type=reading.content_type,
            page_kind=reading.found.page_kind,
            page_count=len(reading.found.pages) if reading.found.paginated else 0,
            metadata=reading.found.metadata,
            findings=[*reading.inspection.get("findings", []), *_cut(pieces)],
            passages=passages,
        )
        async with self.database.transaction(identity) as connection:
            await attachment_passages.keep(connection, identity, attachment.id, kept)

    def _passages(self, reading: Reading, pieces: Sequence[NewChunk]) -> list[Passage]:
        pages = {page.number: page for page in reading.found.pages}
        return [_passage(piece, pages[piece.page]) for piece in embed_pieces(pieces, self.embedder)]

    async def _fail(self, identity: Identity, attachment_id: UUID, error: VoiceLoopError) -> None:
        log.info("an attached file is not read", attachment_id=str(attachment_id), code=error.code)
        try:
            async with self.database.transaction(identity) as connection:
                await attachments.set_status(connection, identity, attachment_id, "failed", error=error_json(error))
        except NotFound:
            return


def _cut(pieces: Sequence[NewChunk]) -> list[dict[str, Any]]:
    """What is said about a file of which only the beginning is searched."""
    if len(pieces) <= MOST_PASSAGES:
        return []
    left_out = pieces[MOST_PASSAGES]
    text = f"This file is long: from page {left_out.page} on it is not searched. Attach that part by itself."
    if left_out.page == pieces[0].page:
        text = "This file is long: only its beginning is searched. Attach the rest as files of their own."
    return [asdict(Finding("truncated", "warning", text, left_out.page))]


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
