"""What each `voiceloop document` command does once it was parsed: asks the desk, prints, says how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, get_args

import typer

from ingest.admin.desk import Desk, at_desk, confirm
from ingest.admin.documents_adding import Added, bars, confirm_recommended, files_of, follow, take_in
from ingest.admin.documents_desk import DocumentDesk, at_documents, find_document
from ingest.admin.documents_shown import LIST_COLUMNS, print_added, print_document, print_found, row_of
from ingest.admin.tables import print_done, print_one, print_rows
from ingest.api.file_shapes import FileShape, Status, file_shape
from ingest.api.knowledge import SearchAnswer, search_answer
from store import document_lists
from store.document_lists import Filter, Listed
from store.errors import Invalid

_MOST: Final = 10_000


def add(
    home: Path | None,
    tenant: str,
    given: Sequence[str],
    *,
    replace: str,
    title: str,
    confirm_too: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Raises Invalid before anything is taken when the options do not fit the files; Exit(1) when one was refused."""
    if confirm_too and not wait:
        raise Invalid("What is recommended is known after the analysis: leave out --no-wait, or --confirm.")
    paths = files_of(given)
    if len(paths) > 1 and (title or replace):
        raise Invalid("--title and --replace are for one file at a time.")

    async def work(desk: DocumentDesk) -> list[Added]:
        former = (await find_document(desk.desk, replace)).document.id if replace else None
        with bars() as progress:
            added = await take_in(desk, paths, progress, title=title, replaces=former)
            if wait:
                added = await follow(desk, added, progress, "Analysed")
            return await confirm_recommended(desk, added, progress) if confirm_too else added

    _finish(at_documents(home, tenant, work), as_json=as_json)


def _finish(added: list[Added], *, as_json: bool) -> None:
    print_added(added, as_json=as_json)
    if any(one.error for one in added):
        raise typer.Exit(1)


def print_list(home: Path | None, tenant: str, only: Filter, *, as_json: bool) -> None:
    """Raises Invalid for a status that there is not."""
    if only.status is not None and only.status not in get_args(Status):
        raise Invalid(f"A status is one of {', '.join(get_args(Status))}.")

    async def work(desk: Desk) -> list[Listed]:
        return await document_lists.list_documents(desk.database, desk.identity, limit=_MOST, only=only)

    shapes = [file_shape(one) for one in at_desk(home, tenant, work)]
    rows: list[dict[str, Any]] = [one.model_dump() if as_json else row_of(one) for one in shapes]
    print_rows(rows, LIST_COLUMNS, as_json=as_json)


def show(home: Path | None, tenant: str, wanted: str, *, as_json: bool) -> None:
    async def work(desk: Desk) -> tuple[FileShape, list[FileShape]]:
        found = await find_document(desk, wanted)
        versions = await document_lists.list_versions(desk.database, desk.identity, found.document.id)
        return file_shape(found), [file_shape(one) for one in versions]

    shape, versions = at_desk(home, tenant, work)
    if as_json:
        print_one({**shape.model_dump(), "versions": [one.model_dump() for one in versions]}, as_json=True)
    else:
        print_document(shape, versions)


def confirm_all(home: Path | None, tenant: str, wanted: Sequence[str], *, wait: bool, as_json: bool) -> None:
    """Every one that is named is found before the first is confirmed."""

    async def work(desk: DocumentDesk) -> list[Added]:
        found = [(await find_document(desk.desk, name)).document for name in wanted]
        confirmed: list[Added] = []
        for one in found:
            job_id = await desk.inbox.confirm(desk.desk.identity, one.id)
            confirmed.append(Added(one.filename, one.id, one.title, one.version, "indexing", job_id=job_id))
        if not wait:
            return confirmed
        with bars() as progress:
            return await follow(desk, confirmed, progress, "Confirmed")

    _finish(at_documents(home, tenant, work), as_json=as_json)


def reject(home: Path | None, tenant: str, wanted: str, *, as_json: bool) -> None:
    async def work(desk: DocumentDesk) -> Listed:
        found = await find_document(desk.desk, wanted)
        await desk.inbox.reject(desk.desk.identity, found.document.id)
        return await document_lists.read_listed(desk.desk.database, desk.desk.identity, found.document.id)

    shape = file_shape(at_documents(home, tenant, work))
    print_done(f"{shape.title} is rejected.", shape.model_dump(), as_json=as_json)


def delete(home: Path | None, tenant: str, wanted: str, *, yes: bool, as_json: bool) -> None:
    shape = file_shape(at_desk(home, tenant, lambda desk: find_document(desk, wanted)))
    confirm(f"Remove {shape.title} (version {shape.version}) for good?", yes=yes)

    async def work(desk: DocumentDesk) -> None:
        found = await find_document(desk.desk, shape.document_id)
        await desk.inbox.delete(desk.desk.identity, found.document.id)

    at_documents(home, tenant, work)
    print_done(f"{shape.title} (version {shape.version}) is removed.", shape.model_dump(), as_json=as_json)


def search(home: Path | None, tenant: str, query: str, *, limit: int, as_json: bool) -> None:
    async def work(desk: DocumentDesk) -> SearchAnswer:
        async with desk.knowledge() as knowledge:
            return search_answer(await knowledge.search(desk.desk.identity, query, limit=limit))

    answer = at_documents(home, tenant, work)
    if as_json:
        print_one(answer.model_dump(), as_json=True)
    else:
        print_found(answer)


def reindex(home: Path | None, tenant: str, *, as_json: bool) -> None:
    async def work(desk: DocumentDesk) -> str:
        return str(await (await desk.reindexer()).ask_for(desk.desk.identity))

    row = {"job_id": at_documents(home, tenant, work)}
    print_done("The job process makes new vectors; the old ones answer until then.", row, as_json=as_json)
