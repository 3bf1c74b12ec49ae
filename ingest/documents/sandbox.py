"""Parsers run in a child process with bounded memory and time; what comes back is JSON.

The child gets the bytes on stdin, no secrets in its environment, and is killed when it takes too long or answers too
much. Its stdin stays open while it works: it ends when that does, so it never outlives this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from ingest.documents.model import BadDocument, Extracted, Limits
from store.pages import Heading, Page

_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_ANSWER_LIMIT = 64 * 1024 * 1024
_PIECE = 64 * 1024


async def extract(content: bytes, content_type: str, limits: Limits) -> Extracted:
    """Text, headings and title of a PDF, DOCX, Markdown or plain text file. Raises BadDocument."""
    numbers = (limits.pages, limits.characters, limits.memory_bytes, limits.time_s, len(content))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ingest.documents.child",
        content_type,
        *map(str, numbers),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        async with asyncio.timeout(limits.time_s):
            answer = await _converse(process, content)
            await process.wait()
    except TimeoutError as error:
        raise BadDocument(
            f"Reading this document took longer than {limits.time_s:g} seconds; it was given up.", code="too_slow"
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()  # what is left in the pipe, or its end would not be noticed
    return _read(process.returncode, answer)


async def _converse(process: asyncio.subprocess.Process, content: bytes) -> bytes:
    """Hand over the content and take the answer, as much as is allowed."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError):  # it ended before it had read all; its answer says why
        process.stdin.write(content)
        await process.stdin.drain()
    answer = bytearray()
    while piece := await process.stdout.read(_PIECE):
        answer += piece
        if len(answer) > _ANSWER_LIMIT:
            raise BadDocument("This document holds more text than can be kept; split it.", code="too_much_text")
    return bytes(answer)


def _read(code: int | None, answer: bytes) -> Extracted:
    try:
        value: dict[str, Any] = json.loads(answer)
    except ValueError as error:
        raise BadDocument(
            "This document cannot be read: it is damaged, or needs more memory than allowed.", code="unreadable"
        ) from error
    if code != 0 or "error" in value:
        problem = value.get("error") or {"code": "unreadable", "detail": "This document cannot be read."}
        raise BadDocument(problem["detail"], code=problem["code"])
    pages = tuple(
        Page(number, page["text"], tuple(Heading(**one) for one in page["headings"]))
        for number, page in enumerate(value["pages"], start=1)
    )
    return Extracted(pages, value["title"], value["page_kind"], tuple(value["hidden"]))
