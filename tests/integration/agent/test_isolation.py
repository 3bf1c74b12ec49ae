"""Every tool of a call, used by one tenant while another has events and documents that would fit: nothing shows.

What a tool answers must be the same whether the other tenant has something or not, and different for the one it is of.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from livekit.agents import ToolError
from livekit.agents.llm import FunctionTool

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.fakes.calls import Caller, Published, make_call
from tests.fakes.embedder import LetterEmbedder
from tests.integration.knowledge.library import add_document
from tools.toolsets import TOOLSETS, build_toolsets

SECRET = "Zanzibar"
DINNER: dict[str, Any] = {"title": f"{SECRET} dinner", "start": "2026-11-24T12:00", "duration_min": 60}
PASSAGES = [(1, "Parking", f"Parking costs 12 euros per night, and the gate opens with the word {SECRET}.")]

# Arguments with which the owner of the dinner and the document gets to hear of them; a new tool needs a line here.
TRIES: dict[str, dict[str, Any]] = {
    "book_event": {"title": "Lunch", "start": "2026-11-24T12:30"},
    "list_events": {"start_date": "2026-11-21", "end_date": "2026-12-31"},
    "read_briefing": {"date": "2026-11-24"},
    "find_free_slots": {"date": "2026-11-24"},
    "move_event": {"event": "", "event_start": "2026-11-24T12:00", "new_start": "2026-11-25T12:00"},
    "change_event": {"event": "", "event_start": "2026-11-24", "duration_min": 90},
    "cancel_event": {"event": "", "event_start": "2026-11-24"},
    "cancel_events": {"start_date": "2026-11-24"},
    "undo_last_change": {},
    "suggest_times": {"start_date": "2026-11-24", "end_date": "2026-11-24", "duration_min": 300},
    "search_knowledge": {"question": "What does parking cost?"},
    "read_citation": {"part": "paragraph"},
    "capture_name": {"said": f"it is {SECRET}, zed ay en"},
    "capture_email": {"said": "dinner at zanzibar dot com"},
    "capture_phone": {"said": "oh one seven, double five"},
    "capture_date": {"said": "the twenty fourth of November"},
    "capture_amount": {"said": "twelve euros"},
    "capture_answer": {},
}
OWN_CALL_ONLY = {"undo_last_change", *(name for name in TRIES if name.startswith("capture_"))}  # whoever owns what


class Side:
    """One tenant on the line; every answer and everything the page was shown is one text."""

    def __init__(self, database: Database, identity: Identity, clock: FixedClock) -> None:
        self._database, self._identity, self._clock = database, identity, clock

    async def tell(self, tool: str, **arguments: Any) -> str:
        """A call of its own in which the tool is used, and again after a yes if it takes one."""
        published = Published()
        call = make_call(self._database, self._identity, self._clock, embedder=LetterEmbedder(), published=published)
        caller = Caller(call, list(TOOLSETS))
        if tool == "read_citation":
            await _answer(caller, "search_knowledge", TRIES["search_knowledge"])
        heard = [await _answer(caller, tool, arguments)]
        if tool in {"move_event", "change_event", "cancel_event", "cancel_events"}:
            caller.next_turn()
            heard.append(await _answer(caller, tool, arguments | {"confirmed": True}))
        await caller.hang_up()
        await call.services.aclose()
        shown = [{**payload, "id": ""} for _, payload in published.items]  # a proposal's own id is always new
        return json.dumps([heard, shown])

    async def book(self, **event: Any) -> str:
        caller = Caller(make_call(self._database, self._identity, self._clock))
        await caller.use("book_event", **event)
        caller.next_turn()
        return await caller.use("book_event", **event, confirmed=True)

    async def agenda(self) -> str:
        return await self.tell("list_events", **TRIES["list_events"])


async def _answer(caller: Caller, tool: str, arguments: dict[str, Any]) -> str:
    try:
        return await caller.use(tool, **arguments)
    except ToolError as error:
        return f"refused: {error.message}"


@pytest.fixture
def mine(database: Database, identity: Identity, clock: FixedClock) -> Side:
    return Side(database, identity, clock)


@pytest.fixture
def theirs(database: Database, other_identity: Identity, clock: FixedClock) -> Side:
    return Side(database, other_identity, clock)


async def _keep_secrets(database: Database, identity: Identity, side: Side) -> None:
    await side.book(**DINNER)
    await add_document(database, identity, f"{SECRET} handbook", PASSAGES, LetterEmbedder())


def test_every_tool_is_tried(database: Database, identity: Identity, clock: FixedClock) -> None:
    toolsets = build_toolsets(list(TOOLSETS), make_call(database, identity, clock))
    names = {tool.id for toolset in toolsets for tool in toolset.tools if isinstance(tool, FunctionTool)}
    assert names == set(TRIES)


@pytest.mark.parametrize("tool", sorted(TRIES))
async def test_a_tool_does_not_show_what_another_tenant_has(
    tool: str, mine: Side, theirs: Side, database: Database, identity: Identity
) -> None:
    before = await theirs.tell(tool, **TRIES[tool])
    await _keep_secrets(database, identity, mine)
    agenda = await mine.agenda()
    assert await theirs.tell(tool, **TRIES[tool]) == before
    assert SECRET not in before or tool in OWN_CALL_ONLY  # the caller said it
    assert await mine.agenda() == agenda
    if tool not in OWN_CALL_ONLY:
        assert await mine.tell(tool, **TRIES[tool]) != before  # for its owner it is there


async def test_the_same_hour_belongs_to_each_tenant(
    mine: Side, theirs: Side, database: Database, identity: Identity
) -> None:
    await _keep_secrets(database, identity, mine)
    agenda = await mine.agenda()
    assert "Lunch is booked" in await theirs.book(title="Lunch", start="2026-11-24T12:00")
    assert await mine.agenda() == agenda
    assert SECRET not in await theirs.agenda()


async def test_calling_an_event_by_its_name_does_not_reach_it(
    mine: Side, theirs: Side, database: Database, identity: Identity
) -> None:
    await _keep_secrets(database, identity, mine)
    agenda = await mine.agenda()
    assert "refused" in await theirs.tell("cancel_event", event=DINNER["title"])
    assert "refused" in await theirs.tell("move_event", event=DINNER["title"], new_start="2026-11-25T12:00")
    assert await mine.agenda() == agenda
