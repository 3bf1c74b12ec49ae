"""The loop that tells people of their calendars: in the page, and through the outbox by mail.

Sleeps until the next notice is due or a calendar changes, which Postgres tells. Each tenant is looked at in one
transaction under its lock: a notice is claimed, announced and its mail queued together, or not at all, so that neither
a kill nor a second sidecar tells anything twice. What there is to tell: ``tools/calendars/briefing``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg import Error

from ingest.mails.outbox import Mail, Outbox
from store import installation, tenants
from store.clock import Clock
from store.database import Connection, Database
from store.errors import Invalid, VoiceLoopError
from store.identity import Identity, Origin
from store.live import LiveEvent, announce, listen
from store.log import get_logger
from tools.calendars.briefing import repository, saying
from tools.calendars.briefing.day import brief
from tools.calendars.briefing.due import AHEAD, briefing_due, notices_of
from tools.calendars.briefing.model import Briefing, Calendars, Notice
from tools.calendars.briefing.repository import Listener
from tools.calendars.briefing.service import calendars_for
from tools.calendars.finding import READ
from tools.calendars.model import Event
from tools.calendars.planning.preferences import preferences_of_people
from tools.calendars.service import CalendarService
from tools.calendars.walltime import zone_of

log = get_logger(__name__)
_BEHIND: Final = timedelta(days=2)  # the whole of today on every clock
_KEPT: Final = timedelta(days=30)
_LONGEST_WAIT: Final = timedelta(hours=1)  # then everything is looked at, whatever was not heard of
_RETRY: Final = timedelta(seconds=30)
_GATHER_S: Final = 0.5  # changes come in numbers
_RECONNECT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one look at a tenant works with."""

    connection: Connection
    identity: Identity
    tenant: str
    now: datetime


