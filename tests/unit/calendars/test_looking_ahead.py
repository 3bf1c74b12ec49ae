"""The calendar's tools that look may do so before a turn is over; until the caller's real question nobody notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from store.clock import FixedClock
from store.errors import Invalid
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from tests.fakes.calls import PERSONA, Caller, Published
from tools.calendars.connected import LostConsent
from tools.calendars.model import Event, Slot
from tools.calendars.scheduling.model import Proposal
from tools.call import EVENT_TOPIC, CallContext, Services

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Berlin"))
LUNCH = Event(
    new_id(), new_id(), "Lunch with Anna", NOON.astimezone(UTC), (NOON + timedelta(hours=1)).astimezone(UTC), "UTC"
)
FREE = Slot(NOON + timedelta(hours=2), NOON + timedelta(hours=4))
LOST = LostConsent(new_id(), "Your Google calendar needs to be connected again.")
LOOKS: dict[str, dict[str, Any]] = {
    "list_events": {"start_date": "2026-11-24"},
    "read_briefing": {"date": "2026-11-24"},
    "find_free_slots": {"date": "2026-11-24", "duration_min": 45},
    "suggest_times": {"people": ["Priya"], "wishes": ["mornings"]},
}


@dataclass
class House:
    """Every service that a look asks: it counts, and may refuse."""

    asked: int = 0
    refuses: bool = False
    lost_accounts: list[LostConsent] = field(default_factory=list[LostConsent])

    def _answer(self, found: Any) -> Any:
        self.asked += 1
        if self.refuses:
            raise Invalid("That cannot be.", code="no")
        return found

    async def list_events(self, *_: Any) -> list[Event]:
        return self._answer([LUNCH])

    async def find_free(self, *_: Any, **__: Any) -> list[Slot]:
        return self._answer([FREE])

    async def briefing_for(self, *_: Any) -> Any:
        return self._answer(SimpleNamespace(events=(LUNCH,), spoken="One event: Lunch with Anna."))

    async def suggest(self, *_: Any, **__: Any) -> Proposal:
        return self._answer(Proposal(note="Priya has her mornings to herself."))

    async def lost(self, _: Identity) -> list[LostConsent]:
        return self.lost_accounts


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
async def caller(house: House, published: Published) -> Caller:
    services = Services(*[cast(Any, house)] * 5)
    call = CallContext(
        identity=Identity(new_id(), None, "member", ALL_SCOPES),
        persona=PERSONA,
        conversation_id=new_id(),
        timezone=ZoneInfo("Europe/Berlin"),
        language="en",
        channel="web",
        clock=FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC)),
        services=services,
        publish=published,
    )
    return Caller(call, ["calendar"])


def noticed(caller: Caller) -> tuple[object, ...]:
    """All of the call that anybody could notice a look by."""
    words = caller.call.words
    return words.just_read, words.foreign((), ("Anna", "Priya")), caller.call.pending


@pytest.mark.parametrize("tool", LOOKS)
async def test_a_look_ahead_is_noticed_by_nobody_until_it_is_asked_for(
    caller: Caller, house: House, published: Published, tool: str
) -> None:
    before = noticed(caller)
    looking = caller.call.ahead.begin(caller.handle.id, tool, LOOKS[tool])
    assert looking
    found = await looking
    assert (noticed(caller), published.items) == (before, [])
    asked = house.asked
    assert await caller.use(tool, **LOOKS[tool]) == found.result
    assert house.asked == asked  # it was not looked up a second time
    assert len(published.of(EVENT_TOPIC)) == 1


@pytest.mark.parametrize("tool", LOOKS)
async def test_a_look_that_failed_ahead_is_refused_by_the_real_call_alone(
    caller: Caller, house: House, published: Published, tool: str
) -> None:
    house.refuses, before = True, noticed(caller)
    looking = caller.call.ahead.begin(caller.handle.id, tool, LOOKS[tool])
    assert looking
    with pytest.raises(Invalid):
        await looking
    assert (noticed(caller), published.items) == (before, [])
    assert await caller.refused(tool, **LOOKS[tool])


async def test_a_lost_consent_is_told_once_a_call_and_a_draft_does_not_count(caller: Caller, house: House) -> None:
    house.lost_accounts = [LOST]
    looking = caller.call.ahead.begin(caller.handle.id, "list_events", LOOKS["list_events"])
    assert looking
    await looking
    caller.call.ahead.discard(caller.handle.id)
    assert LOST.sentence in await caller.use("read_briefing", **LOOKS["read_briefing"])
    assert LOST.sentence not in await caller.use("list_events", **LOOKS["list_events"])


@pytest.mark.parametrize(
    "tool", ["book_event", "move_event", "change_event", "cancel_event", "cancel_events", "undo_last_change"]
)
async def test_what_changes_the_calendar_or_holds_a_time_never_runs_ahead(caller: Caller, tool: str) -> None:
    assert caller.call.ahead.begin(caller.handle.id, tool, {}) is None
    assert caller.call.ahead.begin(caller.handle.id, tool, {"event": "Lunch", "title": "x", "start": "x"}) is None
