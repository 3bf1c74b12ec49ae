"""Migrations apply once, refuse a changed history, and leave nothing when one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest

from store import migrate as module
from store.database import Database
from store.errors import SettingsError, Unavailable
from store.identity import Identity
from store.ids import new_id
from store.migrate import Migration, available, migrate
from store.persona_versions import CONTENT
from tests.conftest import database_url


async def test_a_second_run_changes_nothing(fresh_database_url: str) -> None:
    assert await migrate(fresh_database_url) == []


async def test_a_released_migration_that_was_changed_stops_the_start(
    fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [Migration(one.name, one.text + "\n-- changed") for one in available()]
    monkeypatch.setattr(module, "available", lambda: changed)
    with pytest.raises(SettingsError, match="differs"):
        await migrate(fresh_database_url)


async def test_a_failing_migration_leaves_nothing_behind(
    fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [*available(), Migration("9999_broken", "CREATE TABLE half (id int); SELECT 1/0;")]
    monkeypatch.setattr(module, "available", lambda: broken)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(fresh_database_url)
    with psycopg.connect(fresh_database_url) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)


async def test_no_database_is_said_in_plain_words() -> None:
    with pytest.raises(Unavailable, match="DATABASE_URL"):
        await migrate("postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture
def plain_owner_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """An empty database whose owner is no superuser, so that row-level security holds for its migrations too."""
    assert template_database  # the roles of the installation are there
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain_owner LOGIN CREATEROLE")
        connection.execute("GRANT voiceloop_app, voiceloop_lookup TO plain_owner WITH ADMIN OPTION")
        connection.execute("CREATE DATABASE plain OWNER plain_owner")
    with psycopg.connect(database_url(postgres_url, "plain"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("ALTER SCHEMA public OWNER TO plain_owner")
    yield psycopg.conninfo.make_conninfo(postgres_url, dbname="plain", user="plain_owner")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE plain WITH (FORCE)")
        connection.execute("DROP OWNED BY plain_owner")
        connection.execute("DROP ROLE plain_owner")


@pytest.fixture
def before_families(plain_owner_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mending]:
    """A database of the version before, with two tenants of one owner each."""
    with monkeypatch.context() as patched:
        patched.setattr(module, "available", lambda: [one for one in available() if one.name < "0010"])
        asyncio.run(migrate(plain_owner_url))
    with psycopg.connect(database_url(postgres_url, "plain"), autocommit=True) as connection:
        for tenant, user in zip(Mending.tenants, Mending.users, strict=True):
            connection.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, %s, 'T')", (tenant, str(tenant)[:8]))
            connection.execute(
                "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, 'ada@x.test', 'Ada', 'owner')",
                (user, tenant),
            )
        yield Mending(plain_owner_url, connection)


@dataclass(frozen=True)
class Mending:
    """What an earlier version let in, the refusal of `voiceloop migrate`, and the run after it was put right."""

    url: str
    superuser: psycopg.Connection[Any]
    tenants: ClassVar = (UUID(int=1 << 100), UUID(int=2 << 100))
    users: ClassVar = (UUID(int=3), UUID(int=4))

    def refused(self) -> str:
        with pytest.raises(psycopg.errors.RaiseException) as refusal:
            asyncio.run(migrate(self.url))
        assert "run `voiceloop migrate` again" in str(refusal.value)
        return str(refusal.value)

    def put_right(self, statement: str) -> None:
        self.superuser.execute(statement.encode())
        assert "0010_parents" in asyncio.run(migrate(self.url))


def test_two_people_of_one_address_are_named_and_not_chosen_between(before_families: Mending) -> None:
    before_families.superuser.execute(
        "INSERT INTO users (id, tenant_id, email, name, role) "
        "VALUES (gen_random_uuid(), %s, 'Ada@x.test', 'A', 'viewer')",
        (Mending.tenants[0],),
    )
    said = before_families.refused()
    assert "ada@x.test, Ada@x.test" in said or "Ada@x.test, ada@x.test" in said
    assert str(Mending.tenants[0]) in said
    before_families.put_right("DELETE FROM users WHERE email = 'Ada@x.test'")


def test_a_row_with_a_parent_of_another_tenant_is_named(before_families: Mending) -> None:
    key = new_id()
    before_families.superuser.execute(
        "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scopes) VALUES (%s, %s, %s, 'k', 'h', '{}')",
        (key, Mending.tenants[0], Mending.users[1]),
    )
    said = before_families.refused()
    assert "api_keys" in said
    assert str(key) in said
    before_families.put_right("DELETE FROM api_keys")


def test_the_plain_role_makes_no_tables_of_its_own(before_families: Mending) -> None:
    asyncio.run(migrate(before_families.url))
    row = before_families.superuser.execute(
        "SELECT has_database_privilege('voiceloop_app', current_database(), 'TEMP'), "
        "has_schema_privilege('voiceloop_app', 'public', 'CREATE')"
    ).fetchone()
    assert row == (False, False)


async def test_personas_of_before_get_their_first_version_also_under_a_plain_owner(
    plain_owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "available", lambda: [one for one in available() if one.name < "0016"])
        await migrate(plain_owner_url)
    tenant = new_id()
    async with await Database.open(plain_owner_url, max_size=1) as database:
        async with database.transaction(Identity(tenant, None, "")) as connection:
            await connection.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, 'demo', 'Demo')", (tenant,))
            await connection.execute(
                "INSERT INTO personas (id, tenant_id, slug, name, prompt, greeting, toolsets) "
                "VALUES (%s, %s, 'ada', 'Ada', 'Help.', 'Hello.', '{calendar}')",
                (new_id(), tenant),
            )
        await migrate(plain_owner_url)
        async with database.transaction(Identity(tenant, None, "")) as connection:
            rows = await (
                await connection.execute(
                    "SELECT v.version, v.persona, p.toolsets, "
                    "(SELECT count(*) FROM audit_entries WHERE resource_type = 'persona') AS entries "
                    "FROM persona_versions v JOIN personas p ON p.id = v.persona_id"
                )
            ).fetchall()
    [row] = rows
    assert (row["version"], row["persona"]["prompt"], row["persona"]["toolsets"]) == (1, "Help.", ["calendar"])
    later = {"mcp_servers", "pronunciations", "patience", "patience_by_question"}
    assert set(row["persona"]) == set(CONTENT) - later
    assert row["toolsets"] == ["calendar", "capture"]  # without a version and an entry in the log: nobody did it
    assert row["entries"] == 1
