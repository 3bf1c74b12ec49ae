"""Background jobs: what runs, how far it is, why it is tried again; and ending one."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from ingest.api.file_shapes import JobShape, JobStatus, job_shape
from ingest.keys import DATABASE, INBOX
from ingest.paging import PageQuery, page_of
from ingest.routes import Routes, Shape, id_of, identity_of, query_of
from store import jobs

routes = Routes("Jobs")


class JobQuery(PageQuery):
    status: JobStatus | None = None
    document_id: UUID | None = None


class JobList(Shape):
    items: list[JobShape]
    next_cursor: str | None


@routes.add("GET", "/api/jobs", scope="documents:read", query=JobQuery, answer=JobList)
async def list_jobs(request: web.Request) -> JobList:
    """Jobs, newest first; of one status or one document."""
    wanted = query_of(request, JobQuery)
    found = await jobs.list_jobs(
        request.app[DATABASE],
        identity_of(request),
        limit=wanted.limit + 1,
        before=wanted.after,
        status=wanted.status,
        document_id=wanted.document_id,
    )
    shown, cursor = page_of(found, wanted.limit, lambda one: (one.created_at, one.id))
    return JobList(items=[job_shape(one) for one in shown], next_cursor=cursor)


@routes.add("GET", "/api/jobs/{id}", scope="documents:read", answer=JobShape)
async def read_job(request: web.Request) -> JobShape:
    """How far a background job is."""
    return job_shape(await jobs.read(request.app[DATABASE], identity_of(request), id_of(request, "job")))


@routes.add("POST", "/api/jobs/{id}/cancel", scope="documents:write", answer=JobShape)
async def cancel_job(request: web.Request) -> JobShape:
    """End a job that waits or runs; its document is again what it was before. 409 when the job is over already."""
    return job_shape(await request.app[INBOX].cancel(identity_of(request), id_of(request, "job")))
