"""Moonshine as a transcriber: English, on this machine, in a process of its own that may be killed and begun again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from ingest.documents.sound.cutting import phrases
from ingest.documents.sound.said import BYTES_A_SECOND, Said, sentences
from store.errors import Unavailable

_ROOT = str(Path(__file__).resolve().parents[3])
_START_S, _PHRASE_S = 60.0, 60.0
_ATTEMPTS = 2
# the model writes like an old book
_OLD_SPELLING = re.compile(r"\b(to)-(morrow|night|day)\b", re.IGNORECASE)


class Moonshine:
    """Starts its process with the first phrase."""

    def __init__(self) -> None:
        self._process: Process | None = None

    @property
    def name(self) -> str:
        return "moonshine"

    async def hear(self, pcm: bytes) -> list[Said]:
        heard: list[Said] = []
        for start, end in await asyncio.to_thread(phrases, pcm):
            text = await self._phrase(pcm[start:end])
            whole = f"{text[:-1]}." if text.endswith(",") else text  # a pause follows
            heard += sentences(Said(whole, start / BYTES_A_SECOND, end / BYTES_A_SECOND))
        return heard

    async def aclose(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def _phrase(self, pcm: bytes) -> str:
        """The words; a crash costs a new start, not the words. Raises Unavailable."""
        for _ in range(_ATTEMPTS):
            try:
                process = self._process or await self._started()
                return await self._asked(process, pcm)
            except (asyncio.IncompleteReadError, ConnectionError, TimeoutError, ValueError, OSError):
                await self.aclose()
        raise Unavailable("The local speech recognition does not work. Try again in a moment.")

    async def _started(self) -> Process:
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ingest.documents.sound.moonshine_process"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={**keep, "PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._process = process
        async with asyncio.timeout(_START_S):
            await _line(process)
        return process

    async def _asked(self, process: Process, pcm: bytes) -> str:
        assert process.stdin is not None
        async with asyncio.timeout(_PHRASE_S):
            process.stdin.write(len(pcm).to_bytes(4, "big") + pcm)
            await process.stdin.drain()
            answer = json.loads(await _line(process))
        return _OLD_SPELLING.sub(r"\1\2", str(answer["text"])) if isinstance(answer, dict) else ""


async def _line(process: Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.readuntil(b"\n")
