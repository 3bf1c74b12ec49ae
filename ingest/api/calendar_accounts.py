"""Calendar accounts: connect one in the browser or with a password, see, set up, connect again, disconnect.

No answer holds a token or a password. What identifies who comes back from a provider is the state in the address and
a cookie of the browser that began: the page's own cookie stays away when another site sends a browser here.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import Field, SecretStr, model_validator

from ingest.addresses import came_by_tls
from ingest.api.calendar_lists import CalendarShape, shape_of_calendar
from ingest.api.me import require_session
from ingest.auth import origin_of
from ingest.keys import CALENDAR_ACCOUNTS, CONNECTING, ERRANDS
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of, respond
from store.access import new_secret
from store.errors import Invalid, VoiceLoopError
from store.log import get_logger
from tools.calendars.accounts.backends import Login
from tools.calendars.accounts.connecting import reason_of
from tools.calendars.accounts.model import Account, AccountStatus, MirroredCalendar, OAuthProvider, Provider

log = get_logger(__name__)
routes = Routes("Calendar")
ACCOUNTS: Final = "/api/calendar/accounts"
CALLBACK: Final = f"{ACCOUNTS}/callback"
BROWSER_COOKIE: Final = "voiceloop_connecting"
_COOKIE_S: Final = 600
_COOKIE_LENGTH: Final = len(new_secret())
Password = Annotated[SecretStr, Field(max_length=1000)]


class NewAccount(Body):
    """`google` and `microsoft`: the answer says where to go. `caldav` needs the other three and is tried at once."""

    provider: Provider
    server_url: Annotated[str, Field(max_length=500)] = ""
    username: Annotated[str, Field(max_length=320)] = ""
    password: Password = SecretStr("")

    @model_validator(mode="after")
    def _is_whole(self) -> NewAccount:
        given = [self.server_url.strip(), self.username.strip(), self.password.get_secret_value()]
        if self.provider == "caldav" and not all(given):
            raise ValueError("a CalDAV account needs server_url, username and password")
        if self.provider != "caldav" and any(given):
            raise ValueError("only a CalDAV account has server_url, username and password")
        return self


class Again(Body):
    """`password` for a CalDAV account only."""

    password: Password = SecretStr("")


class CalendarUse(Body):
    """`busy`: its events take time; `ignored`: they are shown but take none; `hidden`: they are not shown."""

    id: UUID
    use: Literal["busy", "ignored", "hidden"]


class AccountChange(Body):
    """What is not sent stays as it is. `default_calendar_id`: where the assistant books."""

    label: Annotated[str | None, Field(max_length=200, description="Empty: the account's address.")] = None
    default_calendar_id: UUID | None = None
    calendars: Annotated[tuple[CalendarUse, ...], Field(max_length=200)] = ()


class AccountOwner(Shape):
    id: UUID
    name: str


class AccountShape(Shape):
    """`status`: `connected`, `failing` (the server does not answer; it is tried again) or `needs_reconnect`."""

    id: UUID
    provider: str
    label: str
    address: str
    server_url: str
    status: AccountStatus
    error: str
    owner: AccountOwner
    synced_at: datetime | None
    created_at: datetime


class AccountWithCalendars(AccountShape):
    calendars: list[CalendarShape]


class AccountList(Shape):
    items: list[AccountShape]
    next_cursor: str | None


class Connection(Shape):
    """Either where the browser is to go next, or the account that was connected."""

    authorize_url: str | None = None
    account: AccountShape | None = None


class Disconnected(Shape):
    """What is gone here, for good; at the provider the calendars stay. `waiting_writes` never got there."""

    message: str
    calendars: int
    events: int
    waiting_writes: int


@routes.add("GET", ACCOUNTS, scope="calendar:read", query=PageQuery, answer=AccountList)
async def list_calendar_accounts(request: web.Request) -> AccountList:
    """One's own accounts, newest first; those who manage members see everybody's."""
    page = query_of(request, PageQuery)
    found = await request.app[CALENDAR_ACCOUNTS].list_accounts(
        identity_of(request), limit=page.limit + 1, after=page.after
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    return AccountList(items=[_shape(one) for one in shown], next_cursor=cursor)


@routes.add(
    "POST",
    ACCOUNTS,
    scope="calendar:write",
    body=NewAccount,
    answer=Connection,
    limit="connect",
    errors=(404,),
    secret=True,
)
async def connect_calendar_account(request: web.Request) -> web.StreamResponse:
    """Connect an account. Google and Microsoft: go to `authorize_url` in this browser; it comes back to the page.

    That needs a session (403 `needs_session`) and a client of this installation (409 `provider_not_configured`). A
    CalDAV password is tried before it is kept: 422 `wrong_password`, `address_not_allowed`.
    """
    identity, new = identity_of(request), await body_of(request, NewAccount)
    if new.provider != "caldav":
        return await _send_to_provider(request, new.provider)
    login = Login(new.server_url.strip(), new.username.strip(), new.password.get_secret_value())
    account = await request.app[CONNECTING].connect_caldav(identity, login)
    return respond(Connection(account=_shape(account)), 200)


@routes.add("GET", CALLBACK, scope=None, status=303, answer="text/plain", limit="connect")
async def finish_connecting(request: web.Request) -> web.StreamResponse:
    """Where Google and Microsoft send people back to: keeps what was allowed and goes on to the page.

    The page's address then has `connected=ID`, or `connect_error` with denied, scope_missing, expired, used,
    other_browser, signed_out, other_account, unavailable or failed.
    """
    browser = request.cookies.get(BROWSER_COOKIE, "")
    try:
        account = await request.app[CONNECTING].finish(dict(request.query), browser, origin_of(request))
    except VoiceLoopError as error:
        log.info("calendar account not connected", code=error.code)
        return _back_to_page(connect_error=reason_of(error))
    return _back_to_page(connected=str(account.id))


@routes.add("GET", ACCOUNTS + "/{id}", scope="calendar:read", answer=AccountWithCalendars)
async def read_calendar_account(request: web.Request) -> AccountWithCalendars:
    """One account and its calendars."""
    found = await request.app[CALENDAR_ACCOUNTS].read(identity_of(request), id_of(request, "calendar_account"))
    return _with_calendars(*found)


@routes.add(
    "PATCH", ACCOUNTS + "/{id}", scope="calendar:write", body=AccountChange, answer=AccountWithCalendars, errors=(409,)
)
async def change_calendar_account(request: web.Request) -> AccountWithCalendars:
    """Another label, what its calendars are used for, which one the assistant books in (needs `tenant:write`)."""
    account_id, change = id_of(request, "calendar_account"), await body_of(request, AccountChange)
    changed = await request.app[CALENDAR_ACCOUNTS].change(
        identity_of(request),
        account_id,
        label=change.label,
        default=change.default_calendar_id,
        uses={one.id: one.use for one in change.calendars},
    )
    return _with_calendars(*changed)


@routes.add("DELETE", ACCOUNTS + "/{id}", scope="calendar:write", answer=Disconnected)
async def disconnect_calendar_account(request: web.Request) -> Disconnected:
    """Disconnect an account: its tokens and all that was mirrored of it go for good. Nothing brings them back here."""
    lost, revoke = await request.app[CALENDAR_ACCOUNTS].disconnect(
        identity_of(request), id_of(request, "calendar_account")
    )
    request.app[ERRANDS].post("revoke calendar consent", revoke)
    unsent = f" {lost.waiting_writes} changes had not reached the provider and are lost." if lost.waiting_writes else ""
    return Disconnected(
        message=f"Disconnected. {lost.calendars} calendars with {lost.events} events are gone here; at the provider "
        f"they stay. To have them again, connect the account again.{unsent}",
        **asdict(lost),
    )


@routes.add(
    "POST",
    ACCOUNTS + "/{id}/reconnect",
    scope="calendar:write",
    body=Again,
    answer=Connection,
    limit="connect",
    errors=(409,),
    secret=True,
)
async def reconnect_calendar_account(request: web.Request) -> web.StreamResponse:
    """Connect one's own account again, as the first time: its calendars and what they are used for stay."""
    identity, account_id = identity_of(request), id_of(request, "calendar_account")
    password = (await body_of(request, Again)).password.get_secret_value()
    account, _ = await request.app[CALENDAR_ACCOUNTS].read(identity, account_id)
    if account.provider != "caldav":
        return await _send_to_provider(request, account.provider, account)
    if not password:
        raise Invalid("Send the account's password.", code="password_missing")
    renewed = await request.app[CONNECTING].connect_caldav_again(identity, account, password)
    return respond(Connection(account=_shape(renewed)), 200)


