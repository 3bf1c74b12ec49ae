"""Answers to questions that were asked before: the search is spared while nothing it could have found has changed.

Asked before each search (one short statement), written behind the answer. What fails here costs a search, never a call.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from store import answer_cache
from store.answer_cache import CacheStatistics, Kept
from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity
from store.log import get_logger
from tools.knowledge.model import Looked, SearchFilters

READ, WRITE = "documents:read", "documents:write"
TTL_S: Final = 3600.0
MOST: Final = 1000  # answers a tenant
_LARGEST_BYTES = 65_536  # of one answer; what is larger is searched again
_LOOKED = TypeAdapter(Looked)
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept under ``key``. ``version`` None: the cache did not answer, and nothing may be kept."""

    key: bytes
    version: int | None
    looked: Looked | None


class AnswerCache:
    """One for all tenants; ``ttl_s`` 0 keeps nothing."""

    def __init__(self, database: Database, clock: Clock, *, ttl_s: float = TTL_S, most: int = MOST) -> None:
        self._database, self._clock, self.ttl_s, self._most = database, clock, ttl_s, most

    async def find(
        self, identity: Identity, question: str, limit: int, filters: SearchFilters, model: str
    ) -> Remembered:
        """What was found for this question, or the version to keep it under. Never raises for a database that fails."""
        key = key_of(question, limit, filters, model)
        if self.ttl_s <= 0:
            return Remembered(key, None, None)
        try:
            kept = await answer_cache.find(self._database, identity, key, self._clock.now())
            looked = _LOOKED.validate_python(kept.outcome) if kept.outcome is not None else None
        except ValidationError:  # written by another release of this program
            log.info("a kept answer was not understood")
            return Remembered(key, None, None)
        except VoiceLoopError:
            log.warning("the answer cache did not answer", exc_info=True)
            return Remembered(key, None, None)
        return Remembered(key, kept.version, looked)

    async def keep(self, identity: Identity, remembered: Remembered, looked: Looked) -> None:
        """Keep what was searched, or note that it was known; behind the answer. Never raises for the same reason."""
        now = self._clock.now()
        if remembered.version is None or looked.degraded:
            return
        try:
            if remembered.looked is not None:
                await answer_cache.note_use(self._database, identity, remembered.key, now)
                return
            plain = _LOOKED.dump_python(looked, mode="json")
            if len(json.dumps(plain)) > _LARGEST_BYTES:
                return
            kept, expires = Kept(remembered.version, plain), now + timedelta(seconds=self.ttl_s)
            await answer_cache.keep(
                self._database, identity, remembered.key, kept, at=now, expires_at=expires, most=self._most
            )
        except VoiceLoopError:
            log.warning("an answer was not kept", exc_info=True)

    async def statistics(self, identity: Identity) -> CacheStatistics:
        """Raises NotAllowed without the scope ``documents:read``."""
        identity.require(READ)
        return await answer_cache.statistics(self._database, identity, self._clock.now())

    async def clear(self, identity: Identity) -> None:
        """Raises NotAllowed without the scope ``documents:write``."""
        identity.require(WRITE)
        await answer_cache.clear(self._database, identity)


def normalised(question: str) -> str:
    """The same for "What does parking cost?" and "what does  parking cost", and for nothing that may ask otherwise:
    signs and marks inside a question tell C++ from C#, and the words of many scripts from each other.
    """
    return " ".join(unicodedata.normalize("NFC", question).lower().split()).rstrip("?!. ")


def key_of(question: str, limit: int, filters: SearchFilters, model: str) -> bytes:
    """SHA-256 of everything an outcome depends on besides the documents."""
    asked: dict[str, Any] = {
        "question": normalised(question),
        "limit": limit,
        "model": model,
        "filters": asdict(filters),
    }
    return hashlib.sha256(json.dumps(asked, default=str, sort_keys=True).encode()).digest()
