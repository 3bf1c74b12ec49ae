"""Who was recognised a moment ago: remembered for seconds, so that not every request asks the database.

Whatever changes a person, key, session or tenant is told by the database at once, and their tenant is forgotten; while
nobody listens to it nothing is remembered.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from uuid import UUID

from ingest.errands import Errands
from store import sessions
from store.access import SignedIn, access_changes
from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity
from store.log import get_logger

log = get_logger(__name__)
_REMEMBERED = timedelta(seconds=5)
_AT_MOST = 10_000
_RECONNECT_S = 1.0
_CLEAR_EVERY_S = 3600.0
_KEPT_AFTER_END = timedelta(days=1)


class Credentials:
    """The remembered credentials of one sidecar, by the hash of what was presented."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: list[Callable[[UUID | None], None]] = []
        self._known: dict[bytes, tuple[SignedIn, datetime]] = {}  # until when; the oldest first
        self._of_tenant: defaultdict[UUID, set[bytes]] = defaultdict(set)
        self._listening = False
        self._changes = 0

    async def recognise(self, hash_: bytes, look_up: Callable[[], Awaitable[SignedIn | None]]) -> SignedIn | None:
        """Who this is: remembered, or looked up and remembered unless something changed meanwhile."""
        now = self._clock.now()
        known = self._known.get(hash_)
        if known is not None and now < known[1]:
            return known[0]
        changes = self._changes
        found = await look_up()
        if found is not None and self._listening and changes == self._changes:
            self._remember(hash_, found, now)
        return found

    def _remember(self, hash_: bytes, found: SignedIn, now: datetime) -> None:
        self._drop(hash_)
        while len(self._known) >= _AT_MOST:
            self._drop(next(iter(self._known)))
        until = now + _REMEMBERED
        self._known[hash_] = (found, min(until, found.expires_at or until))
        self._of_tenant[found.identity.tenant_id].add(hash_)

    def _drop(self, hash_: bytes) -> None:
        known = self._known.pop(hash_, None)
        if known is not None:
            tenant_id = known[0].identity.tenant_id
            self._of_tenant[tenant_id].discard(hash_)
            if not self._of_tenant[tenant_id]:
                del self._of_tenant[tenant_id]

    def forget(self, tenant_id: UUID) -> None:
        """Something about the tenant's people changed: the next request of each is looked up."""
        self._changes += 1
        for hash_ in self._of_tenant.pop(tenant_id, ()):
            self._known.pop(hash_, None)
        for tell in self._told:
            tell(tenant_id)

    def when_forgotten(self, tell: Callable[[UUID | None], None]) -> None:
        """Call ``tell`` with each tenant whose people's access changed: what was let in before may not go on.

        With None when it may have changed for anybody: nobody listened for a while.
        """
        self._told.append(tell)

    def forget_all(self) -> None:
        """Something may have changed for anybody."""
        self._changes += 1
        self._known.clear()
        self._of_tenant.clear()
        for tell in self._told:
            tell(None)

    async def run(self, url: str) -> None:
        """Listen for changes until cancelled."""
        while True:
            try:
                async with aclosing(access_changes(url)) as changes:
                    async for tenant_id in changes:
                        if tenant_id is None:  # whoever came while nobody listened is asked again
                            self._listening = True
                            self.forget_all()
                        else:
                            self.forget(tenant_id)
            except VoiceLoopError as error:
                log.warning("access listener lost", error=error.message)
            except Exception:  # a root: without it every request would ask the database from now on
                log.exception("access listener failed; it starts again")
            finally:
                self._listening = False
                self.forget_all()
            await asyncio.sleep(_RECONNECT_S)


class UseNotes:
    """Notes when keys and sessions were last used: each at most once a minute, after the answer."""

    def __init__(self, clock: Clock, errands: Errands) -> None:
        self._clock = clock
        self._errands = errands
        self._noted: dict[UUID, datetime] = {}

    def note(self, database: Database, identity: Identity) -> None:
        """The identity's key or session is in use now."""
        used = identity.session_id or identity.key_id
        if used is None:
            return
        now = self._clock.now()
        last = self._noted.get(used)
        if last is not None and now - last < sessions.NOTED_EVERY:
            return
        if len(self._noted) >= _AT_MOST:
            self._noted.clear()  # a few notes too many do no harm
        self._noted[used] = now
        self._errands.post("note use", lambda: sessions.note_use(database, identity, at=now))


async def clear_old_sessions_hourly(database: Database, clock: Clock) -> None:
    """Delete what has been over for a day, now and every hour, until cancelled."""
    while True:
        try:
            count = await sessions.clear_old_sessions(database, clock.now() - _KEPT_AFTER_END)
            log.info("old sessions cleared", count=count)
        except VoiceLoopError as error:
            log.warning("old sessions not cleared", error=error.message)
        except Exception:  # a root: the next hour may do better
            log.exception("old sessions not cleared")
        await asyncio.sleep(_CLEAR_EVERY_S)
