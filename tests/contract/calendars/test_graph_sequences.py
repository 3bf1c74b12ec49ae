"""Any sequence of changes holds in Outlook though answers get lost, and whether or not Exchange forgets exceptions."""

from __future__ import annotations

import random
from datetime import UTC, timedelta

import pytest

from tests.contract.calendars.contender import timed, year_of
from tests.contract.calendars.graph import contender_of, running_graph
from tests.contract.calendars.test_sequences import START, Day, Mirror, change, told
from tests.fakes.graph_calendar.server import Fault, writes

FAULTS = [{"cut_before": True}, {"cut_after": True}, {"status": 503}]


@pytest.mark.parametrize("seed", range(100, 116))
async def test_a_series_is_what_was_done_to_its_days(seed: int) -> None:
    dice = random.Random(seed)
    weeks = dice.choice([1, 2])
    last = START + 11 * timedelta(weeks=weeks)
    end = dice.choice(["COUNT=12", f"UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"])
    draft = timed(START, 30, rrule=f"FREQ=WEEKLY;INTERVAL={weeks};{end}")
    async with running_graph() as (graph, backend):
        graph.page_size, graph.mailbox.forgets_exceptions = 50, seed % 2 == 0
        outlook = contender_of(graph, backend)
        made = await backend.create(outlook.calendar_id, draft, key="series")
        days = [Day(made.id, START + number * timedelta(weeks=weeks), "Stand-up") for number in range(12)]
        mirror, done = Mirror(), list[str]()
        for number in range(1, 9):
            if not days:
                break
            graph.faults = [Fault(writes, **dice.choice(FAULTS)) for _ in range(3 if seed % 4 else 0)]
            done.append(await change(outlook, dice, days, number))
            graph.faults.clear()
            wanted = sorted(one.seen() for one in days)
            assert told(await year_of(outlook)) == wanted, done
            mirror.hear(await backend.changes(outlook.calendar_id, mirror.token))
            assert told(mirror.occurrences()) == wanted, ("in the mirror", done)
