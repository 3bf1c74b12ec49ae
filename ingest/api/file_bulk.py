"""Many files at once: each is done or refused for itself, in the order sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.api.file_shapes import Fault
from ingest.keys import INBOX
from ingest.routes import Body, Routes, Shape, body_of, identity_of
from store.errors import VoiceLoopError

T = TypeVar("T")
routes = Routes("Files")
Ids = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]


class Confirmations(Body):
    ids: Ids
    save_to_rag: bool


class Deletions(Body):
    ids: Ids


class ConfirmedItem(Shape):
    """``status`` is the document's; empty with an ``error``."""

    document_id: str
    job_id: str | None
    status: str
    error: Fault | None


class ConfirmedList(Shape):
    items: list[ConfirmedItem]


class DeletedItem(Shape):
    document_id: str
    deleted: bool
    error: Fault | None


class DeletedList(Shape):
    items: list[DeletedItem]


@routes.add("POST", "/api/files/confirm", scope="documents:write", body=Confirmations, answer=ConfirmedList)
async def confirm_files(request: web.Request) -> ConfirmedList:
    """Confirm (`true`) or reject (`false`) up to 100 analysed files; the answer says of each what became of it."""
    wanted, inbox, identity = await body_of(request, Confirmations), request.app[INBOX], identity_of(request)

    async def decide(document_id: UUID) -> tuple[str | None, str]:
        if not wanted.save_to_rag:
            return None, (await inbox.reject(identity, document_id)).status
        return str(await inbox.confirm(identity, document_id)), "indexing"

    items: list[ConfirmedItem] = []
    for document_id in dict.fromkeys(wanted.ids):
        done, error = await _tried(decide, document_id)
        job_id, status = done or (None, "")
        items.append(ConfirmedItem(document_id=str(document_id), job_id=job_id, status=status, error=error))
    return ConfirmedList(items=items)


@routes.add("POST", "/api/files/delete", scope="documents:write", body=Deletions, answer=DeletedList)
async def delete_files(request: web.Request) -> DeletedList:
    """Remove up to 100 files with everything made of them; the answer says of each whether it was there."""
    wanted, inbox, identity = await body_of(request, Deletions), request.app[INBOX], identity_of(request)
    items: list[DeletedItem] = []
    for document_id in dict.fromkeys(wanted.ids):
        _, error = await _tried(lambda one: inbox.delete(identity, one), document_id)
        items.append(DeletedItem(document_id=str(document_id), deleted=error is None, error=error))
    return DeletedList(items=items)


async def _tried(work: Callable[[UUID], Awaitable[T]], document_id: UUID) -> tuple[T | None, Fault | None]:
    try:
        return await work(document_id), None
    except VoiceLoopError as error:
        return None, Fault(code=error.code, detail=error.message)
