"""Stored files without a document go, all others stay."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.documents import orphans
from ingest.documents.orphans import OLD_S, remove_orphans, take_turn
from store import documents, locks
from store.database import Database
from store.documents import Fields, NewDocument
from store.files import LocalFiles
from store.identity import Identity
from store.ids import new_id
from store.seal import Keyring
from tests.integration.ingest.conftest import SECRET

NOW = time.time()


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path, Keyring((SECRET,)))


async def _keep(files: LocalFiles, identity: Identity) -> str:
    async def content() -> AsyncIterator[bytes]:
        yield b"text"

    file_id = new_id()
    await files.write(identity.tenant_id, file_id, content())
    return files.key(identity.tenant_id, file_id)


async def _insert(database: Database, identity: Identity, key: str) -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    new = NewDocument(new_id(), Fields("Rules"), "rules.txt", "text/plain", 4, key, key, at)
    async with database.transaction(identity) as connection:
        await documents.insert(connection, identity, new)


def _age(path: Path, seconds: float) -> None:
    os.utime(path, (NOW - seconds, NOW - seconds))


def _left(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.glob("*/*")}


async def test_old_files_without_a_document_go_and_all_others_stay(
    database: Database, identity: Identity, other_identity: Identity, files: LocalFiles, tmp_path: Path
) -> None:
    unknown = Identity(new_id(), None, "owner")
    known, theirs, orphan, young, foreign = [
        await _keep(files, owner) for owner in (identity, other_identity, identity, identity, unknown)
    ]
    await _insert(database, identity, known)
    await _insert(database, other_identity, theirs)
    half = f"{other_identity.tenant_id}/.{new_id()}.part"
    mine_not_ours = f"{identity.tenant_id}/notes.txt"
    for name in (half, mine_not_ours):
        (tmp_path / name).write_text("x")
    for name in (known, theirs, orphan, foreign, half, mine_not_ours):
        _age(tmp_path / name, OLD_S + 60)
    _age(tmp_path / young, OLD_S - 60)
    assert await remove_orphans(database, files, now=NOW) == 2
    assert _left(tmp_path) == {known, theirs, young, foreign, mine_not_ours}
    assert await remove_orphans(database, files, now=NOW) == 0


async def test_another_tenants_row_does_not_keep_a_file(
    database: Database, identity: Identity, other_identity: Identity, files: LocalFiles, tmp_path: Path
) -> None:
    orphan = await _keep(files, identity)
    await _insert(database, other_identity, orphan)
    _age(tmp_path / orphan, OLD_S + 60)
    assert await remove_orphans(database, files, now=NOW) == 1


async def test_there_may_be_no_folder_yet(database: Database, tmp_path: Path) -> None:
    assert await remove_orphans(database, LocalFiles(tmp_path / "none", Keyring((SECRET,)))) == 0


async def test_one_process_at_a_time_looks_at_all_files(
    database: Database, identity: Identity, files: LocalFiles, tmp_path: Path
) -> None:
    orphan = await _keep(files, identity)
    _age(tmp_path / orphan, OLD_S + 60)
    async with database.system() as other:
        await other.execute("SELECT pg_advisory_xact_lock(%s)", (locks.ORPHANS,))
        assert await take_turn(database, files) is None
    assert _left(tmp_path) == {orphan}
    assert await take_turn(database, files) == 1


async def test_many_files_are_asked_about_in_batches(
    database: Database, identity: Identity, files: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "_AT_ONCE", 2)
    keys = [await _keep(files, identity) for _ in range(5)]
    await _insert(database, identity, keys[3])
    for key in keys:
        _age(tmp_path / key, OLD_S + 60)
    assert await remove_orphans(database, files, now=NOW) == 4
    assert _left(tmp_path) == {keys[3]}
