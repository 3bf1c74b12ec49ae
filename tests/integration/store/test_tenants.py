"""Tenants: who sees which, who may change what, and that only the operator's functions reach beyond one's own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from store import tenants
from store.database import Database
from store.errors import Conflict, NotAllowed, NotFound
from store.identity import Identity
from store.ids import new_id
from store.tenants import Tenant

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
async def operator(database: Database, identity: Identity) -> Identity:
    """The owner of the tenant demo, which operates the installation."""
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (identity.tenant_id,))
    return identity


@pytest.fixture
def owner(other_identity: Identity) -> Identity:
    """The owner of the tenant other: no operator, as their scopes say."""
    return replace(other_identity, scopes=other_identity.scopes - {"tenants"})


async def read(database: Database, identity: Identity, tenant_id: UUID) -> Tenant:
    async with database.transaction(identity) as connection:
        return await tenants.find_tenant(connection, identity, tenant_id)


async def change(database: Database, identity: Identity, tenant_id: UUID, **changes: object) -> Tenant:
    async with database.transaction(identity) as connection:
        return await tenants.change_tenant(connection, identity, tenant_id, changes, at=AT)


async def delete(database: Database, identity: Identity, tenant_id: UUID) -> None:
    async with database.transaction(identity) as connection:
        await tenants.delete_tenant(connection, identity, tenant_id, at=AT)


async def restore(database: Database, identity: Identity, tenant_id: UUID) -> Tenant:
    async with database.transaction(identity) as connection:
        return await tenants.restore_tenant(connection, identity, tenant_id, at=AT)


async def purge(database: Database, identity: Identity, tenant_id: UUID) -> Tenant:
    async with database.transaction(identity) as connection:
        return await tenants.begin_purge(connection, identity, tenant_id, at=AT)


async def found(database: Database, identity: Identity, slug: str) -> None:
    async with database.transaction(identity) as connection:
        await tenants.found_tenant(connection, identity, new_id(), slug=slug, name=slug, timezone="UTC", at=AT)


async def test_the_operator_sees_all_tenants_others_their_own(
    database: Database, operator: Identity, owner: Identity
) -> None:
    seen = await tenants.list_tenants(database, operator, limit=10)
    assert [one.slug for one in seen] == ["other", "demo"]
    assert [one.operates for one in seen] == [False, True]
    assert [one.slug for one in await tenants.list_tenants(database, owner, limit=10)] == ["other"]
    with pytest.raises(NotFound):
        await read(database, owner, operator.tenant_id)


async def test_a_list_goes_on_where_the_page_before_ended(
    database: Database, operator: Identity, owner: Identity
) -> None:
    [first] = await tenants.list_tenants(database, operator, limit=1)
    [second] = await tenants.list_tenants(database, operator, limit=1, before=(first.created_at, first.id))
    assert {first.id, second.id} == {operator.tenant_id, owner.tenant_id}


async def test_a_scope_alone_makes_nobody_an_operator(
    database: Database, operator: Identity, other_identity: Identity
) -> None:
    """The database asks again: a program that let the scope slip through gets nothing."""
    assert "tenants" in other_identity.scopes
    assert [one.slug for one in await tenants.list_tenants(database, other_identity, limit=10)] == ["other"]
    for attempt in (
        change(database, other_identity, operator.tenant_id, name="Mine"),
        change(database, other_identity, other_identity.tenant_id, calls_limit=None),
        delete(database, other_identity, other_identity.tenant_id),
        restore(database, other_identity, operator.tenant_id),
        purge(database, other_identity, operator.tenant_id),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(NotAllowed):
        await found(database, other_identity, "third")
    assert (await read(database, other_identity, other_identity.tenant_id)).calls_limit == 50


async def test_an_owner_changes_name_and_zone_but_no_limit(database: Database, owner: Identity) -> None:
    changed = await change(database, owner, owner.tenant_id, name="New", timezone="Asia/Tokyo")
    assert (changed.name, changed.timezone, changed.updated_at) == ("New", "Asia/Tokyo", AT)
    with pytest.raises(NotAllowed):
        await change(database, owner, owner.tenant_id, minutes_limit=None)


async def test_the_operator_sets_and_takes_away_limits(database: Database, operator: Identity, owner: Identity) -> None:
    changed = await change(database, operator, owner.tenant_id, storage_limit_bytes=2**40, calls_limit=0)
    assert (changed.storage_limit_bytes, changed.calls_limit, changed.minutes_limit) == (2**40, 0, 20000)
    changed = await change(database, operator, owner.tenant_id, calls_limit=None, name="Theirs")
    assert (changed.calls_limit, changed.name, changed.storage_limit_bytes) == (None, "Theirs", 2**40)


async def test_a_deleted_tenant_comes_back_unless_its_removal_has_begun(
    database: Database, operator: Identity, owner: Identity
) -> None:
    await delete(database, operator, owner.tenant_id)
    assert await tenants.read_tenant(database, owner) is None
    assert [one.slug for one in await tenants.list_tenants(database, operator, limit=10)] == ["demo"]
    assert [one.slug for one in await tenants.list_tenants(database, operator, limit=10, deleted=True)] == ["other"]
    assert (await restore(database, operator, owner.tenant_id)).deleted_at is None
    marked = await purge(database, operator, owner.tenant_id)
    assert (marked.deleted_at, marked.purging_at) == (AT, AT)
    with pytest.raises(Conflict) as refused:
        await restore(database, operator, owner.tenant_id)
    assert refused.value.code == "being_purged"


async def test_the_operating_tenant_stays(database: Database, operator: Identity) -> None:
    for attempt in (delete(database, operator, operator.tenant_id), purge(database, operator, operator.tenant_id)):
        with pytest.raises(Conflict) as refused:
            await attempt
        assert refused.value.code == "operating_tenant"


async def test_one_tenant_operates_the_installation(database: Database, operator: Identity, owner: Identity) -> None:
    with psycopg.connect(database.url) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("UPDATE tenants SET operates = true")


async def test_of_two_appointed_at_once_one_operates(database: Database, identity: Identity, owner: Identity) -> None:
    async with database.system() as first:
        await first.execute("SELECT appoint_operator(%s)", (identity.tenant_id,))
        async with asyncio.TaskGroup() as tasks:
            late = tasks.create_task(_appoint(database, owner))
            await asyncio.wait({late}, timeout=0.3)  # it waits for the first
            await first.execute("COMMIT")
    async with database.transaction(identity) as connection:
        assert await (await connection.execute("SELECT FROM tenants WHERE operates")).fetchall() == [{}]
    assert not (await read(database, owner, owner.tenant_id)).operates


async def _appoint(database: Database, identity: Identity) -> None:
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (identity.tenant_id,))


async def test_only_what_an_operator_deleted_is_ever_due_for_removal(
    database: Database, operator: Identity, owner: Identity
) -> None:
    async def due(before: datetime) -> list[UUID]:
        async with database.system() as connection:
            rows = await (
                await connection.execute("SELECT tenants_to_purge(%s, %s) AS id", (before, before))
            ).fetchall()
        return [row["id"] for row in rows]

    async def deleted(at: datetime) -> None:
        async with database.transaction(operator) as connection:
            await connection.execute("SELECT restore_tenant(%s, %s)", (owner.tenant_id, at))
            await tenants.delete_tenant(connection, operator, owner.tenant_id, at=at)

    now = datetime.now(UTC)
    assert await due(now + timedelta(days=9999)) == []
    await deleted(now)
    assert await due(now + timedelta(days=9999)) == []  # of a clock that is wrong: nothing goes on its first day
    await deleted(now - timedelta(days=31))
    assert await due(now - timedelta(days=31)) == []
    async with database.system() as connection:
        await connection.execute("SELECT finish_purge_of_tenant(%s, %s)", (owner.tenant_id, now))
    assert (await read(database, operator, owner.tenant_id)).purging_at is None
    assert await due(now - timedelta(days=30)) == [owner.tenant_id]


async def test_the_slug_of_a_deleted_tenant_stays_taken(
    database: Database, operator: Identity, owner: Identity
) -> None:
    await delete(database, operator, owner.tenant_id)
    with pytest.raises(Conflict) as refused:
        await found(database, operator, "other")
    assert refused.value.code == "slug_taken"


async def test_usage_counts_what_lies_in_the_month(database: Database, operator: Identity, owner: Identity) -> None:
    rows = [  # channel, started, ended, heard now
        ("web", "2026-10-31 23:50+00", "2026-11-01 00:10+00", "active"),  # 10 minutes of it in November
        ("phone", "2026-11-20 09:00+00", "2026-11-20 09:30+00", "ended"),
        ("web", "2026-10-20 09:00+00", "2026-10-20 10:00+00", "ended"),
        ("chat", "2026-11-20 09:00+00", "2026-11-20 12:00+00", "ended"),
    ]
    async with database.transaction(owner) as connection:
        for channel, start, end, status in rows:
            await connection.execute(
                "INSERT INTO conversations (id, tenant_id, channel, status, started_at, ended_at, heard_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, now())",
                (new_id(), owner.tenant_id, channel, status, start, end),
            )
        await connection.execute(
            "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, "
            "status, created_at) VALUES (%s, %s, 'T', 't', 'text/plain', 1234, 'x', 'k', 'ready', now())",
            (new_id(), owner.tenant_id),
        )
    for asker in (operator, owner):
        async with database.transaction(asker) as connection:
            usage = (await tenants.usage_of(connection, asker, [owner.tenant_id], at=AT))[owner.tenant_id]
        assert (usage.minutes, usage.calls, usage.storage_bytes, usage.users, usage.documents) == (40, 1, 1234, 1, 1)
        assert usage.period_start == datetime(2026, 11, 1, tzinfo=UTC)
    async with database.transaction(owner) as connection:
        assert await tenants.usage_of(connection, owner, [operator.tenant_id], at=AT) == {}
