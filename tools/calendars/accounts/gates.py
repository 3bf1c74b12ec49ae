"""What an OAuth provider can do for accounts: one protocol, and the providers there are. No rows, no rules.

To add a provider: a module beside this one with a class of this shape, its row in ``open_gates``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.model import Begun, Credentials, Fresh, Grant, OAuthProvider
from tools.calendars.accounts.oauth import Prepare


class OAuthGate(Protocol):
    """Every method may raise CalendarUnavailable (the provider does not answer, or does not know our client)."""

    async def begin(self, state: str, redirect_uri: str, *, hint: str = "") -> Begun:
        """Where a person is sent; ``hint``: the address that is connected again."""
        ...

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> Grant:
        """What the person who came back with this query allowed. Raises ConnectRefused."""
        ...

    async def refresh(self, credentials: Credentials) -> Fresh:
        """A new access token. Raises NeedsReconnect when the consent is withdrawn or over."""
        ...

    async def revoke(self, credentials: Credentials) -> None:
        """End the consent at the provider, where it has a way."""
        ...


Gates = Mapping[OAuthProvider, OAuthGate]


def open_gates(apps: CalendarApps, prepare: Prepare = lambda _: None) -> Gates:
    """The gates of the providers that this installation is a client of."""
    from tools.calendars.accounts.google_oauth import GoogleGate  # here: the sidecar starts without their libraries
    from tools.calendars.accounts.microsoft_oauth import MicrosoftGate

    gates: dict[OAuthProvider, OAuthGate] = {}
    if apps.google is not None:
        gates["google"] = GoogleGate(apps.google, prepare)
    if apps.microsoft is not None:
        gates["microsoft"] = MicrosoftGate(apps.microsoft, apps, prepare)
    return gates
