"""Parsers run in a child process with bounded memory and time; what comes back is JSON.

The child gets the bytes on stdin, no secrets in its environment, and is killed when it takes too long.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from ingest.documents.model import BadDocument, Extracted, Limits
from store.pages import Heading, Page

_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_ANSWER_LIMIT = 64 * 1024 * 1024


async def extract(content: bytes, content_type: str, limits: Limits) -> Extracted:
    """Text, headings and title of a PDF, DOCX, Markdown or plain text file. Raises BadDocument."""
    arguments = [content_type, str(limits.pages), str(limits.characters), str(limits.memory_bytes), str(limits.time_s)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ingest.documents.child",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
        limit=_ANSWER_LIMIT,
    )
    try:
        async with asyncio.timeout(limits.time_s):
            answer, _ = await process.communicate(content)
    except TimeoutError as error:
        raise BadDocument(
            f"Reading this document took longer than {limits.time_s:g} seconds; it was given up.", code="too_slow"
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(process.returncode, answer)


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
    return Extracted(pages, value["title"], value["paginated"], tuple(value["hidden"]))
