"""Is it alive, is it ready, how does it do. Public: says nothing about any tenant."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import aiohttp
from aiohttp import web
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError
from pydantic import Field

from ingest.jobs.queue import count_jobs
from ingest.keys import DATABASE, FILES, LIVEKIT, METRICS
from ingest.routes import Routes, Shape
from store import workers
from store.errors import Unavailable, VoiceLoopError

routes = Routes("Health")
_PATIENCE_S = 3.0


class Health(Shape):
    status: str = "ok"


class Readiness(Shape):
    """``checks``: part -> "ok" or what is wrong."""

    status: str = Field(description="`ready`, or `waiting` with status 503")
    checks: dict[str, str]
    workers: int = Field(description="Call workers that are registered now and take calls")


@routes.add("GET", "/health", scope=None, answer=Health)
async def health(request: web.Request) -> Health:
    """Whether the process answers; asks nothing else."""
    del request
    return Health()


@routes.add("GET", "/ready", scope=None, answer=Readiness)
async def ready(request: web.Request) -> web.Response:
    """Whether a call can be taken: database, storage, media server, and a registered worker; 503 while not."""
    app = request.app
    names = ("database", "storage", "livekit", "worker")
    results = await asyncio.gather(
        _check(app[DATABASE].ping()),
        _check(asyncio.to_thread(app[FILES].prepare)),
        _check(_livekit_answers(app[LIVEKIT])),
        _check(_worker_ready(request)),
    )
    checks: dict[str, str] = dict(zip(names, results, strict=True))
    is_ready = all(text == "ok" for text in results)
    try:
        count = await workers.count_ready(app[DATABASE]) if checks["database"] == "ok" else 0
    except Unavailable:  # it went away in between; the next question says so
        count = 0
    answer = Readiness(status="ready" if is_ready else "waiting", checks=checks, workers=count)
    return web.Response(text=answer.model_dump_json(), status=200 if is_ready else 503, content_type="application/json")


async def _check(question: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await question
    except VoiceLoopError as error:
        return error.message
    except TimeoutError:
        return f"No answer within {_PATIENCE_S:g} seconds."
    return "ok"


async def _livekit_answers(livekit: livekit_api.LiveKitAPI) -> None:
    try:
        await livekit.room.list_rooms(livekit_api.ListRoomsRequest(names=["voiceloop-readiness"]))
    except (TwirpError, aiohttp.ClientError, OSError) as error:
        raise Unavailable("The LiveKit server does not answer. Check LIVEKIT_URL and its key.") from error


async def _worker_ready(request: web.Request) -> None:
    if not await workers.count_ready(request.app[DATABASE]):
        raise Unavailable("No call worker is registered yet. Start `voiceloop worker`.")


@routes.add("GET", "/metrics", scope=None, answer="text/plain")
async def metrics(request: web.Request) -> web.Response:
    """Prometheus figures of this process and of the job queue."""
    figures = request.app[METRICS]
    try:
        for status, count in (await count_jobs(request.app[DATABASE])).items():
            figures.jobs.labels(status).set(count)
        figures.workers.set(await workers.count_ready(request.app[DATABASE]))
    except Unavailable:
        figures.workers.set(0)
    return web.Response(body=figures.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
