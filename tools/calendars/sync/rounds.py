"""One round over one account: deliver what waits, then pull what changed. By one program at a time.

The round's outcome is the account's status, in a sentence for its owner; nothing escapes but what is a defect.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity
from store.log import get_logger
from tools.calendars.accounts.model import AccountNotFound
from tools.calendars.backend import CalendarBackend, CalendarUnavailable, NeedsReconnect
from tools.calendars.sync import accounts, pulling, settling
from tools.calendars.sync.accounts import DueAccount
from tools.calendars.sync.channels import Channels
from tools.calendars.sync.delivering import Refused, deliver

log = get_logger(__name__)
OpenBackend = Callable[[Identity, UUID], AbstractAsyncContextManager[CalendarBackend]]
_MOST_WRITES = 200  # in one go, then others' turn
_MOST_FAILED = 5  # each of them may have taken as long as the server is waited for
_DEFECT = "Something went wrong here while the change was sent. It is tried again."


@dataclass(frozen=True, slots=True)
class Rounds:
    """``open_backend`` as AccountBackends has it; ``every_s`` between two looks at an account."""

    database: Database
    open_backend: OpenBackend
    clock: Clock
    every_s: float = 120.0
    channels: Channels | None = None

    async def round(self, account: DueAccount) -> bool:
        """Deliver and pull; False when another program is at this account already."""
        async with accounts.only_one(self.database, account.id) as alone:
            if alone:
                await self._guarded(account)
            return alone

    async def _guarded(self, account: DueAccount) -> None:
        try:
            await self._work(account)
        except AccountNotFound:
            return
        except NeedsReconnect as error:
            await accounts.lost(self.database, account, error.message)
        except CalendarUnavailable as error:
            await accounts.failed(self.database, account, error.message, self.clock.now(), error.retry_after_s)
        except VoiceLoopError as error:
            log.warning("calendar account not looked at", account=str(account.id), error=error.message, code=error.code)
            await accounts.failed(self.database, account, error.message, self.clock.now())
        except Exception:  # a root: one account's defect must not be asked for again and again, nor stop the others
            log.exception("calendar account not looked at", account=str(account.id))
            sentence = "Something went wrong here while the calendar was read. It is tried again."
            await accounts.failed(self.database, account, sentence, self.clock.now())

    async def _work(self, account: DueAccount) -> None:
        async with self.database.transaction(account.identity) as connection:
            state = await accounts.state_of(connection, account.id, self.clock.now())
        if state is None or state.status == "needs_reconnect":
            return
        async with self.open_backend(account.identity, account.id) as backend:
            await self._deliver(backend, account)
            if not state.pull:
                return
            await accounts.begin(self.database, account, self.clock.now(), self.every_s)
            found = await backend.list_calendars()
            running = await self.channels.running(account.identity, account.id) if self.channels else ()
            calendars = await pulling.discover(self.database, account.identity, account.id, state.user_id, found)
            if self.channels is not None:
                await self.channels.end_others(account.identity, backend, running, calendars)
            for calendar in calendars:
                await pulling.pull(self.database, account.identity, backend, calendar, self.clock.now())
                await self._deliver(backend, account)  # nobody waits for a large calendar
            await accounts.worked(self.database, account, self.clock.now())
            if self.channels is not None:
                await self.channels.keep(account.identity, backend, calendars)

    async def _deliver(self, backend: CalendarBackend, account: DueAccount) -> None:
        """What is due, in its order. A write that the server does not take now keeps no other; a server that takes
        nothing at all is left alone. Raises CalendarUnavailable, NeedsReconnect."""
        identity, failed = account.identity, 0
        for _ in range(_MOST_WRITES):
            async with self.database.transaction(identity) as connection:
                waiting = await settling.next_waiting(connection, account.id, self.clock.now())
                if waiting is None:
                    await settling.put_off(connection, account.id, self.clock.now())
                    return
            await settling.note_try(self.database, identity, waiting)
            try:
                delivered = await deliver(backend, waiting.errand)
            except Refused as why:
                await settling.refused(self.database, identity, waiting, why, self.clock.now())
            except CalendarUnavailable as error:
                await self._waits(account, waiting, error)
                if error.retry_after_s is not None:
                    raise
                await backend.list_calendars()  # does it answer at all?
                failed += 1
            except VoiceLoopError:
                raise
            except Exception:  # a root: a defect that one event meets must not keep the others
                log.exception("a change was not delivered", account=str(account.id), write=str(waiting.id))
                await self._waits(account, waiting, CalendarUnavailable(_DEFECT))
                failed += 1
            else:
                await settling.arrived(self.database, identity, waiting, delivered, self.clock.now())
            if failed >= _MOST_FAILED:
                return

    async def _waits(self, account: DueAccount, waiting: settling.Waiting, error: CalendarUnavailable) -> None:
        await settling.waits(
            self.database, account.identity, waiting, error.message, self.clock.now(), error.retry_after_s
        )
