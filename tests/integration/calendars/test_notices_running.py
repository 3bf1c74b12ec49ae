"""The loop of notices as it runs: it hears of changes, tells one person live, dies, starts again, and mails arrive."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP

from ingest.calendars.notices import CalendarNotices
from ingest.mails.outbox import Outbox
from ingest.mails.sender import Sender
from ingest.mails.smtp import SmtpServer
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.live import LiveEvent, announce, listen
from tests.integration.calendars.drafts import lunch
from tests.integration.calendars.noticing import (
    BRIEFED,
    HEADS_UP,
    KEYRING,
    Setting,
    at,
    go_to,
    mails,
    make_notices,
    told,
)
from tools.calendars.briefing.service import BriefingService
from tools.calendars.service import CalendarService

KILLED = """
import asyncio, os, signal, sys
from datetime import datetime
from uuid import UUID
from ingest.calendars.notices import CalendarNotices
from ingest.mails.outbox import Outbox
from store.clock import FixedClock
from store.database import Database
from store.seal import Keyring
from tools.calendars.service import CalendarService

class Killed(Outbox):
    async def post(self, connection, identity, mail):
        await super().post(connection, identity, mail)
        os.kill(os.getpid(), signal.SIGKILL)

async def main(url, now, tenant):
    clock = FixedClock(datetime.fromisoformat(now))
    async with await Database.open(url) as database:
        calendars = CalendarService(database, clock)
        await CalendarNotices(database, calendars, Killed(Keyring(("k" * 40,)), clock), clock).look(UUID(tenant))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_sidecars_at_once_tell_it_once(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, want: Setting
) -> None:
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    go_to(clock, "2026-11-24T11:52")
    await asyncio.gather(*(make_notices(database, calendars, clock).round() for _ in range(2)))
    assert len(await mails(database, identity)) == 1


async def test_what_dies_before_its_end_is_told_after_the_restart(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    go_to(clock, "2026-11-24T11:52")

    class Dying(Outbox):
        async def post(self, *_: object) -> UUID:  # type: ignore[override]
            raise asyncio.CancelledError

    dying = CalendarNotices(database, calendars, Dying(KEYRING, clock), clock)
    with pytest.raises(asyncio.CancelledError):
        await dying.round()
    assert await told(briefings, identity) == []
    for _ in range(2):  # restarts
        await make_notices(database, calendars, clock).round()
    assert len(await mails(database, identity)) == 1
    assert len(await told(briefings, identity)) == 1


async def test_a_process_killed_in_the_middle_has_told_nothing(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, want: Setting,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await want(HEADS_UP)
    await calendars.book(identity, lunch())
    go_to(clock, "2026-11-24T11:52")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, database.url, clock.now().isoformat(), str(identity.tenant_id)
    )
    assert await child.wait() == -signal.SIGKILL
    assert await told(briefings, identity) == []
    await make_notices(database, calendars, clock).round()
    assert len(await mails(database, identity)) == 1


@contextlib.asynccontextmanager
async def _running(notices: CalendarNotices) -> AsyncGenerator[None]:
    task = asyncio.create_task(notices.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
async def heard(database: Database, identity: Identity) -> AsyncIterator[asyncio.Queue[LiveEvent]]:
    """Every change that is told live, from now on."""
    queue: asyncio.Queue[LiveEvent] = asyncio.Queue()

    async def follow() -> None:
        async for event in listen(database.url):
            queue.put_nowait(event)

    task = asyncio.create_task(follow())
    async with asyncio.timeout(20):
        while queue.empty():  # it listens when it hears this
            async with database.transaction(identity) as connection:
                await announce(connection, identity, "test.ready", {"id": "1"})
    yield queue
    task.cancel()
    await asyncio.wait({task})


async def next_notice(heard: asyncio.Queue[LiveEvent]) -> LiveEvent:
    while (one := await heard.get()).type != "calendar.notice":
        pass
    return one


async def test_a_running_loop_hears_of_a_booking_and_tells_the_one_person_live(
    calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices, want: Setting,
    heard: asyncio.Queue[LiveEvent],
) -> None:  # fmt: skip
    await want(HEADS_UP)
    go_to(clock, "2026-11-24T11:52")
    await calendars.book(identity, lunch("2026-11-24T11:55", 5, "Early"))
    async with asyncio.timeout(20), _running(notices):
        assert (await next_notice(heard)).data["text"] == "Early starts at 11:55 AM."
        event = await calendars.book(identity, lunch())
        one = await next_notice(heard)
    assert one.only_for == identity.user_id
    assert (one.data["kind"], one.data["event"]) == ("starting_soon", str(event.id))
    assert (one.data["text"], one.data["at"]) == ("Lunch starts at noon.", event.starts_at.isoformat())


async def test_the_briefing_arrives_at_a_mail_server(
    database: Database, calendars: CalendarService, identity: Identity, clock: FixedClock, notices: CalendarNotices,
    want: Setting,
) -> None:  # fmt: skip
    await want(BRIEFED)
    await calendars.book(identity, lunch(summary="Lunch at www.harbour.test"))
    await at(clock, notices, "2026-11-24T07:00")
    async with database.transaction(identity) as connection:
        [row] = await (await connection.execute("SELECT id FROM mails WHERE status = 'queued'")).fetchall()
    arrived = list[Any]()

    class Postman:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            arrived.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            return "250 taken"

    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Postman()), "127.0.0.1", 0)
    try:
        there = SmtpServer("127.0.0.1", server.sockets[0].getsockname()[1], timeout_s=5)
        await Sender(database, KEYRING, clock, there, "VoiceLoop <v@example.org>").send(identity, row["id"])
    finally:
        server.close()
        await server.wait_closed()
    [message] = arrived
    assert (message["To"], message["Subject"]) == ("owner@demo.test", "Tuesday, November 24th: 1 event")
    content = message.get_content()
    assert "12:00 to 13:00 Lunch at www" in content
    assert "www.harbour.test" not in content
