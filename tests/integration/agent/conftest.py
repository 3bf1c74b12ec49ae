"""A conversation by text with the real assistant, its real tools and a real database; no audio, no room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from livekit.agents import AgentSession
from livekit.agents.voice import SpeechHandle

from agent.dispatch import Dispatch
from agent.opening import OpenCall, open_call
from agent.settings import WorkerSettings
from agent.worker import build_call_pipeline, compose
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tools.knowledge.embedding import MiniLM


@dataclass
class Talk:
    """``say`` one turn; ``cards`` is what the page would have been shown."""

    session: AgentSession[None]
    opened: OpenCall
    cards: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    speeches: list[SpeechHandle] = field(default_factory=list[SpeechHandle])

    async def say(self, text: str) -> str:
        """The caller's words; returns what the assistant answered."""
        result = await self.session.run(user_input=text)
        answers = [event.item.text_content or "" for event in result.events if event.type == "message"]
        return " ".join(answers)

    async def replied(self) -> str:
        """What the assistant says next by itself, such as to something typed into the page's card."""
        speech = self.speeches[-1]
        await speech
        return " ".join(
            item.text_content or "" for item in speech.chat_items if item.type == "message" and item.role == "assistant"
        )

    async def hears(self, act: Callable[[], object]) -> str:
        """What the assistant says to something that was not said."""
        assert not act(), "it was refused"
        return await self.replied()

    def topics(self) -> list[str]:
        return [str(data.get("type") or f"{topic}:{data.get('status', '')}") for topic, data in self.cards]


@pytest.fixture(scope="session")
def embedder() -> MiniLM:
    return MiniLM()


@pytest.fixture
async def persona(database: Database, identity: Identity) -> str:
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO personas (id, tenant_id, slug, name, prompt, greeting, toolsets, is_default) "
            "VALUES (%s, %s, 'assistant', 'VoiceLoop', 'You help.', 'Hello, how can I help?', %s, true)",
            (new_id(), identity.tenant_id, ["calendar", "knowledge", "capture"]),
        )
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, name, timezone, is_default) "
            "VALUES (%s, %s, 'Work', 'Europe/Berlin', true)",
            (new_id(), identity.tenant_id),
        )
    return "assistant"


@pytest.fixture
def settings(fresh_database_url: str, clock: FixedClock) -> WorkerSettings:
    environment = {"DATABASE_URL": fresh_database_url, "VOICELOOP_SECRET_KEY": "k" * 64}
    found = WorkerSettings.from_environment(environment)
    object.__setattr__(found, "clock", clock)
    return found


@pytest.fixture
async def talk(settings: WorkerSettings, persona: str, embedder: MiniLM) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        opened = await open_call(settings, Dispatch("demo", persona), embedder, stack, room_name="", channel="console")
        pipeline = build_call_pipeline(settings, opened, {"vad": None, "embedder": embedder})
        session: AgentSession[None] = AgentSession(llm=pipeline.llm, turn_handling={"turn_detection": None})
        talk = Talk(session, opened)
        opened.cards.listen(lambda topic, data: talk.cards.append((topic, data)))
        session.on("close", lambda _: talk.closed.set())
        session.on("speech_created", lambda event: talk.speeches.append(event.speech_handle))
        await session.start(compose(session, opened, settings, embedder))
        yield talk
        await session.aclose()
