"""Uploaded files on their way to being searchable: upload, analyse, confirm, list, delete; and the jobs that do it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.documents.stages import ANALYSE
from ingest.keys import DATABASE, INBOX
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from ingest.uploads import Sent, take_file
from store import documents, jobs
from store.documents import Document
from store.jobs import Job

routes = Routes("Files")
_PROGRESS = {"received": 0, "inspecting": 10, "extracting": 30, "analysing": 70, "indexing": 80}


class Problem(Shape):
    code: str
    detail: str


class Uploaded(Shape):
    upload_id: str
    filename: str
    file_size: int
    content_type: str
    status: str
    title: str
    job_id: str


class FileShape(Shape):
    """``pages`` is 0 for formats without pages."""

    upload_id: str
    filename: str
    title: str
    file_size: int
    content_type: str
    status: str
    progress: int
    stage: str
    pages: int
    analysis: dict[str, Any] | None
    recommended_for_rag: bool | None
    error: Problem | None
    created_at: datetime


class FileList(Shape):
    items: list[FileShape]
    next_cursor: str | None


class WaitQuery(Body):
    wait: Annotated[float, Field(ge=0, le=120, description="Seconds to wait for the result.")] = 0


class Queued(Shape):
    job_id: str
    document_id: str


class Analysed(Shape):
    analysis: dict[str, Any]
    recommended_for_rag: bool
    job_id: str
    document_id: str


class Confirmation(Body):
    save_to_rag: bool


class Confirmed(Shape):
    """``job_id`` is null when the document was rejected."""

    document_id: str
    job_id: str | None
    status: str


class JobShape(Shape):
    id: str
    kind: str
    status: str
    stage: str
    progress: int
    error: Problem | None
    document_id: str | None


@routes.add("POST", "/api/files/upload", scope="documents:write", answer=Uploaded, status=201, upload=True)
async def upload_file(request: web.Request) -> Uploaded:
    """Take a PDF, DOCX, TXT or Markdown file (multipart field `file`, optionally `title` before it)."""
    document, job_id = await receive_upload(request, ANALYSE)
    return Uploaded(
        upload_id=str(document.id),
        filename=document.filename,
        file_size=document.size_bytes,
        content_type=document.content_type,
        status=document.status,
        title=document.title,
        job_id=job_id,
    )


async def receive_upload(request: web.Request, kind: str) -> tuple[Document, str]:
    """Stream the multipart field ``file`` into the inbox. Raises what it raises, and Invalid for a broken body."""
    inbox, identity = request.app[INBOX], identity_of(request)

    async def keep(sent: Sent) -> tuple[Document, UUID]:
        return await inbox.receive(identity, sent.name, sent.pieces, title=sent.title, kind=kind)

    document, job_id = await take_file(request, keep)
    return document, str(job_id)


@routes.add("GET", "/api/files", scope="documents:read", query=PageQuery, answer=FileList)
async def list_files(request: web.Request) -> FileList:
    """Files with their stage and analysis, newest first."""
    return await list_shapes(request, status=None)


async def list_shapes(request: web.Request, *, status: str | None) -> FileList:
    page = query_of(request, PageQuery)
    found = await documents.list_documents(
        request.app[DATABASE], identity_of(request), limit=page.limit + 1, before=page.after, status=status
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    return FileList(items=[_shape(one) for one in shown], next_cursor=cursor)


@routes.add("GET", "/api/files/{id}", scope="documents:read", answer=FileShape)
async def read_file(request: web.Request) -> FileShape:
    """One file with its stage and analysis."""
    return _shape(await documents.read(request.app[DATABASE], identity_of(request), id_of(request, "document")))


@routes.add("DELETE", "/api/files/{id}", scope="documents:write", status=204)
async def delete_file(request: web.Request) -> None:
    """Remove the file and everything made of it: pages, chunks, vectors."""
    await request.app[INBOX].delete(identity_of(request), id_of(request, "document"))


@routes.add(
    "POST",
    "/api/files/{id}/analyze",
    scope="documents:write",
    query=WaitQuery,
    answer=Queued,
    status=202,
    also={200: Analysed},
)
async def analyze_file(request: web.Request) -> Shape | web.Response:
    """Start the analysis, or join the one under way; `?wait=SECONDS` answers 200 with the analysis itself."""
    identity, inbox, wait = identity_of(request), request.app[INBOX], query_of(request, WaitQuery).wait
    document, job_id = await inbox.analyse(identity, id_of(request, "document"))
    if wait:
        await inbox.wait(identity, job_id, wait)
        document = await documents.read(request.app[DATABASE], identity, document.id)
        if document.analysis is not None:
            answer = Analysed(
                analysis=document.analysis,
                recommended_for_rag=bool(document.analysis.get("recommended_for_rag")),
                job_id=str(job_id),
                document_id=str(document.id),
            )
            return web.Response(text=answer.model_dump_json(), content_type="application/json")
    return Queued(job_id=str(job_id), document_id=str(document.id))


@routes.add(
    "POST",
    "/api/files/{id}/confirm-rag",
    scope="documents:write",
    body=Confirmation,
    query=WaitQuery,
    answer=Confirmed,
    status=202,
    also={200: Confirmed},
)
async def confirm_file(request: web.Request) -> web.Response:
    """Let an analysed file be searched (`true`, 202) or reject it (`false`, 200); `?wait=` until it is indexed."""
    identity, inbox, document_id = identity_of(request), request.app[INBOX], id_of(request, "document")
    wait = query_of(request, WaitQuery).wait
    if not (await body_of(request, Confirmation)).save_to_rag:
        document = await inbox.reject(identity, document_id)
        answer = Confirmed(document_id=str(document_id), job_id=None, status=document.status)
        return web.Response(text=answer.model_dump_json(), content_type="application/json")
    job_id = await inbox.confirm(identity, document_id)
    if wait:
        await inbox.wait(identity, job_id, wait)
    document = await documents.read(request.app[DATABASE], identity, document_id)
    answer = Confirmed(document_id=str(document_id), job_id=str(job_id), status=document.status)
    status = 200 if document.status == "ready" and wait else 202
    return web.Response(text=answer.model_dump_json(), status=status, content_type="application/json")


@routes.add("GET", "/api/jobs/{id}", scope="documents:read", answer=JobShape)
async def read_job(request: web.Request) -> JobShape:
    """How far a background job is."""
    return _job(await jobs.read(request.app[DATABASE], identity_of(request), id_of(request, "job")))


def _job(job: Job) -> JobShape:
    return JobShape.model_validate(job.as_json())


def _shape(document: Document) -> FileShape:
    analysis = document.analysis
    return FileShape(
        upload_id=str(document.id),
        filename=document.filename,
        title=document.title,
        file_size=document.size_bytes,
        content_type=document.content_type,
        status=document.status,
        progress=_PROGRESS.get(document.status, 100),
        stage=document.status,
        pages=document.page_count,
        analysis=analysis,
        recommended_for_rag=bool(analysis.get("recommended_for_rag")) if analysis else None,
        error=Problem.model_validate(document.error) if document.error else None,
        created_at=document.created_at,
    )
