"""Search in a tenant's documents: by words and meaning together, with a quotation, honest when nothing fits.

Knows neither LiveKit nor HTTP. The query log is written behind the answer; ``aclose`` waits for it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence

from store.clock import Clock
from store.database import Database
from store.errors import Invalid, VoiceLoopError
from store.identity import Identity
from store.ids import new_id
from store.log import get_logger
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.model import Candidate, SearchFilters, SearchOutcome, SearchResult, WordStatistics
from tools.knowledge.quoting import best_quote, overlap, sentences
from tools.knowledge.ranking import ANSWER_THRESHOLD, fuse, rarity, relevance
from tools.knowledge.repository import KnowledgeRepository
from tools.plaintext import clean_line

READ = "documents:read"
MAX_LIMIT = 50
MAX_QUERY_CHARS = 1000
_POOL = 50
_EMBEDDER_FAILURES = (VoiceLoopError, OSError, RuntimeError, ValueError)
# what people say around a question; none of it is in the answer
_CHATTER = re.compile(
    r"\b(?:hi|hello|hey|please|thanks|thank you|um+|uh+|er+|well|okay|ok|(?:can|could|would|will) you (?:please )?"
    r"(?:just )?(?:tell|say|explain|show|check|look up|find out)(?: (?:to )?(?:me|us|for me))?|tell me|let me know|"
    r"i(?:'d| would)? (?:want|like|need|love) to (?:know|ask|hear|find out)|i(?:'m| am|was| was)? (?:just )?"
    r"(?:wondering|curious|asking)|do you (?:happen to )?know|any idea|i have a question|quick question|what about|"
    r"how about|(?:in|from|according to) (?:the|your|my) (?:documents?|files?|knowledge base))\b",
    re.IGNORECASE,
)
# "check in" as recognition writes it would lose its second word to the stop words
_PARTICLE = re.compile(
    r"\b(check|sign|log|clock|drop|pick|opt|plug|set|turn|clean|back|late|stop)\s(in|out|up|off|on|over)\b",
    re.IGNORECASE,
)
log = get_logger(__name__)


class KnowledgeService:
    """Search over confirmed documents. ``embedder`` None means words only."""

    def __init__(self, database: Database, clock: Clock, embedder: Embedder | None) -> None:
        self._repository = KnowledgeRepository(database)
        self._clock = clock
        self._embedder = embedder
        self._background: set[asyncio.Task[None]] = set()

    async def search(
        self, identity: Identity, query: str, *, limit: int = 5, filters: SearchFilters | None = None
    ) -> SearchOutcome:
        """The best chunks for ``query`` with a quotation each, best first.

        Raises Invalid for an empty query or a limit outside 1-50, NotAllowed without the scope ``documents:read``.
        """
        identity.require(READ)
        if not 1 <= limit <= MAX_LIMIT:
            raise Invalid(f"limit is a number from 1 to {MAX_LIMIT}.", code="bad_limit")
        query = clean_line(query, limit=MAX_QUERY_CHARS)
        if not query:
            raise Invalid("Say what to look for.", code="query_missing")
        started = time.perf_counter()
        question = telling_part(query)
        embedding = asyncio.create_task(self._embed(question))
        try:
            candidates, statistics = await self._repository.candidates(
                identity, question, embedding, self._embedder.name if self._embedder else "", filters or SearchFilters()
            )
            vector = await embedding
            results = await self._results(candidates, statistics, (question, vector), limit)
        finally:
            embedding.cancel()
        outcome = SearchOutcome(
            results=tuple(results),
            query_id=new_id(),
            execution_time_ms=round((time.perf_counter() - started) * 1000, 2),
            answered=bool(results) and results[0].relevance >= ANSWER_THRESHOLD,
            degraded=vector is None,
        )
        self._log_later(identity, query, outcome)
        return outcome

    async def aclose(self) -> None:
        """Wait until the query log is written."""
        if self._background:
            await asyncio.gather(*self._background)

    async def _results(
        self,
        candidates: Sequence[Candidate],
        statistics: WordStatistics,
        asked: tuple[str, Vectors | None],
        limit: int,
    ) -> list[SearchResult]:
        if not candidates:
            return []
        ranked = sorted(
            ((fuse(candidate, statistics), candidate) for candidate in candidates),
            key=lambda pair: (-pair[0], pair[1].chunk.document_id, pair[1].chunk.seq),
        )
        (score, first), rest = ranked[0], ranked[1:limit]
        question, _ = asked
        return [
            await asyncio.to_thread(self._result, first, score, statistics, asked),
            *(self._result(candidate, score, statistics, (question, None)) for score, candidate in rest),
        ]

    def _result(
        self, candidate: Candidate, score: float, statistics: WordStatistics, asked: tuple[str, Vectors | None]
    ) -> SearchResult:
        """``asked`` is the question and its vector, if the quotation is to be chosen by meaning too (slower)."""
        question, vector = asked
        found = sentences(candidate.chunk.text)
        stems = list(statistics.document_frequency)
        rarities = [rarity(stem, statistics) for stem in stems]
        scores = [overlap(stems, rarities, sentence) for sentence in found]
        cosines = self._cosines(found, vector)
        if cosines:
            scores = [0.5 * words + meaning for words, meaning in zip(scores, cosines, strict=True)]
        return SearchResult(
            chunk=candidate.chunk,
            score=round(score, 4),
            relevance=relevance(candidate, statistics, max(cosines, default=None)),
            quote=best_quote(found, scores, question),
        )

    def _cosines(self, found: Sequence[str], vector: Vectors | None) -> list[float]:
        if self._embedder is None or vector is None or not found:
            return []
        try:
            return [float(cosine) for cosine in self._embedder.embed(found) @ vector]
        except _EMBEDDER_FAILURES:
            log.warning("embedding failed, quoting by words only", exc_info=True)
            return []

    async def _embed(self, text: str) -> Vectors | None:
        """The question's vector, made in a thread; None when embedding fails, and then words alone must do."""
        if self._embedder is None:
            return None
        try:
            return (await asyncio.to_thread(self._embedder.embed, [text]))[0]
        except _EMBEDDER_FAILURES:
            log.warning("embedding failed, searching by words only", exc_info=True)
            return None

    def _log_later(self, identity: Identity, query: str, outcome: SearchOutcome) -> None:
        task = asyncio.create_task(self._log(identity, query, outcome))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _log(self, identity: Identity, query: str, outcome: SearchOutcome) -> None:
        figures = (outcome.answered, len(outcome.results), outcome.execution_time_ms)
        try:
            await self._repository.log(identity, outcome.query_id, query, figures, self._clock.now())
        except VoiceLoopError:
            log.warning("query log not written", exc_info=True)


def telling_part(query: str) -> str:
    """The question without what people say around it; the whole query when nothing else is left."""
    rest = clean_line(_CHATTER.sub(" ", query), limit=MAX_QUERY_CHARS).strip(" ,.;:-")
    rest = _PARTICLE.sub(r"\1-\2", rest)
    return rest if re.search(r"\w{2}", rest) else query
