"""A change of keys: everything opens with the new key alone, whatever happens on the way, and nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from ingest import rotation_command
from ingest.jobs.queue import KEYS
from ingest.mails.outbox import Mail, Outbox
from ingest.rotation import ROTATE, Rotation, queue_rotation
from store import installation
from store.clock import FixedClock
from store.database import Database
from store.errors import SettingsError
from store.files import LocalFiles
from store.identity import Identity
from store.ids import new_id
from store.seal import FRAME_BYTES, Keyring, SealBroken, field_key_id
from store.sealed import COLUMNS, MAIL_BODY, SealedColumn

OLD, NEW = Keyring(("o" * 40,)), Keyring(("n" * 40,))
BOTH = Keyring(("n" * 40, "o" * 40))
Mails = dict[UUID, tuple[Identity, str]]


class Sealed:
    """Files and mails of two tenants, sealed with the old key."""

    def __init__(self, database: Database, root: Path, clock: FixedClock) -> None:
        self.database, self.root, self.clock = database, root, clock
        self.files: dict[str, bytes] = {}
        self.mails: Mails = {}

    async def fill(self, *identities: Identity) -> None:
        await installation.check_key(self.database, OLD)
        for identity in identities:
            for size in (0, 1, FRAME_BYTES, 2 * FRAME_BYTES + 7):
                await self.add_file(identity, bytes([len(self.files) + 1]) * size)
            for number in range(3):
                await self.add_mail(identity, f"text {number} of {identity.name}")

    async def add_file(self, identity: Identity, content: bytes, keyring: Keyring = OLD) -> str:
        file_id = new_id()
        await LocalFiles(self.root, keyring).write(identity.tenant_id, file_id, _stream(content))
        key = LocalFiles.key(identity.tenant_id, file_id)
        self.files[key] = content
        return key

    async def add_mail(self, identity: Identity, text: str) -> UUID:
        async with self.database.transaction(identity) as connection:
            mail_id = await Outbox(OLD, self.clock).post(connection, identity, Mail("a@x.org", "Hello", text))
        self.mails[mail_id] = (identity, text)
        return mail_id

    def rotation(self, keyring: Keyring = BOTH) -> Rotation:
        return Rotation(self.database, LocalFiles(self.root, keyring), keyring, self.clock)

    async def sealed_body(self, mail_id: UUID) -> bytes:
        identity, _ = self.mails[mail_id]
        async with self.database.transaction(identity) as connection:
            row = await (await connection.execute("SELECT sealed_body FROM mails WHERE id = %s", (mail_id,))).fetchone()
        assert row is not None
        return bytes(row["sealed_body"])

    async def assert_all_opens_with(self, keyring: Keyring) -> None:
        await installation.check_key(self.database, keyring)
        for key, content in self.files.items():
            assert await LocalFiles(self.root, keyring).read(key) == content
        for mail_id, (identity, text) in self.mails.items():
            sealed = await self.sealed_body(mail_id)
            assert MAIL_BODY.open(keyring, identity.tenant_id, mail_id, sealed).decode() == text


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture
async def sealed(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock, tmp_path: Path
) -> Sealed:
    made = Sealed(database, tmp_path / "files", clock)
    await made.fill(identity, other_identity)
    return made


async def test_afterwards_everything_opens_with_the_new_key_alone(sealed: Sealed) -> None:
    before = await sealed.rotation().count()
    assert before.left(BOTH) == 14
    state = await sealed.rotation().run(BOTH.current_id)
    assert (state.total, state.done, state.broken) == (14, 14, 0)
    await sealed.assert_all_opens_with(NEW)
    with pytest.raises(SettingsError):
        await installation.check_key(sealed.database, OLD)
    after = await sealed.rotation().count()
    assert (after.left(BOTH), after.canary) == (0, NEW.current_id)
    assert [path.name for path in sealed.root.rglob("*.part")] == []


async def test_a_second_time_changes_nothing(sealed: Sealed) -> None:
    await sealed.rotation().run(BOTH.current_id)
    inodes = {path: path.stat().st_ino for path in sealed.root.glob("*/*")}
    state = await sealed.rotation().run(BOTH.current_id)
    assert (state.total, state.done) == (0, 0)
    assert {path: path.stat().st_ino for path in sealed.root.glob("*/*")} == inodes


class _Dies:
    """Stands before a function and raises instead of calling it for the ``after + 1``-th time."""

    def __init__(self, after: int) -> None:
        self.left = after

    def tick(self) -> None:
        if self.left == 0:
            raise OSError(28, "No space left on device")
        self.left -= 1


@pytest.mark.parametrize("after", [0, 3, 7])
async def test_broken_off_among_the_files_it_goes_on_where_it_was(
    sealed: Sealed, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate, end = LocalFiles.rotate, _Dies(after)

    async def dying(files: LocalFiles, key: str) -> bool:
        end.tick()
        return await rotate(files, key)

    with monkeypatch.context() as patch:
        patch.setattr(LocalFiles, "rotate", dying)
        with pytest.raises(OSError, match="No space"):
            await sealed.rotation().run(BOTH.current_id)
    noted = await installation.last_rotation(sealed.database)
    assert noted is not None
    assert (noted["done"], noted["ended_at"]) == (after, "")
    assert "No space left on device" in noted["problem"]
    await sealed.assert_all_opens_with(BOTH)
    await installation.check_key(sealed.database, OLD)  # the old key is still needed, and still starts
    state = await sealed.rotation().run(BOTH.current_id)
    assert state.done == 14 - after
    await sealed.assert_all_opens_with(NEW)


@pytest.mark.parametrize("after", [0, 2, 4])
async def test_broken_off_among_the_rows_it_goes_on_where_it_was(
    sealed: Sealed, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal, end = SealedColumn.seal, _Dies(after)

    def dying(column: SealedColumn, keyring: Keyring, tenant_id: UUID, row_id: UUID, plain: bytes) -> bytes:
        end.tick()
        return seal(column, keyring, tenant_id, row_id, plain)

    with monkeypatch.context() as patch:
        patch.setattr(SealedColumn, "seal", dying)
        with pytest.raises(OSError, match="No space"):
            await sealed.rotation().run(BOTH.current_id)
    await sealed.assert_all_opens_with(BOTH)
    await installation.check_key(sealed.database, OLD)
    await sealed.rotation().run(BOTH.current_id)
    await sealed.assert_all_opens_with(NEW)


async def test_two_rotations_at_once_do_no_harm(sealed: Sealed) -> None:
    await asyncio.gather(*(sealed.rotation().run(BOTH.current_id) for _ in range(3)))
    await sealed.assert_all_opens_with(NEW)


async def test_reading_goes_on_meanwhile(sealed: Sealed) -> None:
    done = asyncio.Event()

    async def read() -> int:
        count = 0
        while not done.is_set():
            await sealed.assert_all_opens_with(BOTH)
            count += 1
        return count

    reading = asyncio.create_task(read())
    await sealed.rotation().run(BOTH.current_id)
    done.set()
    assert await reading >= 1


async def test_a_file_deleted_while_it_is_sealed_again_stays_deleted(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LocalFiles(sealed.root, BOTH)
    key = next(iter(sealed.files))
    reseal = LocalFiles._reseal  # pyright: ignore[reportPrivateUsage]

    def deleted_meanwhile(self: LocalFiles, storage_key: str, content: bytes, temporary: Path) -> None:
        reseal(self, storage_key, content, temporary)
        self._delete(storage_key)  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr(LocalFiles, "_reseal", deleted_meanwhile)
    assert await files.rotate(key) is False
    assert await files.key_id(key) is None
    assert list(sealed.root.glob("*/.*")) == []


@pytest.mark.parametrize("moment", ["_reseal", "_locked"])
async def test_a_tenant_removed_while_its_file_is_sealed_again_stays_removed(
    sealed: Sealed, identity: Identity, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    key = next(iter(sealed.files))
    before = getattr(LocalFiles, moment)

    def removed_meanwhile(self: LocalFiles, *arguments: Any) -> Any:
        shutil.rmtree(sealed.root / str(identity.tenant_id))
        return before(self, *arguments)

    monkeypatch.setattr(LocalFiles, moment, removed_meanwhile)
    assert await LocalFiles(sealed.root, BOTH).rotate(key) is False
    assert not (sealed.root / str(identity.tenant_id)).exists()


async def test_a_file_keeps_its_age(sealed: Sealed) -> None:
    key = next(iter(sealed.files))
    before = (sealed.root / key).stat().st_mtime_ns
    assert await LocalFiles(sealed.root, BOTH).rotate(key) is True
    assert (sealed.root / key).stat().st_mtime_ns == before


async def test_a_damaged_file_is_named_and_does_not_stop_the_rest(sealed: Sealed, identity: Identity) -> None:
    key = await sealed.add_file(identity, b"x" * 100)
    path = sealed.root / key
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    del sealed.files[key]
    with capture_logs() as lines:
        state = await sealed.rotation().run(BOTH.current_id)
    assert (state.done, state.broken) == (14, 1)
    assert [line["storage_key"] for line in lines if line["event"] == "file cannot be opened"] == [key]
    await sealed.assert_all_opens_with(NEW)


async def test_a_value_moved_to_another_row_is_not_made_to_open_there(sealed: Sealed) -> None:
    first, second, *_ = sealed.mails
    identity, _ = sealed.mails[first]
    async with sealed.database.transaction(identity) as connection:
        await connection.execute(
            "UPDATE mails SET sealed_body = (SELECT sealed_body FROM mails WHERE id = %s) WHERE id = %s",
            (first, second),
        )
    state = await sealed.rotation().run(BOTH.current_id)
    assert (state.done, state.broken) == (13, 1)
    body = await sealed.sealed_body(second)
    assert field_key_id(body) == OLD.current_id
    with pytest.raises(SealBroken):
        MAIL_BODY.open(BOTH, identity.tenant_id, second, body)


async def test_what_is_sealed_with_the_old_key_meanwhile_keeps_the_old_key_needed(
    sealed: Sealed, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate, keys = LocalFiles.rotate, list(sealed.files)

    async def another_program_writes(files: LocalFiles, key: str) -> bool:
        if key == max(keys):
            await sealed.add_file(identity, b"late")
        return await rotate(files, key)

    with monkeypatch.context() as patch:
        patch.setattr(LocalFiles, "rotate", another_program_writes)
        await sealed.rotation().run(BOTH.current_id)
    await installation.check_key(sealed.database, OLD)
    await sealed.rotation().run(BOTH.current_id)
    await sealed.assert_all_opens_with(NEW)


async def test_a_process_that_was_not_restarted_says_so(sealed: Sealed) -> None:
    state = await sealed.rotation(OLD).run(NEW.current_id)
    assert "restart it" in state.problem
    assert await installation.last_rotation(sealed.database) == state.as_json()
    await sealed.assert_all_opens_with(OLD)


async def test_it_is_queued_once(sealed: Sealed) -> None:
    await queue_rotation(sealed.database, BOTH)
    await queue_rotation(sealed.database, BOTH)
    async with sealed.database.system() as connection:
        jobs = await (
            await connection.execute("SELECT queue_name, args FROM procrastinate_jobs WHERE task_name = %s", (ROTATE,))
        ).fetchall()
    assert jobs == [{"queue_name": KEYS, "args": {"key_id": NEW.current_id.hex()}}]


async def test_the_command_counts_rotates_and_lets_the_old_key_go(
    sealed: Sealed, fresh_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {
        "DATABASE_URL": fresh_database_url,
        "VOICELOOP_FILES": str(sealed.root),
        "VOICELOOP_SECRET_KEY": f"{'n' * 40},{'o' * 40}",
    }
    assert await rotation_command.rotate_key(tmp_path, environment, only_check=True) == 1
    assert "keep the old one" in capsys.readouterr().out
    await sealed.assert_all_opens_with(OLD)
    assert await rotation_command.rotate_key(tmp_path, environment, only_check=False) == 0
    assert "Remove the old one" in capsys.readouterr().out
    await sealed.assert_all_opens_with(NEW)
    alone = {**environment, "VOICELOOP_SECRET_KEY": "n" * 40}
    assert await rotation_command.rotate_key(tmp_path, alone, only_check=True) == 0
    with pytest.raises(SettingsError, match="another VOICELOOP_SECRET_KEY"):
        await rotation_command.rotate_key(tmp_path, {**environment, "VOICELOOP_SECRET_KEY": "o" * 40}, only_check=True)


async def test_every_sealed_column_is_on_the_list(database: Database) -> None:
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT c.relname AS table_name, a.attname AS column_name FROM pg_attribute a "
                "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype "
                "AND a.attname LIKE 'sealed\\_%'"
            )
        ).fetchall()
    assert {(row["table_name"], row["column_name"]) for row in rows} == {
        (column.table, column.column) for column in COLUMNS
    }