class CalendarNotices:
    """``run`` until cancelled; ``round`` does what is due now. ``timezone``: the installation's, over the tenants'."""

    def __init__(
        self, database: Database, calendars: CalendarService, outbox: Outbox, clock: Clock, *, timezone: str = ""
    ) -> None:
        self._database, self._calendars, self._outbox, self._clock = database, calendars, outbox, clock
        self._timezone = timezone
        self._all = True
        self._changed = set[UUID]()
        self._next = dict[UUID, datetime]()
        self._woken = asyncio.Event()

    def wake(self, tenant_id: UUID | None = None) -> None:
        """Something of this tenant changed, or may have changed anywhere; look soon."""
        if tenant_id is None:
            self._all = True
        else:
            self._changed.add(tenant_id)
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. Whatever fails is logged and tried again."""
        await asyncio.gather(self._hear(), self._work())

    async def round(self) -> datetime | None:
        """Tell what is due in the tenants that changed or whose time has come; returns when the next is due."""
        now, changed = self._clock.now(), self._changed
        if self._all:
            self._all, changed = False, set(await installation.tenant_ids(self._database))
            self._next = {tenant_id: due for tenant_id, due in self._next.items() if tenant_id in changed}
        self._changed = set()
        for tenant_id in changed | {tenant_id for tenant_id, due in self._next.items() if due <= now}:
            due = await self._safely(tenant_id)
            self._next.pop(tenant_id, None)
            if due is not None:
                self._next[tenant_id] = due
        return min(self._next.values(), default=None)

    async def look(self, tenant_id: UUID) -> datetime | None:
        """Tell what is due in this tenant; returns when the next is, None while nobody there wants anything."""
        identity = Identity(tenant_id, None, "worker", frozenset({READ}), origin=Origin("job"))
        tenant = await tenants.read_tenant(self._database, identity)
        if tenant is None:
            return None
        async with self._database.transaction(identity) as connection:
            await repository.alone(connection, tenant_id)
            listeners = await repository.listeners(connection)
            if not listeners:
                return None
            desk = _Desk(connection, identity, tenant.name, self._clock.now())
            dues = await self._tell_all(desk, listeners, self._timezone or tenant.timezone)
            await repository.forget(connection, desk.now - _KEPT)
        return min(dues, default=desk.now + _LONGEST_WAIT)

    async def _tell_all(self, desk: _Desk, listeners: Sequence[Listener], timezone: str) -> list[datetime]:
        seen = await repository.seen_calendars(desk.connection)
        owners = {calendar.user_id for calendar in seen}
        lists = dict[UUID | None, list[Event]]()  # who has no calendar of their own sees what everybody sees
        tenants_habits, people = await preferences_of_people(desk.connection, [one.person.id for one in listeners])
        found = list[datetime]()
        for one in listeners:
            habits = people.get(one.person.id, tenants_habits)
            viewer = one.person.id if one.person.id in owners else None
            if viewer not in lists:
                lists[viewer] = await self._list(desk, viewer)
            events = lists[viewer]
            mine = calendars_for(one.person, events, seen, habits.zone(zone_of(timezone)), habits)
            found += await self._tell(desk, one, mine)
        return found

    async def _list(self, desk: _Desk, user_id: UUID | None) -> list[Event]:
        """In the transaction under the lock: a second connection would wait for those who wait for this one."""
        viewer = replace(desk.identity, user_id=user_id)
        window = (desk.now - _BEHIND, desk.now + AHEAD)
        return await self._calendars.list_events(viewer, *window, connection=desk.connection)

    async def _tell(self, desk: _Desk, one: Listener, mine: Calendars) -> list[datetime]:
        """To one person what is due; returns when the rest will be."""
        notices = notices_of(mine, one.settings, desk.now)
        await repository.drop_gone(desk.connection, one.person.id, notices, desk.now, desk.now + AHEAD)
        planned = [*notices, *briefing_due(mine, one.settings, one.since, desk.now)]
        wanted = [notice for notice in planned if one.settings.ways_of(notice.kind)]
        texts = list[str]()
        for notice in sorted((notice for notice in wanted if notice.due <= desk.now), key=lambda one: one.starts_at):
            if notice.kind == "briefing":
                await self._brief(desk, one, mine, notice)
            elif await self._claim(desk, one, notice) and "mail" in one.settings.ways_of(notice.kind):
                texts.append(notice.text)
        if texts:
            text = saying.notices_mail(texts, one.person.name, desk.tenant)
            await self._post(desk, one, saying.notices_subject(texts), text)
        return [notice.due for notice in wanted if notice.due > desk.now]

    async def _brief(self, desk: _Desk, one: Listener, mine: Calendars, notice: Notice) -> None:
        briefing: Briefing = brief(mine, notice.starts_at.astimezone(mine.zone).date(), desk.now)
        told = await self._claim(desk, one, replace(notice, text=briefing.spoken))
        if told and "mail" in one.settings.ways_of("briefing"):
            text = saying.briefing_mail(briefing, one.person.name, desk.tenant)
            await self._post(desk, one, saying.briefing_subject(briefing), text)

    async def _claim(self, desk: _Desk, one: Listener, notice: Notice) -> bool:
        """False: told before. Else the page hears of it when this transaction commits, if it is to."""
        ways = one.settings.ways_of(notice.kind)
        claimed = await repository.claim(desk.connection, desk.identity, one.person.id, notice, ways, desk.now)
        if claimed and "page" in ways:
            row = {
                "id": str(claimed),
                "kind": notice.kind,
                "event": notice.event_id,
                "text": notice.text,
                "at": notice.starts_at.isoformat(),
            }
            await announce(desk.connection, desk.identity, "calendar.notice", row, only_for=one.person.id)
        return claimed is not None

    async def _post(self, desk: _Desk, one: Listener, subject: str, text: str) -> None:
        try:
            mail = Mail(to=one.person.email, subject=subject, text=text)
        except Invalid as error:  # one person's odd address must not keep the others from theirs
            log.warning("calendar notice not mailed", user_id=str(one.person.id), reason=error.message)
            return
        await self._outbox.post(desk.connection, desk.identity, mail)

    async def _safely(self, tenant_id: UUID) -> datetime | None:
        try:
            return await self.look(tenant_id)
        except (VoiceLoopError, Error):
            log.warning("calendar notices not told; tried again soon", tenant_id=str(tenant_id), exc_info=True)
        except Exception:  # a root: the other tenants have nothing to do with this one
            log.exception("calendar notices not told; tried again soon", tenant_id=str(tenant_id))
        return self._clock.now() + _RETRY

    async def _work(self) -> None:
        looked_at_all = self._clock.now()
        while True:
            await asyncio.sleep(_GATHER_S)
            self._woken.clear()
            if self._clock.now() - looked_at_all >= _LONGEST_WAIT:
                self._all = True
            if self._all:
                looked_at_all = self._clock.now()
            try:
                due = await self.round()
            except (VoiceLoopError, Error):
                log.warning("calendar notices not looked at; tried again soon", exc_info=True)
                self._all, due = True, self._clock.now() + _RETRY
            until = min(due or looked_at_all + _LONGEST_WAIT, looked_at_all + _LONGEST_WAIT)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, (until - self._clock.now()).total_seconds())):
                    await self._woken.wait()

    async def _hear(self) -> None:
        while True:
            try:
                async for event in listen(self._database.url):
                    if matters(event):
                        self.wake(event.tenant_id)
            except VoiceLoopError as error:
                log.warning("listener for calendar notices lost", error=error.message)
            except Exception:  # a root: no change would be heard of any more if this ended
                log.exception("listener for calendar notices failed; it starts again")
            self.wake()
            await asyncio.sleep(_RECONNECT_S)


def matters(event: LiveEvent) -> bool:
    """Whether a change of this type may change what there is to tell, or who wants to be told."""
    kind = event.type.partition(".")[0]
    return kind in {"event", "calendar", "calendar_account"} and event.type != "calendar.notice"
