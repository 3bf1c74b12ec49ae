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
from store import passwords
from store.links import LinkedUser, Purpose
from store.me import read_me
from store.password_changes import change_own, choose_by_link, good_link
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
    """Send a link for a new password, good for an hour. The answer is the same for unknown addresses.

    503 `too_busy` when so much waits that the link might not be sent.
    """
    wanted, app, origin = await body_of(request, Forgot), request.app, origin_of(request)
    await take_for_email(request, "password_reset", wanted.email)
    app[ERRANDS].promise(
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
    database, at = request.app[DATABASE], request.app[CLOCK].now()
    me = await read_me(database, identity)
    passwords.check_strength(wanted.new, email=me.email)
    old = await require_current_password(request, identity, me.email, wanted.current)
    await change_own(database, identity, old, wanted.new, at=at)
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
    token, at = (await body_of(request, InvitationToken)).token, request.app[CLOCK].now()
    link = await good_link(request.app[DATABASE], token, "invitation", at=at)
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


async def _choose(
    request: web.Request, token: str, purpose: Purpose, password: str, name: str | None = None
) -> LinkedUser:
    """Use the link up for this password; who was signed in with the one before is asked anew. Raises NotFound."""
    database, at = request.app[DATABASE], request.app[CLOCK].now()
    link = await good_link(database, token, purpose, at=at)
    identity = replace(link.identity, origin=origin_of(request))
    await choose_by_link(database, identity, link, purpose, password, name or "", at=at)
    request.app[CREDENTIALS].forget(link.tenant_id)
    return link


def _tenant(link: LinkedUser) -> TenantName:
    return TenantName(slug=link.tenant_slug, name=link.tenant_name)
