"""The sidecar's composition root: opens what it needs, puts the routes together, closes everything. No rules here.

To add a resource: its module in ``api/`` and its ``routes`` in ROUTE_LISTS.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from typing import Any

from aiohttp import web
from livekit import api as livekit_api

from ingest import page
from ingest.api import (
    audit,
    calendar,
    conversations,
    files,
    health,
    knowledge,
    live,
    me,
    openapi,
    personas,
    providers,
    token,
    webhook,
)
from ingest.dispatch import DispatchWatch
from ingest.documents.inbox import Inbox
from ingest.events import LiveHub
from ingest.gate import guarded
from ingest.jobs.supervisor import keep_running
from ingest.keys import (
    CALENDARS,
    CLOCK,
    DATABASE,
    DISPATCH,
    FILES,
    HUB,
    INBOX,
    KNOWLEDGE,
    LIVEKIT,
    METRICS,
    OUTBOX,
    ROUTES,
    SESSIONS,
    SETTINGS,
)
from ingest.mails.outbox import Outbox
from ingest.metrics import Metrics
from ingest.middleware import add_headers, observe, problems
from ingest.routes import Route, Routes
from ingest.sessions import Sessions
from ingest.settings import Settings, environment_of, settings_from_environment
from store.clock import clock_from_environment
from store.database import Database
from store.errors import VoiceLoopError
from store.files import SealedFiles
from store.log import configure, get_logger
from store.seal import Keyring
from tools.calendars.service import CalendarService
from tools.knowledge.embedding import MiniLM
from tools.knowledge.service import KnowledgeService

log = get_logger(__name__)
ROUTE_LISTS: tuple[Routes, ...] = (
    health.routes,
    token.routes,
    webhook.routes,
    me.routes,
    personas.routes,
    conversations.routes,
    files.routes,
    knowledge.routes,
    calendar.routes,
    live.routes,
    providers.routes,
    audit.routes,
    openapi.routes,
)
_BODY_LIMIT = 1024 * 1024
_SHUTDOWN_S = 3.0


def create_app(settings: Settings) -> web.Application:
    """The web application; databases and tasks open when it starts and close when it stops."""
    app = web.Application(middlewares=[observe, problems], client_max_size=_BODY_LIMIT)
    keyring = Keyring.from_text(settings.secret_key.get_secret_value())
    clock = clock_from_environment({"VOICELOOP_NOW": settings.now})
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[METRICS] = Metrics()
    app[SESSIONS] = Sessions(keyring, clock)
    app[FILES] = SealedFiles(settings.files, keyring)
    app[OUTBOX] = Outbox(keyring, clock)
    app[ROUTES] = [route for routes in ROUTE_LISTS for route in routes.items]
    add_routes(app, app[ROUTES])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.extend((_storage, _database, _services, _livekit, _live_events, _dispatch_watch, _job_process))
    return app


def add_routes(app: web.Application, routes: list[Route]) -> None:
    for route in routes:
        app.router.add_route(route.method, route.path, guarded(route))
    app.router.add_get("/", page.serve_page)
    app.router.add_get("/{path:.+}", page.serve_page)


async def _storage(app: web.Application) -> AsyncIterator[None]:
    await asyncio.to_thread(app[FILES].prepare)
    yield


async def _database(app: web.Application) -> AsyncIterator[None]:
    async with await Database.open(app[SETTINGS].database_url.get_secret_value(), min_size=2, max_size=8) as database:
        app[DATABASE] = database
        yield


async def _services(app: web.Application) -> AsyncIterator[None]:
    database, clock = app[DATABASE], app[CLOCK]
    app[INBOX] = Inbox(database, app[FILES], clock, app[SETTINGS].upload_limit)
    app[CALENDARS] = CalendarService(database, clock)
    app[KNOWLEDGE] = KnowledgeService(database, clock, await asyncio.to_thread(MiniLM))
    yield
    await app[KNOWLEDGE].aclose()


async def _livekit(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    client = livekit_api.LiveKitAPI(
        settings.livekit_url.replace("ws", "http", 1),
        settings.livekit_api_key,
        settings.livekit_api_secret.get_secret_value(),
    )
    app[LIVEKIT] = client
    yield
    await client.aclose()  # pyright: ignore[reportUnknownMemberType]


async def _live_events(app: web.Application) -> AsyncIterator[None]:
    hub = LiveHub(app[SETTINGS].database_url.get_secret_value(), app[METRICS])
    app[HUB] = hub
    app.on_shutdown.append(_close_streams)
    async with running(hub.run()):
        yield


async def _close_streams(app: web.Application) -> None:
    app[HUB].close_all()  # otherwise open streams would hold up the stop


async def _dispatch_watch(app: web.Application) -> AsyncIterator[None]:
    watch = DispatchWatch(app[LIVEKIT], app[DATABASE], app[METRICS], default_tenant=app[SETTINGS].tenant)
    app[DISPATCH] = watch
    async with running(watch.run()):
        yield


async def _job_process(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    async with running(keep_running(app[METRICS], environment_of(settings), settings.job_processes)):
        yield


@contextlib.asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run ``work`` beside the block; a task that dies of an error is logged, never silent."""
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})  # its own error is in the log; everything else must still be closed


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("background task died", exc_info=task.exception())


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(
        create_app(settings), access_log=None, shutdown_timeout=_SHUTDOWN_S, handler_cancellation=True
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port, reuse_address=True).start()
        log.info("sidecar listens", host=settings.host, port=settings.port)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Run the sidecar; returns the exit code."""
    configure(pretty=os.environ.get("VOICELOOP_LOG") == "pretty")
    try:
        asyncio.run(serve(settings_from_environment()))
    except VoiceLoopError as error:
        log.error("sidecar cannot start", error=error.message, code=error.code)
        return 1
    except OSError as error:
        log.error("sidecar cannot listen", error=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
