"""The installation's key: the first start decides which it is, and no program starts with another one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from ingest.laptop.database import migrate_database
from store import installation
from store.database import Database
from store.errors import SettingsError
from store.identity import Identity
from store.seal import Keyring

FIRST, SECOND = "f" * 40, "s" * 40


async def test_the_first_start_decides_and_the_same_key_starts_again(database: Database) -> None:
    await installation.check_key(database, Keyring((FIRST,)))
    await installation.check_key(database, Keyring((FIRST,)))
    assert await installation.canary_key_id(database) == Keyring((FIRST,)).current_id


async def test_another_key_is_refused_in_a_sentence_that_helps(database: Database) -> None:
    await installation.check_key(database, Keyring((FIRST,)))
    with pytest.raises(SettingsError, match="Put the old key back, or list it after the new one") as caught:
        await installation.check_key(database, Keyring((SECOND,)))
    assert caught.value.code == "wrong_secret_key"
    assert SECOND not in caught.value.message


async def test_both_keys_start_until_the_canary_is_sealed_again(database: Database) -> None:
    await installation.check_key(database, Keyring((FIRST,)))
    both = Keyring((SECOND, FIRST))
    await installation.check_key(database, both)
    await installation.reseal_canary(database, both)
    await installation.check_key(database, Keyring((SECOND,)))
    with pytest.raises(SettingsError):
        await installation.check_key(database, Keyring((FIRST,)))


async def test_of_many_first_starts_one_key_wins(database: Database) -> None:
    keyrings = [Keyring((character * 40,)) for character in "abcdefgh"]
    results = await asyncio.gather(
        *(installation.check_key(database, keyring) for keyring in keyrings), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert all(result is None or isinstance(result, SettingsError) for result in results)
    winner = keyrings[results.index(None)]
    assert await installation.canary_key_id(database) == winner.current_id


async def test_a_damaged_canary_is_refused(database: Database) -> None:
    keyring = Keyring((FIRST,))
    await installation.check_key(database, keyring)
    async with database.system() as connection:
        await connection.execute("UPDATE installation SET canary = set_byte(canary, 30, get_byte(canary, 30) # 1)")
    with pytest.raises(SettingsError):
        await installation.check_key(database, keyring)


async def test_there_is_never_a_second_installation(database: Database) -> None:
    await installation.check_key(database, Keyring((FIRST,)))
    async with database.system() as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            await connection.execute("INSERT INTO installation (only_one, canary) VALUES (false, 'x')")


async def test_the_plain_role_cannot_do_away_with_it(database: Database) -> None:
    async with database.system() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("DELETE FROM installation")


async def test_a_database_before_its_migration_is_named(database: Database, fresh_database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(fresh_database_url, autocommit=True) as connection:
        await connection.execute("DROP TABLE installation")
    with pytest.raises(SettingsError, match="voiceloop migrate"):
        await installation.check_key(database, Keyring((FIRST,)))
    await installation.check_key_before_migration(fresh_database_url, Keyring((FIRST,)))


async def test_the_command_migrate_refuses_another_key(
    database: Database, fresh_database_url: str, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": fresh_database_url, "VOICELOOP_SECRET_KEY": FIRST}
    await migrate_database(tmp_path, environment, first_tenant=False)
    assert await installation.canary_key_id(database) == Keyring((FIRST,)).current_id
    with pytest.raises(SettingsError, match="another VOICELOOP_SECRET_KEY"):
        await migrate_database(tmp_path, {**environment, "VOICELOOP_SECRET_KEY": SECOND}, first_tenant=False)


async def test_every_tenant_is_known_without_being_one(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    assert set(await installation.tenant_ids(database)) == {identity.tenant_id, other_identity.tenant_id}
