"""The decoder's process seen from here: what the recording is, then its samples, as they are asked for.

Nothing but what was read lies in memory: the pipe makes the decoder wait.
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
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.documents.model import BadDocument, Limits
from ingest.documents.scratch import scratch

_ROOT = str(Path(__file__).resolve().parents[3])
_LONGEST_PACKET = 128 * 1024
_STALL_S = 60.0
_BROKEN = "This recording is damaged and cannot be played. Save it again and upload that."


class About(BaseModel):
    """What a recording says of itself; ``claimed_s`` by its header, ``duration_s`` by what is in it."""

    model_config = ConfigDict(frozen=True)

    title: str
    author: str
    created_at: str
    claimed_s: float
    duration_s: float
    channels: int
    sample_rate: int
    codec: str


class Recording:
    """An open recording; ``damaged`` is right once all samples have been read."""

    def __init__(self, process: Process, about: About) -> None:
        self._process = process
        self.about = about
        self.damaged = 0

    async def samples(self) -> AsyncIterator[bytes]:
        """16 kHz mono 16-bit PCM. Raises BadDocument."""
        while True:
            kind, content = await _packet(self._process)
            if kind == b"P":
                yield content
            elif kind == b"E":
                self.damaged = int(json.loads(content)["damaged"])
                return
            else:
                raise _error(content)


@contextlib.asynccontextmanager
async def opened(content: bytes, limits: Limits) -> AsyncGenerator[Recording]:
    """Start the decoder; it is gone when the block ends. Raises BadDocument."""
    async with scratch() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ingest.documents.sound.decoding", str(len(content)), json.dumps(asdict(limits))),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _ROOT, "TMPDIR": folder, "HOME": folder},
            start_new_session=True,
        )
        try:
            yield await _begin(process, content)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()


async def _begin(process: Process, content: bytes) -> Recording:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):  # it ended before it had read all; its answer says why
        process.stdin.write(content)
        await process.stdin.drain()
    kind, answer = await _packet(process)
    if kind != b"A":
        raise _error(answer)
    try:
        return Recording(process, About.model_validate_json(answer))
    except ValidationError as error:
        raise BadDocument(_BROKEN, code="broken_file") from error


async def _packet(process: Process) -> tuple[bytes, bytes]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_STALL_S):
            head = await process.stdout.readexactly(5)
            size = int.from_bytes(head[1:], "big")
            if size > _LONGEST_PACKET:
                raise BadDocument(_BROKEN, code="broken_file")
            return head[:1], await process.stdout.readexactly(size)
    except TimeoutError as error:
        raise BadDocument("Decoding this recording took too long; it was given up.", code="too_slow") from error
    except asyncio.IncompleteReadError as error:
        text = "This recording cannot be played: it is damaged, or needs more than allowed."
        raise BadDocument(text, code="broken_file") from error


def _error(content: bytes) -> BadDocument:
    try:
        said = json.loads(content)
        return BadDocument(str(said["detail"]), code=str(said["code"]))
    except (ValueError, KeyError, TypeError):
        return BadDocument(_BROKEN, code="broken_file")
