"""What series cost: `python -m bench.free_busy`. Prints figures and writes bench/out/free_busy.json.

Ten calendars of 300 series each, over 90 days: every occurrence, then merged to busy times; the first time (cold) and
again (warm, the median of five), in milliseconds of one core. Beside it reading and writing 3,000 events as a file.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.calendars.backend import Recurrence, RemoteEvent
from tools.calendars.icalendar.export import write_calendar
from tools.calendars.icalendar.reading import read_events
from tools.calendars.recurrence import expand, first_occurrence

OUT = Path(__file__).parent / "out" / "free_busy.json"
CALENDARS, SERIES, DAYS = 10, 300, 90
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "UTC", "Asia/Tokyo")]
RULES = (
    ["FREQ=WEEKLY"] * 12
    + ["FREQ=WEEKLY;BYDAY=MO,WE,FR"] * 3
    + ["FREQ=DAILY;COUNT=500", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY", "FREQ=YEARLY"]
)


def make_series(generator: random.Random, number: int) -> RemoteEvent:
    zone, rule = generator.choice(ZONES), generator.choice(RULES)
    start = datetime(2024, 1, 1, generator.randint(7, 19), generator.choice((0, 30)), tzinfo=zone)
    start = first_occurrence(start + timedelta(days=generator.randint(0, 900)), rule) or start
    return RemoteEvent(
        id=str(number), uid=str(number), etag="", summary=f"Series {number}", start=start,
        end=start + timedelta(minutes=generator.choice((30, 60, 90))), timezone=zone.key, recurrence=Recurrence(rule),
    )  # fmt: skip


def occurrences(events: list[RemoteEvent]) -> list[tuple[float, float]]:
    window = (NOW, NOW + timedelta(days=DAYS))
    return [
        (one.start.timestamp(), one.end.timestamp())
        for event in events
        if event.recurrence
        for one in expand(event.start, event.end, event.recurrence, window)
    ]


def merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    busy: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if busy and start <= busy[-1][1]:
            busy[-1] = (busy[-1][0], max(end, busy[-1][1]))
        else:
            busy.append((start, end))
    return busy


def cost(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return round((time.process_time() - before) * 1000, 1)


def main() -> None:
    generator = random.Random(11)
    events = [make_series(generator, number) for number in range(CALENDARS * SERIES)]
    window = (NOW, NOW + timedelta(days=DAYS))

    def all_of_them() -> int:
        return sum(len(expand(one.start, one.end, one.recurrence, window)) for one in events if one.recurrence)

    figures: dict[str, float] = {"series": len(events), "expand_cold_ms": cost(all_of_them)}
    figures["occurrences"] = all_of_them()
    figures["expand_warm_ms"] = statistics.median(cost(all_of_them) for _ in range(5))
    figures["busy_warm_ms"] = statistics.median(cost(lambda: merged(occurrences(events))) for _ in range(5))
    data = write_calendar(events, name="Bench", now=NOW, prodid="-//bench//EN")
    figures["write_file_ms"] = cost(lambda: write_calendar(events, name="Bench", now=NOW, prodid="-//bench//EN"))
    figures["read_file_ms"] = cost(lambda: read_events(data, default_zone=ZONES[0], now=NOW))
    figures["file_kb"] = len(data) // 1000
    for name, value in figures.items():
        print(f"{name:>20} {value:>10,}")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
