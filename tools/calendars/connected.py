"""What a caller is told of connected calendars: whether a change arrived there, and whose consent is gone.

Sentences over ``sync/`` and the accounts' rows; nothing is decided or written here, and a calendar that is kept here
only costs no wait. To add a sentence: a case in ``_said``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg import sql

from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity
from store.log import get_logger
from tools.calendars.accounts.model import NAMES
from tools.calendars.local.visible import VISIBLE
from tools.calendars.model import Event
from tools.calendars.sync.outbox import Delivery, delivery_of

log = get_logger(__name__)
_ACCOUNTS: Final = sql.SQL(
    "SELECT DISTINCT a.id, a.provider, a.status, coalesce(a.user_id = %(user)s, false) AS own "
    "FROM calendars c JOIN calendar_accounts a ON a.id = c.account_id WHERE {which}"
)
_OF_CALENDARS: Final = _ACCOUNTS.format(which=sql.SQL("c.id = ANY (%(calendars)s)"))
_LOST: Final = _ACCOUNTS.format(which=sql.SQL("a.status = 'needs_reconnect' AND NOT c.hidden AND {}").format(VISIBLE))


@dataclass(frozen=True, slots=True)
class LostConsent:
    """An account of which nothing is seen until its owner connects it again; ``sentence`` says so."""

    account_id: UUID
    sentence: str


class ConnectedCalendars:
    """For the assistant of a call; ``identity`` is who acts in it. ``wait_s``: how long a caller waits for a server."""

    def __init__(self, database: Database, *, wait_s: float = 1.5) -> None:
        self._database, self._wait_s = database, wait_s

    async def arrival(self, identity: Identity, events: Sequence[Event], *, is_new: bool = False) -> str:
        """How a change of ``events`` fared at their servers, as a sentence; empty when there is nothing to say.

        Waits only for a connected calendar. ``is_new``: say also that a booking arrived. The change is made already, so
        what goes wrong in here is silent.
        """
        try:
            accounts = await self._accounts(_OF_CALENDARS, identity, [one.calendar_id for one in events])
            if not accounts:
                return ""
            lost = any(account["status"] == "needs_reconnect" for account in accounts)
            ids = [event.id for event in events]
            within_s = 0.0 if lost else self._wait_s
            delivery = await delivery_of(self._database, identity, ids, within_s=within_s)
        except VoiceLoopError as error:
            log.warning("what became of a change is not known", code=error.code)
            return ""
        return _said(delivery, accounts[0], lost=lost, is_new=is_new)

    async def lost(self, identity: Identity) -> list[LostConsent]:
        """The accounts of calendars the identity sees that must be connected again. Raises Unavailable."""
        found = await self._accounts(_LOST, identity)
        return [
            LostConsent(
                one["id"],
                f"{_calendar(one)} needs to be connected again on the calendar page; "
                "until then I only know what was in it before.",
            )
            for one in found
        ]

    async def _accounts(
        self, statement: sql.Composed, identity: Identity, calendars: Sequence[UUID] = ()
    ) -> list[dict[str, Any]]:
        async with self._database.transaction(identity) as connection:
            values = {"user": identity.user_id, "calendars": list(calendars)}
            return await (await connection.execute(statement, values)).fetchall()


def _said(delivery: Delivery, account: dict[str, Any], *, lost: bool, is_new: bool) -> str:
    server = NAMES[account["provider"]]
    match delivery:
        case "delivered":
            calendar = _calendar(account)
            return f"It is in {calendar[:1].lower()}{calendar[1:]}." if is_new else ""
        case "waiting" if lost:
            return f"{_calendar(account)} needs to be connected again; I have written it down and will pass it on then."
        case "waiting":
            return f"{server} is not answering just now; I have written it down and will pass it on."
        case "refused":
            return f"But {server} did not accept that, so I have put it back as it was."


def _calendar(account: dict[str, Any]) -> str:
    """ "Your Google calendar"."""
    return f"{'Your' if account['own'] else 'The'} {NAMES[account['provider']]} calendar"
