"""Tenants: one's own, and for the owners of the tenant that operates the installation all of them.

What a tenant uses and may use is for its staff (`members:read`, a scope that changes nothing), not for every key that
only talks, such as one in a website.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from aiohttp import web
from pydantic import Field, StringConstraints

from ingest.api.persona_fields import Name, TimeZone
from ingest.founding import found_with_owner
from ingest.keys import CLOCK, CREDENTIALS, DATABASE, OUTBOX, PURGER, SETTINGS
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from store import tenants
from store.tenants import OPERATOR_SCOPE, Tenant, Usage

routes = Routes("Tenants")
_MOST = 2_147_483_647
Count = Annotated[int, Field(ge=0, le=_MOST)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class UsageShape(Shape):
    """`minutes` of calls since `period_start` (this calendar month, UTC); `calls` are under way now."""

    storage_bytes: int
    minutes: float
    calls: int
    users: int
    documents: int
    period_start: datetime


class UsageAnswer(UsageShape):
    """The use beside the limits; a limit that is null does not limit."""

    storage_limit_bytes: int | None
    minutes_limit: int | None
    calls_limit: int | None
    requests_limit: int | None


class TenantDetails(Shape):
    """Limits: bytes kept, minutes of calls in a calendar month, calls at once, HTTP requests a minute; null: none."""

    id: str
    slug: str
    name: str
    timezone: str
    operates: bool
    storage_limit_bytes: int | None
    minutes_limit: int | None
    calls_limit: int | None
    requests_limit: int | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    purging_at: datetime | None

    @classmethod
    def of(cls, tenant: Tenant, **more: Any) -> Self:
        values = {name: getattr(tenant, name) for name in TenantDetails.model_fields}
        return cls.model_validate({**values, "id": str(tenant.id), **more})


class ListedTenant(TenantDetails):
    usage: UsageShape


class TenantList(Shape):
    items: list[ListedTenant]
    next_cursor: str | None = None


class OwnerShape(Shape):
    id: str
    email: str


class FoundedTenant(TenantDetails):
    """`invitation_url` is for the owner alone: whoever opens it first chooses the password."""

    owner: OwnerShape
    invitation_url: str


class NewTenant(Body):
    """A zone that is not sent is the installation's."""

    slug: Slug
    name: Name
    timezone: TimeZone | None = None
    owner_email: Annotated[str, Field(min_length=3, max_length=254)]
    owner_name: Annotated[str, Field(max_length=200)] = ""


class TenantChange(Body):
    """What is not sent stays; a limit of null is taken away."""

    name: Name = ""
    timezone: TimeZone = ""
    storage_limit_bytes: Annotated[int, Field(ge=0, le=2**62)] | None = None
    minutes_limit: Count | None = None
    calls_limit: Count | None = None
    requests_limit: Annotated[int, Field(ge=1, le=_MOST)] | None = None


class TenantQuery(PageQuery):
    deleted: Annotated[bool, Field(description="The deleted ones instead.")] = False


class TenantRemoval(Body):
    purge: Annotated[bool, Field(description="For good, with all rows and files.")] = False


