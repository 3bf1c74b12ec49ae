"""Parsers run in a child process with bounded memory, time and answer; what comes back is JSON, a line a page.

The child gets the bytes on stdin, no secrets in its environment, no descriptor but its pipes, and a folder of its own
for scratch files. It and all it started are killed when it takes too long, answers too much or nobody waits any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.documents.child import NO_PARSER
from ingest.documents.children import Child, Children
from ingest.documents.model import BadDocument, Extracted, Finding, Limits, PageKind
from ingest.documents.scratch import scratch
from store.errors import Unavailable, VoiceLoopError
from store.pages import Page

_ANSWER_LIMIT = 64 * 1024 * 1024
_PIECE = 64 * 1024


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
    *,
    children: Children | None = None,
) -> Extracted:
    """The text of a document of any type in the extractors' table. Raises BadDocument, Unavailable.

    ``progress`` is called in this thread with the share (0-1) that is done, a few times a second at most. With
    ``children`` a process is there at once, else one is started for this document alone.
    """
    try:
        async with (
            scratch() as folder,
            contextlib.AsyncExitStack() as stack,
            asyncio.timeout(limits.time_s) as patience,
        ):
            if children is None:
                children = await stack.enter_async_context(contextlib.aclosing(Children()))
            arguments = (content_type, str(len(content)), json.dumps(asdict(limits)))
            child = await stack.enter_async_context(children.child(arguments, folder))
            found = await _converse(child, content, progress, _Time(patience, limits))
            await child.wait()
    except TimeoutError as error:
        text = "Reading this document took longer than is allowed; it was given up. Split it."
        raise BadDocument(text, code="too_slow") from error
    if found is None:
        raise _silent_end(child.returncode)
    return found


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
    child: Child, content: bytes, progress: Callable[[float], None] | None, time: _Time
) -> Extracted | None:
    """Hand over the content and take the answer; None when it ended without one. Raises BadDocument, Unavailable."""
    with contextlib.suppress(ConnectionError):  # it ended before it had read all; its answer says why
        child.stdin.write(content)
        await child.stdin.drain()
    pages: list[Page] = []
    async for line in _lines(child):
        message = await _parsed(line)
        if message.error is not None:
            raise _given_up(message.error)
        if message.page is not None:
            pages.append(message.page)
        if message.needs_s is not None:
            time.add(message.needs_s)
        if message.progress is not None and progress is not None:
            progress(message.progress)
        if (end := message.end) is not None:
            return Extracted(tuple(pages), end.title, end.page_kind, end.hidden, end.metadata, end.findings)
    return None


async def _lines(child: Child) -> AsyncIterator[bytes]:
    """Raises BadDocument when all of them together are more than is allowed."""
    total, rest = 0, bytearray()
    while piece := await child.stdout.read(_PIECE):
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


def _given_up(problem: _Problem) -> VoiceLoopError:
    if problem.code == NO_PARSER:
        text = "The program that reads this kind of file could not be loaded. It is tried again."
        return Unavailable(text, code=NO_PARSER)
    return BadDocument(problem.detail, code=problem.code)


def _silent_end(code: int | None) -> VoiceLoopError:
    if code is None:  # not the document's fault: somebody ended the process that starts them all
        return Unavailable("Reading this document was cut off. It is tried again.", code="cut_off")
    if -code in {signal.SIGXCPU, signal.SIGKILL}:
        return BadDocument("Reading this document took too long or too much memory; it was given up.", code="too_slow")
    text = "This document cannot be read: it is damaged, or needs more memory than allowed."
    return BadDocument(text, code="unreadable")
