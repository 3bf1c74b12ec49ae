"""A transaction is kept whole or not at all, and whoever asked for it is told which."""

from __future__ import annotations

import contextlib

import psycopg
import pytest

from store.database import Database
from store.errors import Unavailable
from store.identity import Identity


async def test_an_error_that_was_passed_over_does_not_look_kept(database: Database, identity: Identity) -> None:
    async def pass_over() -> None:
        async with database.transaction(identity) as connection:
            await connection.execute("UPDATE users SET name = 'Lost'")
            with contextlib.suppress(psycopg.errors.DivisionByZero):
                await connection.execute("SELECT 1 / 0")

    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        await pass_over()
    async with database.transaction(identity) as connection:
        assert await (await connection.execute("SELECT FROM users WHERE name = 'Lost'")).fetchone() is None


@pytest.mark.parametrize(
    ("state", "code"),
    [("40P01", "database_busy"), ("55P03", "database_busy"), ("57014", "database_busy"), ("53100", "database_full")],
)
async def test_what_the_database_answers_is_not_called_silence(
    database: Database, identity: Identity, state: str, code: str
) -> None:
    with pytest.raises(Unavailable) as refused:
        async with database.transaction(identity) as connection:
            await connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$".encode())
    assert refused.value.code == code
