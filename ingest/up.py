"""`voiceloop up`: everything on one machine. The composition root of a laptop; each part is a module in ``laptop/``.

Order: home and lock, ports, secrets; then database, media server and page side by side; then sidecar and worker; then
readiness, and on the first start the sample handbook. Whatever happens, what was started is stopped again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
import webbrowser
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from rich.console import Console

from ingest.laptop import media_server, page, ports, postgres, sample, secrets
from ingest.laptop.home import Home, locked
from ingest.laptop.processes import Processes, Program
from ingest.laptop.progress import Progress, Step
from ingest.seed import Seeded, local_timezone, seed
from store.database import Database
from store.errors import SettingsError, Unavailable, VoiceLoopError
from store.installation import check_key
from store.migrate import migrate
from store.seal import Keyring

READY_TIMEOUT_S = 180.0
POLL_S = 0.15  # each question costs the sidecar a look into the database
WORKER_DRAIN_S = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed: ``host`` and ``port`` of the page, and what to leave out."""

    home: Path
    host: str
    port: int
    browser: bool
    page: bool


@dataclass(frozen=True, slots=True)
class _Steps:
    """The rows of the progress table, in their order."""

    database: Step
    migrations: Step
    media: Step
    page: Step
    sidecar: Step
    worker: Step
    sample: Step

    @classmethod
    def of(cls, progress: Progress) -> _Steps:
        titles = ("Database", "Migrations", "Media server", "Page", "Sidecar", "Worker", "Sample handbook")
        return cls(*(progress.plan(title) for title in titles))


async def up(options: Options, environment: Mapping[str, str]) -> int:
    """Start everything and stay until told to stop; returns the exit code. Raises VoiceLoopError when it cannot."""
    home = Home.at(options.home)
    try:
        return await _up(options, home, environment)
    except VoiceLoopError:
        raise
    except Exception as error:  # the root: a person gets a sentence, the log the rest
        raise Unavailable(_unexpected(home, error), code="start_failed") from error


def _unexpected(home: Home, error: Exception) -> str:
    """The sentence for an error nobody foresaw; its own text may hold a password, so that goes into the private log."""
    sentence = f"VoiceLoop stopped because of an unexpected error ({type(error).__name__})."
    log = home.logs / "up.log"
    try:
        log.write_text("".join(traceback.format_exception(error)), "utf-8", errors="replace")
    except OSError as problem:
        return f"{sentence} Its details could not be written to {log}: {problem.strerror}."
    return f"{sentence} Its details are in {log}."


async def _up(options: Options, home: Home, environment: Mapping[str, str]) -> int:
    progress = Progress(Console(highlight=False))
    with locked(home):
        ports.require_free(options.host, options.port)
        stop = asyncio.Event()
        processes = Processes(home, progress.say)
        _on_signals(stop, processes)
        try:
            return await _until_stopped(_Start(options, home, environment, processes, progress), stop)
        finally:
            progress.say("Stopping")
            await processes.stop_all()


async def _until_stopped(start: _Start, stop: asyncio.Event) -> int:
    stopping = asyncio.create_task(stop.wait())
    starting = asyncio.create_task(start.run())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            return 0
        await starting
        failed = start.processes.failed
        await asyncio.wait({failed, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if failed.done() and not stop.is_set():
            raise Unavailable(failed.result(), code="gave_up")
        return 0
    finally:
        stopping.cancel()
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)


def _on_signals(stop: asyncio.Event, processes: Processes) -> None:
    """The first signal ends everything well, the second ends it now."""

    def told() -> None:
        if stop.is_set():
            processes.hurry()
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told)


