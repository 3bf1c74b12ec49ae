"""The page: whether its build is up to date with its sources, and building it with npm when it is not.

A checkout has ``web/`` with sources and builds into ``web/dist``; an installed wheel carries the built page and has
nothing to build.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest.laptop import toolchains
from ingest.laptop.media_server_build import cache_directory, only_one
from ingest.laptop.processes import Processes, Program
from store.errors import Unavailable

SOURCES = Path(__file__).parents[2] / "web"
STAMP = ".built-from"
_SKIPPED = {"node_modules", "dist", "dev"}


def needs_build(web: Path) -> bool:
    """Whether there are sources and the last build was made from others."""
    if not (web / "package.json").exists():
        return False
    stamp = web / "dist" / STAMP
    return not stamp.exists() or stamp.read_text("utf-8") != fingerprint(sources(web), web)


async def build(web: Path, environment: Mapping[str, str], processes: Processes, note: Callable[[str], None]) -> None:
    """Install the page's packages when the lock file changed, then build. Raises Unavailable with what to do."""
    mark = hashlib.sha256(str(web).encode()).hexdigest()[:12]
    async with only_one(cache_directory(environment) / f"page-{mark}.lock", note):
        if not await asyncio.to_thread(needs_build, web):
            note("up to date")
            return
        npm = await asyncio.to_thread(toolchains.find_npm, environment)
        if npm is None:
            raise Unavailable(
                "The page has to be built, and there is neither Node (20.19 or newer) nor uv to fetch one. Install one "
                "of them, or start with --without-page.",
                code="no_node",
            )
        built_from = fingerprint(sources(web), web)
        await _install_packages(web, npm, environment, processes, note)
        note("building it")
        await _npm(web, [*npm, "run", "build"], environment, processes, note)
        (web / "dist" / STAMP).write_text(built_from, "utf-8")
        note("built")


async def _install_packages(
    web: Path, npm: list[str], environment: Mapping[str, str], processes: Processes, note: Callable[[str], None]
) -> None:
    lock = fingerprint([web / "package-lock.json", web / "package.json"], web)
    stamp = web / "node_modules" / ".installed-from"
    if stamp.exists() and stamp.read_text("utf-8") == lock:
        return
    note("installing its packages once")
    await _npm(web, [*npm, "ci", "--no-audit", "--no-fund"], environment, processes, note)
    stamp.write_text(lock, "utf-8")


async def _npm(
    web: Path, argv: list[str], environment: Mapping[str, str], processes: Processes, note: Callable[[str], None]
) -> None:
    program = Program(
        name="page-build",
        argv=argv,
        environment={**environment, "NODE_ENV": "", "CI": "1", "NO_COLOR": "1", "npm_config_update_notifier": "false"},
        directory=web,
    )
    code = await processes.run(program, lambda line: note(line[:60]) if line.strip() else None)
    if code:
        raise Unavailable(
            "The page could not be built (is there a network?). --without-page starts without it."
            + processes.log_end(program.name),
            code="page_build_failed",
        )


def fingerprint(files: list[Path], root: Path) -> str:
    """SHA-256 over the names and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes() if path.exists() else b""
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(web: Path) -> list[Path]:
    """Every file that the build is made from: neither installed nor built ones."""
    return list(_walk(web))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in _SKIPPED:
                yield from _walk(entry)
        elif entry.is_file():
            yield entry
