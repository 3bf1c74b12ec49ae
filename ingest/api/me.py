"""Who I am, in which tenant, what I may do; and my own name."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from ingest.auth import CREDENTIAL_KIND
from ingest.keys import CLOCK, CREDENTIALS, DATABASE, SETTINGS
from ingest.routes import Body, Routes, Shape, body_of, identity_of
from store import me, users
from store.errors import NotAllowed
from store.identity import Identity
from store.rooms import AGENT_NAME
from store.users import LONGEST_NAME

routes = Routes("Identity")


class UserShape(Shape):
    """`has_password`: whoever has none (the owner on this machine) is asked for none before they change theirs."""

    id: str
    name: str
    email: str
    role: str
    has_password: bool


class TenantShape(Shape):
    """`operates`: its owners manage all tenants of the installation."""

    id: str
    name: str
    slug: str
    timezone: str
    operates: bool


class SessionShape(Shape):
    """`kind`: `page` (signed in), `local` (this machine's owner) or `program`."""

    kind: str


class AgentShape(Shape):
    name: str = AGENT_NAME


class LimitsShape(Shape):
    """What the page says before somebody tries: the largest file in bytes."""

    upload_bytes: int


class Me(Shape):
    """`session` is null for an API key."""

    user: UserShape
    tenant: TenantShape
    scopes: list[str]
    session: SessionShape | None
    agent: AgentShape = AgentShape()
    limits: LimitsShape


class MeChange(Body):
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


@routes.add("GET", "/api/me", answer=Me, errors=(404,))
async def read_me(request: web.Request) -> Me:
    """The user, tenant and scopes behind the credentials of this request."""
    return await me_of(request, identity_of(request), request.get(CREDENTIAL_KIND, "key"))


@routes.add("PATCH", "/api/me", body=MeChange, answer=Me, errors=(404,))
async def change_me(request: web.Request) -> Me:
    """Change one's own name. Needs a session: a key does not speak for its user here."""
    identity, change = require_session(identity_of(request)), await body_of(request, MeChange)
    async with request.app[DATABASE].transaction(identity) as connection:
        await users.rename_self(connection, identity, change.name, at=request.app[CLOCK].now())
    request.app[CREDENTIALS].forget(identity.tenant_id)
    return await me_of(request, identity, request[CREDENTIAL_KIND])


async def me_of(request: web.Request, identity: Identity, kind: str) -> Me:
    """The identity as the page sees it; ``kind`` is its session's, or ``key``."""
    who = await me.read_me(request.app[DATABASE], identity)
    return Me(
        user=UserShape(
            id=str(who.user_id), name=who.name, email=who.email, role=who.role, has_password=who.has_password
        ),
        tenant=TenantShape(
            id=str(who.tenant_id),
            name=who.tenant_name,
            slug=who.tenant_slug,
            timezone=who.timezone,
            operates=who.operates,
        ),
        scopes=sorted(identity.scopes),
        session=None if kind == "key" else SessionShape(kind=kind),
        limits=LimitsShape(upload_bytes=request.app[SETTINGS].upload_limit),
    )


def require_session(identity: Identity) -> Identity:
    """The identity of somebody who signed in. Raises NotAllowed for an API key."""
    if identity.session_id is None:
        raise NotAllowed("This is for people who signed in; an API key cannot do it.", code="needs_session")
    return identity
