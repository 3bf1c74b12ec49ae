"""Files of a conversation: attach, list, read, remove. What stands in them: ``attachment_files.py``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from ingest.keys import ATTACHMENTS, DATABASE
from ingest.routes import Routes, Shape, id_of, identity_of
from ingest.uploads import Sent, take_file
from store import attachments
from store.attachments import Attachment

routes = Routes("Conversations")


class AttachmentProblem(Shape):
    code: str
    detail: str


class AttachmentShape(Shape):
    """``status``: received, reading, ready, failed (kept and downloadable, but its text cannot be used)."""

    id: str
    conversation_id: str
    message_id: str | None
    filename: str
    file_size: int
    content_type: str
    status: str
    page_kind: str
    pages: int
    metadata: Mapping[str, Any]
    findings: list[Mapping[str, Any]]
    error: AttachmentProblem | None
    created_at: datetime


class AttachmentList(Shape):
    items: list[AttachmentShape]
    next_cursor: str | None = None


@routes.add(
    "POST",
    "/api/conversations/{id}/attachments",
    scope="conversations:write",
    answer=AttachmentShape,
    status=201,
    upload=True,
)
async def attach_to_conversation(request: web.Request) -> AttachmentShape:
    """Attach a file (multipart field `file`); the assistant may use its text in this conversation, nobody elsewhere."""
    conversation_id = id_of(request, "conversation")
    await request.app[ATTACHMENTS].require(identity_of(request), conversation_id)
    return await _attach(request, conversation_id, None)


@routes.add(
    "POST",
    "/api/messages/{id}/attachments",
    scope="conversations:write",
    answer=AttachmentShape,
    status=201,
    upload=True,
)
async def attach_to_message(request: web.Request) -> AttachmentShape:
    """Attach a file to a message (multipart field `file`)."""
    message_id = id_of(request, "message")
    conversation_id = await request.app[ATTACHMENTS].conversation_of(identity_of(request), message_id)
    return await _attach(request, conversation_id, message_id)


async def _attach(request: web.Request, conversation_id: UUID, message_id: UUID | None) -> AttachmentShape:
    inbox, identity = request.app[ATTACHMENTS], identity_of(request)

    async def keep(sent: Sent) -> Attachment:
        return await inbox.receive(identity, conversation_id, sent.name, sent.pieces, message_id=message_id)

    return _shape(await take_file(request, keep))


@routes.add("GET", "/api/conversations/{id}/attachments", scope="conversations:read", answer=AttachmentList)
async def list_of_conversation(request: web.Request) -> AttachmentList:
    """The files of a conversation, in the order they came."""
    found = await attachments.of_conversation(
        request.app[DATABASE], identity_of(request), id_of(request, "conversation")
    )
    return AttachmentList(items=[_shape(one) for one in found])


@routes.add("GET", "/api/messages/{id}/attachments", scope="conversations:read", answer=AttachmentList)
async def list_of_message(request: web.Request) -> AttachmentList:
    """The files of a message, in the order they came."""
    found = await attachments.of_message(request.app[DATABASE], identity_of(request), id_of(request, "message"))
    return AttachmentList(items=[_shape(one) for one in found])


@routes.add("GET", "/api/attachments/{id}", scope="conversations:read", answer=AttachmentShape)
async def read_attachment(request: web.Request) -> AttachmentShape:
    """One attachment with how far its reading is."""
    wanted = id_of(request, "attachment")
    return _shape(await attachments.read(request.app[DATABASE], identity_of(request), wanted))


@routes.add("DELETE", "/api/attachments/{id}", scope="conversations:write", status=204)
async def delete_attachment(request: web.Request) -> None:
    """Remove the file and everything read from it."""
    await request.app[ATTACHMENTS].delete(identity_of(request), id_of(request, "attachment"))


def _shape(one: Attachment) -> AttachmentShape:
    return AttachmentShape(
        id=str(one.id),
        conversation_id=str(one.conversation_id),
        message_id=str(one.message_id) if one.message_id else None,
        filename=one.filename,
        file_size=one.size_bytes,
        content_type=one.content_type,
        status=one.status,
        page_kind=one.page_kind,
        pages=one.page_count,
        metadata=one.metadata,
        findings=list(one.findings),
        error=AttachmentProblem.model_validate(dict(one.error)) if one.error else None,
        created_at=one.created_at,
    )
