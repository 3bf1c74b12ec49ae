"""Where the composition root puts things and handlers find them: typed keys of the web application, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from livekit import api as livekit_api

from store.clock import Clock
from store.database import Database
from store.files import Files
from store.seal import Keyring
from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.backends import Opener
from tools.calendars.accounts.connecting import Connecting
from tools.calendars.accounts.gates import Gates
from tools.calendars.accounts.opening import AccountBackends
from tools.calendars.accounts.service import AccountService
from tools.calendars.accounts.tokens import TokenKeeper
from tools.calendars.files.exporting import Exporter
from tools.calendars.files.feeds import Feeds
from tools.calendars.files.importing import Importer
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService
from tools.knowledge.cache import AnswerCache
from tools.knowledge.service import KnowledgeService

if TYPE_CHECKING:
    from ingest.access_tokens import AccessTokens
    from ingest.attachments.inbox import AttachmentInbox
    from ingest.credentials import Credentials, UseNotes
    from ingest.dispatch import DispatchWatch
    from ingest.documents.inbox import Inbox
    from ingest.documents.previews import Previews
    from ingest.errands import Errands
    from ingest.events import LiveHub
    from ingest.limits import Limits
    from ingest.mails.outbox import Outbox
    from ingest.metrics import Metrics
    from ingest.purge import Purger
    from ingest.recent import RecentAnswers
    from ingest.reindexing import Reindexer
    from ingest.routes import Route
    from ingest.settings import Settings

SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
DATABASE: web.AppKey[Database] = web.AppKey("database")
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
FILES: web.AppKey[Files] = web.AppKey("files")
KEYRING: web.AppKey[Keyring] = web.AppKey("keyring")
LIVEKIT: web.AppKey[livekit_api.LiveKitAPI] = web.AppKey("livekit")
TOKENS: web.AppKey[AccessTokens] = web.AppKey("tokens")
CREDENTIALS: web.AppKey[Credentials] = web.AppKey("credentials")
USE_NOTES: web.AppKey[UseNotes] = web.AppKey("use_notes")
ERRANDS: web.AppKey[Errands] = web.AppKey("errands")
HUB: web.AppKey[LiveHub] = web.AppKey("hub")
DISPATCH: web.AppKey[DispatchWatch] = web.AppKey("dispatch")
LIMITS: web.AppKey[Limits] = web.AppKey("limits")
RECENT: web.AppKey[RecentAnswers] = web.AppKey("recent")
METRICS: web.AppKey[Metrics] = web.AppKey("metrics")
OUTBOX: web.AppKey[Outbox] = web.AppKey("outbox")
PURGER: web.AppKey[Purger] = web.AppKey("purger")
PREVIEWS: web.AppKey[Previews] = web.AppKey("previews")
REINDEXER: web.AppKey[Reindexer] = web.AppKey("reindexer")
INBOX: web.AppKey[Inbox] = web.AppKey("inbox")
ATTACHMENTS: web.AppKey[AttachmentInbox] = web.AppKey("attachments")
CALENDARS: web.AppKey[CalendarService] = web.AppKey("calendars")
PLANNING: web.AppKey[PlanningService] = web.AppKey("planning")
CALENDAR_APPS: web.AppKey[CalendarApps] = web.AppKey("calendar_apps")
CALENDAR_EXPORTS: web.AppKey[Exporter] = web.AppKey("calendar_exports")
CALENDAR_FEEDS: web.AppKey[Feeds] = web.AppKey("calendar_feeds")
CALENDAR_GATES: web.AppKey[Gates] = web.AppKey("calendar_gates")
CALENDAR_IMPORTS: web.AppKey[Importer] = web.AppKey("calendar_imports")
CALENDAR_OPENER: web.AppKey[Opener] = web.AppKey("calendar_opener")
CALENDAR_TOKENS: web.AppKey[TokenKeeper] = web.AppKey("calendar_tokens")
CALENDAR_ACCOUNTS: web.AppKey[AccountService] = web.AppKey("calendar_accounts")
CALENDAR_BACKENDS: web.AppKey[AccountBackends] = web.AppKey("calendar_backends")
CONNECTING: web.AppKey[Connecting] = web.AppKey("connecting")
ANSWERS: web.AppKey[AnswerCache] = web.AppKey("answers")
KNOWLEDGE: web.AppKey[KnowledgeService] = web.AppKey("knowledge")
ROUTES: web.AppKey[list[Route]] = web.AppKey("routes")
