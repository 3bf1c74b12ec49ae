"""The audit log, to read: who changed what, when, from where. Nothing here writes it; the database does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.instants import InstantWithOffset
from ingest.keys import DATABASE
from ingest.paging import PageQuery, page_of
from ingest.routes import Routes, Shape, identity_of, query_of
from store import audit
from store.audit import AuditEntry, AuditFilter

routes = Routes("Audit")


class AuditQuery(PageQuery):
    """Which entries: all that match everything given. `from` is inclusive, `to` exclusive; both with an offset."""

    action: Annotated[str | None, Field(max_length=100, description="Such as `user.updated` or `key.revoked`.")] = None
    resource_type: Annotated[str | None, Field(max_length=100, description="Such as `user`, `key`, `event`.")] = None
    resource_id: Annotated[str | None, Field(max_length=100)] = None
    user_id: Annotated[UUID | None, Field(description="Whose changes, whether by hand or with one of their keys.")] = (
        None
    )
    from_: Annotated[InstantWithOffset | None, Field(alias="from")] = None
    to: InstantWithOffset | None = None


class Resource(Shape):
    type: str
    id: str


class Actor(Shape):
    """Who it was. Without `user_id` nobody signed in: `role` and `name` say what acted (agent, worker, system)."""

    user_id: UUID | None
    key_id: UUID | None
    name: str
    role: str


class OriginShape(Shape):
    """From where: `channel` is http, call, cli or job; `request_id` leads to the log, or is the call's or job's id."""

    channel: str
    address: str
    request_id: str


class AuditEntryShape(Shape):
    """One change. `before` and `after` hold the changed fields; null where nothing was before or is any more."""

    id: UUID
    at: datetime
    action: str
    resource: Resource
    actor: Actor
    origin: OriginShape
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class AuditList(Shape):
    items: list[AuditEntryShape]
    next_cursor: str | None


@routes.add("GET", "/api/audit", scope="audit:read", query=AuditQuery, answer=AuditList)
async def list_audit(request: web.Request) -> AuditList:
    """What was changed, by whom and from where, newest first. Secrets are never in it, long values only by length."""
    query = query_of(request, AuditQuery)
    wanted = AuditFilter(
        query.action, query.resource_type, query.resource_id, query.user_id, since=query.from_, until=query.to
    )
    found = await audit.list_entries(
        request.app[DATABASE], identity_of(request), wanted, limit=query.limit + 1, before=query.after
    )
    shown, cursor = page_of(found, query.limit, lambda one: (one.at, one.id))
    return AuditList(items=[_entry(one) for one in shown], next_cursor=cursor)


def _entry(one: AuditEntry) -> AuditEntryShape:
    return AuditEntryShape(
        id=one.id,
        at=one.at,
        action=one.action,
        resource=Resource(type=one.resource_type, id=one.resource_id),
        actor=Actor(user_id=one.actor_user_id, key_id=one.actor_key_id, name=one.actor_name, role=one.actor_role),
        origin=OriginShape(channel=one.channel, address=one.address, request_id=one.request_id),
        before=one.before,
        after=one.after,
    )
