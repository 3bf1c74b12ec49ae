"""`voiceloop doctor`: what is installed here, which providers are set, a spoken self-test, and how many calls it holds.

Every finding is one line with what to do about it, never a key's value. Exit code 1 when something essential is
missing.
To add a finding: a function that returns ``Finding`` rows, and its name in ``_EXAMINATIONS``.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from ingest import doctor_calendars, doctor_capacity
from ingest.laptop import media_server_build, page, ports, toolchains
from ingest.laptop.home import Home, is_locked

ROOM_NEEDED_BYTES = 3_000_000_000  # the first start builds the media server, which needs most of it for a while
KEYS = ("OPENAI_API_KEY", "DEEPGRAM_API_KEY")
CHOICES = ("VOICELOOP_STT", "VOICELOOP_LLM", "VOICELOOP_TTS")


@dataclass(frozen=True, slots=True)
class Finding:
    """``state`` is "ok", "note" (works without it) or "missing" (essential)."""

    what: str
    state: str
    detail: str


async def examine(folder: Path, environment: Mapping[str, str]) -> int:
    """Print every finding and the self-test; returns the exit code."""
    console = Console(highlight=False)
    home = Home.at(folder)
    findings = [
        finding
        for examination in _EXAMINATIONS
        for finding in await asyncio.to_thread(list, examination(home, environment))
    ]
    console.print(_table(findings))
    test = await doctor_capacity.self_test(environment, lambda doing: console.print(f"{doing} …"))
    findings += (spoken := [Finding(*state) for state in doctor_capacity.findings(test, home.path)])
    console.print(_table(spoken))
    missing = [finding for finding in findings if finding.state == "missing"]
    console.print(f"{len(missing)} essential things are missing" if missing else "Everything essential is there")
    return 1 if missing else 0


def _programs(_home: Home, environment: Mapping[str, str]) -> Iterator[Finding]:
    python = platform.python_version()
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    yield Finding("Python", "ok" if good else "missing", python if good else f"{python}; use 3.11, 3.12 or 3.13")
    yield _media_server(environment)
    yield _node(environment)
    if toolchains.find_uv(environment) is None:
        yield Finding("uv", "note", "not found; it would fetch Go and Node when the machine has none")


def _media_server(environment: Mapping[str, str]) -> Finding:
    if url := environment.get("LIVEKIT_URL"):
        return Finding("Media server", "ok", f"LIVEKIT_URL: {url}")
    if found := shutil.which("livekit-server", path=environment.get("PATH")):
        return Finding("Media server", "ok", f"{found}, {_dotted(toolchains.version([found, '--version']))}")
    cached = media_server_build.cached_binary(environment)
    if cached.exists():
        return Finding("Media server", "ok", f"{cached}, built here")
    go = toolchains.find_go(environment)
    if go is None:
        return Finding(
            "Media server", "missing", "no livekit-server, no Go and no uv; install one of them or set LIVEKIT_URL"
        )
    how = "the Go on PATH" if len(go) == 1 else "Go fetched by uv"
    return Finding("Media server", "note", f"will be built once on the first start, with {how}")


def _node(environment: Mapping[str, str]) -> Finding:
    if not (page.SOURCES / "package.json").exists():
        return Finding("Page", "ok", "came with the package")
    if not page.needs_build(page.SOURCES):
        return Finding("Page", "ok", "built and up to date")
    npm = toolchains.find_npm(environment)
    if npm is None:
        return Finding("Page", "missing", "has to be built: install Node 20.19 or newer, or uv; or use --without-page")
    return Finding(
        "Page", "note", f"will be built on the next start, with {'the Node on PATH' if len(npm) == 1 else 'Node by uv'}"
    )


def _speech(_home: Home, environment: Mapping[str, str]) -> Iterator[Finding]:
    given = [name for name in KEYS if environment.get(name)]
    text = (
        ", ".join(given) + " set: the cloud provider first, the local one as fallback" if given else "no key: all local"
    )
    yield Finding("Providers", "ok", text)
    for name in CHOICES:
        if environment.get(name):
            yield Finding(name, "ok", environment[name])


def _machine(home: Home, environment: Mapping[str, str]) -> Iterator[Finding]:
    folder = next(parent for parent in (home.path, *home.path.parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.0f} GB free for {home.path}"
    enough = free > ROOM_NEEDED_BYTES
    yield Finding(
        "Disk", "ok" if enough else "note", detail if enough else f"{detail}; the first start needs about 3 GB"
    )
    yield Finding("Cores", "ok", str(os.cpu_count() or 1))
    if is_locked(home):
        yield Finding("VoiceLoop", "ok", f"runs here: {home.read_state().get('url', 'starting')}")
        return
    port = int(environment.get("VOICELOOP_PORT") or 8080)
    free_here = ports.free_port("127.0.0.1", port) == port
    yield Finding(
        "Port", "ok" if free_here else "note", f"{port} is free" if free_here else f"{port} is taken; use --port"
    )


def _database(home: Home, environment: Mapping[str, str]) -> Iterator[Finding]:
    url = environment.get("DATABASE_URL") or (is_locked(home) and home.read_state().get("database_url"))
    if not url:
        state = "made on the first start" if not home.database.exists() else f"in {home.database}, not running now"
        yield Finding("Database", "ok", f"embedded Postgres, {state}")
        return
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute("SELECT current_setting('server_version')").fetchone()
            vector = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    except psycopg.Error as error:
        problem = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        yield Finding("Database", "missing", f"DATABASE_URL does not answer: {problem}")
        return
    yield Finding("Database", "ok", f"PostgreSQL {row[0] if row else '?'}")
    if not vector:
        yield Finding("pgvector", "missing", "this Postgres has no extension vector; install pgvector on it")


def _documents(_home: Home, environment: Mapping[str, str]) -> Iterator[Finding]:
    from ingest import doctor_documents  # brings the recognisers, which no other command asks for

    for what, state, detail in doctor_documents.findings(environment):
        yield Finding(what, state, detail)


def _calendars(_home: Home, environment: Mapping[str, str]) -> Iterator[Finding]:
    for what, state, detail in doctor_calendars.findings(environment):
        yield Finding(what, state, detail)


_EXAMINATIONS: tuple[Callable[[Home, Mapping[str, str]], Iterator[Finding]], ...] = (
    _programs,
    _speech,
    _database,
    _documents,
    _calendars,
    _machine,
)


def _table(findings: list[Finding]) -> Table:
    marks = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        table.add_row(marks[finding.state], finding.what, finding.detail)
    return table


def _dotted(parts: tuple[int, ...]) -> str:
    return ".".join(map(str, parts)) or "version unknown"
