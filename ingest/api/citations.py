"""What a message or a conversation quoted, as references: numbered, with a bibliography in the style asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

from aiohttp import web

from ingest.keys import DATABASE
from ingest.routes import Body, Routes, Shape, id_of, identity_of, query_of
from store.sources import read_citing_conversation, read_citing_message
from tools.citations.csl import csl_item
from tools.citations.service import Entry, references_of

routes = Routes("Conversations")


class StyleQuery(Body):
    """`bibtex`, `ris` and `csl` (CSL-JSON) are files for other programs, in `bibliography`."""

    style: Literal["apa", "mla", "chicago", "bibtex", "ris", "csl"] = "apa"


class ReferenceShape(Shape):
    """``fields`` is CSL-JSON; ``citations`` are the quotations as they were shown; ``html`` has only <i> in it."""

    number: int
    source_id: str
    source_type: Literal["document", "attachment"]
    title: str
    text: str
    html: str
    in_text: str
    fields: Mapping[str, Any]
    citations: list[Mapping[str, Any]]


class ReferenceList(Shape):
    """``text``: the message with numbers such as [1] where it says what a source says."""

    message_id: str
    style: str
    text: str
    items: list[ReferenceShape]
    bibliography: str


class ConversationReferences(Shape):
    """Each source once, numbered by its first mention in the conversation."""

    conversation_id: str
    style: str
    items: list[ReferenceShape]
    bibliography: str


@routes.add("GET", "/api/messages/{id}/citations", scope="conversations:read", query=StyleQuery, answer=ReferenceList)
async def list_citations(request: web.Request) -> ReferenceList:
    """The sources of one message as APA, MLA or Chicago references, or as BibTeX, RIS or CSL-JSON."""
    style, wanted = query_of(request, StyleQuery).style, id_of(request, "message")
    message = await read_citing_message(request.app[DATABASE], identity_of(request), wanted)
    found = await asyncio.to_thread(references_of, message, style)
    return ReferenceList(
        message_id=str(wanted),
        style=style,
        text=found.text,
        items=[_shape(entry) for entry in found.entries],
        bibliography=found.bibliography,
    )


@routes.add(
    "GET",
    "/api/conversations/{id}/citations",
    scope="conversations:read",
    query=StyleQuery,
    answer=ConversationReferences,
)
async def list_conversation_citations(request: web.Request) -> ConversationReferences:
    """The sources of all messages of a conversation, as `/api/messages/{id}/citations` has them of one."""
    style, wanted = query_of(request, StyleQuery).style, id_of(request, "conversation")
    quoted = await read_citing_conversation(request.app[DATABASE], identity_of(request), wanted)
    found = await asyncio.to_thread(references_of, quoted, style)
    return ConversationReferences(
        conversation_id=str(wanted),
        style=style,
        items=[_shape(entry) for entry in found.entries],
        bibliography=found.bibliography,
    )


def _shape(entry: Entry) -> ReferenceShape:
    return ReferenceShape(
        number=entry.number,
        source_id=entry.source.id,
        source_type="attachment" if entry.is_attached else "document",
        title=entry.source.title,
        text=entry.reference.text,
        html=entry.reference.html,
        in_text=entry.reference.in_text,
        fields=csl_item(entry.source),
        citations=list(entry.citations),
    )
