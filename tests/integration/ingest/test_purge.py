"""Removal for good: nothing of a purged tenant is left, wherever the process was killed; the trash is emptied."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from ingest.app import running
from ingest.documents.orphans import OLD_S, remove_orphans
from ingest.keys import CREDENTIALS, DATABASE, FILES, PURGER
from ingest.purge import Purger
from store import tenants
from store.clock import FixedClock, SystemClock
from store.database import Database
from store.files import LocalFiles
from store.identity import Identity
from store.ids import new_id
from store.seal import Keyring
from tests.integration.ingest.conftest import SECRET, Sidecar, make_docx
from tests.integration.store.test_isolation import Rows


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "kept", Keyring((SECRET,)))


@pytest.fixture
async def doomed(
    database: Database, identity: Identity, other_identity: Identity, files: LocalFiles, clock: FixedClock
) -> Identity:
    """The tenant other with a row in every table and two files, marked by the operator demo, which has the same."""
    for owner in (identity, other_identity):
        await Rows(owner).fill(database)
        for _ in range(2):
            await keep(files, owner)
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (identity.tenant_id,))
        await connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('documents', 'index', %s)",
            (f'{{"tenant_id": "{other_identity.tenant_id}"}}',),
        )
    async with database.transaction(identity) as connection:
        await tenants.begin_purge(connection, identity, other_identity.tenant_id, at=clock.now())
    return other_identity


async def keep(files: LocalFiles, owner: Identity) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield b"text"

    await files.write(owner.tenant_id, new_id(), content())


def rows_left(url: str, owner: Identity) -> dict[str, int]:
    """Table -> rows of this tenant, as a superuser sees them, the job queue too."""
    left: dict[str, int] = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        ).fetchall()
        for (table,) in tables:
            query = f"SELECT count(*) FROM {table} WHERE tenant_id = %s".encode()
            left[table] = int((connection.execute(query, (owner.tenant_id,)).fetchone() or (0,))[0])
        for name, query in (
            ("tenants", b"SELECT count(*) FROM tenants WHERE id = %s"),
            ("procrastinate_jobs", b"SELECT count(*) FROM procrastinate_jobs WHERE args->>'tenant_id' = %s::text"),
        ):
            left[name] = int((connection.execute(query, (str(owner.tenant_id),)).fetchone() or (0,))[0])
    return {table: count for table, count in left.items() if count}


def files_left(root: Path, owner: Identity) -> int:
    return len(list(root.glob(f"kept/{owner.tenant_id}/*")))


def stored(sidecar: Sidecar) -> list[Path]:
    return [path for path in sidecar.app_files() if path.name != ".lock"]


async def test_nothing_of_a_purged_tenant_is_left_and_all_of_the_others(
    database: Database, files: LocalFiles, clock: FixedClock, doomed: Identity, identity: Identity, tmp_path: Path
) -> None:
    before = rows_left(database.url, identity)
    assert {"documents", "chunks", "messages", "audit_entries", "mails"} <= rows_left(database.url, doomed).keys()
    await Purger(database, files, clock, trash_days=30).round()
    assert rows_left(database.url, doomed) == {}
    assert files_left(tmp_path, doomed) == 0
    assert not (tmp_path / "kept" / str(doomed.tenant_id)).exists()
    assert rows_left(database.url, identity) == before
    assert files_left(tmp_path, identity) == 2
    assert await tenants.purged_tenants(database, [doomed.tenant_id, identity.tenant_id]) == {doomed.tenant_id}


@pytest.mark.parametrize("step", ["remove_files", "remove_rows", "remove_row", "last remove_files"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_kill_at_any_step_is_made_good_by_the_next_round(
    database: Database,
    files: LocalFiles,
    clock: FixedClock,
    doomed: Identity,
    tmp_path: Path,
    step: str,
    moment: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed = Purger(database, files, clock, trash_days=30)
    name, nth = step.split()[-1], 2 if step.startswith("last") else 1
    honest, calls = getattr(killed, name), [0]

    async def dies(tenant_id: object) -> None:
        calls[0] += 1
        if calls[0] < nth or moment == "after":
            await honest(tenant_id)
        if calls[0] == nth:
            raise Killed

    monkeypatch.setattr(killed, name, dies)
    with pytest.raises(Killed):
        await killed.round()
    await Purger(database, files, clock, trash_days=30).round()
    assert rows_left(database.url, doomed) == {}
    assert files_left(tmp_path, doomed) == 0


async def test_a_kill_between_two_batches_is_made_good(
    database: Database, files: LocalFiles, clock: FixedClock, doomed: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction(doomed) as connection:
        await connection.execute(
            "INSERT INTO knowledge_queries (id, tenant_id, query, answered, result_count, execution_time_ms, "
            "created_at) SELECT gen_random_uuid(), %s, 'q', true, 1, 1, now() FROM generate_series(1, 30)",
            (doomed.tenant_id,),
        )
        await connection.execute(
            "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, "
            "status, created_at) SELECT gen_random_uuid(), %s, 'T', 't', 'text/plain', 1, n::text, '', 'ready', now() "
            "FROM generate_series(1, 50) n",
            (doomed.tenant_id,),
        )
    killed = Purger(database, files, clock, trash_days=30)
    honest, transactions = database.transaction, [0]

    def dies(identity: Identity) -> Any:
        transactions[0] += 1
        if transactions[0] == 3:
            raise Killed
        return honest(identity)

    with monkeypatch.context() as patched:
        patched.setattr(database, "transaction", dies)
        with pytest.raises(Killed):
            await killed.remove_tenant(doomed.tenant_id)
    assert 0 < rows_left(database.url, doomed)["documents"] < 51
    await Purger(database, files, clock, trash_days=30).round()
    assert rows_left(database.url, doomed) == {}


async def test_a_file_that_arrives_after_the_end_goes_with_the_orphans(
    database: Database, files: LocalFiles, clock: FixedClock, doomed: Identity, tmp_path: Path
) -> None:
    await Purger(database, files, clock, trash_days=30).round()
    await keep(files, doomed)
    written = next((tmp_path / "kept" / str(doomed.tenant_id)).iterdir()).stat().st_mtime
    assert await remove_orphans(database, files, now=written + OLD_S + 60) == 3  # two are demo's, without a document
    assert files_left(tmp_path, doomed) == 0


async def test_two_sidecars_may_purge_at_once(
    database: Database, files: LocalFiles, clock: FixedClock, doomed: Identity, tmp_path: Path
) -> None:
    await asyncio.gather(*(Purger(database, files, clock, trash_days=30).round() for _ in range(2)))
    assert rows_left(database.url, doomed) == {}
    assert files_left(tmp_path, doomed) == 0


async def test_one_tenant_that_fails_does_not_hold_up_the_others(
    database: Database, files: LocalFiles, clock: FixedClock, doomed: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Identity(new_id(), None, "")
    async with database.transaction(first) as connection:
        await connection.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, 'first', 'F')", (first.tenant_id,))
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "UPDATE tenants SET deleted_at = '2026-01-01', purging_at = '2026-01-01' WHERE slug = 'first'"
        )
    purger = Purger(database, files, clock, trash_days=30)
    honest = purger.remove_files

    async def fails(tenant_id: object) -> None:
        if tenant_id == first.tenant_id:
            raise OSError("disk")
        await honest(doomed.tenant_id)

    monkeypatch.setattr(purger, "remove_files", fails)
    await purger.round()
    assert rows_left(database.url, doomed) == {}
    assert rows_left(database.url, first)["tenants"] == 1


async def test_what_is_marked_is_looked_at_without_waiting_and_no_failure_ends_the_sweep(
    database: Database, files: LocalFiles, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    purger, rounds = Purger(database, files, clock, trash_days=30), asyncio.Queue[None]()
    errors = itertools.cycle((OSError("disk"), RuntimeError("nobody foresaw")))

    async def fails() -> None:
        rounds.put_nowait(None)
        raise next(errors)

    monkeypatch.setattr(purger, "round", fails)
    async with running(purger.run()):
        for _ in range(3):
            async with asyncio.timeout(10):
                await rounds.get()
            purger.wake()


async def test_what_lay_in_the_trash_for_long_enough_goes_and_its_traces_stay(
    database: Database, files: LocalFiles, identity: Identity, other_identity: Identity
) -> None:
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (identity.tenant_id,))
    mine, kept = Rows(identity), new_id()
    await mine.fill(database)
    clock = SystemClock()  # the database's too: what is old by one of them only, stays
    tables = {"users": "deleted_at", "personas": "deleted_at", "conversations": "deleted_at", "api_keys": "revoked_at"}
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO conversations (id, tenant_id, user_id, persona_id, channel, started_at, heard_at) "
            "VALUES (%s, %s, %s, %s, 'web', now(), now())",
            (kept, identity.tenant_id, mine.ids["users"], mine.ids["personas"]),
        )
        await tenants.delete_tenant(connection, identity, other_identity.tenant_id, at=clock.now())
    purger = Purger(database, files, clock, trash_days=30)

    async def deleted(before: timedelta) -> None:
        async with await psycopg.AsyncConnection.connect(database.url) as connection:
            at = clock.now() - before
            for table, column in tables.items():
                query = f"UPDATE {table} SET {column} = %s WHERE id = %s".encode()
                await connection.execute(query, (at, mine.ids[table]))
            await connection.execute("UPDATE tenants SET deleted_at = %s WHERE slug = 'other'", (at,))

    async def there() -> set[str]:
        left = rows_left(database.url, other_identity)
        async with database.transaction(identity) as connection:
            for table in tables:
                query = f"SELECT FROM {table} WHERE id = %s".encode()
                if await (await connection.execute(query, (mine.ids[table],))).fetchone() is not None:
                    left[table] = 1
        return left.keys() & {*tables, "tenants"}

    await deleted(timedelta(days=30) - timedelta(minutes=5))
    await purger.round()
    assert await there() == {*tables, "tenants"}
    ahead = FixedClock(clock.now() + timedelta(days=31))
    await Purger(database, files, ahead, trash_days=30).round()
    assert await there() == {*tables, "tenants"}, "a clock that runs ahead removed what was just deleted"
    await deleted(timedelta(days=30, seconds=1))
    await purger.round()
    assert await there() == set()
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute("SELECT user_id, persona_id FROM conversations WHERE id = %s", (kept,))
        ).fetchall()
        entries = await (
            await connection.execute("SELECT DISTINCT action FROM audit_entries WHERE action LIKE '%purged'")
        ).fetchall()
    assert rows == [{"user_id": None, "persona_id": None}]
    assert {row["action"] for row in entries} == {
        "user.purged",
        "persona.purged",
        "conversation.purged",
        "key.purged",
    }


async def test_purging_over_http_answers_at_once_and_then_the_tenant_is_gone(
    sidecar: Sidecar, database: Database, other_identity: Identity, stranger: aiohttp.ClientSession
) -> None:
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (sidecar.identity.tenant_id,))
    sidecar.app[CREDENTIALS].forget_all()
    form = aiohttp.FormData()
    form.add_field("file", make_docx("Hello."), filename="a.docx", content_type="application/octet-stream")
    async with stranger.post("/api/files/upload", data=form) as response:
        assert response.status == 201
    assert len(stored(sidecar)) == 1
    path = f"/api/tenants/{other_identity.tenant_id}"
    async with sidecar.client() as operator:
        async with operator.delete(f"{path}?purge=true") as response:
            assert response.status == 204
        async with operator.post(f"{path}/restore") as response:
            assert response.status in {404, 409}
        await sidecar.app[PURGER].round()
        async with operator.get(path) as response:
            assert response.status == 404
        async with operator.delete(f"{path}?purge=true") as response:
            assert response.status == 404
    assert stored(sidecar) == []
    assert rows_left(sidecar.app[DATABASE].url, other_identity) == {}
    async with stranger.get("/api/me") as response:
        assert response.status == 401
    assert await remove_orphans(database, sidecar.app[FILES]) == 0
