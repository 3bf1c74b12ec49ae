"""Pictures of pages for people: drawn in a child process, a few at once, the usual ones kept sealed beside the file.

What could not be drawn is kept in mind there too: a page of a hostile file costs its 20 seconds once an hour.
Nothing here opens a document; the web process may import it. Who may see a file is decided before.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from ingest.documents.model import IMAGES, PDF, Limits
from ingest.documents.scratch import scratch
from ingest.documents.turns import Turns
from store.clock import Clock
from store.errors import NotFound, Unavailable
from store.files import Files

WIDTHS: Final = (320, 640, 960, 1280, 1920)
KEPT_WIDTH: Final = 960  # what the page asks for; kept in every width, all pictures would outgrow their documents
THUMBNAIL: Final = (320, 320)
_AT_ONCE, _WAIT_S = 2, 10.0
_LONG_S = 2.0  # to draw: kept then in any width, else it would take as long again for each who asks
_FAILED_FOR_S = 3600.0  # not for ever: the machine may have been busy
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
    """``at_once`` children draw at a time, one for each tenant; see ``turns.py``."""

    def __init__(self, files: Files, clock: Clock, *, at_once: int = _AT_ONCE, wait_s: float = _WAIT_S) -> None:
        self._files, self._clock = files, clock
        self._turns = Turns(at_once, wait_s)
        self._under_way: dict[tuple[UUID, str], asyncio.Task[bytes]] = {}

    async def page(self, source: Source, number: int, width: int) -> bytes:
        """WebP of a page at one of WIDTHS. Raises NotFound (no_preview, page_not_found), Busy, Unavailable."""
        return await self._picture(source, f"page-{number}-{width}", number, (width, width * _TALLEST))

    async def thumbnail(self, source: Source) -> bytes:
        """WebP of the first page, no side longer than THUMBNAIL."""
        return await self._picture(source, "thumbnail", 1, THUMBNAIL)

    async def _picture(self, source: Source, name: str, number: int, box: tuple[int, int]) -> bytes:
        _require(source, number)
        if (kept := await self._kept(source, name, number, box)) is not None:
            return kept
        key = (source.file_id, name)
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._made(source, name, number, box))
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)  # who leaves early must not undo 19 of 20 seconds, again and again

    def _forget(self, key: tuple[UUID, str], done: asyncio.Task[bytes]) -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # those who still wait hear of it

    async def _kept(self, source: Source, name: str, number: int, box: tuple[int, int]) -> bytes | None:
        """Raises NotFound for a page that could not be drawn lately, no wider than this."""
        derived = (source.tenant_id, source.file_id)
        if (kept := await self._files.read_derived(*derived, name)) is not None:
            return kept
        if (failed := await self._files.read_derived(*derived, _failure(number))) is not None:
            at, width = failed.split()
            if self._clock.now().timestamp() < float(at) + _FAILED_FOR_S and box[0] >= int(width):
                raise _no_preview()
        return None

    async def _made(self, source: Source, name: str, number: int, box: tuple[int, int]) -> bytes:
        async with self._turns.turn(source.tenant_id):
            if (kept := await self._kept(source, name, number, box)) is not None:
                return kept  # drawn, or tried in vain, while this one waited
            began = time.monotonic()
            try:
                picture = await self._draw(source, number, box)
            except NotFound as error:
                if error.code == "no_preview":
                    failed = f"{self._clock.now().timestamp()} {box[0]}"
                    await self._keep(source, _failure(number), failed.encode())
                raise
            took_s = time.monotonic() - began
        if name == "thumbnail" or box[0] == KEPT_WIDTH or took_s > _LONG_S:
            await self._keep(source, name, picture)
        return picture

    async def _keep(self, source: Source, name: str, data: bytes) -> None:
        with contextlib.suppress(Unavailable, NotFound):  # it is drawn again next time, unless the file is gone
            await self._files.write_derived(source.tenant_id, source.file_id, name, data)

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


def _failure(number: int) -> str:
    """Beside the file: when drawing this page failed last, in seconds since 1970, and at which width."""
    return f"page-{number}-failed"


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
