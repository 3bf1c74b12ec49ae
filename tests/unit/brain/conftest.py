"""A session that talks to the fake desk through the offline brain, at a fixed time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from livekit.agents import AgentSession

from agent.brain.llm import OfflineLLM
from agent.brain.reading import Reader
from store.clock import FixedClock
from tests.unit.brain.fake_tools import FakeDesk


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one sentence: tool calls as (name, arguments text), and the words spoken."""

    calls: list[tuple[str, str]]
    words: str


class Talk:
    """Say sentences, get turns."""

    def __init__(self, session: AgentSession[None], desk: FakeDesk) -> None:
        self.session, self.desk = session, desk

    async def say(self, text: str) -> Turn:
        result = await self.session.run(user_input=text)
        calls: list[tuple[str, str]] = []
        words: list[str] = []
        for event in result.events:
            if event.type == "function_call":
                calls.append((event.item.name, event.item.arguments))
            elif event.type == "message" and event.item.role == "assistant":
                words.append(event.item.text_content or "")
        return Turn(calls, " ".join(words))


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def make_brain(reader: Reader) -> Callable[[], OfflineLLM]:
    clock = FixedClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    return lambda: OfflineLLM(clock=clock, timezone=ZoneInfo("Europe/Berlin"), reader=reader, persona_name="Ava")


@pytest.fixture
async def talk(make_brain: Callable[[], OfflineLLM]) -> AsyncIterator[Talk]:
    desk = FakeDesk()
    async with (
        make_brain() as brain,
        AgentSession[None](llm=brain, vad=None, turn_handling={"turn_detection": None}) as session,
    ):
        await session.start(desk)
        yield Talk(session, desk)
