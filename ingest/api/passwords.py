"""Passwords: forgotten, reset, changed; and the invitation with which somebody new chooses their first one.

Nothing here tells whether an e-mail address is known: what is done for it is done after the answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from aiohttp import web
from pydantic import Field

from ingest.api.auth import Email, Password, Token
from ingest.api.me import require_session
from ingest.auth import origin_of
from ingest.current_password import require_current_password
from ingest.keys import CLOCK, CREDENTIALS, DATABASE, ERRANDS, OUTBOX, SETTINGS
from ingest.limits import take_for_email
from ingest.resets import send_reset_links
from ingest.routes import Body, Routes, Shape, body_of, identity_of
from store import passwords, users
from store.errors import NotAllowed
from store.links import LinkedUser, Purpose, end_links, is_good, no_such_link, use_link, user_of_link
from store.me import read_me
from store.sessions import end_sessions
from store.users import LONGEST_NAME

routes = Routes("Sign-in")


class Forgot(Body):
    email: Email
    tenant: Annotated[str | None, Field(max_length=63)] = None


class Reset(Body):
    token: Token
    password: Password


class PasswordChange(Body):
    """`current` stays empty for somebody who has no password yet (the owner on this machine)."""

    current: Password = ""
    new: Password


class InvitationToken(Body):
    token: Token


class Acceptance(Body):
    token: Token
    password: Password
    name: Annotated[str | None, Field(max_length=LONGEST_NAME)] = None


class TenantName(Shape):
    slug: str
    name: str


class Invitation(Shape):
    email: str
    name: str
    tenant: TenantName


class Accepted(Shape):
    email: str
    tenant: TenantName


class Promise(Shape):
    """What happens next, whoever asked."""

    detail: str = "If there is an account with this e-mail address, a link is on its way to it."


@routes.add(
    "POST", "/api/auth/password/forgot", scope=None, limit="password_reset", body=Forgot, answer=Promise, status=202
)
async def forget_password(request: web.Request) -> Promise:
    """Send a link for a new password, good for an hour. The answer is the same for unknown addresses."""
    wanted, app, origin = await body_of(request, Forgot), request.app, origin_of(request)
    await take_for_email(request, "password_reset", wanted.email)
    app[ERRANDS].post(
        "send reset links",
        lambda: send_reset_links(
            app[DATABASE],
            app[OUTBOX],
            app[SETTINGS].public_url,
            wanted.email,
            wanted.tenant or "",
            at=app[CLOCK].now(),
            origin=origin,
        ),
    )
    return Promise()


@routes.add("POST", "/api/auth/password/reset", scope=None, limit="sign_in", body=Reset, errors=(404,))
async def reset_password(request: web.Request) -> None:
    """Choose a new password with the link from the mail; all sessions end. 404 when it was used or is over."""
    wanted = await body_of(request, Reset)
    await _choose(request, wanted.token, "password_reset", wanted.password)


@routes.add("POST", "/api/auth/password", limit="sign_in", body=PasswordChange, secret=True, errors=(404,))
async def change_password(request: web.Request) -> None:
    """Change one's own password; the other sessions end. Needs a session and the current password."""
    identity, wanted = require_session(identity_of(request)), await body_of(request, PasswordChange)
    assert identity.user_id is not None
    database = request.app[DATABASE]
    me = await read_me(database, identity)
    passwords.check_strength(wanted.new, email=me.email)
    old = await require_current_password(request, identity, me.email, wanted.current)
    new = await passwords.hash_password(wanted.new)
    at = request.app[CLOCK].now()
    async with database.transaction(identity) as connection:
        await end_links(connection, identity.user_id, "password_reset", at=at)  # first: who uses one holds it first too
        if await passwords.hash_of_user(connection, identity.user_id, hold=True) != old:
            raise NotAllowed("The password was changed at this moment. Try again.", code="wrong_password")
        await passwords.set_password(connection, identity, identity.user_id, new, at)
        await end_sessions(connection, identity.user_id, at=at, reason="password_changed", keep=identity.session_id)
    request.app[CREDENTIALS].forget(identity.tenant_id)


@routes.add(
    "POST",
    "/api/auth/invitations/read",
    scope=None,
    limit="sign_in",
    body=InvitationToken,
    answer=Invitation,
    errors=(404,),
)
async def read_invitation(request: web.Request) -> Invitation:
    """Whom an invitation is for, before it is accepted. 404 when it was used or is over."""
    link = await _link(request, (await body_of(request, InvitationToken)).token, "invitation")
    return Invitation(email=link.email, name=link.name, tenant=_tenant(link))


@routes.add(
    "POST",
    "/api/auth/invitations/accept",
    scope=None,
    limit="sign_in",
    body=Acceptance,
    answer=Accepted,
    errors=(404,),
)
async def accept_invitation(request: web.Request) -> Accepted:
    """Choose one's first password; then sign in with it. Of two at the same time one is taken."""
    wanted = await body_of(request, Acceptance)
    link = await _choose(request, wanted.token, "invitation", wanted.password, wanted.name)
    return Accepted(email=link.email, tenant=_tenant(link))


async def _link(request: web.Request, token: str, purpose: Purpose) -> LinkedUser:
    """Raises NotFound unless the link can be used now."""
    database = request.app[DATABASE]
    link = await user_of_link(database, token)
    if link is None:
        raise no_such_link()
    async with database.transaction(link.identity) as connection:
        if not await is_good(connection, link.link_id, purpose, at=request.app[CLOCK].now()):
            raise no_such_link()
    return link


async def _choose(
    request: web.Request, token: str, purpose: Purpose, password: str, name: str | None = None
) -> LinkedUser:
    """Use the link up, keep the password, end what was signed in with the one before."""
    link, database, at = await _link(request, token, purpose), request.app[DATABASE], request.app[CLOCK].now()
    passwords.check_strength(password, email=link.email)
    hash_ = await passwords.hash_password(password)
    identity = replace(link.identity, origin=origin_of(request))
    async with database.transaction(identity) as connection:
        await use_link(connection, link, purpose, at=at)
        await passwords.set_password(connection, identity, link.user_id, hash_, at)
        if name and name.strip():
            await users.rename_self(connection, identity, name, at=at)
        await end_links(connection, link.user_id, at=at)
        await end_sessions(connection, link.user_id, at=at, reason="password_changed")
    request.app[CREDENTIALS].forget(link.tenant_id)
    return link


def _tenant(link: LinkedUser) -> TenantName:
    return TenantName(slug=link.tenant_slug, name=link.tenant_name)
