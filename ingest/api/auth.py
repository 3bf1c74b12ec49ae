"""Signing in and out, and one's own sessions. Passwords and what comes by mail are in ``api/passwords.py``.

Programs get a pair of tokens, the page a cookie; both are a session that can be ended at once.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest import cookies
from ingest.access_tokens import LIFETIME
from ingest.api.me import Me, me_of, require_session
from ingest.auth import COOKIE_NAME, authenticate, may_sign_in_locally, origin_of, require_own_page, signed_in_by_cookie
from ingest.errors import ChooseTenant, NotSignedIn
from ingest.keys import CLOCK, CREDENTIALS, DATABASE, ERRANDS, TOKENS
from ingest.limits import take_for_email, take_for_failure
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of, respond
from store import access, passwords, sessions, sign_in
from store.errors import Invalid, NotAllowed, NotFound
from store.identity import Identity
from store.sessions import Kind, Session, Started
from store.sign_in import Candidate

routes = Routes("Sign-in")
Email = Annotated[str, Field(max_length=320)]
Password = Annotated[str, Field(max_length=passwords.LONGEST)]
Token = Annotated[str, Field(max_length=2000)]


class SignIn(Body):
    """`tenant` (its slug) is needed only by those who are in several with the same password."""

    email: Email
    password: Password
    tenant: Annotated[str | None, Field(max_length=63)] = None


class TokenPair(Shape):
    """`access_token` is good for `expires_in` seconds; `refresh_token` once, within 30 days of signing in."""

    access_token: str
    refresh_token: str
    expires_in: int = int(LIFETIME.total_seconds())
    token_type: str = "Bearer"


class Refresh(Body):
    refresh_token: Token


class Logout(Body):
    refresh_token: Token | None = None


class SessionShape(Shape):
    """`current`: the one this request was made with."""

    id: UUID
    kind: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    current: bool


class SessionList(Shape):
    items: list[SessionShape]
    next_cursor: str | None = None


class Methods(Shape):
    """How one may sign in from where one asks. `local`: without a password, on this machine only."""

    password: bool = True
    local: bool


@routes.add("GET", "/api/auth/methods", scope=None, answer=Methods)
async def list_sign_in_methods(request: web.Request) -> Methods:
    """The ways to sign in that are open to whoever asks."""
    return Methods(local=may_sign_in_locally(request))


@routes.add("POST", "/api/auth/login", scope=None, limit="sign_in", body=SignIn, answer=TokenPair, errors=(401, 409))
async def login(request: web.Request) -> TokenPair:
    """Sign a program in: 401 `wrong_credentials` for anything wrong, 409 `choose_tenant` when several fit."""
    identity, started = await _start(request, await body_of(request, SignIn), "program")
    return _pair(request, identity, started)


@routes.add("POST", "/api/auth/refresh", scope=None, body=Refresh, answer=TokenPair, errors=(401,))
async def refresh(request: web.Request) -> TokenPair:
    """The next pair for a refresh token. One that is presented twice ends its session: 401 `token_reused`."""
    token = (await body_of(request, Refresh)).refresh_token
    result = await sessions.refresh(
        request.app[DATABASE], token, at=request.app[CLOCK].now(), origin=origin_of(request)
    )
    if result.started is not None and result.identity is not None:
        return _pair(request, result.identity, result.started)
    if result.identity is not None:
        request.app[CREDENTIALS].forget(result.identity.tenant_id)
    if result.outcome == "reused":
        raise NotSignedIn(
            "This refresh token was used before, so its session was ended. Sign in again.", code="token_reused"
        )
    raise NotSignedIn("This refresh token is unknown or over. Sign in again.", code="invalid_refresh_token")


@routes.add(
    "POST", "/api/auth/session", scope=None, limit="sign_in", body=SignIn, answer=Me, errors=(401, 403, 404, 409)
)
async def start_page_session(request: web.Request) -> web.StreamResponse:
    """Sign the page in; answers as `GET /api/me` and sets the cookie. Only from our own page."""
    require_own_page(request)
    _, started = await _start(request, await body_of(request, SignIn), "page")
    return await _signed_in(request, started)


@routes.add("POST", "/api/auth/session/local", scope=None, answer=Me, errors=(401, 403, 404))
async def start_local_session(request: web.Request) -> web.StreamResponse:
    """Sign the page on this machine in as the owner, where that is set up. Only from our own page."""
    require_own_page(request)
    if not may_sign_in_locally(request):
        raise NotAllowed("Only the page on this machine may do this. Sign in with a password.", code="not_local")
    owner = await cookies.local_owner(request)
    if owner is None:
        raise NotFound("This installation has no owner yet. Run `voiceloop up`.", code="owner_not_found")
    return await _signed_in(request, await cookies.start_local_session(request, owner))


@routes.add("POST", "/api/auth/logout", scope=None, body=Logout, errors=(401, 403))
async def logout(request: web.Request) -> web.StreamResponse:
    """End the session of the bearer token, of the `refresh_token` in the body, or of the page's cookie."""
    response = respond(None, 204)
    token = (await body_of(request, Logout)).refresh_token
    if token is not None:
        owner = await sessions.session_of_token(request.app[DATABASE], token)
        if owner is not None:
            await _end(request, replace(owner, origin=origin_of(request)), owner.session_id)
        return response
    if "Authorization" not in request.headers and COOKIE_NAME in request.cookies:
        require_own_page(request)
        await _end_of_cookie(request, "signed_out")
        cookies.leave_page(request, response)
        return response
    try:
        identity = await authenticate(request)
    except NotSignedIn:
        await take_for_failure(request)  # a public route: the gate did not count it
        raise
    if identity is None:
        raise NotSignedIn("You are not signed in.")
    if identity.session_id is None:
        raise Invalid("An API key is not signed in; revoke it instead.", code="needs_session")
    await _end(request, identity, identity.session_id)
    return response


