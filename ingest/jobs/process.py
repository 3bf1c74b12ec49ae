"""The job process's composition root: settings, files, model, database, queue; and its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os

from ingest.attachments.reading import AttachmentReader
from ingest.calendars.loop import keep_calendars_in_step
from ingest.documents.analysis.analyst import Analyst
from ingest.documents.analysis.llm import judging
from ingest.documents.children import Children
from ingest.documents.chunk import ChunkSize
from ingest.documents.indexing import Indexer
from ingest.documents.malware import Scanner
from ingest.documents.model import PDF
from ingest.documents.orphans import sweep
from ingest.documents.reading import Reader
from ingest.documents.sound.choosing import SpeechSettings
from ingest.documents.stages import Stages
from ingest.jobs.crew import Crew
from ingest.jobs.leash import Leash, leave_now
from ingest.jobs.worker import build_app, side_by_side, work_off
from ingest.mails.forgetting import forget_mails_hourly
from ingest.mails.sender import Sender
from ingest.mails.smtp import SmtpServer
from ingest.memory_privacy import keep_memory_private
from ingest.reindexing import Reindexer
from ingest.rotation import Rotation
from ingest.settings import Settings, settings_from_environment
from store.clock import clock_from_environment
from store.database import Database
from store.errors import VoiceLoopError
from store.files import open_files
from store.installation import check_key
from store.log import configure, get_logger
from store.seal import Keyring
from tools.knowledge.embedding import Embedder, MiniLM
from tools.knowledge.remote_embedding import embedders_of

log = get_logger(__name__)
_MOST_THREADS = 4
_CONNECTIONS = 7  # two documents with their pulses; a long one, a conversation's and a reindex beside them
_GRACE_S = 5.0  # for the step that is being written


async def run(settings: Settings, leash: Leash) -> None:
    """Work until the leash says stop; raises what ended the work before that."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    leash.then = lambda: loop.call_soon_threadsafe(stop.set)
    working = asyncio.create_task(_work(settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        await asyncio.wait({working}, timeout=_GRACE_S)
        leave_now()
    leash.then = leave_now
    stopping.cancel()
    await working


async def _work(settings: Settings) -> None:
    url = settings.database_url.get_secret_value()
    keyring = Keyring.from_text(settings.secret_key.get_secret_value())
    files = open_files(settings.files, keyring, endpoint=settings.s3_endpoint_url)
    clock = clock_from_environment({"VOICELOOP_NOW": settings.now})
    server = settings.embedding_server(timeout_s=60, retries=3)
    embedder, *others = await asyncio.to_thread(embedders_of, settings.embeddings, server, _builtin)
    key = settings.openai_api_key.get_secret_value()
    model = judging(settings.llm, key, settings.openai_base_url, settings.openai_model)
    async with (
        await Database.open(url, max_size=_CONNECTIONS) as database,
        model as judge,
        contextlib.aclosing(Children(ready=(PDF,))) as children,
    ):
        await check_key(database, keyring)
        await children.warm()
        reader = Reader(Scanner(settings.clamd_url), SpeechSettings.of(settings), children=children)
        analyst = Analyst(database, embedder.embed, embedder.name, judge, clock.now)
        indexer = Indexer(database, embedder, ChunkSize.parse(settings.chunking), others)
        stages = Stages(database, files, reader, analyst, indexer)
        smtp = SmtpServer.from_url(text) if (text := settings.smtp_url.get_secret_value()) else None
        sender = Sender(database, keyring, clock, smtp, settings.mail_from or (smtp.default_sender if smtp else ""))
        crew = Crew(
            stages,
            AttachmentReader(database, files, reader, embedder),
            Reindexer(database, embedder, clock),
            sender,
            Rotation(database, files, keyring, clock),
        )
        await crew.reindexer.ask_for_all()
        await side_by_side(
            work_off(build_app(url, crew)),
            sweep(database, files, clock),
            forget_mails_hourly(database, clock),
            keep_calendars_in_step(settings, keyring, clock),
        )


def _builtin() -> Embedder:
    """On every processor there is, up to a few: people wait for their documents, callers need the rest."""
    return MiniLM(threads=min(os.cpu_count() or 1, _MOST_THREADS))


def work(leash: Leash) -> int:
    """Run to the end; returns the exit code."""
    keep_memory_private()
    configure(pretty=os.environ.get("VOICELOOP_LOG") == "pretty")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it logs every job with all its arguments
    try:
        asyncio.run(run(settings_from_environment(), leash))
    except VoiceLoopError as error:
        log.error("job process ends", error=error.message, code=error.code)
        return 1
    return 0
