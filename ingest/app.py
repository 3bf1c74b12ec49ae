"""The sidecar's composition root: opens what it needs, puts the routes together, closes everything. No rules here.

To add a resource: its module in ``api/`` and its ``routes`` in ROUTE_LISTS.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from typing import Any

from aiohttp import web
from livekit import api as livekit_api

from ingest import page
from ingest.access_tokens import AccessTokens
from ingest.api import (
    attachment_files,
    attachments,
    audit,
    auth,
    calendar,
    calendar_accounts,
    calendar_changes,
    calendar_command,
    calendar_files,
    calendar_lists,
    calendar_notices,
    calendar_push,
    calendar_writes,
    citations,
    conversations,
    file_bulk,
    file_pages,
    files,
    health,
    jobs,
    keys,
    knowledge,
    knowledge_cache,
    knowledge_index,
    knowledge_queries,
    latency,
    live,
    mcp,
    mcp_servers,
    me,
    openapi,
    passwords,
    personas,
    previews,
    providers,
    scheduling,
    scheduling_preferences,
    tenants,
    token,
    users,
    webhook,
)
from ingest.attachments.inbox import AttachmentInbox
from ingest.calendars.notices import CalendarNotices
from ingest.cookies import clear_left_over
from ingest.credentials import Credentials, UseNotes, clear_old_sessions_hourly
from ingest.dispatch import DispatchWatch, Trust
from ingest.documents import kinds
from ingest.documents.inbox import Inbox
from ingest.documents.previews import Previews
from ingest.errands import Errands
from ingest.events import LiveHub
from ingest.gate import guarded
from ingest.headers import add_headers, answer_preflights
from ingest.jobs.supervisor import keep_running
from ingest.keys import (
    ANSWERS,
    ATTACHMENTS,
    CALENDAR_ACCOUNTS,
    CALENDAR_APPS,
    CALENDAR_BACKENDS,
    CALENDAR_EXPORTS,
    CALENDAR_FEEDS,
    CALENDAR_GATES,
    CALENDAR_IMPORTS,
    CALENDAR_OPENER,
    CALENDAR_TOKENS,
    CALENDARS,
    CLOCK,
    CONNECTING,
    CREDENTIALS,
    DATABASE,
    DISPATCH,
    ERRANDS,
    FILES,
    HUB,
    INBOX,
    KEYRING,
    KNOWLEDGE,
    LIMITS,
    LIVEKIT,
    METRICS,
    OUTBOX,
    PLANNING,
    PREVIEWS,
    PURGER,
    RECENT,
    REINDEXER,
    ROUTES,
    SETTINGS,
    TOKENS,
    USE_NOTES,
)
from ingest.limits import Limits
from ingest.mails.outbox import Outbox
from ingest.memory_privacy import keep_memory_private
from ingest.metrics import Metrics
from ingest.middleware import observe, problems
from ingest.patience import BODY_LIMIT, answer_expectation, server_options
from ingest.purge import Purger
from ingest.recent import RecentAnswers
from ingest.reindexing import Reindexer
from ingest.routes import Route, Routes, pattern_of
from ingest.settings import Settings, environment_of, settings_from_environment
from store.clock import clock_from_environment
from store.database import Database
from store.errors import VoiceLoopError
from store.files import open_files
from store.installation import check_key
from store.log import configure, get_logger
from store.passwords import prepare
from store.seal import Keyring
from tools.calendars.accounts.backends import opener_of
from tools.calendars.accounts.connecting import Connecting
from tools.calendars.accounts.gates import open_gates
from tools.calendars.accounts.opening import AccountBackends
from tools.calendars.accounts.service import AccountService
from tools.calendars.accounts.tokens import TokenKeeper
from tools.calendars.files.exporting import Exporter
from tools.calendars.files.feeds import Feeds
from tools.calendars.files.importing import Importer
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService
from tools.knowledge.cache import AnswerCache
from tools.knowledge.remote_embedding import embedders_of
from tools.knowledge.service import KnowledgeService

log = get_logger(__name__)
_DESCRIPTORS = 65_536
ROUTE_LISTS: tuple[Routes, ...] = (
    health.routes,
    token.routes,
    webhook.routes,
    auth.routes,
    passwords.routes,
    me.routes,
    users.routes,
    keys.routes,
    personas.routes,
    mcp_servers.routes,
    tenants.routes,
    conversations.routes,
    latency.routes,
    citations.routes,
    attachments.routes,
    attachment_files.routes,
    files.routes,
    file_bulk.routes,
    file_pages.routes,
    previews.routes,
    jobs.routes,
    knowledge.routes,
    knowledge_cache.routes,
    knowledge_index.routes,
    knowledge_queries.routes,
    calendar_changes.routes,
    calendar_command.routes,
    calendar.routes,
    scheduling.routes,
    scheduling_preferences.routes,
    calendar_accounts.routes,
    calendar_lists.routes,
    calendar_push.routes,
    calendar_writes.routes,
    calendar_notices.routes,
    calendar_files.routes,
    live.routes,
    providers.routes,
    audit.routes,
    openapi.routes,
)


def create_app(settings: Settings) -> web.Application:
    """The web application; databases and tasks open when it starts and close when it stops."""
    app = web.Application(
        middlewares=[observe, clear_left_over, problems, answer_preflights], client_max_size=BODY_LIMIT
    )
    keyring = Keyring.from_text(settings.secret_key.get_secret_value())
    clock = clock_from_environment({"VOICELOOP_NOW": settings.now})
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[METRICS] = Metrics()
    app[RECENT] = RecentAnswers(clock)
    app[TOKENS] = AccessTokens(keyring, clock)
    app[CREDENTIALS] = Credentials(clock)
    app[ERRANDS] = Errands()
    app[USE_NOTES] = UseNotes(clock, app[ERRANDS])
    app[FILES] = open_files(settings.files, keyring, endpoint=settings.s3_endpoint_url)
    app[PREVIEWS] = Previews(app[FILES], clock)
    app[KEYRING] = keyring
    app[OUTBOX] = Outbox(keyring, clock)
    app[CALENDAR_APPS] = settings.calendar_apps
    app[CALENDAR_GATES] = open_gates(app[CALENDAR_APPS])
    app[CALENDAR_OPENER] = opener_of(app[CALENDAR_APPS])
    app[ROUTES] = [route for routes in ROUTE_LISTS for route in routes.items]
    app[mcp.ENDPOINT] = mcp.McpEndpoint(app)
    add_routes(app, [*app[ROUTES], *mcp.routes()])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.extend(
        (
            _storage,
            _database,
            _access,
            _services,
            _calendar_accounts,
            _livekit,
            _live_events,
            _dispatch_watch,
            _job_process,
            _trash,
            _calendar_notices,
            _mcp,
        )
    )
    return app


def add_routes(app: web.Application, routes: list[Route]) -> None:
    for route in routes:
        app.router.add_route(route.method, pattern_of(route, routes), guarded(route), expect_handler=answer_expectation)
    app.router.add_get("/", page.serve_page, expect_handler=answer_expectation)
    # not below /api, or a wrong method would be a wrong address
    app.router.add_get("/{path:(?!api(?:/|$)).+}", page.serve_page, expect_handler=answer_expectation)


async def _storage(app: web.Application) -> AsyncIterator[None]:
    await app[FILES].prepare()
    await asyncio.to_thread(kinds.warm_up)
    yield


async def _database(app: web.Application) -> AsyncIterator[None]:
    async with await Database.open(app[SETTINGS].database_url.get_secret_value(), min_size=2, max_size=8) as database:
        await check_key(database, app[KEYRING])
        app[DATABASE] = database
        yield


async def _access(app: web.Application) -> AsyncIterator[None]:
    app[ERRANDS].post("prepare sign-in", prepare)
    async with (
        running(app[CREDENTIALS].run(app[SETTINGS].database_url.get_secret_value())),
        running(app[ERRANDS].run()),
        running(clear_old_sessions_hourly(app[DATABASE], app[CLOCK])),
    ):
        yield
        await app[ERRANDS].finish()


async def _services(app: web.Application) -> AsyncIterator[None]:
    database, clock = app[DATABASE], app[CLOCK]
    app[INBOX] = Inbox(database, app[FILES], clock, app[SETTINGS].upload_limit)
    app[ATTACHMENTS] = AttachmentInbox(database, app[FILES], clock, app[SETTINGS].upload_limit)
    app[LIMITS] = Limits(database, clock)
    app[CALENDARS] = CalendarService(database, clock)
    app[PLANNING] = PlanningService(database, app[CALENDARS], clock)
    app[CALENDAR_IMPORTS] = Importer(database, clock)
    app[CALENDAR_EXPORTS] = Exporter(database, clock)
    app[CALENDAR_FEEDS] = Feeds(database, clock)
    app[ANSWERS] = AnswerCache(database, clock, ttl_s=app[SETTINGS].answer_cache_s)
    configured, *others = await asyncio.to_thread(
        embedders_of, app[SETTINGS].embeddings, app[SETTINGS].embedding_server()
    )
    app[KNOWLEDGE] = KnowledgeService(database, clock, configured, app[ANSWERS], others)
    app[REINDEXER] = Reindexer(database, configured, clock)
    yield
    await app[KNOWLEDGE].aclose()


async def _calendar_accounts(app: web.Application) -> AsyncIterator[None]:
    database, keyring, gates = app[DATABASE], app[KEYRING], app[CALENDAR_GATES]
    app[CALENDAR_TOKENS] = TokenKeeper(database, keyring, app[CLOCK], gates)
    app[CALENDAR_ACCOUNTS] = AccountService(database, keyring, gates, app[CALENDAR_OPENER])
    app[CALENDAR_BACKENDS] = AccountBackends(database, keyring, app[CALENDAR_TOKENS], app[CALENDAR_OPENER])
    app[CONNECTING] = Connecting(
        database,
        keyring,
        app[CLOCK],
        apps=app[CALENDAR_APPS],
        gates=gates,
        opener=app[CALENDAR_OPENER],
        redirect_uri=app[SETTINGS].public_url + calendar_accounts.CALLBACK,
    )
    yield
    await app[CALENDAR_TOKENS].aclose()


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
    app[CREDENTIALS].when_forgotten(hub.close_streams_of)
    app.on_shutdown.append(_close_streams)
    async with running(hub.run()):
        yield


async def _close_streams(app: web.Application) -> None:
    app[HUB].close_all()  # otherwise open streams would hold up the stop


async def _dispatch_watch(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    trust = Trust(app[KEYRING], settings.tenant, settings.unsigned_dispatch)
    watch = DispatchWatch(app[LIVEKIT], app[DATABASE], app[METRICS], trust, app[CLOCK])
    app[DISPATCH] = watch
    async with running(watch.run()):
        yield


async def _job_process(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    async with running(keep_running(app[METRICS], environment_of(settings), settings.job_processes)):
        yield


async def _trash(app: web.Application) -> AsyncIterator[None]:
    purger = Purger(app[DATABASE], app[FILES], app[CLOCK], trash_days=app[SETTINGS].trash_days)
    app[PURGER] = purger
    async with running(purger.run()):
        yield


async def _calendar_notices(app: web.Application) -> AsyncIterator[None]:
    notices = CalendarNotices(app[DATABASE], app[CALENDARS], app[OUTBOX], app[CLOCK], timezone=app[SETTINGS].timezone)
    async with running(notices.run()):
        yield


async def _mcp(app: web.Application) -> AsyncIterator[None]:
    async with running(app[mcp.ENDPOINT].run()):
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
    runner = web.AppRunner(create_app(settings), **server_options(settings))
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port, reuse_address=True).start()
        log.info("sidecar listens", host=settings.host, port=settings.port)
        await stop.wait()
    finally:
        await runner.cleanup()


def _allow_many_connections() -> None:
    """As many open descriptors as the system lets us have: the usual 1,024 are fewer than the live streams allowed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if most == resource.RLIM_INFINITY else min(_DESCRIPTORS, most)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def main() -> int:
    """Run the sidecar; returns the exit code."""
    configure(pretty=os.environ.get("VOICELOOP_LOG") == "pretty")
    keep_memory_private()
    _allow_many_connections()
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
