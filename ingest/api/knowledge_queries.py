"""What was asked of the documents, and what they did not answer. Callers' own words: for who may read documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.instants import InstantWithOffset
from ingest.keys import KNOWLEDGE
from ingest.paging import PageQuery, page_of
from ingest.routes import Routes, Shape, identity_of, query_of
from tools.knowledge.queries import Asked, QueryFilter

routes = Routes("Knowledge")


class QueriesQuery(PageQuery):
    """Which questions; the instants are [from, to)."""

    answered: bool | None = None
    from_: Annotated[InstantWithOffset | None, Field(alias="from")] = None
    to: InstantWithOffset | None = None


class AskedOf(Shape):
    id: UUID
    title: str


class QueryShape(Shape):
    """One question. `document`: of the first result, null where there was none or it is gone."""

    id: UUID
    query: str
    answered: bool
    result_count: int
    top_relevance: int
    degraded: bool
    channel: str
    conversation_id: UUID | None
    document: AskedOf | None
    execution_time_ms: float
    created_at: datetime


class QueryList(Shape):
    items: list[QueryShape]
    next_cursor: str | None


class GapShape(Shape):
    """Questions that ask the same and found nothing; `query` as it was asked last, `query_ids` the last 20."""

    query: str
    times: int
    last_at: datetime
    query_ids: list[UUID]


class GapList(Shape):
    items: list[GapShape]


@routes.add("GET", "/api/knowledge/queries", scope="documents:read", query=QueriesQuery, answer=QueryList)
async def list_queries(request: web.Request) -> QueryList:
    """What was asked and what was found, newest first."""
    query = query_of(request, QueriesQuery)
    wanted = QueryFilter(query.answered, query.from_, query.to, query.after)
    found = await request.app[KNOWLEDGE].queries.read(identity_of(request), wanted, most=query.limit + 1)
    shown, cursor = page_of(found, query.limit, lambda one: (one.created_at, one.id))
    return QueryList(items=[_shape(one) for one in shown], next_cursor=cursor)


@routes.add("GET", "/api/knowledge/gaps", scope="documents:read", answer=GapList)
async def list_gaps(request: web.Request) -> GapList:
    """What was asked in vain, questions for the same together, most frequent first."""
    found = await request.app[KNOWLEDGE].queries.gaps(identity_of(request))
    return GapList(items=[GapShape.model_validate(one, from_attributes=True) for one in found])


def _shape(one: Asked) -> QueryShape:
    named = one.document_id is not None and one.document_title is not None
    return QueryShape(
        id=one.id,
        query=one.query,
        answered=one.answered,
        result_count=one.result_count,
        top_relevance=one.top_relevance,
        degraded=one.degraded,
        channel=one.channel,
        conversation_id=one.conversation_id,
        document=AskedOf.model_validate({"id": one.document_id, "title": one.document_title}) if named else None,
        execution_time_ms=one.execution_time_ms,
        created_at=one.created_at,
    )
