"""Where the composition root puts things and handlers find them: typed keys of the web application, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from livekit import api as livekit_api

from store.clock import Clock
from store.database import Database
from store.files import SealedFiles
from tools.calendars.service import CalendarService
from tools.knowledge.service import KnowledgeService

if TYPE_CHECKING:
    from ingest.dispatch import DispatchWatch
    from ingest.documents.inbox import Inbox
    from ingest.events import LiveHub
    from ingest.mails.outbox import Outbox
    from ingest.metrics import Metrics
    from ingest.routes import Route
    from ingest.sessions import Sessions
    from ingest.settings import Settings

SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
DATABASE: web.AppKey[Database] = web.AppKey("database")
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
FILES: web.AppKey[SealedFiles] = web.AppKey("files")
LIVEKIT: web.AppKey[livekit_api.LiveKitAPI] = web.AppKey("livekit")
SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions")
HUB: web.AppKey[LiveHub] = web.AppKey("hub")
DISPATCH: web.AppKey[DispatchWatch] = web.AppKey("dispatch")
METRICS: web.AppKey[Metrics] = web.AppKey("metrics")
OUTBOX: web.AppKey[Outbox] = web.AppKey("outbox")
INBOX: web.AppKey[Inbox] = web.AppKey("inbox")
CALENDARS: web.AppKey[CalendarService] = web.AppKey("calendars")
KNOWLEDGE: web.AppKey[KnowledgeService] = web.AppKey("knowledge")
ROUTES: web.AppKey[list[Route]] = web.AppKey("routes")
