"""What a provider is told when an account is disconnected: no more calls, then no more consent. As far as it listens.

Everything it takes is read before the account's rows go; telling comes after the answer, and may fail: channels end by
themselves within days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from store.database import Connection
from store.errors import VoiceLoopError
from store.log import get_logger
from tools.calendars.accounts.backends import Access, Opener
from tools.calendars.accounts.gates import OAuthGate
from tools.calendars.accounts.model import Credentials, Provider
from tools.calendars.backend import Channel, NeedsReconnect

log = get_logger(__name__)
_PATIENCE_S = 10.0
_CHANNELS = (
    "SELECT n.channel_id, n.resource_id, n.expires_at FROM calendar_channels n "
    "JOIN calendars c ON c.id = n.calendar_id WHERE c.account_id = %s"
)


async def channels_of(connection: Connection, account_id: UUID) -> list[Channel]:
    """The account's running channels."""
    rows = await (await connection.execute(_CHANNELS, (account_id,))).fetchall()
    return [Channel(row["channel_id"], row["resource_id"], row["expires_at"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Leaving:
    """An account that is gone here. ``is_shared``: others here live on the same consent, so it stays."""

    provider: Provider
    credentials: Credentials = field(repr=False)
    channels: list[Channel]
    is_shared: bool

    async def tell(self, gate: OAuthGate, opener: Opener | None) -> None:
        """Raises what ``gate.revoke`` does."""
        tokens = _LastTokens(gate, self.credentials)
        if self.channels and opener is not None:
            try:
                await self._end_channels(opener, tokens)
            except VoiceLoopError as error:
                log.info("channels are left to end by themselves", provider=self.provider, error=error.message)
        if not self.is_shared:
            await gate.revoke(tokens.credentials)

    async def _end_channels(self, opener: Opener, tokens: _LastTokens) -> None:
        async with opener(Access(self.provider, tokens, patience_s=_PATIENCE_S)) as backend:
            for channel in self.channels:
                await backend.unwatch(channel)


class _LastTokens:
    """Of an account without a row: nothing that is refreshed is kept."""

    def __init__(self, gate: OAuthGate, credentials: Credentials) -> None:
        self._gate, self.credentials, self._fresh = gate, credentials, ""

    async def access_token(self, *, refused: str = "") -> str:
        """As ``backend.AccessTokens`` has it."""
        if refused and refused == self._fresh:
            raise NeedsReconnect("The provider no longer accepts this account.")
        if not self._fresh:
            fresh = await self._gate.refresh(self.credentials)
            self.credentials, self._fresh = fresh.credentials, fresh.access_token
        return self._fresh
