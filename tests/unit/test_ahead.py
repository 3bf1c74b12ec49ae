"""What was looked up for a draft is given to exactly that call, once; a draft that is not said leaves nothing."""

from __future__ import annotations

import asyncio

import pytest

from tools.ahead import MOST, Ahead, Looked

DRAFT = "speech_1"


class Library:
    def __init__(self, ahead: Ahead) -> None:
        self.asked: list[str] = []
        self.told: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        ahead.reads_only("look", self.look)

    async def look(self, question: str, most: int = 3) -> Looked:
        self.asked.append(question)
        await self.gate.wait()
        if question == "broken":
            raise RuntimeError("the shelf fell over")
        return Looked(f"{question}: {most} books", lambda: self.told.append(question))


@pytest.fixture
async def ahead() -> Ahead:
    return Ahead()


@pytest.fixture
async def library(ahead: Ahead) -> Library:
    return Library(ahead)


async def test_the_real_call_gets_what_was_found_and_only_then_is_it_told(ahead: Ahead, library: Library) -> None:
    looking = ahead.begin(DRAFT, "look", {"question": "tea"})
    assert looking
    await looking
    assert library.told == []
    found = await ahead.take(DRAFT, "look", question="tea", most=3)  # a default that is spelled out is the same call
    assert found
    assert found.told() == "tea: 3 books"
    assert library.told == ["tea"]


async def test_the_real_call_waits_for_what_is_under_way(ahead: Ahead, library: Library) -> None:
    library.gate.clear()
    ahead.begin(DRAFT, "look", {"question": "tea"})
    taking = asyncio.create_task(ahead.take(DRAFT, "look", question="tea"))
    await asyncio.sleep(0)
    library.gate.set()
    assert (await taking) is not None
    assert library.asked == ["tea"]


async def test_the_same_call_again_is_looked_up_again(ahead: Ahead, library: Library) -> None:
    ahead.begin(DRAFT, "look", {"question": "tea"})
    assert await ahead.take(DRAFT, "look", question="tea")
    assert await ahead.take(DRAFT, "look", question="tea") is None


@pytest.mark.usefixtures("library")
async def test_other_arguments_and_other_drafts_get_nothing(ahead: Ahead) -> None:
    ahead.begin(DRAFT, "look", {"question": "tea"})
    assert await ahead.take(DRAFT, "look", question="coffee") is None
    assert await ahead.take(DRAFT, "look", question="tea", most=9) is None
    assert await ahead.take("speech_2", "look", question="tea") is None
    assert await ahead.take("", "look", question="tea") is None


async def test_a_tool_that_did_not_say_it_only_reads_never_runs_ahead(ahead: Ahead, library: Library) -> None:
    assert ahead.begin(DRAFT, "book", {"question": "tea"}) is None
    assert ahead.begin(DRAFT, "look", {"wrong": "tea"}) is None
    assert ahead.begin(DRAFT, "look", {"question": object()}) is None
    assert library.asked == []


async def test_a_discarded_draft_leaves_nothing(ahead: Ahead, library: Library) -> None:
    library.gate.clear()
    looking = ahead.begin(DRAFT, "look", {"question": "tea"})
    assert looking
    ahead.discard(DRAFT)
    await asyncio.wait([looking])
    assert looking.cancelled()
    assert library.told == []
    assert await ahead.take(DRAFT, "look", question="tea") is None


@pytest.mark.usefixtures("library")
async def test_what_failed_ahead_is_looked_up_by_the_real_call(ahead: Ahead) -> None:
    ahead.begin(DRAFT, "look", {"question": "broken"})
    assert await ahead.take(DRAFT, "look", question="broken") is None


async def test_a_draft_has_few_calls_ahead(ahead: Ahead, library: Library) -> None:
    begun = [ahead.begin(DRAFT, "look", {"question": str(number)}) for number in range(MOST + 2)]
    assert [one is not None for one in begun] == [True] * MOST + [False] * 2
    await asyncio.gather(*filter(None, begun))
    assert len(library.asked) == MOST
