"""Whatever fails, a caller hears something in time: the framework's real session, faults at every stage, virtual time.

Each fault is met in several turns, because the second failure of a call is another case than the first.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent import errors
from tests.fakes.faulty_stages import ANSWER, EarsOf, MindOf, Stretch, VoiceOf
from tests.fakes.virtual_time import run
from tests.integration.agent.faulty_call import faulty_call, turn

FILLERS = (errors.ONE_MOMENT, errors.TAKING_LONGER)
TURNS = 3

MINDS: dict[str, tuple[Any, ...]] = {
    "nothing": ("It is free.",),
    "answers after 3 s": (("slow", 3, "It is free."),),
    "answers after 9 s": (("slow", 9, "It is free."),),
    "hangs": ("HANG",),
    "is away": ("ERROR",),
    "crashes": ("CRASH",),
    "is empty": ("EMPTY",),
    "writes a call as text": ('{"name": "book_event", "arguments": {}}',),
    "writes tags": ("<tool_call>book_event</tool_call>",),
    "stops in the middle": ("STALL",),
    "is away after the tool": (("call", "fine_tool"), "ERROR"),
    "hangs after the tool": (("call", "fine_tool"), "HANG"),
    "is empty after the tool": (("call", "fine_tool"), "EMPTY"),
    "calls for ever": (("call", "fine_tool"),),
    "calls what is not there": (("call", "no_tool"),),
    "calls with broken arguments": (("call", "fine_tool", "{not json"), "It is done."),
    "tool within its limit": (("call", "slow_tool"), "The calendar is away."),
    "tool without end": (("call", "endless_tool"), "It is done."),
    "tool crashes": (("call", "crashing_tool"), "That did not work."),
    "tool says nothing": (("call", "silent_tool"),),
    "tool stops the turn": (("call", "stopping_tool"),),
    "hands over for ever": (("call", "passing_tool"),),
    "slow and hands over": (("slow", 2, ("call", "passing_tool")),),
}

LIMITED = tuple(name for name in MINDS if name != "tool without end")  # every tool of the product has a limit
VOICES = ("HANG", "ERROR", "CRASH", "HALF")


def assert_never_silent(heard: list[Stretch]) -> None:
    """By 2.5 s something, by 8 s more than a filler, by 15 s an answer or an apology; nothing of ours said twice."""
    assert heard
    assert heard[0].begin <= 2.5, heard
    answers = [one for one in heard if one.what not in FILLERS]
    assert answers[0].begin <= 15.0, heard
    if answers[0].begin > 8.0:
        assert [one.what for one in heard if 2.5 < one.begin <= 8.0] == [errors.TAKING_LONGER], heard
    ours = [one.what for one in heard if one.what != ANSWER]
    assert len(ours) == len(set(ours)), heard


@pytest.mark.parametrize("fault", MINDS)
def test_no_turn_is_silent_when_the_mind_or_a_tool_fails(fault: str) -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf(*MINDS[fault])) as call:
            for _ in range(TURNS):
                assert_never_silent(await turn(call))
            said = [text for role, text in call.history() if role == "assistant"]
            assert not set(FILLERS) & set(said)
            assert all(text.strip() for text in said)

    run(call_through)


@pytest.mark.parametrize("mind", ["nothing", "answers after 9 s", "hangs", "is away", "calls for ever", "tool crashes"])
@pytest.mark.parametrize("mood", VOICES)
def test_no_turn_is_silent_when_the_voice_fails(mood: str, mind: str) -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf(*MINDS[mind]), VoiceOf(mood)) as call:
            for _ in range(TURNS):
                assert_never_silent(await turn(call))

    run(call_through)


@pytest.mark.parametrize("mood", ["DEAF", "ERROR"])
def test_no_turn_is_silent_when_nobody_understands_it(mood: str) -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("It is free."), ears=EarsOf(mood)) as call:
            for _ in range(TURNS):
                assert_never_silent(await turn(call))

    run(call_through)


def test_a_stage_that_recovers_is_as_good_as_before() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("ERROR", "ERROR", "It is free.", "ERROR", "It is free.")) as call:
            heard = [[one.what for one in await turn(call)] for _ in range(5)]
        assert heard == [[errors.NO_ANSWER], [errors.STILL_NO_ANSWER], [ANSWER], [errors.NO_ANSWER], [ANSWER]]

    run(call_through)


def test_a_call_goes_on_through_every_fault_one_after_another() -> None:
    """One call, every fault of the mind, there and back: nothing piles up that would silence a later turn."""

    async def call_through() -> None:
        mind = MindOf("It is free.")
        async with faulty_call(mind) as call:
            for fault in [*LIMITED, *reversed(LIMITED)]:
                mind.script = list(MINDS[fault])
                assert_never_silent(await turn(call))
                await asyncio.sleep(20)  # what was left running comes to its end
            mind.script = ["It is free."]
            assert [one.what for one in await turn(call)] == [ANSWER]

    run(call_through)
