"""The seed: whole or not at all, harmless to repeat, and the key in the file is the key in the database."""

import stat
from pathlib import Path

import psycopg
import pytest

from ingest.seed import seed
from store.access import identity_of_key
from store.clock import SystemClock
from store.database import Database
from store.errors import SettingsError
from store.identity import ALL_SCOPES, Identity
from store.persona_versions import list_versions
from store.personas import list_personas
from store.tenants import read_tenant


async def owner(database: Database, key: str) -> Identity:
    found = await identity_of_key(database, key, SystemClock().now())
    assert found is not None
    return found.identity


async def test_a_new_tenant_has_owner_personas_calendar_and_key(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "owner.key"
    made = await seed(database, slug="demo", timezone="Europe/Berlin", key_file=path)
    identity = await owner(database, path.read_text().strip())
    assert made.is_new
    assert made.key == path.read_text().strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (identity.tenant_id, identity.role, identity.scopes) == (made.tenant_id, "owner", ALL_SCOPES)
    tenant = await read_tenant(database, identity)
    assert tenant is not None
    assert (tenant.slug, tenant.timezone) == ("demo", "Europe/Berlin")
    personas = await list_personas(database, identity)
    assert personas[0].slug == "assistant"
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute("SELECT name, timezone, is_default FROM calendars")).fetchall()
    assert rows == [{"name": "Calendar", "timezone": "Europe/Berlin", "is_default": True}]


async def test_seeding_again_changes_nothing_that_people_changed(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "owner.key"
    made = await seed(database, slug="demo", timezone="UTC", key_file=path)
    identity = await owner(database, made.key)
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE personas SET greeting = 'Ahoy' WHERE slug = 'assistant'")
        await connection.execute("DELETE FROM personas WHERE slug = 'clinical'")
    again = await seed(database, slug="demo", timezone="Asia/Tokyo", key_file=path)
    assert (again.is_new, again.key, again.tenant_id) == (False, made.key, made.tenant_id)
    personas = {row.slug: row.greeting for row in await list_personas(database, identity)}
    assert personas["assistant"] == "Ahoy"
    assert "clinical" not in personas


async def test_a_lost_key_is_replaced_and_the_old_one_ends(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "owner.key"
    old = await seed(database, slug="demo", timezone="UTC", key_file=path)
    path.unlink()
    new = await seed(database, slug="demo", timezone="UTC", key_file=path)
    assert new.key != old.key
    assert await identity_of_key(database, old.key, SystemClock().now()) is None
    assert await identity_of_key(database, new.key, SystemClock().now()) is not None


async def test_only_the_hash_of_the_key_is_stored(database: Database, tmp_path: Path) -> None:
    made = await seed(database, slug="demo", timezone="UTC", key_file=tmp_path / "owner.key")
    identity = await owner(database, made.key)
    async with database.transaction(identity) as connection:
        [row] = await (await connection.execute("SELECT key_hash, name FROM api_keys")).fetchall()
    assert len(row["key_hash"]) == 32
    assert made.key not in row["name"]


async def test_an_installation_of_an_earlier_version_gets_its_operator_at_the_next_start(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "owner.key"
    made = await seed(database, slug="demo", timezone="UTC", key_file=path)
    with psycopg.connect(database.url) as connection:  # as an earlier version left it
        connection.execute("UPDATE tenants SET operates = false")
        connection.execute("UPDATE api_keys SET scopes = '{calls,documents:read}'")
    assert (await owner(database, made.key)).scopes == {"calls", "documents:read"}
    again = await seed(database, slug="demo", timezone="UTC", key_file=path)
    assert again.key == made.key
    assert (await owner(database, made.key)).scopes == ALL_SCOPES


async def test_a_second_tenant_does_not_become_the_operator(database: Database, tmp_path: Path) -> None:
    await seed(database, slug="demo", timezone="UTC", key_file=tmp_path / "demo.key")
    second = await seed(database, slug="second", timezone="UTC", key_file=tmp_path / "second.key")
    assert (await owner(database, second.key)).scopes == ALL_SCOPES - {"tenants"}


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE api_keys SET expires_at = now() - interval '1 second'",
        "UPDATE users SET deleted_at = now() WHERE email = 'owner@demo.localhost'",
        "UPDATE users SET role = 'viewer' WHERE email = 'owner@demo.localhost'",
    ],
)
async def test_a_key_that_no_longer_opens_everything_is_replaced(database: Database, tmp_path: Path, end: str) -> None:
    path = tmp_path / "owner.key"
    made = await seed(database, slug="demo", timezone="UTC", key_file=path)
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) "
            "VALUES (gen_random_uuid(), %s, 'eve@demo.test', 'Eve', 'owner')",
            (made.tenant_id,),
        )
        connection.execute(end.encode())
    again = await seed(database, slug="demo", timezone="UTC", key_file=path)
    assert again.key != made.key
    assert path.read_text().strip() == again.key
    assert (await owner(database, again.key)).scopes == ALL_SCOPES


async def test_the_first_version_of_each_persona_is_kept(database: Database, tmp_path: Path) -> None:
    made = await seed(database, slug="demo", timezone="UTC", key_file=tmp_path / "owner.key")
    identity = await owner(database, made.key)
    for persona in await list_personas(database, identity):
        [first] = await list_versions(database, identity, persona.id, limit=5)
        assert (first.version, first.persona["prompt"]) == (1, persona.prompt)


async def test_a_deleted_tenant_is_not_started_with(database: Database, tmp_path: Path) -> None:
    await seed(database, slug="demo", timezone="UTC", key_file=tmp_path / "demo.key")
    await seed(database, slug="second", timezone="UTC", key_file=tmp_path / "second.key")
    with psycopg.connect(database.url) as connection:
        connection.execute("UPDATE tenants SET deleted_at = now() WHERE slug = 'second'")
    with pytest.raises(SettingsError, match="VOICELOOP_TENANT"):
        await seed(database, slug="second", timezone="UTC", key_file=tmp_path / "second.key")
