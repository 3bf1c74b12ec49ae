"""Who I am, in which tenant, what I may do."""

from __future__ import annotations

from aiohttp import web

from ingest.keys import DATABASE
from ingest.routes import Routes, Shape, identity_of
from store import tenants
from store.errors import NotFound
from store.rooms import AGENT_NAME

routes = Routes("Identity")


class UserShape(Shape):
    id: str
    name: str
    email: str
    role: str


class TenantShape(Shape):
    id: str
    name: str
    slug: str
    timezone: str


class AgentShape(Shape):
    name: str = AGENT_NAME


class Me(Shape):
    user: UserShape
    tenant: TenantShape
    scopes: list[str]
    agent: AgentShape = AgentShape()


@routes.add("GET", "/api/me", answer=Me)
async def read_me(request: web.Request) -> Me:
    """The user, tenant and scopes behind the credentials of this request."""
    identity, database = identity_of(request), request.app[DATABASE]
    tenant = await tenants.read_tenant(database, identity)
    user = await tenants.read_user(database, identity)
    if tenant is None or user is None:
        raise NotFound("This user no longer exists.", code="user_not_found")
    return Me(
        user=UserShape(id=str(user.id), name=user.name, email=user.email, role=user.role),
        tenant=TenantShape(id=str(tenant.id), name=tenant.name, slug=tenant.slug, timezone=tenant.timezone),
        scopes=sorted(identity.scopes),
    )
