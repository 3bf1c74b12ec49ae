"""How much searching the answer cache spares, and a way to empty it. It empties itself whenever documents change."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from ingest.keys import ANSWERS
from ingest.routes import Routes, Shape, identity_of

routes = Routes("Knowledge")


class CacheShape(Shape):
    """``hit_rate``: share of the questions answered from the cache (0-1); ``invalidated_at``: the last change of what
    the tenant knows, null before the first; ``ttl_s``: how long an answer is kept at most, 0 when none is.
    """

    entries: int
    hits: int
    misses: int
    hit_rate: float
    ttl_s: float
    bytes: int
    invalidated_at: datetime | None


@routes.add("GET", "/api/knowledge/cache", scope="documents:read", answer=CacheShape)
async def read_cache(request: web.Request) -> CacheShape:
    """How many answers are kept for this organisation and how often one was used."""
    cache = request.app[ANSWERS]
    found = await cache.statistics(identity_of(request))
    asked = found.hits + found.misses
    return CacheShape(
        entries=found.entries,
        hits=found.hits,
        misses=found.misses,
        hit_rate=round(found.hits / asked, 4) if asked else 0.0,
        ttl_s=cache.ttl_s,
        bytes=found.bytes,
        invalidated_at=found.invalidated_at,
    )


@routes.add("DELETE", "/api/knowledge/cache", scope="documents:write", status=204)
async def clear_cache(request: web.Request) -> None:
    """Forget all kept answers and figures of this organisation; the next questions are searched anew."""
    await request.app[ANSWERS].clear(identity_of(request))
