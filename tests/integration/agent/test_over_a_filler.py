"""A caller who waits and makes a sound meanwhile goes on waiting: not for ever, and not for another answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from livekit.agents import TurnHandlingOptions

from agent import errors
from agent.pipeline.build import NEVER_WORDS
from tests.fakes.faulty_stages import ANSWER, TURNS_BY_SILENCE, MindOf, Stretch
from tests.fakes.virtual_time import run
from tests.integration.agent.faulty_call import faulty_call

FLOOR_DECIDES: TurnHandlingOptions = {
    **TURNS_BY_SILENCE,
    "interruption": {"mode": "vad", "min_words": NEVER_WORDS, "resume_false_interruption": False},
}
OVER_THE_FILLER_S, AFTER_IT_S, BEFORE_IT_S = 1.2, 3.0, 0.4
EVERY_LINE = [errors.ONE_MOMENT, errors.TAKING_LONGER, errors.GIVEN_UP]


async def heard_by_who_waits(mind: Any, sound: str, at_s: float, seconds: float = 0.3) -> list[Stretch]:
    """What sounds, from the end of a question, with another sound so long after it; "": one without words."""
    async with faulty_call(MindOf(mind), with_floor=True, turn_handling=FLOOR_DECIDES) as call:
        ended = await call.speak("What is on my calendar?")
        await asyncio.sleep(at_s)
        call.ears.mood = "" if sound else "DEAF"
        await call.speak(sound, seconds=seconds)
        await asyncio.sleep(30)
        return [Stretch(one.begin - ended, one.end - ended, one.what) for one in call.speaker.heard]


def lines(heard: list[Stretch]) -> list[str]:
    """Each once, though its volume changed while it was said."""
    return list(dict.fromkeys(one.what for one in heard if one.what in {*errors.READY_SENTENCES, ANSWER}))


@pytest.mark.parametrize("at_s", [BEFORE_IT_S, OVER_THE_FILLER_S, AFTER_IT_S])
@pytest.mark.parametrize("sound", ["", "Okay."])
def test_who_waits_for_a_mind_that_hangs_is_told_how_it_stands_and_in_the_end_that_it_will_not_be(
    sound: str, at_s: float
) -> None:
    async def call_through() -> None:
        heard = await heard_by_who_waits("HANG", sound, at_s)
        assert lines(heard) == EVERY_LINE
        assert next(one.begin for one in heard if one.what == errors.GIVEN_UP) <= 15.0

    run(call_through)


@pytest.mark.parametrize("at_s", [BEFORE_IT_S, OVER_THE_FILLER_S, AFTER_IT_S])
@pytest.mark.parametrize("sound", ["", "Okay."])
def test_who_was_answered_is_not_told_that_something_went_wrong(sound: str, at_s: float) -> None:
    async def call_through() -> None:
        heard = await heard_by_who_waits(("slow", 6, "It is free."), sound, at_s)
        assert lines(heard) == [errors.ONE_MOMENT, ANSWER]

    run(call_through)


def test_who_says_okay_for_as_long_as_the_answer_takes_hears_the_answer_and_nothing_after_it() -> None:
    async def call_through() -> None:
        heard = await heard_by_who_waits(("slow", 4, "It is free."), "Okay.", 2.2, seconds=3.0)
        assert lines(heard) == [errors.ONE_MOMENT, ANSWER]

    run(call_through)