class _Start:
    """One start: the values that its steps hand to each other."""

    def __init__(
        self, options: Options, home: Home, environment: Mapping[str, str], processes: Processes, progress: Progress
    ) -> None:
        self.processes = processes
        self._options = options
        self._home = home
        self._environment = environment
        self._progress = progress
        self._steps = _Steps.of(progress)
        self._local = options.host if not ports.is_any(options.host) else "127.0.0.1"
        self._url = f"http://{_bracketed(self._local)}:{options.port}"

    async def run(self) -> None:
        with self._progress.showing():
            seeded = await self._start()
        self._home.write_state(url=self._url, database_url=self._variables["DATABASE_URL"])
        print(f"VoiceLoop is ready: {self._url}", flush=True)  # noqa: T201  # the one line that programs wait for
        if seeded.is_new and not self._options.page:
            self._progress.say("Started without the page; the API is there.")
        if self._options.browser and _has_screen(self._environment):
            await asyncio.to_thread(webbrowser.open, self._url)

    async def _start(self) -> Seeded:
        self._home.write_state(url=self._url)
        self._variables = {**self._environment, **secrets.load_or_make(self._home, self._environment)}
        await self.processes.open()
        seeded, _, _ = await _side_by_side(self._database(), self._media(), self._page())
        await _side_by_side(self._sidecar(), self._worker())
        await self._sample(seeded)
        return seeded

    async def _database(self) -> Seeded:
        own = not self._environment.get("DATABASE_URL")
        with self._progress.doing(self._steps.database) as step:
            if own:
                self._variables["DATABASE_URL"] = await postgres.start(self._home, self.processes)
            step.result("embedded Postgres" if own else "DATABASE_URL")
        url = self._variables["DATABASE_URL"]
        with self._progress.doing(self._steps.migrations) as step:
            applied = await migrate(url, report=step.note)
            step.result(f"{len(applied)} applied" if applied else "up to date")
            async with await Database.open(url, max_size=1) as database:
                await check_key(database, Keyring.from_text(self._variables["VOICELOOP_SECRET_KEY"]))
                if own:  # rows of a killed run would pass for workers that are there
                    async with database.system() as connection:
                        await connection.execute("DELETE FROM workers")
                return await seed(
                    database,
                    slug=self._variables.setdefault("VOICELOOP_TENANT", "demo"),
                    timezone=local_timezone(self._environment),
                    key_file=self._home.owner_key,
                )

    async def _media(self) -> None:
        with self._progress.doing(self._steps.media) as step:
            if self._environment.get("LIVEKIT_URL"):
                _require_livekit_keys(self._environment)
                step.result("LIVEKIT_URL")
                return
            binary = await media_server.find_or_build(self._environment, self.processes, step.note)
            server = media_server.plan(self._options.host, self._options.port)
            webhook = f"{self._url}/api/livekit/webhook"
            await media_server.start(self._home, self.processes, binary, server, self._variables, webhook)
            self._variables["LIVEKIT_URL"] = server.url
            step.result(f"port {server.port}, media on UDP port {server.udp_port}")

    async def _page(self) -> None:
        with self._progress.doing(self._steps.page) as step:
            if not self._options.page:
                step.result("left out")
            elif (page.SOURCES / "package.json").exists():
                await page.build(page.SOURCES, self._environment, self.processes, step.note)
            else:
                step.result("came with the package")

    async def _sidecar(self) -> None:
        with self._progress.doing(self._steps.sidecar) as step:
            program = Program(
                name="sidecar",
                argv=(sys.executable, "-m", "ingest"),
                environment=self._programs_environment(),
                stop=((signal.SIGTERM, 10.0),),  # open requests get 3 seconds, then a document's stage under way gets 5
            )
            await self.processes.start(program)
            await self._answers("/health", "sidecar", "The sidecar")
            self.processes.keep("sidecar", give_up_after=100)
            step.result(self._url)

    async def _worker(self) -> None:
        with self._progress.doing(self._steps.worker) as step:
            program = Program(
                name="worker",
                argv=(sys.executable, "-m", "agent", "start"),
                environment=self._programs_environment(),
                # the first signal lets calls end, the second does not wait
                stop=((signal.SIGTERM, WORKER_DRAIN_S + 2.0), (signal.SIGTERM, 1.0)),
            )
            await self.processes.start(program)
            step.note("loading the speech models")
            await self._answers("/ready", "worker", "The worker")
            self.processes.keep("worker", give_up_after=100)
            step.result("registered")

    async def _answers(self, path: str, program: str, what: str) -> None:
        """Wait until the sidecar answers ``path`` with 200; ``program`` has to stay alive meanwhile."""
        try:
            async with asyncio.timeout(READY_TIMEOUT_S), aiohttp.ClientSession() as session:
                while not await _is_ok(session, self._url + path):
                    self.processes.require_alive(program, what)
                    await asyncio.sleep(POLL_S)
        except TimeoutError as error:
            raise Unavailable(
                f"{what} was not ready after {READY_TIMEOUT_S:.0f} s.{self.processes.log_end(program)}",
                code="not_ready",
            ) from error

    async def _sample(self, seeded: Seeded) -> None:
        mark = self._home.path / "sample-added"
        with self._progress.doing(self._steps.sample) as step:
            if mark.exists():
                step.result("added on the first start")
                return
            try:
                await sample.add_handbook(self._url, seeded.key, step.note)
            except Unavailable as error:  # everything else works without it
                step.result("not added; the next start tries again")
                self._progress.say(error.message)
                return
            mark.touch()

    def _programs_environment(self) -> dict[str, str]:
        """The environment of sidecar and worker: ours, and what was chosen here."""
        variables = {
            "VOICELOOP_FILES": str(self._home.files),
            "VOICELOOP_DRAIN_S": str(WORKER_DRAIN_S),
            **self._variables,
            "VOICELOOP_HOME": str(self._home.path),
            "VOICELOOP_HOST": self._options.host,
            "VOICELOOP_PORT": str(self._options.port),
            "VOICELOOP_ENGINE_DIR": str(self._home.socket_directory("engines")),
            "PYTHONUNBUFFERED": "1",
        }
        variables.pop("VOICELOOP_LOCAL_SIGN_IN", None)
        if signs_in_locally(self._options.host, self._variables):
            variables["VOICELOOP_LOCAL_SIGN_IN"] = "1"
        return variables


def signs_in_locally(host: str, environment: Mapping[str, str]) -> bool:
    """Whether whoever opens the page here is the owner: not where others reach it, by a public name or a proxy."""
    try:
        name = urlsplit(environment.get("VOICELOOP_PUBLIC_URL", "")).hostname or host
    except ValueError:  # no address at all: the sidecar says so
        return False
    behind_a_proxy = bool(environment.get("VOICELOOP_TRUSTED_PROXIES", "").strip())
    return ports.is_loopback(host) and ports.is_loopback(name) and not behind_a_proxy


async def _is_ok(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False  # not listening yet


async def _side_by_side(*steps: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run steps together; the first that fails ends the others and is raised alone."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(step) for step in steps]
    except ExceptionGroup as errors:
        expected, unexpected = errors.split(VoiceLoopError)
        raise _first(expected or unexpected or errors) from None
    return [task.result() for task in tasks]


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _require_livekit_keys(environment: Mapping[str, str]) -> None:
    for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        if not environment.get(name):
            raise SettingsError(f"LIVEKIT_URL is set, so {name} has to be set too: the key of that LiveKit server.")


def _has_screen(environment: Mapping[str, str]) -> bool:
    if environment.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def default_home(environment: Mapping[str, str]) -> Path:
    """VOICELOOP_HOME, else ``~/.voiceloop``."""
    return Path(environment.get("VOICELOOP_HOME") or Path(os.path.expanduser("~")) / ".voiceloop")
