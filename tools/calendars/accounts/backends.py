"""The backend that speaks to an account's server: one row a provider in ``_BUILDERS``. No rules, no SQL."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.model import Provider
from tools.calendars.backend import AccessTokens, CalendarBackend
from tools.calendars.outside.requests import open_session


@dataclass(frozen=True, slots=True)
class Login:
    """How a CalDAV server is reached."""

    server_url: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """What a backend is made of: ``tokens`` for an OAuth provider, ``login`` for CalDAV.

    ``timezone`` (IANA) is meant by calendars that do not name theirs; ``patience_s`` bounds the waits of a request.
    """

    provider: Provider
    tokens: AccessTokens | None = None
    login: Login | None = None
    timezone: str = "UTC"
    patience_s: float = 30.0


Opener = Callable[[Access], AbstractAsyncContextManager[CalendarBackend]]


def opener_of(apps: CalendarApps) -> Opener:
    """What opens backends with this installation's settings; each ends with its block."""

    @contextlib.asynccontextmanager
    async def open_backend(access: Access) -> AsyncGenerator[CalendarBackend]:
        async with open_session() as session:
            backend = _BUILDERS[access.provider](apps, access, session)
            try:
                yield backend
            finally:
                await backend.aclose()

    return open_backend


def normal_server_url(apps: CalendarApps, typed: str) -> str:
    """A CalDAV server's address as it is kept, so that one server has one. Raises Invalid ``address_not_allowed``."""
    from tools.calendars.caldav.addresses import Guard

    url = str(Guard(apps.caldav_allow).checked(typed))
    return url if url.endswith("/") or "?" in url else f"{url}/"


def _google(apps: CalendarApps, access: Access, session: Any) -> CalendarBackend:
    from tools.calendars.google import GoogleCalendar

    base_url = f"{apps.google_api.rstrip('/')}/calendar/v3"
    return GoogleCalendar(session, _tokens(access), base_url=base_url, patience_s=access.patience_s)


def _microsoft(apps: CalendarApps, access: Access, session: Any) -> CalendarBackend:
    from tools.calendars.microsoft.calendar import GraphCalendar

    return GraphCalendar(session, _tokens(access), base_url=apps.graph_api, patience_s=access.patience_s)


def _caldav(apps: CalendarApps, access: Access, session: Any) -> CalendarBackend:
    from tools.calendars.caldav import CaldavCalendar, Password  # it opens a session of its own, which is guarded

    assert access.login is not None, "a CalDAV account has a login"
    return CaldavCalendar(
        access.login.server_url,
        Password(access.login.username, access.login.password),
        timezone=access.timezone,
        allowed=apps.caldav_allow,
        patience_s=access.patience_s,
    )


def _tokens(access: Access) -> AccessTokens:
    assert access.tokens is not None, "an OAuth account has tokens"
    return access.tokens


_BUILDERS: Final[Mapping[Provider, Callable[[CalendarApps, Access, Any], CalendarBackend]]] = {
    "google": _google,
    "microsoft": _microsoft,
    "caldav": _caldav,
}
