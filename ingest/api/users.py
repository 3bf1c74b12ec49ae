"""The people of the tenant: invite, list, change, delete, bring back, remove for good. Rules: ``store.users``.

Answers with an invitation's link and bodies with a password are ``secret``: no `Idempotency-Key` keeps them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from ingest.api.me import require_session
from ingest.current_password import require_current_password
from ingest.invitations import invite
from ingest.keys import CLOCK, CREDENTIALS, DATABASE, OUTBOX, SETTINGS
from ingest.notices import tell_of_other_email
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from store import passwords, users
from store.database import Connection
from store.identity import Identity
from store.log import get_logger
from store.me import read_me
from store.users import LONGEST_EMAIL, LONGEST_NAME, Member, UserChange

log = get_logger(__name__)
routes = Routes("Members")
Role = Literal["owner", "admin", "editor", "agent", "viewer"]
Email = Annotated[str, Field(max_length=LONGEST_EMAIL + 50, description="Theirs alone in this tenant, in any case.")]
Name = Annotated[str, Field(max_length=LONGEST_NAME + 50, description="On one line.")]


class NewMember(Body):
    email: Email
    role: Role
    name: Annotated[Name, Field(description="Without one: what stands before the @.")] = ""


class MemberChange(Body):
    """What is not sent stays as it is."""

    name: Name | None = None
    role: Role | None = None
    email: Email | None = None
    current: Annotated[
        str, Field(max_length=passwords.LONGEST, description="Your password, for another e-mail address of your own.")
    ] = ""


class MembersQuery(PageQuery):
    deleted: Annotated[bool, Field(description="The deleted ones instead.")] = False


class RemovalQuery(Body):
    purge: Annotated[bool, Field(description="For good: nothing brings it back.")] = False


class MemberShape(Shape):
    id: str
    email: str
    name: str
    role: str
    status: Literal["invited", "active", "deleted"]
    last_sign_in_at: datetime | None
    created_at: datetime
    deleted_at: datetime | None


class MemberList(Shape):
    items: list[MemberShape]
    next_cursor: str | None


class InvitationLink(Shape):
    invitation_url: Annotated[str, Field(description="Good for seven days and one use; the mail brings it too.")]


class InvitedMember(MemberShape, InvitationLink):
    pass


@routes.add("GET", "/api/users", scope="members:read", query=MembersQuery, answer=MemberList)
async def list_members(request: web.Request) -> MemberList:
    """The people of the tenant, longest here first."""
    page = query_of(request, MembersQuery)
    found = await users.list_users(
        request.app[DATABASE],
        identity_of(request),
        deleted=page.deleted,
        limit=page.limit + 1,
        after=page.after,
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    return MemberList(items=[_shape(one) for one in shown], next_cursor=cursor)


@routes.add(
    "POST",
    "/api/users",
    scope="members:write",
    body=NewMember,
    answer=InvitedMember,
    status=201,
    errors=(409,),
    secret=True,
)
async def invite_member(request: web.Request) -> InvitedMember:
    """Invite somebody: they get a mail with a link to choose a password, and you the same link."""
    wanted = await body_of(request, NewMember)
    async with changing_access(request) as (connection, identity, at):
        user = await users.create_user(
            connection, identity, email=wanted.email, name=wanted.name, role=wanted.role, at=at
        )
        url = await _invite(request, connection, user)
    log.info("member invited", user_id=str(user.id), role=user.role)
    return InvitedMember(**_shape(user).model_dump(), invitation_url=url)


@routes.add("GET", "/api/users/{id}", scope="members:read", answer=MemberShape)
async def read_member(request: web.Request) -> MemberShape:
    """One person, deleted or not."""
    wanted = id_of(request, "user")
    async with request.app[DATABASE].transaction(identity_of(request)) as connection:
        return _shape(await users.read_user(connection, wanted))


@routes.add(
    "PATCH", "/api/users/{id}", scope="members:write", body=MemberChange, answer=MemberShape, errors=(409,), secret=True
)
async def change_member(request: web.Request) -> MemberShape:
    """Change role, name or e-mail. A lower role or another e-mail ends their sessions; you stay signed in yourself.

    Your own e-mail needs your password as `current`, unless you have none, and a session: no key changes it. The
    address before gets a mail that tells of the change.
    """
    wanted, change = id_of(request, "user"), await body_of(request, MemberChange)
    if wanted == identity_of(request).user_id and change.email is not None:
        await _require_may_change_own_email(request, change.email, change.current)
    async with changing_access(request) as (connection, identity, at):
        changed = UserChange(change.name, change.role, change.email)
        before, after = await users.change_user(connection, identity, wanted, changed, at=at)
        await tell_of_other_email(request.app[OUTBOX], connection, identity, before, after)
    return _shape(after)


async def _require_may_change_own_email(request: web.Request, email: str, current: str) -> None:
    """Raise NotAllowed unless it stays as it is: who has it asks for a new password by mail, and has the account."""
    identity = identity_of(request)
    me = await read_me(request.app[DATABASE], identity)
    if users.clean_email(email) != me.email:
        await require_current_password(request, require_session(identity), me.email, current)


@routes.add("DELETE", "/api/users/{id}", scope="members:write", query=RemovalQuery, status=204, errors=(409,))
async def delete_member(request: web.Request) -> None:
    """Delete somebody: their sessions end and their keys stop; conversations and documents stay. `purge`: for good."""
    wanted, how = id_of(request, "user"), query_of(request, RemovalQuery)
    async with changing_access(request) as (connection, identity, at):
        if how.purge:
            await users.purge_user(connection, identity, wanted)
        else:
            await users.delete_user(connection, identity, wanted, at=at)


@routes.add("POST", "/api/users/{id}/restore", scope="members:write", answer=MemberShape, errors=(409,))
async def restore_member(request: web.Request) -> MemberShape:
    """Bring somebody back; their password and keys count again."""
    wanted = id_of(request, "user")
    async with changing_access(request) as (connection, identity, at):
        return _shape(await users.restore_user(connection, identity, wanted, at=at))


@routes.add("POST", "/api/users/{id}/invite", scope="members:write", answer=InvitationLink, errors=(409,), secret=True)
async def invite_member_again(request: web.Request) -> InvitationLink:
    """A new link and mail for somebody who has not accepted yet; earlier links end."""
    wanted = id_of(request, "user")
    async with changing_access(request) as (connection, identity, _):
        user = await users.user_to_invite(connection, identity, wanted)
        return InvitationLink(invitation_url=await _invite(request, connection, user))


@asynccontextmanager
async def changing_access(request: web.Request) -> AsyncGenerator[tuple[Connection, Identity, datetime]]:
    """A transaction of who asks, and now; afterwards nobody of the tenant is taken for who they were before."""
    identity, app = identity_of(request), request.app
    async with app[DATABASE].transaction(identity) as connection:
        yield connection, identity, app[CLOCK].now()
    app[CREDENTIALS].forget(identity.tenant_id)


async def _invite(request: web.Request, connection: Connection, user: Member) -> str:
    app = request.app
    return await invite(
        app[OUTBOX], app[SETTINGS].public_url, connection, identity_of(request), user, at=app[CLOCK].now()
    )


def _shape(user: Member) -> MemberShape:
    return MemberShape(
        id=str(user.id),
        email=user.email,
        name=user.name,
        role=user.role,
        status=user.status,
        last_sign_in_at=user.last_sign_in_at,
        created_at=user.created_at,
        deleted_at=user.deleted_at,
    )
