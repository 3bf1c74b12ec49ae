"""An upload that is cut off leaves neither a row without its file nor, before there is a row, a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ingest.documents.inbox import Inbox
from store import documents, quotas, tenants, trash
from store.clock import FixedClock
from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.files import LocalFiles
from store.identity import Identity
from store.seal import Keyring
from tests.integration.ingest.conftest import SECRET


async def _text() -> AsyncIterator[bytes]:
    yield b"Breakfast is at eight."


async def _cut_off(*_: object) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(("at_commit", "files_left"), [(True, 1), (False, 0)])
async def test_a_file_goes_only_when_there_is_surely_no_row(
    database: Database,
    identity: Identity,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_commit: bool,
    files_left: int,
) -> None:
    files = LocalFiles(tmp_path, Keyring([SECRET]))
    await files.prepare()
    honest = database.transaction

    @asynccontextmanager
    async def cut_off_after(who: Identity) -> AsyncGenerator[Connection]:
        async with honest(who) as connection:
            yield connection
        raise asyncio.CancelledError

    if at_commit:
        monkeypatch.setattr(database, "transaction", cut_off_after)
    else:
        monkeypatch.setattr(documents, "insert", _cut_off)
    with pytest.raises(asyncio.CancelledError):
        await Inbox(database, files, clock, 1000).receive(identity, "menu.txt", _text())
    assert len(await files.storage_keys()) == files_left


async def _remove(database: Database, operator: Identity, doomed: Identity, clock: FixedClock) -> None:
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (operator.tenant_id,))
    async with database.transaction(operator) as connection:
        await tenants.begin_purge(connection, operator, doomed.tenant_id, at=clock.now())
    await trash.remove_tenant_row(database, doomed.tenant_id, at=clock.now())


async def test_a_tenant_that_is_removed_while_it_sends_hears_so_and_leaves_no_file(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock, tmp_path: Path
) -> None:
    async def removed_meanwhile() -> AsyncIterator[bytes]:
        yield b"Breakfast is at eight."
        await _remove(database, identity, other_identity, clock)

    files = LocalFiles(tmp_path, Keyring([SECRET]))
    with pytest.raises((NotFound, Conflict)):
        await Inbox(database, files, clock, 1000).receive(other_identity, "menu.txt", removed_meanwhile())
    assert await files.storage_keys() == []


async def test_a_tenant_that_is_removed_at_the_last_moment_hears_so_and_leaves_no_file(
    database: Database,
    identity: Identity,
    other_identity: Identity,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reserve = quotas.reserve_storage

    async def removed_after(connection: Connection, who: Identity, more: int) -> None:
        await reserve(connection, who, more)
        await _remove(database, identity, other_identity, clock)

    monkeypatch.setattr(quotas, "reserve_storage", removed_after)
    files = LocalFiles(tmp_path, Keyring([SECRET]))
    with pytest.raises(NotFound) as told:
        await Inbox(database, files, clock, 1000).receive(other_identity, "menu.txt", _text())
    assert told.value.code == "tenant_not_found"
    assert await files.storage_keys() == []
