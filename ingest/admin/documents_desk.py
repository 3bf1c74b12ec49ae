"""What `voiceloop document` works with: the inbox, the search and the index that HTTP has, in this process.

No rules and no SQL here: what may be done is decided where HTTP asks too, and the job process does the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from ingest.admin.desk import Desk, at_desk
from ingest.documents.inbox import Inbox
from ingest.laptop.file_store import open_file_store
from ingest.laptop.secrets import secret_key
from ingest.reindexing import Reindexer
from ingest.settings import Settings, settings_from_environment
from store import document_lists
from store.document_lists import Filter, Listed
from store.errors import Conflict, NotFound, SettingsError
from tools.knowledge.embedding import Embedder
from tools.knowledge.remote_embedding import embedders_of
from tools.knowledge.service import KnowledgeService

T = TypeVar("T")
_MOST = 1_000
_NEAR = 5  # names to choose from


@dataclass(frozen=True, slots=True)
class DocumentDesk:
    """``settings`` are the sidecar's, read from this environment."""

    desk: Desk
    settings: Settings
    inbox: Inbox

    @asynccontextmanager
    async def knowledge(self) -> AsyncGenerator[KnowledgeService]:
        """Search, as long as the block lasts; nothing of it is kept for others."""
        configured, *others = await self._embedders()
        service = KnowledgeService(self.desk.database, self.desk.clock, configured, None, others)
        try:
            yield service
        finally:
            await service.aclose()

    async def reindexer(self) -> Reindexer:
        return Reindexer(self.desk.database, (await self._embedders())[0], self.desk.clock)

    async def _embedders(self) -> list[Embedder]:
        return await asyncio.to_thread(embedders_of, self.settings.embeddings, self.settings.embedding_server())


def at_documents(home: Path | None, tenant: str, work: Callable[[DocumentDesk], Awaitable[T]]) -> T:
    """Run ``work`` with the documents of this tenant. Raises VoiceLoopError with a sentence for the terminal."""

    async def open_and_work(desk: Desk) -> T:
        return await work(_open(desk))

    return at_desk(home, tenant, open_and_work)


def _open(desk: Desk) -> DocumentDesk:
    """Raises SettingsError without the secret key, without the place of the files, and for a wrong variable."""
    if desk.keyring is None:
        raise SettingsError("Files are sealed. Set VOICELOOP_SECRET_KEY to the one the sidecar uses.")
    files = open_file_store(desk.home, desk.environment, desk.keyring)
    # the first four are for serving, which nothing here does
    settings = settings_from_environment(
        DATABASE_URL="-",
        LIVEKIT_URL="ws://-",
        LIVEKIT_API_KEY="-",
        LIVEKIT_API_SECRET="-",
        VOICELOOP_SECRET_KEY=secret_key(desk.home, desk.environment),
    )
    return DocumentDesk(desk, settings, Inbox(desk.database, files, desk.clock, settings.upload_limit))


async def find_document(desk: Desk, wanted: str) -> Listed:
    """By id, or by title or file name, upper and lower case alike; of versions the one that counts now.

    Raises NotFound, and Conflict when several documents are called that.
    """
    try:
        return await document_lists.read_listed(desk.database, desk.identity, UUID(wanted))
    except ValueError:
        only = Filter(q=wanted)
        found = await document_lists.list_documents(desk.database, desk.identity, limit=_MOST, only=only)
    names = [one for one in found if wanted.casefold() in _names_of(one)]
    fitting = [one for one in names if one.document.status != "replaced"] or names[:1]
    if len(fitting) > 1:
        ids = ", ".join(str(one.document.id) for one in fitting)
        raise Conflict(f"Several documents are called {wanted!r}; name one by id: {ids}.")
    if not fitting:
        near = ", ".join(repr(one.document.title) for one in found[:_NEAR])
        text = f"There is no document called {wanted!r}."
        hint = f"Did you mean {near}?" if near else "`voiceloop document list` shows which there are."
        raise NotFound(f"{text} {hint}", code="document_not_found")
    return fitting[0]


def _names_of(listed: Listed) -> set[str]:
    return {listed.document.title.casefold(), listed.document.filename.casefold()}