@routes.add("POST", "/api/auth/logout-everywhere")
async def logout_everywhere(request: web.Request) -> web.StreamResponse:
    """End all of one's own sessions, this one too. API keys go on; revoke them for themselves."""
    identity = require_session(identity_of(request))
    assert identity.user_id is not None
    async with request.app[DATABASE].transaction(identity) as connection:
        at = request.app[CLOCK].now()
        await sessions.end_sessions(connection, identity.user_id, at=at, reason="signed_out_everywhere")
    request.app[CREDENTIALS].forget(identity.tenant_id)
    return _left(request)


@routes.add("GET", "/api/auth/sessions", query=PageQuery, answer=SessionList)
async def list_own_sessions(request: web.Request) -> SessionList:
    """One's own sessions that are still good, newest first."""
    identity, page = require_session(identity_of(request)), query_of(request, PageQuery)
    async with request.app[DATABASE].transaction(identity) as connection:
        at = request.app[CLOCK].now()
        found = await sessions.list_sessions(connection, identity, at=at, limit=page.limit + 1, after=page.after)
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    return SessionList(items=[_shape(session, identity) for session in shown], next_cursor=cursor)


@routes.add("DELETE", "/api/auth/sessions/{id}")
async def end_own_session(request: web.Request) -> web.StreamResponse:
    """End one of one's own sessions."""
    identity, session_id = require_session(identity_of(request)), id_of(request, "session")
    if not await _end(request, identity, session_id):
        raise NotFound("There is no such session.", code="session_not_found")
    return _left(request) if session_id == identity.session_id else respond(None, 204)


async def _start(request: web.Request, body: SignIn, kind: Kind) -> tuple[Identity, Started]:
    """Check the password and start a session. Raises NotSignedIn, ChooseTenant, TooMany."""
    await take_for_email(request, "sign_in", body.email)
    database, at = request.app[DATABASE], request.app[CLOCK].now()
    for _ in range(2):  # the password of somebody who knows it may be hashed anew or changed in this moment: look again
        found = await sign_in.people_who_know(database, body.email, body.password, body.tenant or "")
        if len(found) > 1:
            raise ChooseTenant([(one.tenant_slug, one.tenant_name) for one in found])
        if not found:
            break
        person = found[0]
        identity = replace(person.identity, origin=origin_of(request))
        started = await sign_in.start_session(database, identity, person, kind, cookies.client_of(request), at=at)
        if started is not None:
            _strengthen(request, identity, person, body.password)
            return identity, started
    raise NotSignedIn("E-mail or password is wrong.", code="wrong_credentials")


def _strengthen(request: web.Request, identity: Identity, person: Candidate, password: str) -> None:
    """A hash with the parameters of earlier days is made anew, while the password is known."""
    if person.needs_rehash:
        database = request.app[DATABASE]
        request.app[ERRANDS].post("rehash", lambda: sign_in.rehash(database, identity, person, password))


def _pair(request: web.Request, identity: Identity, started: Started) -> TokenPair:
    assert identity.user_id is not None
    access_token = request.app[TOKENS].issue(identity.tenant_id, identity.user_id, started.session_id)
    return TokenPair(access_token=access_token, refresh_token=started.secret)


async def _signed_in(request: web.Request, started: Started) -> web.StreamResponse:
    signed_in = await access.identity_of_session(request.app[DATABASE], started.session_id, request.app[CLOCK].now())
    if signed_in is None:
        raise NotSignedIn("This session was ended at this moment. Sign in again.", code="session_over")
    response = respond(await me_of(request, signed_in.identity, signed_in.kind), 200)
    await _end_of_cookie(request, "replaced")
    cookies.enter_page(request, response, started)
    return response


async def _end_of_cookie(request: web.Request, reason: str) -> None:
    """End the session whose cookie the browser is about to lose: nobody could use or end it any more."""
    with contextlib.suppress(NotAllowed):  # this machine's, carried elsewhere: not that browser's to end
        before = await signed_in_by_cookie(request)
        if before is not None:
            identity = replace(before.identity, origin=origin_of(request))
            await _end(request, identity, identity.session_id, reason=reason)


async def _end(
    request: web.Request, identity: Identity, session_id: UUID | None, *, reason: str = "signed_out"
) -> bool:
    """End a session of the identity's own, for the very next request too; False when there is none such."""
    if session_id is None:
        return False
    async with request.app[DATABASE].transaction(identity) as connection:
        ended = await sessions.end_session(
            connection, session_id, at=request.app[CLOCK].now(), reason=reason, user_id=identity.user_id
        )
    request.app[CREDENTIALS].forget(identity.tenant_id)
    return ended


def _left(request: web.Request) -> web.StreamResponse:
    response = respond(None, 204)
    if COOKIE_NAME in request.cookies and "Authorization" not in request.headers:
        cookies.leave_page(request, response)
    return response


def _shape(session: Session, identity: Identity) -> SessionShape:
    return SessionShape(
        id=session.id,
        kind=session.kind,
        created_at=session.created_at,
        used_at=session.used_at,
        expires_at=session.expires_at,
        address=session.address,
        user_agent=session.user_agent,
        current=session.id == identity.session_id,
    )
