"""Which embedder a tenant's questions go to: the one whose vectors its documents have, however the settings changed.

The database is asked once and then again every few seconds, beside the question and not before it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity
from store.knowledge_indexes import active_model
from store.log import get_logger
from tools.knowledge.embedding import Embedder

log = get_logger(__name__)
_FRESH_S = 3.0
_MOST_TENANTS = 1000


class ActiveEmbedder:
    """``configured`` answers for tenants without documents; ``others`` are known too. Without any: words only."""

    def __init__(self, database: Database, configured: Embedder | None, others: Sequence[Embedder] = ()) -> None:
        self._database = database
        self._configured = configured
        self._by_name = {one.name: one for one in (*others, *((configured,) if configured else ()))}
        self._models: dict[UUID, tuple[str, float]] = {}
        self._asking: dict[UUID, asyncio.Task[None]] = {}

    async def of(self, identity: Identity) -> Embedder | None:
        """The tenant's embedder; None when its model is not to be had here, and then words alone must do."""
        if not self._by_name:
            return None
        known = self._models.get(identity.tenant_id)
        if known is None or time.monotonic() - known[1] > _FRESH_S:
            asking = self._ask(identity)
            if known is None:
                await asyncio.shield(asking)
                known = self._models.get(identity.tenant_id)
        model = known[0] if known else ""
        return self._by_name.get(model) if model else self._configured

    async def aclose(self) -> None:
        """Give up what is being asked."""
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _ask(self, identity: Identity) -> asyncio.Task[None]:
        tenant_id = identity.tenant_id
        if tenant_id not in self._asking:
            task = self._asking[tenant_id] = asyncio.create_task(self._look(identity))
            task.add_done_callback(lambda _done: self._asking.pop(tenant_id, None))
        return self._asking[tenant_id]

    async def _look(self, identity: Identity) -> None:
        try:
            model = await active_model(self._database, identity)
        except VoiceLoopError:
            log.warning("which model is active is not known; the last one is used", exc_info=True)
            return
        if len(self._models) >= _MOST_TENANTS:
            self._models.clear()
        self._models[identity.tenant_id] = (model, time.monotonic())
