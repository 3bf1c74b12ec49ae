"""Outlook's backend, its stand-in and a clock, for tests of what only Outlook does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from store.clock import FixedClock
from tests.contract.calendars.contender import at, timed
from tests.contract.calendars.graph import running_graph
from tests.fakes.graph_calendar.server import FakeGraph
from tools.calendars.backend import Patch, RemoteEvent
from tools.calendars.microsoft.calendar import GraphCalendar

NINE = at(2027, 1, 11, 9)
DAILY = "FREQ=DAILY;COUNT=8"


class Outlook:
    """The stand-in, the backend, and the first calendar's id."""

    def __init__(self, graph: FakeGraph, backend: GraphCalendar, clock: FixedClock) -> None:
        self.graph, self.backend, self.clock = graph, backend, clock
        self.calendar_id = next(iter(graph.mailbox.calendars))

    async def create(self, key: str = "one", start: datetime = NINE, **others: object) -> RemoteEvent:
        return await self.backend.create(self.calendar_id, timed(start, **others), key=key)

    async def change(self, event: RemoteEvent, patch: Patch, **others: Any) -> RemoteEvent:
        return await self.backend.update(self.calendar_id, event.id, patch, **others)

    async def all(self) -> list[RemoteEvent]:
        return await self.backend.occurrences(self.calendar_id, at(2027, 1, 1), at(2028, 1, 1))

    def asked(self, method: str) -> int:
        return sum(1 for one, _ in self.graph.seen if one == method)


@asynccontextmanager
async def opened() -> AsyncIterator[Outlook]:
    clock = FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
    async with running_graph(clock) as (graph, backend):
        yield Outlook(graph, backend, clock)
