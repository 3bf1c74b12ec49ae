"""An upload that is cut off leaves neither a row without its file nor, before there is a row, a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ingest.documents.inbox import Inbox
from store import documents
from store.clock import FixedClock
from store.database import Connection, Database
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
