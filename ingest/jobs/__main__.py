"""`python -m ingest.jobs`: the job process. Ends when its standard input ends, so it never outlives its sidecar."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from ingest.documents.stages import Stages
from ingest.jobs.worker import build_app, work_off
from ingest.settings import Settings, settings_from_environment
from store.database import Database
from store.errors import VoiceLoopError
from store.files import SealedFiles
from store.log import configure, get_logger
from store.seal import Keyring
from tools.knowledge.embedding import MiniLM

log = get_logger(__name__)
_GRACE_S = 5.0  # for the step that is being written


async def run(settings: Settings) -> None:
    """Work until standard input ends or SIGTERM comes."""
    url = settings.database_url.get_secret_value()
    files = SealedFiles(settings.files, Keyring.from_text(settings.secret_key.get_secret_value()))
    embedder = await asyncio.to_thread(MiniLM)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    watcher = asyncio.create_task(_parent_gone(stop))
    async with await Database.open(url, max_size=3) as database:
        stages = Stages(database, files, embedder.embed, embedder.name)
        working = asyncio.create_task(work_off(build_app(url, stages)))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        watcher.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait({working}, timeout=_GRACE_S)
            leave_now()
        await working


def leave_now() -> None:
    """End without waiting for pools that may be half open: each step is a transaction, the next process goes on."""
    logging.shutdown()
    os._exit(0)


async def _parent_gone(stop: asyncio.Event) -> None:
    """The sidecar holds the other end of this pipe; it closes with the sidecar, however that ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()


def main() -> int:
    configure(pretty=os.environ.get("VOICELOOP_LOG") == "pretty")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it logs every job with all its arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the sidecar, which then closes the pipe
    try:
        asyncio.run(run(settings_from_environment()))
    except VoiceLoopError as error:
        log.error("job process ends", error=error.message, code=error.code)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
