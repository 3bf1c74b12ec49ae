"""Killable children that read strangers' files: asked for here, forked by a zygote that has the parsers loaded.

For each three sockets: for the content, for the answer, and one where a line of JSON says what to read; back come the
child's pid and, once it has ended, its exit code and the most memory it held. What the child may do is its own matter
(``confine.py``).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from store.errors import Unavailable

_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_KEPT_SETTINGS = (
    "PATH",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
    "VOICELOOP_OCR_LANGUAGES",
    "TESSDATA_PREFIX",
)
_GRACE_S: Final = 5.0


class Child:
    """One process with one file. ``returncode``: negative for a signal, None while it runs or when nobody knows.

    ``peak_bytes``: the most memory it held, once it has ended.
    """

    def __init__(self, pid: int, streams: Sequence[_Stream]) -> None:
        self.pid = pid
        self._streams = streams
        content, answer, self._status = streams
        self.stdin, self.stdout = content[1], answer[0]
        self.returncode: int | None = None
        self.peak_bytes = 0

    async def wait(self) -> int | None:
        """Its exit code once it has ended; None when the zygote went before it."""
        if self.returncode is None and (line := await _told(self._status)):
            self.returncode, self.peak_bytes = map(int, line.split())
        return self.returncode

    async def aclose(self) -> None:
        """Nothing of it is left: one that did not end well goes with everything it started."""
        if self.returncode != 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self.stdin.transport.abort()
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(_GRACE_S):
                await self.wait()
        _hang_up(self._streams)


_Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Children:
    """Starts children, the zygote with the first of them; ``ready``: types whose parsers it loads at once.

    Belongs to one event loop; close it with `aclose`.
    """

    def __init__(self, ready: Sequence[str] = ()) -> None:
        self._ready = tuple(ready)
        self._zygote: Process | None = None
        self._control: socket.socket | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The zygote's; None while there is none."""
        return self._zygote.pid if self._zygote else None

    async def warm(self) -> None:
        """Have the zygote there before somebody needs it."""
        async with self._starting:
            if self._control is None or self._zygote is None or self._zygote.returncode is not None:
                await self._close()
                await self._start()

    @asynccontextmanager
    async def child(self, arguments: Sequence[str], scratch: str) -> AsyncGenerator[Child]:
        """A child with these ``arguments``, see ``child.py``; gone at the end. Raises Unavailable when none starts."""
        child = await self._born(arguments, scratch)
        if child is None:
            await self._if_it_died()
            child = await self._born(arguments, scratch)
        if child is None:
            raise Unavailable("No process could be started to read the file. It is tried again.", code="no_child")
        try:
            yield child
        finally:
            await asyncio.shield(child.aclose())

    async def aclose(self) -> None:
        """End the zygote and every child."""
        async with self._starting:
            await self._close()

    async def _born(self, arguments: Sequence[str], scratch: str) -> Child | None:
        await self.warm()
        assert self._control is not None
        pairs = [socket.socketpair() for _ in range(3)]
        pairs[-1][0].sendall(json.dumps({"arguments": arguments, "scratch": scratch}).encode() + b"\n")
        sent = self._send([its for _, its in pairs])
        streams: list[_Stream] = []
        pid = 0
        try:
            for mine, _ in pairs:
                streams.append(await _opened(mine))
            pid = int(await _told(streams[-1]) or 0) if sent else 0
        finally:
            if pid == 0:  # none was born, or nobody waits any more: then it ends with its stdin
                _hang_up(streams)
                for mine, _ in pairs[len(streams) :]:
                    mine.close()
        return Child(pid, streams) if pid else None

    async def _if_it_died(self) -> None:
        """Wait until that is known: it is told a moment after nobody answers any more, on a busy machine later."""
        if self._zygote is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_S):
                    await self._zygote.wait()

    def _send(self, ends: Sequence[socket.socket]) -> bool:
        """Give the child's ends away; false when the zygote died just now."""
        assert self._control is not None
        try:
            socket.send_fds(self._control, [b"1"], [one.fileno() for one in ends])
        except OSError:
            return False
        else:
            return True
        finally:
            for one in ends:
                one.close()

    async def _start(self) -> None:
        self._control, its = socket.socketpair()  # closed by `_close`, also when the start is cut off
        with its:
            self._zygote = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "ingest.documents.zygote", str(its.fileno()), *self._ready),
                pass_fds=(its.fileno(),),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env=_environment(),
                start_new_session=True,
            )

    async def _close(self) -> None:
        control, zygote = self._control, self._zygote
        self._control = self._zygote = None
        if control is not None:
            control.close()
        if zygote is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S):
                await zygote.wait()
        if zygote.returncode is None:
            zygote.kill()
            await zygote.wait()


async def _told(status: _Stream) -> bytes:
    """A line of the zygote; empty when it is no more."""
    try:
        return await status[0].readline()
    except ConnectionError:  # it died before it had read what was asked
        return b""


def _hang_up(streams: Sequence[_Stream]) -> None:
    for _, writer in streams:
        writer.transport.abort()


async def _opened(one: socket.socket) -> _Stream:
    one.setblocking(False)
    return await asyncio.open_connection(sock=one)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_SETTINGS if name in os.environ}
    return {**kept, "PYTHONPATH": _ROOT, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "HOME": "/"}
