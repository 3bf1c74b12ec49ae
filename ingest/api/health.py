"""Is it alive, is it ready, how does it do. Public: says nothing about any tenant, and asks others seldom."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable

import aiohttp
from aiohttp import web
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError
from pydantic import Field

from ingest.jobs.queue import count_jobs
from ingest.keys import DATABASE, FILES, LIVEKIT, METRICS, RECENT
from ingest.routes import Routes, Shape
from store import workers
from store.errors import Unavailable, VoiceLoopError
from store.places import read_places

routes = Routes("Health")
_PATIENCE_S = 3.0
_OPENAI = "https://api.openai.com/v1"
_OPENAI_PATIENCE_S = 5.0
_KEPT_S = 1.0  # an answer, whoever asks again
_OPENAI_KEPT_S = 10.0


class Health(Shape):
    status: str = "ok"


class Readiness(Shape):
    """``checks``: part -> "ok" or what is wrong."""

    status: str = Field(description="`ready`, or `waiting` with status 503")
    checks: dict[str, str]
    workers: int = Field(description="Call workers that are registered now and take calls")
    places: int = Field(description="Calls that these can hold at the latency goal")
    calls: int = Field(description="Calls that they hold now; as many as `places`: the next one is refused")
    strained: int = Field(description="Workers that are overloaded now and take no further call until they are not")


@routes.add("GET", "/health", scope=None, answer=Health)
async def health(request: web.Request) -> Health:
    """Whether the process answers; asks nothing else."""
    del request
    return Health()


@routes.add("GET", "/health/openai", scope=None, answer=Health)
async def openai_health(request: web.Request) -> Health:
    """Whether the OpenAI key works: 200, or 503 `openai_not_configured`, `openai_unreachable`, `openai_refused`.

    It is tried at most every ten seconds.
    """
    return await request.app[RECENT].get("openai", _OPENAI_KEPT_S, _try_openai)


async def _try_openai() -> Health:
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    server = os.environ.get("OPENAI_BASE_URL", "").strip().rstrip("/")
    if not key and not server:  # a server of one's own may need no key
        raise Unavailable("OpenAI is not in use: OPENAI_API_KEY is not set.", code="openai_not_configured")
    status = await _status_of_models(server or _OPENAI, key)
    if status >= 500:
        raise Unavailable(f"OpenAI answers with status {status}. Try again later.", code="openai_unreachable")
    if status != 200:
        raise Unavailable(
            f"OpenAI refuses the key or the address (status {status}). Check OPENAI_API_KEY and OPENAI_BASE_URL.",
            code="openai_refused",
        )
    return Health()


async def _status_of_models(server: str, key: str) -> int:
    """The HTTP status of the list of models; never follows the answer elsewhere, where the key must not go."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with (
            asyncio.timeout(_OPENAI_PATIENCE_S),
            aiohttp.ClientSession(headers=headers, trust_env=True) as session,
            session.get(f"{server}/models", allow_redirects=False) as response,
        ):
            return response.status
    except (aiohttp.ClientError, OSError, ValueError) as error:  # ValueError: no header or no URL can be made of it
        raise Unavailable(
            "OpenAI does not answer. Check OPENAI_BASE_URL and the network.", code="openai_unreachable"
        ) from error


@routes.add("GET", "/ready", scope=None, answer=Readiness, also={503: Readiness})
async def ready(request: web.Request) -> web.Response:
    """Whether a call can be taken: database, storage, media server, and a registered worker; 503 while not."""
    answer = await request.app[RECENT].get("ready", _KEPT_S, lambda: _readiness(request.app))
    status = 200 if answer.status == "ready" else 503
    return web.Response(text=answer.model_dump_json(), status=status, content_type="application/json")


async def _readiness(app: web.Application) -> Readiness:
    names = ("database", "storage", "livekit", "worker")
    results = await asyncio.gather(
        _check(app[DATABASE].ping()),
        _check(app[FILES].prepare()),
        _check(_livekit_answers(app[LIVEKIT])),
        _check(_worker_ready(app)),
    )
    checks: dict[str, str] = dict(zip(names, results, strict=True))
    is_ready = all(text == "ok" for text in results)
    try:
        there = await read_places(app[DATABASE]) if checks["database"] == "ok" else []
    except Unavailable:  # it went away in between; the next question says so
        there = []
    return Readiness(
        status="ready" if is_ready else "waiting",
        checks=checks,
        workers=len(there),
        places=sum(one.capacity for one in there),
        calls=sum(one.held for one in there),
        strained=sum(one.is_strained for one in there),
    )


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


async def _worker_ready(app: web.Application) -> None:
    if not await workers.count_ready(app[DATABASE]):
        raise Unavailable("No call worker is registered yet. Start `voiceloop worker`.")


@routes.add("GET", "/metrics", scope=None, answer="text/plain")
async def metrics(request: web.Request) -> web.Response:
    """Prometheus figures of this process and of the job queue."""
    text = await request.app[RECENT].get("metrics", _KEPT_S, lambda: _figures(request.app))
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _figures(app: web.Application) -> bytes:
    figures = app[METRICS]
    try:
        for status, count in (await count_jobs(app[DATABASE])).items():
            figures.jobs.labels(status).set(count)
        figures.note_workers(await read_places(app[DATABASE]))
    except Unavailable:
        figures.note_workers(())
    return figures.text()
