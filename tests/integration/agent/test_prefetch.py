"""What a caller is saying is looked for before it is said to the end; nothing is, where nothing may be looked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from livekit.agents import UserInputTranscribedEvent

from agent.behaviors import prefetch
from store.database import Database
from store.identity import Identity
from tests.fakes.embedder import LetterEmbedder
from tests.integration.agent.conftest import Talk
from tests.integration.knowledge.library import add_document
from tools.knowledge.embedding import MiniLM, Vectors
from tools.knowledge.service import KnowledgeService

SAID = "How much does parking cost per night?"


def hear(talk: Talk, text: str, *, final: bool = False) -> None:
    talk.session.emit("user_input_transcribed", UserInputTranscribedEvent(transcript=text, is_final=final))


class Counting(LetterEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed(texts)


async def settled() -> None:
    """Until no search is under way any more."""
    tasks = [task for task in asyncio.all_tasks() if "Prefetch" in repr(task.get_coro())]
    await asyncio.gather(*tasks)


def with_service(talk: Talk, database: Database) -> tuple[KnowledgeService, Counting]:
    embedder = Counting()
    service = KnowledgeService(database, talk.opened.call.clock, embedder)
    talk.opened.call.services = replace(talk.opened.call.services, knowledge=service)
    return service, embedder


async def test_the_finished_question_is_answered_from_what_was_found_meanwhile(
    talk: Talk, database: Database, identity: Identity
) -> None:
    await add_document(
        database, identity, "Rules", [(1, "Parking", "Parking costs 12 euros per night.")], LetterEmbedder()
    )
    service, embedder = with_service(talk, database)
    hear(talk, "How much does")
    hear(talk, "How much does parking cost")
    hear(talk, SAID)
    await settled()
    searched = list(embedder.texts)
    assert SAID.rstrip("?") in searched[-1]
    outcome = await service.search(
        talk.opened.call.identity, SAID, conversation_id=talk.opened.call.conversation_id, limit=5
    )
    assert outcome.answered
    assert embedder.texts == searched  # nothing is left to wait for; how long that takes is measured in bench/
    await service.aclose()


async def test_a_word_or_two_is_not_looked_for(talk: Talk, database: Database) -> None:
    service, embedder = with_service(talk, database)
    for text in ("", "Um.", "Yes, please.", "x " * 500):
        hear(talk, text, final=True)
    await settled()
    assert embedder.texts == []
    await service.aclose()


async def test_nothing_is_looked_for_where_the_caller_may_not_or_the_persona_does_not(
    talk: Talk, database: Database
) -> None:
    service, embedder = with_service(talk, database)
    talk.opened.call.identity = replace(talk.opened.call.identity, scopes=frozenset())
    hear(talk, SAID)
    await settled()
    assert embedder.texts == []
    persona = replace(talk.opened.call.persona, toolsets=("calendar",))
    before = len(talk.session._events.get("user_input_transcribed", ()))  # pyright: ignore[reportPrivateUsage]
    prefetch.attach(talk.session, replace(talk.opened.call, persona=persona))
    assert len(talk.session._events.get("user_input_transcribed", ())) == before  # pyright: ignore[reportPrivateUsage]
    await service.aclose()


async def test_a_search_ahead_that_fails_is_no_trouble(talk: Talk, database: Database, embedder: MiniLM) -> None:
    service, _ = with_service(talk, database)
    await database.close()
    hear(talk, SAID)
    await asyncio.gather(
        *[task for task in asyncio.all_tasks() if "Prefetch" in repr(task.get_coro())], return_exceptions=True
    )
    await service.aclose()
