"""Search in a tenant's documents, and in a call in what was attached to it: by words and meaning together, with a
quotation, honest when nothing fits.

Knows neither LiveKit nor HTTP. The query log is written behind the answer; ``aclose`` waits for it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from store.clock import Clock
from store.database import Database
from store.errors import Invalid, VoiceLoopError
from store.identity import Identity
from store.ids import new_id
from store.log import get_logger
from tools.knowledge.active import ActiveEmbedder
from tools.knowledge.attached import merged, passages_of, results_of
from tools.knowledge.background import Background
from tools.knowledge.cache import AnswerCache
from tools.knowledge.embedding import Embedder, MiniLM
from tools.knowledge.meaning import Meaning, Question
from tools.knowledge.model import Looked, SearchFilters, SearchOutcome, SearchResult, WordStatistics
from tools.knowledge.prefetch import Prefetch
from tools.knowledge.queries import Asked as LoggedQuestion
from tools.knowledge.queries import QueryLog, stems_of
from tools.knowledge.ranking import ANSWER_THRESHOLD
from tools.knowledge.repository import Found, KnowledgeRepository, Search
from tools.knowledge.results import (
    UNKNOWN_LOSS,
    Asked,
    Weighed,
    in_order,
    is_undecided,
    lost_without,
    rank,
    without_lacking,
)
from tools.plaintext import clean_line

READ = "documents:read"
MAX_LIMIT = 50
MAX_QUERY_CHARS = 1000
_POOL = 40  # candidates that are ranked
_AHEAD = 5  # results that are found before the question is complete
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
_Notes = list[Callable[[], object]]  # what is done once the question was surely asked
_NO_FILTERS = SearchFilters()


class KnowledgeService:
    """Search over confirmed documents. ``embedder`` None means words only, ``answers`` None that none are kept.

    ``others``: embedders of models that a tenant's documents may still be indexed with.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        embedder: Embedder | None,
        answers: AnswerCache | None = None,
        others: Sequence[Embedder] = (),
    ) -> None:
        self._database = database
        self._repository = KnowledgeRepository(database)
        self._queries = QueryLog(database)
        self._clock = clock
        self._embedders = ActiveEmbedder(database, embedder, others)
        self._meaning = Meaning()
        self._answers = answers
        self._background = Background()
        self._ahead: Prefetch[Looked] = Prefetch()

    @property
    def queries(self) -> QueryLog:
        """What was asked."""
        return self._queries

    async def search(
        self,
        identity: Identity,
        query: str,
        *,
        limit: int = 5,
        filters: SearchFilters | None = None,
        conversation_id: UUID | None = None,
    ) -> SearchOutcome:
        """The best chunks for ``query`` with a quotation each, best first.

        ``conversation_id``: the call it is asked in, for the log, for what was found ahead (``prefetch``), and for the
        files attached to it, which take part unless there are filters.
        Raises Invalid for an empty query or a limit outside 1-50, NotAllowed without the scope ``documents:read``.
        """
        outcome, note = await self.look_up(
            identity, query, limit=limit, filters=filters, conversation_id=conversation_id
        )
        note()
        return outcome

    async def look_up(
        self,
        identity: Identity,
        query: str,
        *,
        limit: int = 5,
        filters: SearchFilters | None = None,
        conversation_id: UUID | None = None,
    ) -> tuple[SearchOutcome, Callable[[], None]]:
        """As ``search``, of a question that may not have been asked to the end: the second value is to be called when
        it was. Until then it is neither logged nor kept."""
        identity.require(READ)
        if not 1 <= limit <= MAX_LIMIT:
            raise Invalid(f"limit is a number from 1 to {MAX_LIMIT}.", code="bad_limit")
        query = clean_line(query, limit=MAX_QUERY_CHARS)
        if not query:
            raise Invalid("Say what to look for.", code="query_missing")
        started = time.perf_counter()
        wanted = filters or _NO_FILTERS
        question = await self._question(identity, query)
        notes: _Notes = []
        if conversation_id is None or wanted != _NO_FILTERS:
            looked = await self._in_documents(identity, question, wanted, limit, conversation_id, notes)
        else:
            looked = await self._in_both(identity, question, limit, conversation_id, notes)
        results = looked.results[:limit]
        outcome = SearchOutcome(
            results=results,
            query_id=new_id(),
            execution_time_ms=round((time.perf_counter() - started) * 1000, 2),
            answered=bool(results) and results[0].relevance >= ANSWER_THRESHOLD,
            degraded=looked.degraded,
        )
        notes.append(lambda: self._log_later(identity, query, outcome, looked.stems, conversation_id))

        def note() -> None:
            for noted in notes:
                noted()

        return outcome, note

    def prefetch(self, identity: Identity, partial: str, *, conversation_id: UUID | None = None) -> None:
        """Look for what a caller is saying before it is said to the end; ``search`` takes it up if it was the question.

        Returns at once, logs nothing, never raises for what fails meanwhile.
        """
        identity.require(READ)
        text = telling_part(clean_line(partial, limit=MAX_QUERY_CHARS))

        async def look(said: str) -> Looked:
            return await self._look(identity, await self._question(identity, said), _NO_FILTERS, _AHEAD)

        if text:
            self._ahead.begin((identity.tenant_id, conversation_id), text, look)

    async def aclose(self) -> None:
        """Give up what is looked for ahead, wait until the query log is written."""
        await self._ahead.aclose()
        await self._embedders.aclose()
        await self._background.aclose()

    async def _question(self, identity: Identity, query: str) -> Question:
        return Question(telling_part(query), await self._embedders.of(identity), self._meaning)

    async def _in_both(
        self, identity: Identity, question: Question, limit: int, conversation_id: UUID, notes: _Notes
    ) -> Looked:
        """The documents and the conversation's own files; what is found in those is kept for nobody."""
        looked, found = await asyncio.gather(
            self._in_documents(identity, question, _NO_FILTERS, limit, conversation_id, notes),
            passages_of(self._database, identity, conversation_id, question.text),
        )
        if not found[0]:
            return looked
        vector = await question.vector()
        attached = await results_of(found, (vector, question.embedder), lambda these: _ranked(these, question, limit))
        return replace(looked, results=tuple(merged(attached, looked.results, limit)))

    async def _in_documents(
        self,
        identity: Identity,
        question: Question,
        filters: SearchFilters,
        limit: int,
        conversation_id: UUID | None,
        notes: _Notes,
    ) -> Looked:
        looked: Looked | None = None
        if filters == _NO_FILTERS and limit <= _AHEAD:
            looked = await self._ahead.take((identity.tenant_id, conversation_id), question.text)
        return looked or await self._known_or_looked_for(identity, question, filters, limit, notes)

    async def _known_or_looked_for(
        self, identity: Identity, question: Question, filters: SearchFilters, limit: int, notes: _Notes
    ) -> Looked:
        """What was found for the same question lately, while the documents are the same; else a search."""
        if self._answers is None:
            return await self._look(identity, question, filters, limit)
        kept = await self._answers.find(identity, question.text, limit, filters, question.model)
        looked = kept.looked or await self._look(identity, question, filters, limit)
        answers = self._answers
        notes.append(lambda: self._background.begin(answers.keep(identity, kept, looked)))
        return looked

    async def _look(self, identity: Identity, question: Question, filters: SearchFilters, limit: int) -> Looked:
        vector, most = await question.vector(), max(_POOL, limit)
        async with self._repository.searching(identity) as search:
            found = await search.candidates(question.text, vector, question.model, filters, most=most)
            located = await _located(search, await _ranked(found, question, limit))
        return Looked(tuple(located), vector is None, stems_of([word.stems for word in found[1].words]))

    def _log_later(
        self,
        identity: Identity,
        query: str,
        outcome: SearchOutcome,
        stems: tuple[str, ...],
        conversation_id: UUID | None,
    ) -> None:
        first = outcome.results[0] if outcome.results else None
        asked = LoggedQuestion(
            id=outcome.query_id,
            query=query,
            answered=outcome.answered,
            result_count=len(outcome.results),
            top_relevance=first.relevance if first else 0,
            degraded=outcome.degraded,
            channel=identity.origin.channel,
            conversation_id=conversation_id,
            document_id=first.chunk.document_id if first and not first.chunk.is_attached else None,
            execution_time_ms=outcome.execution_time_ms,
            created_at=self._clock.now(),
            stems=stems,
        )
        self._background.begin(self._log(identity, asked))

    async def _log(self, identity: Identity, asked: LoggedQuestion) -> None:
        try:
            await self._queries.write(identity, asked)
        except VoiceLoopError:
            log.warning("query log not written", exc_info=True)


