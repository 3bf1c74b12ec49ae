"""A persona's longest call: it is told a minute before, and then it ends with a goodbye, whatever the caller says."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

from livekit.agents import ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from agent import errors
from agent.behaviors import call_limit, watchdog
from store import conversations
from store.database import Database
from store.identity import Identity
from tests.integration.agent.conftest import Talk


def spoken(talk: Talk) -> list[str]:
    """What the assistant says from now on."""
    said: list[str] = []

    def note(event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.role == "assistant":
            said.append(event.item.text_content or "")

    talk.session.on("conversation_item_added", note)
    return said


async def test_a_minute_before_the_end_is_told_and_then_the_call_ends(
    talk: Talk, database: Database, identity: Identity
) -> None:
    said = spoken(talk)
    persona = replace(talk.opened.persona, limits={"call_minutes": 2})
    async with AsyncExitStack() as stack:
        call_limit.attach(stack, talk.session, persona, watchdog.attach(talk.session), minute_s=0.2)
        answer = await talk.say("What is on my calendar tomorrow?")
        await asyncio.wait_for(talk.closed.wait(), 10)
    limits = [text for text in said if text in {errors.ONE_MINUTE_LEFT, errors.TIME_IS_UP}]
    assert limits == [errors.ONE_MINUTE_LEFT, errors.TIME_IS_UP]
    assert answer
    await talk.opened.recorder.aclose()
    ended = await conversations.read_conversation(database, identity, talk.opened.call.conversation_id)
    assert ended.status == "ended"


async def test_a_call_that_ends_before_its_time_is_not_ended_again(talk: Talk) -> None:
    persona = replace(talk.opened.persona, limits={"call_minutes": 1})
    async with AsyncExitStack() as stack:
        call_limit.attach(stack, talk.session, persona, watchdog.attach(talk.session), minute_s=3600)
        (watching,) = [task for task in asyncio.all_tasks() if task.get_name() == "call_limit"]
        await talk.session.aclose()
        await asyncio.wait({watching}, timeout=5)
        assert watching.cancelled()


async def test_a_persona_without_a_limit_is_not_watched(talk: Talk) -> None:
    async with AsyncExitStack() as stack:
        call_limit.attach(stack, talk.session, talk.opened.persona, watchdog.attach(talk.session), minute_s=0.01)
        assert "call_limit" not in {task.get_name() for task in asyncio.all_tasks()}
        assert not talk.closed.is_set()
