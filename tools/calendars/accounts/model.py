"""Accounts and what connects them, as values; what goes wrong on the way. No HTTP, no SQL.

Credentials are a JSON object that only a provider's own module understands, but for ``access_token`` and
``expires_at``, which every OAuth provider's have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

from store.errors import Conflict, Invalid, NotAllowed, NotFound

Provider = Literal["google", "microsoft", "caldav"]
OAuthProvider = Literal["google", "microsoft"]
AccountStatus = Literal["connected", "failing", "needs_reconnect"]
Use = Literal["busy", "ignored", "hidden"]
PROVIDERS: Final[tuple[Provider, ...]] = get_args(Provider)
NAMES: Final[Mapping[str, str]] = {"google": "Google", "microsoft": "Microsoft", "caldav": "CalDAV"}
Credentials = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account. ``address``: its e-mail address or user name there; ``label``: what its owner calls it."""

    id: UUID
    user_id: UUID
    user_name: str
    provider: Provider
    address: str
    label: str
    server_url: str
    scopes: tuple[str, ...]
    status: AccountStatus
    last_error: str
    synced_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MirroredCalendar:
    """A calendar's row as its owner sets it up. ``account_id`` None: kept here only. ``use``: whether its events take
    time (busy), are shown but take none (ignored), or are not shown at all (hidden)."""

    id: UUID
    account_id: UUID | None
    user_id: UUID | None
    name: str
    timezone: str
    color: str
    writable: bool
    counts_busy: bool
    hidden: bool
    is_default: bool
    synced_at: datetime | None
    sync_error: str

    @property
    def use(self) -> Use:
        return "hidden" if self.hidden else "busy" if self.counts_busy else "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """None: stays. ``default`` only ever True: another calendar takes it over."""

    name: str | None = None
    color: str | None = None
    counts_busy: bool | None = None
    hidden: bool | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the person is sent, and what has to be kept (sealed) until they come back."""

    url: str
    flow: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fresh:
    """New credentials; the access token among them works for ``lifetime_s`` seconds."""

    credentials: Credentials = field(repr=False)
    access_token: str = field(repr=False)
    lifetime_s: float


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed. ``address`` is empty when only the account's own calendars tell it."""

    fresh: Fresh
    scopes: tuple[str, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and when it ends, by the installation's clock."""

    value: str = field(repr=False)
    expires_at: datetime


class AccountNotFound(NotFound):
    """No account of this id that the identity may see."""

    code = "calendar_account_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such calendar account. List the accounts to see which there are.")


class NotConfigured(Conflict):
    """This installation has no client for the provider; the message says which variables to set."""

    code = "provider_not_configured"


class ConnectRefused(Conflict):
    """Connecting came to nothing: ``code`` says why (denied, scope_missing, expired, used, other_browser,
    signed_out, other_account, failed); nothing was written."""

    code = "failed"


class WrongPassword(Invalid):
    """The CalDAV server does not take this user name and password."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(
            "The server does not accept this user name and password. Many providers want an app password here."
        )


class NotYours(NotAllowed):
    """Only who set something up for all of the tenant may change it."""

    code = "not_yours"
