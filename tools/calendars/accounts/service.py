"""A person's calendar accounts and calendars: see, set up, disconnect. Connecting is in ``connecting.py``. No SQL.

People see their own and what is the tenant's; who may manage members sees and disconnects everybody's.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from store.database import Connection, Database
from store.errors import Conflict, Invalid
from store.identity import Identity
from store.log import get_logger
from store.seal import Keyring, SealBroken
from tools.calendars.accounts import mirrored, repository
from tools.calendars.accounts.backends import Opener
from tools.calendars.accounts.gates import Gates
from tools.calendars.accounts.leaving import Leaving, channels_of
from tools.calendars.accounts.model import Account, CalendarChange, MirroredCalendar, NotYours, Use
from tools.plaintext import clean_line

log = get_logger(__name__)
_COLOR: Final = re.compile(r"(#[0-9a-fA-F]{6})?")
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Lost:
    """What a disconnection took away here. At the provider all stays, but for changes that had not reached it."""

    calendars: int
    events: int
    waiting_writes: int


class AccountService:
    """``opener`` ends what a disconnected account's provider would go on calling."""

    def __init__(self, database: Database, keyring: Keyring, gates: Gates, opener: Opener | None = None) -> None:
        self._database, self._keyring, self._gates, self._opener = database, keyring, gates, opener

    async def list_accounts(
        self, identity: Identity, *, limit: int, after: tuple[datetime, UUID] | None
    ) -> list[Account]:
        """Newest first."""
        async with self._database.transaction(identity) as connection:
            return await repository.list_accounts(connection, identity, limit=limit, after=after)

    async def read(self, identity: Identity, account_id: UUID) -> tuple[Account, list[MirroredCalendar]]:
        """An account and its calendars. Raises AccountNotFound."""
        async with self._database.transaction(identity) as connection:
            account = await repository.read_account(connection, identity, account_id)
            return account, await mirrored.list_calendars(connection, identity, account_id)

    async def connected(self, identity: Identity) -> Mapping[str, int]:
        """The identity's own accounts by provider."""
        async with self._database.transaction(identity) as connection:
            return await repository.count_by_provider(connection, identity)

    async def change(
        self,
        identity: Identity,
        account_id: UUID,
        *,
        label: str | None,
        default: UUID | None,
        uses: Mapping[UUID, Use],
    ) -> tuple[Account, list[MirroredCalendar]]:
        """Another label, another default calendar, what its calendars are used for. Raises Invalid, NotYours."""
        async with self._database.transaction(identity) as connection:
            await repository.read_account(connection, identity, account_id, hold=True)
            own = {one.id for one in await mirrored.list_calendars(connection, identity, account_id)}
            if not own.issuperset({*uses, *([default] if default else [])}):
                raise Invalid("This account has no such calendar.", code="calendar_not_of_account")
            if label is not None:
                await repository.rename_account(connection, account_id, clean_line(label, limit=_LONGEST))
            for calendar_id, use in uses.items():
                change = CalendarChange(counts_busy=use == "busy", hidden=use == "hidden")
                await mirrored.change_calendar(connection, identity, calendar_id, change)
            if default is not None:
                _require_may_choose_default(identity)
                await _require_fit_for_default(connection, identity, default)
                await mirrored.change_calendar(connection, identity, default, CalendarChange(default=True))
            await repository.tell(connection, identity, account_id, "updated")
            account = await repository.read_account(connection, identity, account_id)
            return account, await mirrored.list_calendars(connection, identity, account_id)

    async def disconnect(self, identity: Identity, account_id: UUID) -> tuple[Lost, Callable[[], Awaitable[None]]]:
        """Remove the account, its tokens and what was mirrored of it, for good. Raises AccountNotFound.

        Also what tells the provider, which may take long and may fail: for an errand after the answer.
        """
        async with self._database.transaction(identity) as connection:
            account = await repository.read_account(connection, identity, account_id, hold=True)
            lost = Lost(**await mirrored.what_would_go(connection, account_id))
            leaving = None
            try:
                kept = await repository.access_of(connection, identity, self._keyring, account_id)
                shared = await repository.has_twin(connection, account)
                channels = await channels_of(connection, account_id)
                leaving = Leaving(account.provider, kept.credentials, channels, shared)
            except SealBroken as error:  # then nobody can use them either
                log.warning("credentials cannot be opened", account=str(account_id), error=error.message)
            await mirrored.leave_default_behind(connection, account_id)
            await repository.delete_account(connection, account_id)
            await repository.tell(connection, identity, account_id, "deleted")
        return lost, lambda: self._tell_provider(leaving)

    async def list_calendars(self, identity: Identity) -> Sequence[MirroredCalendar]:
        """The tenant's, one's own, and for managers everybody's."""
        async with self._database.transaction(identity) as connection:
            return await mirrored.list_calendars(connection, identity)

    async def change_calendar(self, identity: Identity, calendar_id: UUID, change: CalendarChange) -> MirroredCalendar:
        """Raises NotFound, Invalid, NotYours, Conflict."""
        name = None if change.name is None else clean_line(change.name, limit=_LONGEST)
        if name == "":
            raise Invalid("A calendar needs a name.", code="name_missing")
        if change.color is not None and not _COLOR.fullmatch(change.color):
            raise Invalid("A color is six hexadecimal digits after a #, or nothing.", code="bad_color")
        async with self._database.transaction(identity) as connection:
            await mirrored.read_calendar(connection, identity, calendar_id)
            if change.default:
                _require_may_choose_default(identity)
                await _require_fit_for_default(connection, identity, calendar_id)
            return await mirrored.change_calendar(connection, identity, calendar_id, replace(change, name=name))

    async def _tell_provider(self, leaving: Leaving | None) -> None:
        if leaving is None or leaving.provider == "caldav":
            return
        gate = self._gates.get(leaving.provider)
        if gate is not None:
            await leaving.tell(gate, self._opener)


def _require_may_choose_default(identity: Identity) -> None:
    """Where the assistant books concerns everybody of the tenant."""
    if "tenant:write" not in identity.scopes:
        raise NotYours("Only an owner or admin chooses the calendar that the assistant books in.")


async def _require_fit_for_default(connection: Connection, identity: Identity, calendar_id: UUID) -> None:
    calendar = await mirrored.read_calendar(connection, identity, calendar_id)
    if calendar.user_id not in {None, identity.user_id}:  # everybody of the tenant would read what stands in it
        raise NotYours("Only the person whose calendar this is can offer it as the one everybody books in.")
    if not calendar.writable:
        raise Conflict("Nothing can be booked in this calendar; it can only be read.", code="calendar_read_only")
