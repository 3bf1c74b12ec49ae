"""Migrations apply once, refuse a changed history, and leave nothing when one fails."""

from __future__ import annotations

from collections.abc import Iterator

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
            rows = await (await connection.execute("SELECT version, persona FROM persona_versions")).fetchall()
    [row] = rows
    assert (row["version"], row["persona"]["prompt"], row["persona"]["toolsets"]) == (1, "Help.", ["calendar"])
    assert set(row["persona"]) == set(CONTENT)