async def _send_to_provider(
    request: web.Request, provider: OAuthProvider, again: Account | None = None
) -> web.StreamResponse:
    identity, browser = require_session(identity_of(request)), _browser_of(request)
    url = await request.app[CONNECTING].begin(identity, provider, browser, again=again)
    response = respond(Connection(authorize_url=url), 200)
    # lax: it is wanted when the provider, another site, sends the browser back
    response.set_cookie(
        BROWSER_COOKIE,
        browser,
        max_age=_COOKIE_S,
        path=ACCOUNTS,
        httponly=True,
        samesite="Lax",
        secure=came_by_tls(request),
    )
    return response


def _browser_of(request: web.Request) -> str:
    """What marks this browser; the mark it has already, so that two tabs may connect an account each."""
    mark = request.cookies.get(BROWSER_COOKIE, "")
    return mark if len(mark) == _COOKIE_LENGTH and mark.isascii() else new_secret()


def _back_to_page(**outcome: str) -> web.StreamResponse:
    return web.Response(
        status=303, headers={"Location": f"/#/calendar?{urlencode(outcome)}"}, text="Back to the page.\n"
    )


def _shape(account: Account) -> AccountShape:
    return AccountShape(
        id=account.id,
        provider=account.provider,
        label=account.label or account.address,
        address=account.address,
        server_url=account.server_url,
        status=account.status,
        error=account.last_error,
        owner=AccountOwner(id=account.user_id, name=account.user_name),
        synced_at=account.synced_at,
        created_at=account.created_at,
    )


def _with_calendars(account: Account, calendars: list[MirroredCalendar]) -> AccountWithCalendars:
    values = dict(_shape(account))
    return AccountWithCalendars.model_validate({**values, "calendars": [shape_of_calendar(one) for one in calendars]})
