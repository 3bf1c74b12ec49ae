"""A turn that should have ended and has not, as on a machine that does not keep up, leaves no caller in silence."""

from __future__ import annotations

import asyncio

from livekit.agents import LanguageCode, TurnHandlingOptions, llm

from agent import errors
from agent.pipeline.build import NEVER_WORDS
from tests.fakes.faulty_stages import ANSWER, TURNS_BY_SILENCE, MindOf
from tests.fakes.virtual_time import run
from tests.integration.agent.faulty_call import faulty_call, turn


class Slow:
    """Takes so many seconds to see that a turn is over, one after another; the last one for ever."""

    model, provider = "slow", "fake"

    def __init__(self, *seconds: float) -> None:
        self.seconds = list(seconds)

    async def supports_language(self, language: LanguageCode | None) -> bool:
        return True

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        return 0.5

    async def predict_end_of_turn(self, chat_ctx: llm.ChatContext, *, timeout: float | None = None) -> float:
        await asyncio.sleep(self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0])
        return 1.0


def turns_of(detector: Slow) -> TurnHandlingOptions:
    """As in a call of the product."""
    return {
        **TURNS_BY_SILENCE,
        "turn_detection": detector,
        "endpointing": {"mode": "fixed", "min_delay": 0.0, "max_delay": 1.5},
        "interruption": {"mode": "vad", "min_words": NEVER_WORDS, "resume_false_interruption": False},
    }


def test_it_is_ended_in_time_for_its_answer() -> None:
    async def call_through() -> None:
        handling = turns_of(Slow(60, 0))
        async with faulty_call(MindOf("It is free."), with_floor=True, turn_handling=handling) as call:
            heard = await turn(call)
        assert [one.what for one in heard] == [ANSWER]
        assert heard[0].begin <= 2.5

    run(call_through)


def test_should_even_that_take_long_there_is_a_whole_filler_and_then_the_answer() -> None:
    async def call_through() -> None:
        handling = turns_of(Slow(60, 60, 0.5))
        async with faulty_call(MindOf("It is free."), with_floor=True, turn_handling=handling) as call:
            heard = await turn(call)
            assert [one.what for one in heard] == [errors.ONE_MOMENT, ANSWER]
            assert heard[0].begin <= 2.5
            assert heard[0].end - heard[0].begin > 0.9
            assert heard[1].begin <= 8.0
            assert [text for role, text in call.history() if role == "user"] == ["What is on my calendar?"]

    run(call_through)


def test_one_that_ends_while_the_filler_sounds_is_answered_after_it() -> None:
    async def call_through() -> None:
        handling = turns_of(Slow(60, 0.6, 0))
        async with faulty_call(MindOf("It is free."), with_floor=True, turn_handling=handling) as call:
            heard = await turn(call)
        assert [one.what for one in heard] == [errors.ONE_MOMENT, ANSWER]
        assert heard[0].begin <= 2.5

    run(call_through)


def test_one_that_never_ends_is_told_so() -> None:
    async def call_through() -> None:
        handling = turns_of(Slow(600))
        async with faulty_call(MindOf("It is free."), with_floor=True, turn_handling=handling) as call:
            for _ in range(2):
                heard = [one.what for one in await turn(call)]
                assert heard[0] == errors.ONE_MOMENT
                assert {errors.NO_ANSWER, errors.STILL_NO_ANSWER} & set(heard)

    run(call_through)
