"""The loop that tells people of their calendars, on a test's own clock, and what it told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import time
from typing import Any

from ingest.calendars.notices import CalendarNotices
from ingest.mails.outbox import Outbox
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.seal import Keyring
from store.sealed import MAIL_BODY
from tests.integration.calendars.drafts import wall
from tools.calendars.briefing.service import BriefingService
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.service import CalendarService

KEYRING = Keyring(("k" * 40,))
HEADS_UP = NoticeSettings(heads_up_min=10, notices_by=("page", "mail"))
BRIEFED = NoticeSettings(briefing_at=time(7), briefing_days=tuple(range(7)))
Setting = Callable[[NoticeSettings], Awaitable[NoticeSettings]]


def make_notices(database: Database, calendars: CalendarService, clock: FixedClock) -> CalendarNotices:
    return CalendarNotices(database, calendars, Outbox(KEYRING, clock), clock)


def go_to(clock: FixedClock, moment: str) -> None:
    clock.advance(wall(moment) - clock.now())


async def at(clock: FixedClock, notices: CalendarNotices, moment: str) -> Any:
    go_to(clock, moment)
    notices.wake()
    return await notices.round()


async def mails(database: Database, identity: Identity) -> list[tuple[str, str]]:
    """Subject and text of all that were queued, in order."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute("SELECT id, subject, sealed_body FROM mails ORDER BY created_at, id")
        ).fetchall()
    opened = [MAIL_BODY.open(KEYRING, identity.tenant_id, row["id"], row["sealed_body"]).decode() for row in rows]
    return [(row["subject"], text) for row, text in zip(rows, opened, strict=True)]


async def told(briefings: BriefingService, identity: Identity) -> list[str]:
    return [one.text for one in await briefings.recent(identity)]
