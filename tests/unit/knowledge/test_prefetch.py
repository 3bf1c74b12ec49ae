"""Searches begun while somebody still speaks."""

from __future__ import annotations

import asyncio

from tools.knowledge.prefetch import Prefetch, wording


class Searching:
    """Counts what is looked for; answers when told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self, text: str) -> str:
        self.asked.append(text)
        await self.free.wait()
        return f"found {text}"


def test_two_recognitions_of_a_sentence_have_the_same_wording() -> None:
    assert wording("What does the parking cost?") == wording("what does parking cost please")
    assert wording("What does parking cost?") != wording("What does breakfast cost?")
    assert wording("Hello, what does C++ cost, please?") == wording("hello what does C++ cost please")


def test_signs_and_marks_tell_words_apart() -> None:
    for one, other in (("What does C++ cost", "What does C# cost"), ("at +5 degrees", "at -5 degrees"), ("कल", "काल")):
        assert wording(one) != wording(other)


async def test_what_was_looked_for_ahead_is_there_when_it_is_asked() -> None:
    ahead, search = Prefetch[str](), Searching()
    ahead.begin("call", "what does parking cost", search)
    assert await ahead.take("call", "What does parking cost?") == "found what does parking cost"
    assert await ahead.take("call", "What does breakfast cost?") is None
    assert await ahead.take("another call", "What does parking cost?") is None
    await ahead.aclose()


async def test_while_one_search_runs_only_the_last_wording_waits() -> None:
    ahead, search = Prefetch[str](), Searching()
    search.free.clear()
    ahead.begin("call", "what does", search)
    await asyncio.sleep(0)
    ahead.begin("call", "what does parking", search)
    ahead.begin("call", "what does parking cost", search)
    search.free.set()
    assert await ahead.take("call", "what does parking cost") == "found what does parking cost"
    assert search.asked == ["what does", "what does parking cost"]
    await ahead.aclose()


async def test_what_was_found_is_not_kept_for_long() -> None:
    now = 0.0
    ahead, search = Prefetch[str](lambda: now), Searching()
    ahead.begin("call", "what does parking cost", search)
    assert await ahead.take("call", "what does parking cost") is not None
    now = 60.0
    assert await ahead.take("call", "what does parking cost") is None
    await ahead.aclose()


async def test_old_calls_make_room() -> None:
    ahead, search = Prefetch[str](), Searching()
    for number in range(300):
        ahead.begin(number, "what does parking cost", search)
    assert await ahead.take(0, "what does parking cost") is None
    assert await ahead.take(299, "what does parking cost") is not None
    await ahead.aclose()
