"""Tools that may run ahead of a turn write nothing at all: the database itself refuses them any write here."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.fakes.calls import Caller, make_call

LUNCH: dict[str, Any] = {"title": "Lunch with Anna", "start": "2026-11-24T12:00", "duration_min": 60}
LOOKS: dict[str, dict[str, Any]] = {
    "list_events": {"start_date": "2026-11-21", "end_date": "2026-12-31"},
    "read_briefing": {"date": "2026-11-24"},
    "find_free_slots": {"date": "2026-11-24"},
    "suggest_times": {"duration_min": 45, "wishes": ["mornings"]},
}


@pytest.mark.parametrize("tool", LOOKS)
async def test_what_looks_ahead_writes_nothing(
    database: Database, identity: Identity, clock: FixedClock, fresh_database_url: str, tool: str
) -> None:
    booking = Caller(make_call(database, identity, clock))
    await booking.use("book_event", **LUNCH, repeat="FREQ=WEEKLY")  # endless: looking far must not write it on
    booking.next_turn()
    await booking.use("book_event", **LUNCH, repeat="FREQ=WEEKLY", confirmed=True)
    url = make_conninfo(fresh_database_url, options="-c default_transaction_read_only=on")
    async with await Database.open(url) as read_only:
        call = make_call(read_only, identity, clock)
        _ = Caller(call)  # whose tools say which of them only read
        looking = call.ahead.begin("draft", tool, LOOKS[tool])
        assert looking
        assert (await looking).result
