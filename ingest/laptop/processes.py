"""Programs that `up` starts: each in a group of its own with a log file, restarted when it dies, ended in good order.

Knows nothing about what the programs are. A guard process (``guard.py``) ends them when `up` itself is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from ingest.laptop.home import Home
from store.errors import Unavailable

LOG_LIMIT_BYTES = 5_000_000
LOGS_KEPT = 3
ROTATE_EVERY_S = 60.0
STEADY_S = 60.0  # a program that ran this long starts over with the shortest pause
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and how to end it: ``stop`` is a row of (signal, seconds to wait), then the group is killed."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    stop: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 5.0),)
    user: str | None = None
    directory: Path | None = None


@dataclass(slots=True)
class _Running:
    program: Program
    process: asyncio.subprocess.Process
    since: float
    keeper: asyncio.Task[None] | None = None
    failures: int = 0


class Processes:
    """Start, keep and stop programs. ``report`` gets one line whenever a program died and is started again."""

    def __init__(self, home: Home, report: Callable[[str], None]) -> None:
        self._home = home
        self._report = report
        self._running: dict[str, _Running] = {}
        self._guard: asyncio.subprocess.Process | None = None
        self._rotating: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def pid(self, name: str) -> int:
        """The process that runs now; it changes with a restart."""
        return self._running[name].process.pid

    def log_path(self, name: str) -> Path:
        return self._home.logs / f"{name}.log"

    async def open(self) -> None:
        """Start the guard, and watch over the size of logs.

        Waits (bounded by the guard's own grace) while the guard of a killed `up` is still at work.
        """
        self._guard = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(Path(__file__).with_name("guard.py")),
            str(self._home.run / "guard.lock"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert self._guard.stdout is not None
        await self._guard.stdout.readline()
        self._rotating = asyncio.create_task(self._rotate_logs(), name="rotate logs")

    async def run(self, program: Program, on_line: Callable[[str], None]) -> int:
        """Run a program to its end, each line of its output to ``on_line`` and the log; returns its exit code."""
        with self._open_log(program.name) as log:
            process = await self._spawn(program, asyncio.subprocess.PIPE)
            assert process.stdout is not None
            try:
                async for raw in process.stdout:
                    log.write(raw)
                    on_line(raw.decode(errors="replace").rstrip())
                return await process.wait()
            finally:
                if process.returncode is None:
                    _kill_group(process.pid)
                    await process.wait()
                self._tell_guard(f"- {process.pid}")

    async def start(self, program: Program) -> None:
        """Start a program once; it is not yet kept alive (``keep``)."""
        with self._open_log(program.name) as log:
            process = await self._spawn(program, log.fileno())
        self._running[program.name] = _Running(program, process, time.monotonic())

    async def wait_until(self, name: str, ready: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Poll ``ready`` until true. Raises Unavailable, with the log's end, when the program ended or is late."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            self.require_alive(name, what)
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{what} did not become ready in {timeout_s:.0f} s.{self.log_end(name)}", code="not_ready"
                )
            await asyncio.sleep(0.05)

    def require_alive(self, name: str, what: str) -> None:
        """Raise Unavailable, with the end of the log, when the program has ended."""
        code = self._running[name].process.returncode
        if code is not None:
            raise Unavailable(f"{what} ended while starting (exit code {code}).{self.log_end(name)}", code="not_ready")

    def keep(self, name: str, *, give_up_after: int = 5) -> None:
        """From now on start the program again when it dies; after so many failures in a row ``failed`` is set."""
        running = self._running[name]
        running.keeper = asyncio.create_task(self._keep(running, give_up_after), name=f"keep {name}")

    async def stop_all(self) -> None:
        """End every program, the last started first, and the guard at the end."""
        if self._rotating:
            self._rotating.cancel()
        for running in self._running.values():
            if running.keeper:
                running.keeper.cancel()
        for name in reversed(list(self._running)):
            await self._stop(self._running.pop(name))
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            await self._guard.wait()

    def hurry(self) -> None:
        """Stop waiting for programs to end well."""
        self._hurry.set()

    async def _keep(self, running: _Running, give_up_after: int) -> None:
        name = running.program.name
        while True:
            code = await running.process.wait()
            self._tell_guard(f"- {running.process.pid}")
            _kill_group(running.process.pid)
            if time.monotonic() - running.since > STEADY_S:
                running.failures = 0
            if not await self._start_again(running, f"ended (exit code {code})", give_up_after):
                if not self.failed.done():
                    self.failed.set_result(f"{name} ended {running.failures} times in a row.{self.log_end(name)}")
                return

    async def _start_again(self, running: _Running, why: str, give_up_after: int) -> bool:
        """Start it after a pause, and again when that fails (no memory, no file left); false after enough failures."""
        name = running.program.name
        while True:
            running.failures += 1
            if running.failures > give_up_after:
                return False
            pause_s = min(FIRST_PAUSE_S * 2 ** (running.failures - 1), LONGEST_PAUSE_S)
            self._report(f"{name} {why}; starting it again in {pause_s:.0f} s")
            await asyncio.sleep(pause_s)
            try:
                with self._open_log(name) as log:
                    running.process = await self._spawn(running.program, log.fileno())
            except (Unavailable, OSError) as error:
                why = f"could not be started ({error})"
                continue
            running.since = time.monotonic()
            return True

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.sleep(ROTATE_EVERY_S)
            for name in list(self._running):
                with contextlib.suppress(OSError):  # a full disk, say; the program goes on, and so does its log
                    await asyncio.to_thread(rotate, self.log_path(name), in_use=True)

    async def _stop(self, running: _Running) -> None:
        process = running.process
        for number, timeout_s in running.program.stop:
            if process.returncode is not None or self._hurry.is_set():
                break
            _signal(process.pid, number)
            await self._wait(process, timeout_s)
        _kill_group(process.pid)
        await process.wait()
        self._tell_guard(f"- {process.pid}")

    async def _wait(self, process: asyncio.subprocess.Process, timeout_s: float) -> None:
        ended = asyncio.create_task(process.wait())
        hurried = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({ended, hurried}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for task in (ended, hurried):
            task.cancel()

    async def _spawn(self, program: Program, output: int) -> asyncio.subprocess.Process:
        try:
            process = await asyncio.create_subprocess_exec(
                *program.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(program.environment),
                cwd=program.directory,
                start_new_session=True,
                limit=2**20,
                user=program.user,
                group=program.user,
                extra_groups=[] if program.user else None,
            )
        except OSError as error:
            raise Unavailable(
                f"{program.argv[0]} cannot be started: {error.strerror}.", code="not_startable"
            ) from error
        self._tell_guard(f"+ {process.pid} {int(program.stop[0][0])}")
        return process

    def _tell_guard(self, line: str) -> None:
        if self._guard and self._guard.stdin and not self._guard.stdin.is_closing():
            self._guard.stdin.write(line.encode() + b"\n")

    def _open_log(self, name: str) -> FileIO:
        rotate(self.log_path(name))
        return FileIO(self.log_path(name), "ab")

    def log_end(self, name: str, lines: int = 12) -> str:
        """A sentence that names the log, and its last lines."""
        path = self.log_path(name)
        text = path.read_text("utf-8", errors="replace") if path.exists() else ""
        return f" The end of {path}:\n" + "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def rotate(path: Path, limit_bytes: int = LOG_LIMIT_BYTES, *, in_use: bool = False) -> None:
    """Move a log that has grown past the limit to ``.1``, that to ``.2`` and so on; the oldest goes.

    A log ``in_use`` is copied and emptied: its writers append, so they go on at its start. Lines of that moment may go.
    """
    if not path.exists() or path.stat().st_size < limit_bytes:
        return
    latest = path.with_name(f"{path.name}.1")
    for number in range(LOGS_KEPT, 1, -1):
        newer = path.with_name(f"{path.name}.{number - 1}")
        if newer.exists():
            newer.replace(path.with_name(f"{path.name}.{number}"))
    if in_use:
        shutil.copyfile(path, latest)
        os.truncate(path, 0)
    else:
        path.replace(latest)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
