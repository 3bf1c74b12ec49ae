"""Sounds of the caller while nothing is heard of the assistant yet: before an answer, before an announcement."""

from collections.abc import AsyncIterator

import pytest
from livekit.agents import Agent

from agent.behaviors.floor import UNANSWERED_S
from tests.fakes.talking_over import OPENING, Call, new_session


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    """Greeted, and nobody speaks."""
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        session.say("Hello.")
        await call.until(lambda: session.agent_state == "listening" and bool(call.loudspeaker.finished))
        yield call


async def thinks(call: Call) -> None:
    """The caller has asked, and the answer is not there yet."""
    call.mind.ready.clear()
    await call.asks("A table for two.")
    await call.until(lambda: call.session.agent_state == "thinking")


async def test_an_okay_while_it_thinks_neither_stops_nor_delays_the_answer(call: Call) -> None:
    await thinks(call)
    await call.begins()
    await call.says("Okay.")
    call.mind.ready.set()
    await call.is_heard(lambda level: level > 9_000)
    await call.ends()
    await call.says("Okay.", final=True)
    await call.until(lambda: len(call.loudspeaker.finished) == 2)
    assert call.turns == ["A table for two."]
    assert not call.loudspeaker.finished[-1].interrupted


async def test_an_answer_does_not_begin_over_a_caller_who_goes_on(call: Call) -> None:
    await thinks(call)
    await call.begins()
    heard = len(call.loudspeaker.finished)
    call.mind.ready.set()
    await call.sounds(8_000, 0.3)
    assert not call.loudspeaker.heard_s
    await call.says("Wait, and a high chair")
    await call.ends()
    await call.says("Wait, and a high chair.", final=True)
    await call.until(lambda: call.turns == ["A table for two.", "Wait, and a high chair."])
    await call.until(lambda: len(call.loudspeaker.finished) > heard)


async def test_noise_that_never_ends_delays_an_answer_by_no_more_than_a_moment(call: Call) -> None:
    await thinks(call)
    await call.begins()
    call.mind.ready.set()
    await call.is_heard(lambda level: level > 0)
    assert call.session.user_state == "speaking"


async def test_an_announcement_waits_for_a_caller_who_speaks(call: Call) -> None:
    await call.begins()
    speech = call.session.say(OPENING)
    await call.sounds(8_000, 0.3)
    assert not call.loudspeaker.heard_s
    await call.ends()
    await call.is_heard(lambda level: level > 9_000)
    assert not speech.interrupted


async def test_what_is_said_to_who_waits_does_not_give_way_to_the_turn_that_is_not_sure_yet(call: Call) -> None:
    await call.begins()
    await call.says("A table for", final=True)
    call.fillers.append(filler := call.session.say("One moment, please."))
    await call.ends()
    await call.is_heard(lambda level: level > 9_000)
    await call.sounds(0, UNANSWERED_S / 2)
    await call.until(filler.done)
    assert not filler.interrupted