async def _ranked(found: Found, question: Question, limit: int) -> list[SearchResult]:
    candidates, statistics = found
    if not candidates:
        return []
    asked = question.text, await question.vector()
    ordered = in_order(candidates, statistics, asked)
    lost = await _lost(ordered, statistics, asked, question)
    if limit > _AHEAD:  # so many quotations take long enough to hold others up
        return await asyncio.to_thread(rank, ordered, statistics, asked, limit, lost)
    return rank(ordered, statistics, asked, limit, lost)


async def _lost(ordered: Sequence[Weighed], statistics: WordStatistics, asked: Asked, question: Question) -> float:
    """See ``lost_without``. A model behind a network is not asked a second time, nor any where it decides nothing."""
    text, vector = asked
    if vector is None or not isinstance(question.embedder, MiniLM) or not is_undecided(ordered, statistics, text):
        return UNKNOWN_LOSS
    first = ordered[0][2]
    rest = without_lacking(text, first, statistics)
    return lost_without(vector, await question.vector_of(rest) if rest else None, first)


async def _located(search: Search, results: list[SearchResult]) -> list[SearchResult]:
    """Results with the boxes or seconds of their quotations, where their pages have any."""
    placed = [one for one in results if one.chunk.page_kind not in ("none", "sheet")]
    if not placed:
        return results
    where = dict(zip((one.chunk.id for one in placed), await search.locations(placed), strict=True))
    return [replace(one, location=where.get(one.chunk.id, one.location)) for one in results]


def telling_part(query: str) -> str:
    """The question without what people say around it; the whole query when nothing else is left."""
    rest = clean_line(_CHATTER.sub(" ", query), limit=MAX_QUERY_CHARS).strip(" ,.;:-")
    rest = _PARTICLE.sub(r"\1-\2", rest)
    return rest if re.search(r"\w{2}", rest) else query
