"""A draft has its documents looked up while the turn is not decided; one that is not said was never there."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.agent_activity import AgentActivity
from livekit.agents.voice.audio_recognition import _PreemptiveGenerationInfo  # pyright: ignore[reportPrivateUsage]

from store.database import Database
from store.identity import Identity
from tests.fakes.embedder import LetterEmbedder
from tests.integration.agent.conftest import Talk
from tests.integration.agent.test_prefetch import Counting, with_service
from tests.integration.knowledge.library import add_document

ASKED = "How much does parking cost per night?"


@pytest.fixture
async def library(talk: Talk, database: Database, identity: Identity) -> Counting:
    await add_document(
        database, identity, "Rules", [(1, "Parking", "Parking costs 12 euros per night.")], LetterEmbedder()
    )
    return with_service(talk, database)[1]


def activity_of(talk: Talk) -> AgentActivity:
    activity = talk.session._activity  # pyright: ignore[reportPrivateUsage]
    assert activity is not None
    return activity


async def draft(talk: Talk, text: str) -> SpeechHandle:
    """The framework prepares an answer to words that may not be all; returns when what follows from it is there."""
    before = len(talk.speeches)
    activity_of(talk).on_preemptive_generation(
        _PreemptiveGenerationInfo(text, transcript_confidence=1.0, started_speaking_at=None)
    )
    assert len(talk.speeches) == before + 1
    await ready()
    return talk.speeches[-1]


async def ready() -> None:
    """Until the mind and all that follows from its draft rest: nothing else of a call begins tasks like these."""
    for _ in range(3):
        while tasks := [task for task in asyncio.all_tasks() if task.get_name() in NAMES]:
            await asyncio.wait(tasks)
        await asyncio.to_thread(lambda: None)


NAMES = {"ahead search_knowledge", "speaking early", "bridge"}


async def logged(database: Database, identity: Identity, conversation: UUID) -> int:
    async with database.transaction(identity) as connection:
        rows = await connection.execute(
            "SELECT count(*) FROM knowledge_queries WHERE conversation_id = %s", (conversation,)
        )
        found = await rows.fetchone()
    assert found
    return int(found["count"])


async def test_the_answer_is_given_from_what_was_looked_up_for_its_draft(talk: Talk, library: Counting) -> None:
    speech = await draft(talk, ASKED)
    searched = list(library.texts)
    assert searched, "nothing was looked up"
    assert talk.cards == []
    activity_of(talk)._schedule_speech(speech, SpeechHandle.SPEECH_PRIORITY_NORMAL)  # pyright: ignore[reportPrivateUsage]
    assert "12 euros" in await talk.replied()
    assert library.texts == searched
    assert len(talk.cards) == 1


async def test_a_draft_that_is_not_said_leaves_no_card_no_note_and_no_log(
    talk: Talk, library: Counting, database: Database, identity: Identity
) -> None:
    speech = await draft(talk, ASKED)
    activity_of(talk)._cancel_preemptive_generation()  # pyright: ignore[reportPrivateUsage]
    await speech
    call = talk.opened.call
    assert library.texts
    assert talk.cards == []
    assert not call.words.just_read
    assert await call.ahead.take(speech.id, "search_knowledge", question=ASKED) is None
    await call.services.knowledge.aclose()
    assert await logged(database, identity, call.conversation_id) == 0


@pytest.mark.usefixtures("library")
async def test_a_draft_that_would_change_something_changes_nothing(talk: Talk) -> None:
    speech = await draft(talk, "Book lunch with Anna tomorrow at noon for an hour.")
    activity_of(talk)._cancel_preemptive_generation()  # pyright: ignore[reportPrivateUsage]
    await speech
    assert talk.cards == []
    assert talk.opened.call.pending is None
