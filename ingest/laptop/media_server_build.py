"""Builds the pinned livekit-server once with the ordinary Go client and keeps the binary in the user cache.

Everything Go needs for it (a gigabyte) lives in a temporary directory that is removed afterwards; the binary is moved
into place in one step. Two starts at the same time build it once.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import platformdirs

from ingest.laptop import toolchains
from ingest.laptop.processes import Processes, Program
from store.errors import Unavailable

VERSION = "v1.13.5"  # newer tags carry replace directives, which `go install` refuses
MODULE = "github.com/livekit/livekit-server/cmd/server"
PACKAGES = 800  # compiled for it, roughly; only for the progress figure
_PACKAGE = re.compile(r"^[\w./~-]+$")

_BY_HAND = (
    "Install livekit-server yourself (a package of your system, Homebrew, or `go install "
    f"{MODULE}@{VERSION}` renamed to livekit-server) so that it is on PATH, or set LIVEKIT_URL, LIVEKIT_API_KEY and "
    "LIVEKIT_API_SECRET to use a server you have."
)


def cache_directory(environment: Mapping[str, str]) -> Path:
    """The user cache's folder of ours; honours XDG_CACHE_HOME."""
    chosen = environment.get("XDG_CACHE_HOME")
    return Path(chosen) / "voiceloop" if chosen else platformdirs.user_cache_path("voiceloop", appauthor=False)


def cached_binary(environment: Mapping[str, str]) -> Path:
    return cache_directory(environment) / f"livekit-server-{VERSION}"


async def build(environment: Mapping[str, str], processes: Processes, note: Callable[[str], None]) -> Path:
    """Build and return the binary. Raises Unavailable with what to do when there is no Go or no network."""
    target = cached_binary(environment)
    target.parent.mkdir(parents=True, exist_ok=True)
    async with only_one(target.with_name(f"{target.name}.lock"), note):
        if target.exists():  # another start has just built it
            return target
        go = await asyncio.to_thread(toolchains.find_go, environment)
        if go is None:
            raise Unavailable(
                f"There is no livekit-server, no Go {_go_needed()} and no uv to fetch one. {_BY_HAND}", code="no_go"
            )
        workshop = Path(tempfile.mkdtemp(prefix="build-", dir=target.parent))
        try:
            await _install(go, workshop, environment, processes, note)
            (workshop / "bin" / "server").replace(target)
        finally:
            await asyncio.to_thread(_remove, workshop)
    return target


async def _install(
    go: list[str], workshop: Path, environment: Mapping[str, str], processes: Processes, note: Callable[[str], None]
) -> None:
    counter = _Counter(note)
    program = Program(
        name="livekit-server-build",
        argv=(*go, "install", "-v", "-trimpath", "-ldflags=-s -w", f"{MODULE}@{VERSION}"),
        environment={
            **environment,
            "GOBIN": str(workshop / "bin"),
            "GOCACHE": str(workshop / "cache"),
            "GOMODCACHE": str(workshop / "modules"),
            "GOTMPDIR": str(workshop),
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "",
            "CGO_ENABLED": "0",  # needs no C compiler
        },
    )
    note("fetching its sources")
    if await processes.run(program, counter.line):
        raise Unavailable(
            f"livekit-server could not be built (is there a network?). {_BY_HAND}{processes.log_end(program.name)}",
            code="build_failed",
        )


class _Counter:
    """Turns the lines of `go install -v` into a note."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._modules = 0
        self._packages = 0

    def line(self, text: str) -> None:
        if text.startswith("go: downloading"):
            self._modules += 1
            self._note(f"fetching its sources, {self._modules} modules")
        elif _PACKAGE.match(text):
            self._packages += 1
            share = min(99, round(100 * self._packages / PACKAGES))
            self._note(f"building {VERSION} once, {self._packages} packages compiled, about {share} %")


@asynccontextmanager
async def only_one(path: Path, note: Callable[[str], None]) -> AsyncGenerator[None]:
    """Hold a lock file without blocking the loop; says so while another start holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                note(f"another start is building it, waiting ({time.monotonic() - began:.0f} s)")
                await asyncio.sleep(0.5)
        yield


def _remove(folder: Path) -> None:
    """Go makes its module cache read-only, so give the directories their write permission back first."""
    for parent, _, _ in os.walk(folder):
        os.chmod(parent, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _go_needed() -> str:
    return ".".join(map(str, toolchains.GO_NEEDED))