@routes.add("GET", "/api/tenants", scope="members:read", or_scope=OPERATOR_SCOPE, query=TenantQuery, answer=TenantList)
async def list_tenants(request: web.Request) -> TenantList:
    """With the scope `tenants` all of the installation, newest first; otherwise one's own. With what they use."""
    page, identity, database = query_of(request, TenantQuery), identity_of(request), request.app[DATABASE]
    found = await tenants.list_tenants(
        database, identity, limit=page.limit + 1, deleted=page.deleted, before=page.after
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    async with database.transaction(identity) as connection:
        usage = await tenants.usage_of(connection, identity, [one.id for one in shown], at=request.app[CLOCK].now())
    return TenantList(
        items=[ListedTenant.of(one, usage=_usage(usage[one.id])) for one in shown if one.id in usage],
        next_cursor=cursor,
    )


@routes.add("POST", "/api/tenants", scope="tenants", body=NewTenant, answer=FoundedTenant, status=201, secret=True)
async def found_tenant(request: web.Request) -> FoundedTenant:
    """A tenant with calendar, personas and an invited owner, all or nothing; 409 `slug_taken`."""
    wanted, identity, settings = await body_of(request, NewTenant), identity_of(request), request.app[SETTINGS]
    database = request.app[DATABASE]
    tenant_id, owner, link = await found_with_owner(
        database,
        identity,
        request.app[OUTBOX],
        settings.public_url,
        slug=wanted.slug,
        name=wanted.name,
        timezone=wanted.timezone or settings.timezone or "UTC",
        owner_email=wanted.owner_email,
        owner_name=wanted.owner_name,
        at=request.app[CLOCK].now(),
    )
    async with database.transaction(identity) as connection:
        tenant = await tenants.find_tenant(connection, identity, tenant_id)
    return FoundedTenant.of(tenant, owner=OwnerShape(id=str(owner.id), email=owner.email), invitation_url=link)


@routes.add("GET", "/api/tenants/{id}", scope="members:read", or_scope=OPERATOR_SCOPE, answer=TenantDetails)
async def read_tenant(request: web.Request) -> TenantDetails:
    """One's own tenant, or with the scope `tenants` any, deleted ones too."""
    tenant_id, identity = id_of(request, "tenant"), identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        return TenantDetails.of(await tenants.find_tenant(connection, identity, tenant_id))


@routes.add(
    "PATCH", "/api/tenants/{id}", scope="tenant:write", or_scope=OPERATOR_SCOPE, body=TenantChange, answer=TenantDetails
)
async def change_tenant(request: web.Request) -> TenantDetails:
    """Change name and zone; with the scope `tenants` also limits, of any tenant."""
    tenant_id, wanted = id_of(request, "tenant"), await body_of(request, TenantChange)
    identity, at = identity_of(request), request.app[CLOCK].now()
    async with request.app[DATABASE].transaction(identity) as connection:
        changes = wanted.model_dump(exclude_unset=True)
        return TenantDetails.of(await tenants.change_tenant(connection, identity, tenant_id, changes, at=at))


@routes.add("DELETE", "/api/tenants/{id}", scope="tenants", query=TenantRemoval, status=204)
async def delete_tenant(request: web.Request) -> None:
    """Delete so that it can be restored; with `?purge=true` for good: marked now, gone when a read says 404."""
    tenant_id, query = id_of(request, "tenant"), query_of(request, TenantRemoval)
    identity, at = identity_of(request), request.app[CLOCK].now()
    async with request.app[DATABASE].transaction(identity) as connection:
        if query.purge:
            await tenants.begin_purge(connection, identity, tenant_id, at=at)
        else:
            await tenants.delete_tenant(connection, identity, tenant_id, at=at)
    request.app[CREDENTIALS].forget(tenant_id)  # its people are out with the very next request
    if query.purge:
        request.app[PURGER].wake()


@routes.add("POST", "/api/tenants/{id}/restore", scope="tenants", answer=TenantDetails)
async def restore_tenant(request: web.Request) -> TenantDetails:
    """Bring a deleted tenant back with everything; 409 `being_purged` when its removal for good has begun."""
    tenant_id, identity = id_of(request, "tenant"), identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        at = request.app[CLOCK].now()
        return TenantDetails.of(await tenants.restore_tenant(connection, identity, tenant_id, at=at))


@routes.add("GET", "/api/tenants/{id}/usage", scope="members:read", or_scope=OPERATOR_SCOPE, answer=UsageAnswer)
async def read_usage(request: web.Request) -> UsageAnswer:
    """What the tenant uses, beside its limits."""
    tenant_id, identity = id_of(request, "tenant"), identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        tenant = await tenants.find_tenant(connection, identity, tenant_id)
        usage = await tenants.usage_of(connection, identity, [tenant_id], at=request.app[CLOCK].now())
    limits = {name: getattr(tenant, name) for name in tenants.LIMITS}
    return UsageAnswer.model_validate({**_usage(usage[tenant_id]).model_dump(), **limits})


def _usage(usage: Usage) -> UsageShape:
    return UsageShape(
        storage_bytes=usage.storage_bytes,
        minutes=round(usage.minutes, 1),
        calls=usage.calls,
        users=usage.users,
        documents=usage.documents,
        period_start=usage.period_start,
    )
