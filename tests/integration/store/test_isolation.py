"""Row-level security: a tenant sees its own rows only, on every table there is now or will be."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from store.database import Database
from store.identity import Identity
from store.ids import new_id

WITHOUT_TENANT = {"schema_migrations", "workers"}


async def _tables(database: Database) -> list[str]:
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
            )
        ).fetchall()
    return sorted(row["tablename"] for row in rows if row["tablename"] not in WITHOUT_TENANT)


async def test_every_table_forces_row_level_security(database: Database) -> None:
    tables = await _tables(database)
    assert {"tenants", "events", "chunks", "messages"} <= set(tables)
    async with database.system() as connection:
        for table in tables:
            row = await (
                await connection.execute(
                    "SELECT relrowsecurity AND relforcerowsecurity AS forced, "
                    "(SELECT count(*) FROM pg_policies "
                    "WHERE tablename = %s AND 'voiceloop_app' = ANY(roles)) AS policies "
                    "FROM pg_class WHERE oid = %s::regclass",
                    (table, table),
                )
            ).fetchone()
            assert row is not None
            assert row["forced"], f"{table} has no forced row-level security"
            assert row["policies"] == 1, f"{table} needs exactly one policy for the plain role"


async def test_programs_connect_as_a_role_that_security_applies_to(database: Database) -> None:
    async with database.system() as connection:
        row = await (
            await connection.execute(
                "SELECT current_user AS who, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
        ).fetchone()
    assert row == {"who": "voiceloop_app", "rolsuper": False, "rolbypassrls": False}


async def test_without_a_tenant_every_table_looks_empty(database: Database, identity: Identity) -> None:
    del identity  # its rows are there
    async with database.system() as connection:
        for table in await _tables(database):
            row = await (
                await connection.execute(sql.SQL("SELECT count(*) AS n FROM {}").format(sql.Identifier(table)))
            ).fetchone()
            assert row == {"n": 0}, table


async def test_a_tenant_cannot_write_rows_of_another(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.transaction(identity) as connection:
            await connection.execute(
                "INSERT INTO calendars (id, tenant_id, name, timezone) VALUES (%s, %s, 'mine', 'UTC')",
                (new_id(), other_identity.tenant_id),
            )
