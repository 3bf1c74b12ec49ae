"""Pictures of pages for people: drawn in a child process, a few at once, the usual ones kept sealed beside the file.

Nothing here opens a document; the web process may import it. Who may see a file is decided before.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from ingest.documents.model import IMAGES, PDF, Limits
from ingest.documents.scratch import scratch
from ingest.errors import Busy
from store.errors import NotFound, Unavailable
from store.files import Files

WIDTHS: Final = (320, 640, 960, 1280, 1920)
KEPT_WIDTH: Final = 960  # what the page asks for; kept in every width, pictures would outgrow their documents
THUMBNAIL: Final = (320, 320)
_AT_ONCE, _WAIT_S, _RETRY_AFTER_S = 2, 10.0, 5.0
_LIMITS = Limits(time_s=20.0)
_TALLEST = 3  # times the width, for a receipt
_ROOT = str(Path(__file__).resolve().parents[2])
_LONGEST_LINE = 4096
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """The file that pictures are made of. ``pages``: how many it has."""

    tenant_id: UUID
    file_id: UUID
    storage_key: str
    content_type: str
    size: int
    pages: int

    @property
    def has_pictures(self) -> bool:
        return bool(self.storage_key) and self.pages > 0 and self.content_type in {PDF, *IMAGES}


def snapped(width: int) -> int:
    """The next of the few widths there are."""
    return next((one for one in WIDTHS if one >= width), WIDTHS[-1])


class Previews:
    """``at_once`` children draw at a time; who waits longer than ``wait_s`` for one is told to come again."""

    def __init__(self, files: Files, *, at_once: int = _AT_ONCE, wait_s: float = _WAIT_S) -> None:
        self._files = files
        self._turns = asyncio.Semaphore(at_once)
        self._wait_s = wait_s

    async def page(self, source: Source, number: int, width: int) -> bytes:
        """WebP of a page at one of WIDTHS. Raises NotFound (no_preview, page_not_found), Busy, Unavailable."""
        box = (width, width * _TALLEST)
        if width == KEPT_WIDTH:
            return await self._kept(source, f"page-{number}-{width}", number, box)
        _require(source, number)
        async with self._turn():
            return await self._draw(source, number, box)

    async def thumbnail(self, source: Source) -> bytes:
        """WebP of the first page, no side longer than THUMBNAIL."""
        return await self._kept(source, "thumbnail", 1, THUMBNAIL)

    async def _kept(self, source: Source, name: str, number: int, box: tuple[int, int]) -> bytes:
        _require(source, number)
        if (kept := await self._files.read_derived(source.tenant_id, source.file_id, name)) is not None:
            return kept
        async with self._turn():
            if (kept := await self._files.read_derived(source.tenant_id, source.file_id, name)) is not None:
                return kept  # drawn for somebody else while this one waited
            picture = await self._draw(source, number, box)
        with contextlib.suppress(Unavailable):  # it is drawn again next time
            await self._files.write_derived(source.tenant_id, source.file_id, name, picture)
        return picture

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._wait_s):
                await self._turns.acquire()
        except TimeoutError as error:
            text = "Many pages are being drawn just now. Try again in a few seconds."
            raise Busy(text, retry_after_s=_RETRY_AFTER_S) from error
        try:
            yield
        finally:
            self._turns.release()

    async def _draw(self, source: Source, number: int, box: tuple[int, int]) -> bytes:
        pieces = self._files.stream(source.storage_key)
        async with scratch() as folder:
            process = await asyncio.create_subprocess_exec(
                *_command(source, number, box),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _ROOT, "TMPDIR": folder, "HOME": folder},
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(_LIMITS.time_s):
                    await _hand_over(process, pieces)
                    return await _answer(process)
            except TimeoutError as error:
                raise _no_preview() from error
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.communicate()


def _require(source: Source, number: int) -> None:
    if not source.has_pictures:
        raise _no_preview()
    if not 1 <= number <= source.pages:
        raise NotFound("The document has no such page.", code="page_not_found")


def _command(source: Source, number: int, box: tuple[int, int]) -> list[str]:
    numbers = (number, *box, source.size)
    module = "ingest.documents.rendering"
    return [sys.executable, "-m", module, source.content_type, *map(str, numbers), json.dumps(asdict(_LIMITS))]


async def _hand_over(process: Process, pieces: AsyncIterator[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):  # it ended before it had read all; its answer says why
        async for piece in pieces:
            process.stdin.write(piece)
            await process.stdin.drain()


async def _answer(process: Process) -> bytes:
    assert process.stdout is not None
    try:
        line = await process.stdout.readuntil(b"\n")
        said = json.loads(line[:_LONGEST_LINE])
        if (error := said.get("error")) is not None:
            if error.get("code") == "page_not_found":
                raise NotFound("The document has no such page.", code="page_not_found")
            raise _no_preview()
        size = int(said["bytes"])
        if not 0 < size <= _MOST_BYTES:
            raise _no_preview()
        return await process.stdout.readexactly(size)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, KeyError, AttributeError) as error:
        raise _no_preview() from error


def _no_preview() -> NotFound:
    return NotFound("There is no picture of this file. Download it to look at it.", code="no_preview")
