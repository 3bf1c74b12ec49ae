"""How long callers waited for answers, by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from aiohttp import web
from pydantic import Field

from ingest.keys import CLOCK, DATABASE
from ingest.routes import Body, Routes, Shape, identity_of, query_of
from ingest.zones import zone_of_house
from store import latency
from tools.calendars.walltime import start_of

routes = Routes("Conversations")


class LatencyQuery(Body):
    days: Annotated[int, Field(ge=1, le=365, description="How many days, today included.")] = 30


class WaitsShape(Shape):
    """From the caller's last sound to the first sound of the answer, measured in the sound of both sides."""

    turns: int = Field(description="Spoken answers that were measured")
    median_ms: float | None = Field(description="Half of them were heard within so many milliseconds")
    p95_ms: float | None = Field(description="95 of 100 were")


class LatencyDay(WaitsShape):
    day: date


class LatencyDays(WaitsShape):
    """Of all days together, and in ``items`` of each that has any, oldest first."""

    timezone: str = Field(description="On whose clock days begin")
    items: list[LatencyDay]
    next_cursor: None = Field(default=None, description="Always null: the list is whole")


@routes.add("GET", "/api/latency", scope="conversations:read", query=LatencyQuery, answer=LatencyDays)
async def read_latency(request: web.Request) -> LatencyDays:
    """How long callers waited for answers: median and 95th percentile, by day and in all."""
    identity, query = identity_of(request), query_of(request, LatencyQuery)
    zone = await zone_of_house(request.app, identity)
    today = request.app[CLOCK].now().astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in reversed(range(query.days))]
    found = await latency.by_day(request.app[DATABASE], identity, [(day, start_of(day, zone)) for day in days])
    return LatencyDays(
        turns=found.whole.turns,
        median_ms=found.whole.median_ms,
        p95_ms=found.whole.p95_ms,
        timezone=zone.key,
        items=[
            LatencyDay(day=day, turns=waits.turns, median_ms=waits.median_ms, p95_ms=waits.p95_ms)
            for day, waits in found.days
        ],
    )
