"""Any sequence of changes holds in Outlook though answers get lost, and whether or not Exchange forgets exceptions."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, timedelta

import pytest

from tests.contract.calendars.outlook import Outlook, opened
from tests.contract.calendars.test_sequences import START, Day, Mirror, change, told
from tests.fakes.graph_calendar.server import Fault, writes

FAULTS = [{"cut_before": True}, {"cut_after": True}, {"status": 503}]


@pytest.fixture
async def outlook(waits: list[float]) -> AsyncIterator[Outlook]:
    async with opened() as made:
        made.graph.page_size = 50
        yield made


@pytest.mark.parametrize("seed", range(100, 116))
async def test_a_series_is_what_was_done_to_its_days(outlook: Outlook, seed: int) -> None:
    dice = random.Random(seed)
    outlook.graph.mailbox.forgets_exceptions = seed % 2 == 0
    weeks = dice.choice([1, 2])
    last = START + 11 * timedelta(weeks=weeks)
    end = dice.choice(["COUNT=12", f"UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"])
    made = await outlook.create(start=START, minutes=30, rrule=f"FREQ=WEEKLY;INTERVAL={weeks};{end}")
    days = [Day(made.id, START + number * timedelta(weeks=weeks), "Stand-up") for number in range(12)]
    mirror, done = Mirror(), list[str]()
    for number in range(1, 9):
        if not days:
            break
        if seed % 4 < 3:
            outlook.graph.faults = [Fault(writes, **dice.choice(FAULTS)) for _ in range(3)]
        done.append(await change(outlook, dice, days, number))
        outlook.graph.faults.clear()
        wanted = sorted(one.seen() for one in days)
        assert told(await outlook.all()) == wanted, done
        mirror.hear(await outlook.backend.changes(outlook.calendar_id, mirror.token))
        assert told(mirror.occurrences()) == wanted, ("in the mirror", done)
