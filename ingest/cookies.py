"""The page's sign-in and sign-out: a session, its cookie, and the mark that the person left on purpose.

Decides nothing about passwords; who signs in was decided before.
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web
from aiohttp.typedefs import Handler

from ingest.addresses import address_of, came_by_tls
from ingest.auth import COOKIE_NAME, LEFT_OVER, may_sign_in_locally, origin_of, signed_in_by_cookie
from ingest.keys import CLOCK, DATABASE, SETTINGS
from store import sessions, tenants
from store.errors import NotAllowed, Unavailable
from store.identity import Identity
from store.log import get_logger
from store.sessions import Client, Started

log = get_logger(__name__)
SIGNED_OUT = "voiceloop_signed_out"
_A_YEAR_S = 365 * 24 * 3600


def client_of(request: web.Request) -> Client:
    """What signs in, as it describes itself."""
    agent = "".join(one for one in request.headers.get("User-Agent", "") if one.isprintable())
    return Client(address_of(request), agent)


async def start_local_session(request: web.Request, owner: Identity) -> Started:
    """A new session of the owner on this machine; the caller has made sure that it is one."""
    async with request.app[DATABASE].transaction(owner) as connection:
        return await sessions.start_session(connection, owner, "local", client_of(request), at=request.app[CLOCK].now())


def enter_page(request: web.Request, response: web.StreamResponse, started: Started) -> None:
    """Give the browser the session's cookie."""
    _set(request, response, COOKIE_NAME, started.secret, int(sessions.LIFETIME.total_seconds()))
    if SIGNED_OUT in request.cookies:
        _delete(request, response, SIGNED_OUT)


def leave_page(request: web.Request, response: web.StreamResponse) -> None:
    """Take the cookie back, and remember that the person left, or this machine would sign them in again at once."""
    _delete(request, response, COOKIE_NAME)
    _set(request, response, SIGNED_OUT, "1", _A_YEAR_S)


@web.middleware
async def clear_left_over(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take a cookie back that is good for nothing here, errors included; not one that this answer sets."""
    response = await handler(request)
    if request.get(LEFT_OVER) and not response.prepared and COOKIE_NAME not in response.cookies:
        _delete(request, response, COOKIE_NAME)
    return response


async def local_owner(request: web.Request) -> Identity | None:
    """The owner, when whoever asks on this machine is taken for them; None for everybody else."""
    if not may_sign_in_locally(request):
        return None
    database = request.app[DATABASE]
    tenant_id = await tenants.tenant_id_of_slug(database, request.app[SETTINGS].tenant)
    if tenant_id is None:
        return None
    nobody = Identity(tenant_id, None, "", origin=origin_of(request))
    owner = await tenants.first_owner(database, nobody)
    return owner and replace(nobody, user_id=owner.id, role=owner.role, name=owner.name)


async def sign_in_owner(request: web.Request, response: web.StreamResponse) -> None:
    """Give a browser on this machine that opens the page the owner's session, unless it has one or signed out."""
    if SIGNED_OUT in request.cookies or not _is_navigation(request) or not may_sign_in_locally(request):
        return
    try:
        if await signed_in_by_cookie(request) is not None:
            return
        owner = await local_owner(request)
        if owner is not None:
            enter_page(request, response, await start_local_session(request, owner))
    except NotAllowed:
        return
    except Unavailable as error:  # the page is shown all the same: it says what is away, and asks again
        log.warning("owner not signed in", error=error.message)


def _is_navigation(request: web.Request) -> bool:
    """A person opens the page; programs that fetch it leave no sessions behind."""
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        return False  # by a link on another site: then the browser keeps back the cookies that it has
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" if mode is not None else "text/html" in request.headers.get("Accept", "")


def _set(request: web.Request, response: web.StreamResponse, name: str, value: str, max_age_s: int) -> None:
    response.set_cookie(
        name, value, max_age=max_age_s, path="/", httponly=True, samesite="Strict", secure=came_by_tls(request)
    )


def _delete(request: web.Request, response: web.StreamResponse, name: str) -> None:
    response.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=came_by_tls(request))
