"""Which model finds what the tenant knows, and having everything indexed anew with the one that is set now."""

from __future__ import annotations

from aiohttp import web

from ingest.documents.chunk import ChunkSize
from ingest.keys import DATABASE, REINDEXER, SETTINGS
from ingest.routes import Routes, Shape, identity_of
from store import knowledge_indexes

routes = Routes("Knowledge")


class BuildingShape(Shape):
    """``done`` of ``total`` pieces have a vector of ``model``."""

    model: str
    done: int
    total: int


class ChunkingShape(Shape):
    """In words."""

    words: int
    overlap: int


class IndexShape(Shape):
    """``model`` answers questions now, empty before the first document; ``configured`` is the one that is set."""

    model: str
    configured: str
    chunks: int
    documents: int
    building: BuildingShape | None
    chunking: ChunkingShape


class Reindexing(Shape):
    job_id: str


@routes.add("GET", "/api/knowledge/index", scope="documents:read", answer=IndexShape)
async def read_index(request: web.Request) -> IndexShape:
    """The index: its model and size, and how far another model's is."""
    found = await knowledge_indexes.read(request.app[DATABASE], identity_of(request))
    size = ChunkSize.parse(request.app[SETTINGS].chunking)
    building = found.building
    return IndexShape(
        model=found.model,
        configured=request.app[REINDEXER].embedder.name,
        chunks=found.chunks,
        documents=found.documents,
        building=BuildingShape(model=building.model, done=building.done, total=building.total) if building else None,
        chunking=ChunkingShape(words=size.target, overlap=size.overlap),
    )


@routes.add("POST", "/api/knowledge/reindex", scope="documents:write", answer=Reindexing, status=202)
async def reindex(request: web.Request) -> Reindexing:
    """Make vectors of the model that is set now, beside those that answer; they take over when all are there."""
    return Reindexing(job_id=str(await request.app[REINDEXER].ask_for(identity_of(request))))
