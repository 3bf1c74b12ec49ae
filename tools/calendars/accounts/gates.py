"""What an OAuth provider can do for accounts: one protocol, and how its servers are reached. No rows, no rules.

To add a provider: a module beside this one with a class of this shape, its row in ``open_gates``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.model import Begun, Credentials, Fresh, Grant, OAuthProvider

if TYPE_CHECKING:
    import requests  # the sidecar starts without it where no provider is set up

TIMEOUT_S: Final = 10.0
Prepare = Callable[["requests.Session"], None]  # how a session reaches the provider; tests lead it elsewhere


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
    from tools.calendars.accounts.google_oauth import GoogleGate  # here, as both read the protocol above
    from tools.calendars.accounts.microsoft_oauth import MicrosoftGate

    gates: dict[OAuthProvider, OAuthGate] = {}
    if apps.google is not None:
        gates["google"] = GoogleGate(apps.google, prepare)
    if apps.microsoft is not None:
        gates["microsoft"] = MicrosoftGate(apps.microsoft, apps, prepare)
    return gates


def scopes_missing(wanted: tuple[str, ...], granted: tuple[str, ...]) -> bool:
    """Whether a person left out something that was asked for; a scope is known by its last part."""
    have = {scope.rpartition("/")[2].lower() for scope in granted}
    return any(scope.rpartition("/")[2].lower() not in have for scope in wanted)
