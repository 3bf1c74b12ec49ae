"""Files from this machine's disk into the inbox, and waiting, with bars, for what the job process makes of them.

What is taken, what is refused and why, the inbox and the job process decide; here it is only asked and shown.
"""

from __future__ import annotations

import asyncio
import glob
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ingest.admin.documents_desk import DocumentDesk
from ingest.jobs.presence import is_worked_off
from store import documents, jobs
from store.errors import Invalid, VoiceLoopError

_PIECE_BYTES: Final = 256 * 1024
_POLL_S: Final = 0.2
_STILL_S: Final = 15.0  # of nothing that changes, until it is asked whether anybody works at all
_LOOKED_AT: Final = 50  # jobs at once: they are done about in the order they came
_STAGES: Final = {"extracting": "reading", "indexing": "making searchable"}


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file. ``job_id``: what it waits for; ``error`` {code, detail}: why it is not as wanted."""

    file: str
    document_id: UUID | None = None
    title: str = ""
    version: int = 0
    status: str = "refused"
    recommended: bool | None = None
    reasons: Sequence[str] = ()
    error: dict[str, str] | None = None
    job_id: UUID | None = field(default=None, compare=False)

    def as_row(self) -> dict[str, Any]:
        """For people and for programs alike."""
        return {
            "file": self.file,
            "document_id": self.document_id,
            "title": self.title,
            "version": self.version,
            "status": self.status,
            "recommended_for_rag": self.recommended,
            "reasons": list(self.reasons),
            "error": self.error,
        }


def files_of(given: Iterable[str]) -> list[Path]:
    """The files these names mean: files, folders with all below them but what is hidden, patterns such as `*.pdf`.

    Raises Invalid for a name that means none.
    """
    found: dict[Path, None] = {}
    for name in given:
        paths = [Path(name)] if Path(name).exists() else [Path(one) for one in sorted(glob.glob(name, recursive=True))]
        files = [file for path in paths for file in (_below(path) if path.is_dir() else [path]) if file.is_file()]
        if not files:
            raise Invalid(f"There is no file {name}." if not paths else f"There is no file in {name}.")
        found.update(dict.fromkeys(files))
    return list(found)


def _below(folder: Path) -> list[Path]:
    inside = sorted(folder.rglob("*"))
    return [path for path in inside if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def bars() -> Progress:
    """On standard error, and only for somebody who looks: standard output is the answer."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True, highlight=False)
    return Progress(*columns, console=console, disable=not console.is_terminal)


async def take_in(
    desk: DocumentDesk, files: Sequence[Path], progress: Progress, *, title: str = "", replaces: UUID | None = None
) -> list[Added]:
    """Put the files into the inbox, one after another; what is refused does not keep the next from being taken."""
    bar = progress.add_task("Taking in", total=len(files))
    taken: list[Added] = []
    for path in files:
        taken.append(await _take(desk, path, title, replaces))
        progress.advance(bar)
    return taken


async def _take(desk: DocumentDesk, path: Path, title: str, replaces: UUID | None) -> Added:
    try:
        document, job_id = await desk.inbox.receive(
            desk.desk.identity, path.name, _pieces(path), title=title, replaces=replaces
        )
    except VoiceLoopError as error:
        return Added(str(path), error={"code": error.code, "detail": error.message})
    except OSError as error:
        detail = f"The file cannot be read: {error.strerror or error}."
        return Added(str(path), error={"code": "unreadable", "detail": detail})
    return Added(str(path), document.id, document.title, document.version, document.status, job_id=job_id)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece


async def follow(desk: DocumentDesk, added: Sequence[Added], progress: Progress, doing: str) -> list[Added]:
    """Wait for the jobs of ``added``; each as it is then. Without a job process, or when it stops, as it is now."""
    waiting = {one.job_id: one for one in added if one.job_id is not None}
    total, bar = len(waiting), progress.add_task(doing, total=len(waiting))
    seen, still_s = "", 0.0
    while waiting:
        states = [await jobs.read(desk.desk.database, desk.desk.identity, job_id) for job_id in [*waiting][:_LOOKED_AT]]
        for job in states:
            if job.status in jobs.FINISHED:
                del waiting[job.id]
        _show(progress, bar, doing, total - len(waiting), states)
        now = " ".join(f"{job.status}{job.stage}{job.progress}" for job in states)
        still_s = still_s + _POLL_S if now == seen else 0.0
        if (not seen or still_s > _STILL_S) and not await is_worked_off(desk.desk.database):
            break
        seen = now
        await asyncio.sleep(_POLL_S if waiting else 0)
    return [await _as_it_is(desk, one) for one in added]


def _show(progress: Progress, bar: TaskID, doing: str, done: int, states: Sequence[jobs.Job]) -> None:
    running = next((job for job in states if job.status == "running"), None)
    told = f"{doing}: {_STAGES.get(running.stage, running.stage)} {running.progress} %" if running else doing
    progress.update(bar, completed=done, description=told)


async def _as_it_is(desk: DocumentDesk, one: Added) -> Added:
    if one.document_id is None:
        return one
    document = await documents.read(desk.desk.database, desk.desk.identity, one.document_id)
    analysis = document.analysis or {}
    error = {name: str(document.error.get(name, "")) for name in ("code", "detail")} if document.error else None
    return replace(
        one,
        title=document.title,
        status=document.status,
        recommended=bool(analysis.get("recommended_for_rag")) if analysis else None,
        reasons=[str(reason.get("text", "")) for reason in analysis.get("reasons") or ()],
        error=error,
        job_id=None,
    )


async def confirm_recommended(desk: DocumentDesk, added: Sequence[Added], progress: Progress) -> list[Added]:
    """Confirm what is recommended and wait until it is searchable; the rest stays as it is."""
    decided = [await _confirmed(desk, one) if _is_recommended(one) else one for one in added]
    return await follow(desk, decided, progress, "Confirmed")


def _is_recommended(one: Added) -> bool:
    return one.status == "awaiting_confirmation" and bool(one.recommended)


async def _confirmed(desk: DocumentDesk, one: Added) -> Added:
    try:
        assert one.document_id is not None
        return replace(one, job_id=await desk.inbox.confirm(desk.desk.identity, one.document_id))
    except VoiceLoopError as error:
        return replace(one, error={"code": error.code, "detail": error.message})
