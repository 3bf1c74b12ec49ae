"""Parsers run in a child process with bounded memory, time and answer; what comes back is JSON, a line a page.

The child gets the bytes on stdin, no secrets in its environment, no descriptor but its pipes, and a folder of its own
for scratch files. It and all it started are killed when it takes too long, answers too much or nobody waits any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.documents.model import BadDocument, Extracted, Finding, Limits, PageKind
from store.pages import Page

_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_ANSWER_LIMIT = 64 * 1024 * 1024
_PIECE = 64 * 1024
_KEPT_SETTINGS = ("PATH", "VOICELOOP_OCR_LANGUAGES", "TESSDATA_PREFIX")


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class _End:
    title: str
    page_kind: PageKind
    hidden: tuple[str, ...]
    metadata: dict[str, Any]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Message:
    """One line of the child; a child is not trusted, so every line is checked."""

    progress: float | None = None
    needs_s: float | None = None
    page: Page | None = None
    end: _End | None = None
    error: _Problem | None = None


_MESSAGES = TypeAdapter(_Message)


async def extract(
    content: bytes,
    content_type: str,
    limits: Limits,
    progress: Callable[[float], None] | None = None,
) -> Extracted:
    """The text of a document of any type in the extractors' table. Raises BadDocument.

    ``progress`` is called in this thread with the share (0-1) that is done, a few times a second at most.
    """
    scratch = tempfile.mkdtemp(prefix="voiceloop-")
    try:
        process = await asyncio.create_subprocess_exec(
            *command(content_type, len(content), limits),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=_environment(scratch),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(limits.time_s) as patience:
                found = await _converse(process, content, progress, _Time(patience, limits))
                await process.wait()
        except TimeoutError as error:
            text = "Reading this document took longer than is allowed; it was given up. Split it."
            raise BadDocument(text, code="too_slow") from error
        finally:
            await _end(process)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if found is None:
        raise _silent_end(process.returncode)
    return found


def command(content_type: str, size: int, limits: Limits) -> list[str]:
    """How the child is started."""
    return [sys.executable, "-m", "ingest.documents.child", content_type, str(size), json.dumps(asdict(limits))]


def _environment(scratch: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_SETTINGS if name in os.environ}
    own = {"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    return {**kept, **own, "TMPDIR": scratch, "HOME": scratch}


async def _end(process: Process) -> None:
    """Nothing of it is left: a child that did not end well goes with everything it started."""
    if process.returncode != 0:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        await process.communicate()  # what is left in the pipe, or its end would not be noticed


class _Time:
    """When the child must be done; pages that have to be recognised give it more, up to ``recognition_s``."""

    def __init__(self, patience: asyncio.Timeout, limits: Limits) -> None:
        self._patience = patience
        self._left = limits.recognition_s

    def add(self, seconds: float) -> None:
        more = min(max(0.0, seconds), self._left)
        when = self._patience.when()
        if when is not None:
            self._left -= more
            self._patience.reschedule(when + more)


async def _converse(
    process: Process, content: bytes, progress: Callable[[float], None] | None, time: _Time
) -> Extracted | None:
    """Hand over the content and take the answer; None when it ended without one. Raises BadDocument."""
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):  # it ended before it had read all; its answer says why
        process.stdin.write(content)
        await process.stdin.drain()
    pages: list[Page] = []
    async for line in _lines(process):
        message = await _parsed(line)
        if message.error is not None:
            raise BadDocument(message.error.detail, code=message.error.code)
        if message.page is not None:
            pages.append(message.page)
        if message.needs_s is not None:
            time.add(message.needs_s)
        if message.progress is not None and progress is not None:
            progress(message.progress)
        if (end := message.end) is not None:
            return Extracted(tuple(pages), end.title, end.page_kind, end.hidden, end.metadata, end.findings)
    return None


async def _lines(process: Process) -> AsyncIterator[bytes]:
    """Raises BadDocument when all of them together are more than is allowed."""
    assert process.stdout is not None
    total, rest = 0, bytearray()
    while piece := await process.stdout.read(_PIECE):
        total += len(piece)
        if total > _ANSWER_LIMIT:
            raise BadDocument("This document holds more text than can be kept; split it.", code="too_much_text")
        rest += piece
        if b"\n" in piece:
            *lines, last = rest.split(b"\n")
            rest = last
            for line in lines:
                yield bytes(line)


async def _parsed(line: bytes) -> _Message:
    try:
        if b"\\u0000" in line:
            raise ValueError("a NUL")
        if len(line) < 4 * _PIECE:
            return _MESSAGES.validate_json(line)
        return await asyncio.to_thread(_MESSAGES.validate_json, line)
    except (ValidationError, ValueError) as error:
        raise BadDocument("This document cannot be read: it is damaged.", code="unreadable") from error


def _silent_end(code: int | None) -> BadDocument:
    if code is not None and -code in {signal.SIGXCPU, signal.SIGKILL}:
        return BadDocument("Reading this document took too long or too much memory; it was given up.", code="too_slow")
    text = "This document cannot be read: it is damaged, or needs more memory than allowed."
    return BadDocument(text, code="unreadable")
