"""Row-level security: a tenant sees, changes and makes its own rows only, on every table there is now or will be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id

WITHOUT_TENANT = {
    "schema_migrations": "which migrations ran",
    "workers": "machines of the installation",
    "allowances": "counters under a hash of who asked; the plain role cannot read them",
    "installation": "one row: a value sealed with the installation's key",
    "promised_places": "hashes: rooms that a call is about to begin in, their tenants, who asked",
    "purged_tenants": "ids of tenants that are gone, nothing of theirs",
}
NOW = "2026-11-21T09:00:00Z"

# The smallest row of each table, parents before children. "@users" is the id of the tenant's row in that table, "@new"
# an id nobody has, "@moment" a time nobody has. Ids and tenant columns are filled in. A table that is not here fails
# the test of completeness.
Literals = dict[str, Any]
ROWS: dict[str, Literals] = {
    "tenants": {"slug": "@new", "name": "Third"},
    "users": {"email": "@new", "name": "Ada", "role": "viewer"},
    "api_keys": {"user_id": "@users", "name": "key", "key_hash": "@new", "scopes": []},
    "personas": {"slug": "@new", "name": "Ada", "prompt": "Help.", "greeting": "Hello."},
    "passwords": {"user_id": "@spare_user", "hash": "x", "set_at": NOW},
    "sessions": {"user_id": "@users", "kind": "page", "created_at": NOW, "used_at": NOW, "expires_at": NOW},
    "refresh_tokens": {"token_hash": "@new", "session_id": "@sessions", "issued_at": NOW},
    "account_links": {
        "user_id": "@users",
        "purpose": "invitation",
        "token_hash": "@new",
        "created_at": NOW,
        "expires_at": NOW,
    },
    "persona_versions": {"persona_id": "@personas", "version": "@count", "persona": "{}", "created_at": NOW},
    "conversations": {"channel": "web", "started_at": NOW, "heard_at": NOW},
    "messages": {"conversation_id": "@conversations", "role": "user", "text": "Hello.", "created_at": NOW},
    "calendar_accounts": {
        "user_id": "@users",
        "provider": "google",
        "address": "@new",
        "sealed_credentials": b"sealed",
        "created_at": NOW,
    },
    "calendar_authorizations": {
        "user_id": "@users",
        "account_id": "@calendar_accounts",
        "provider": "google",
        "state_hash": "@new",
        "browser_hash": b"hash",
        "sealed_flow": b"sealed",
        "created_at": NOW,
        "expires_at": NOW,
    },
    "mcp_servers": {"name": "@new", "url": "https://mcp.test/mcp", "created_at": NOW, "updated_at": NOW},
    "calendar_notice_settings": {
        "user_id": "@spare_user",
        "briefing_days": [0],
        "briefing_by": ["mail"],
        "briefing_since": NOW,
        "conflicts": False,
        "travel": False,
        "notices_by": ["page"],
        "quiet_heads_up": False,
        "updated_at": NOW,
    },
    "calendar_notices": {
        "user_id": "@users",
        "kind": "briefing",
        "subject": "@new",
        "starts_at": NOW,
        "text": "Nothing is on your calendar today.",
        "told_by": ["page"],
        "created_at": NOW,
    },
    "scheduling_preferences": {"user_id": "@spare_user", "preferences": "{}"},
    "calendars": {"name": "Work", "timezone": "UTC"},
    "events": {
        "calendar_id": "@calendars",
        "summary": "Lunch",
        "starts_at": NOW,
        "ends_at": "2026-11-21T10:00:00Z",
        "timezone": "UTC",
        "status": "cancelled",  # so that a second one never overlaps: the policy has to refuse it, not the constraint
    },
    "calendar_writes": {
        "calendar_id": "@calendars",
        "event_id": "@events",
        "operation": "create",
        "next_try_at": NOW,
        "created_at": NOW,
    },
    "calendar_channels": {
        "calendar_id": "@calendars",
        "channel_id": "@new",
        "secret_hash": b"hash",
        "expires_at": NOW,
        "created_at": NOW,
    },
    "calendar_feeds": {"user_id": "@users", "name": "Phone", "token_hash": "@new", "created_at": NOW},
    "calendar_holds": {
        "calendar_id": "@calendars",
        "conversation_id": "@new",
        "starts_at": NOW,
        "ends_at": "2026-11-21T10:00:00Z",
        "expires_at": NOW,
    },
    "event_occurrences": {
        "calendar_id": "@calendars",
        "event_id": "@events",
        "original_start": "@moment",
        "starts_at": NOW,
        "ends_at": "2026-11-21T10:00:00Z",
        "guarded": False,
    },
    "calendar_requests": {"key": "@new", "request_hash": b"hash", "created_at": NOW},
    "calendar_undo": {"operation": "book", "before": "[]", "after": "[]", "created_at": NOW, "expires_at": NOW},
    "documents": {
        "title": "Handbook",
        "filename": "handbook.txt",
        "content_type": "text/plain",
        "size_bytes": 1,
        "sha256": "@new",
        "storage_key": "",
        "status": "ready",
        "created_at": NOW,
    },
    "pages": {"document_id": "@documents", "number": "@count", "text": "Breakfast."},
    "chunks": {
        "document_id": "@documents",
        "seq": "@count",
        "page": 1,
        "char_start": 0,
        "char_end": 1,
        "text": "Breakfast.",
    },
    "chunk_vectors": {
        "document_id": "@documents",
        "chunk_id": "@chunks",
        "model": "@new",
        "dimensions": 1,
        "embedding": "[1]",
    },
    "chunk_words": {"word": "@new", "chunks": 1},
    "chunk_totals": {"language": "@new", "chunks": 1, "characters": 1},
    "knowledge_indexes": {"model": "@new", "dimensions": 384},
    "embedded_texts": {"document_id": "@documents", "digest": "@new", "vector": b"0000"},
    "jobs": {"kind": "index", "created_at": NOW},
    "attachments": {
        "conversation_id": "@conversations",
        "filename": "letter.pdf",
        "content_type": "application/pdf",
        "size_bytes": 1,
        "sha256": "@new",
        "storage_key": "",
        "created_at": NOW,
    },
    "attachment_passages": {"attachment_id": "@attachments", "seq": "@count", "page": 1, "text": "Breakfast."},
    "knowledge_queries": {
        "query": "breakfast",
        "answered": True,
        "result_count": 1,
        "execution_time_ms": 1.0,
        "created_at": NOW,
    },
    "knowledge_counters": {"name": "@new", "value": 1},
    "answer_cache": {"key": "@new", "version": 1, "outcome": "{}", "used_at": NOW, "expires_at": NOW},
    "mails": {"to_address": "ada@demo.test", "subject": "Hello", "sealed_body": b"sealed", "created_at": NOW},
    "idempotent_answers": {"key": "@new", "request_hash": b"hash"},
    "audit_entries": {"action": "user.updated", "resource_type": "user", "resource_id": "@new"},
}
WITHOUT_ID = {
    "calendar_requests",
    "embedded_texts",
    "answer_cache",
    "knowledge_counters",
    "pages",
    "idempotent_answers",
    "passwords",
    "refresh_tokens",
    "persona_versions",
    "chunk_vectors",
    "chunk_words",
    "chunk_totals",
    "knowledge_indexes",
}
READ_ONLY = {"audit_entries"}  # written by triggers only, which the rows of the other tables wake
CHANGEABLE = [table for table in ROWS if table not in {"tenants"} | READ_ONLY]  # tenants: by the operator's functions


def tenant_column(table: str) -> str:
    return "id" if table == "tenants" else "tenant_id"


class Rows:
    """Makes rows of ROWS for one tenant and remembers their ids, so that children find their parents."""

    def __init__(self, owner: Identity) -> None:
        self.owner = owner
        self.ids: dict[str, Any] = {"tenants": owner.tenant_id, "users": owner.user_id}
        self._count = 0
        self._spare_users: list[UUID] = []

    def row(self, table: str) -> Literals:
        """Column -> value of a row that the schema accepts and that no row of this table is yet."""
        row = {column: self._value(value) for column, value in ROWS[table].items()}
        row[tenant_column(table)] = self.owner.tenant_id
        if table not in WITHOUT_ID and table != "tenants":
            row["id"] = new_id()
        return row

    async def fill(self, database: Database) -> None:
        """One row in every table; the tenant itself is there already."""
        async with database.transaction(self.owner) as connection:
            for _ in range(6):  # for tables with one row a user
                user = self.row("users")
                await insert(connection, "users", user)
                self._spare_users.append(user["id"])
            for table in ROWS:
                if table not in {"tenants"} | READ_ONLY:
                    row = self.row(table)
                    await insert(connection, table, row)
                    self.ids[table] = row.get("id")

    def _value(self, value: Any) -> Any:
        self._count += 1
        if value == "@new":
            return str(new_id())
        if value == "@spare_user":
            return self._spare_users.pop()
        if value == "@count":
            return self._count
        if value == "@moment":
            return datetime.fromisoformat(NOW) + timedelta(minutes=self._count)
        return self.ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value


async def insert(connection: Connection, table: str, row: Literals) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    await connection.execute(statement, list(row.values()))


async def _tables(database: Database) -> list[str]:
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
            )
        ).fetchall()
    return sorted(row["tablename"] for row in rows if row["tablename"] not in WITHOUT_TENANT)


async def _count(database: Database, reader: Identity, table: str, owner: Identity) -> int:
    statement = sql.SQL("SELECT count(*) AS n FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(tenant_column(table))
    )
    async with database.transaction(reader) as connection:
        row = await (await connection.execute(statement, (owner.tenant_id,))).fetchone()
    assert row is not None
    return int(row["n"])


@pytest.fixture
async def rows(database: Database, identity: Identity) -> Rows:
    """Tenant A with a row in every table."""
    made = Rows(identity)
    await made.fill(database)
    return made


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


async def test_every_table_has_a_row_to_try_with(database: Database) -> None:
    assert sorted(ROWS) == await _tables(database), "a new table needs its smallest row in ROWS"


async def test_without_a_tenant_every_table_looks_empty(database: Database, rows: Rows) -> None:
    for table in ROWS:
        assert await _count(database, rows.owner, table, rows.owner) > 0, f"{table} has nothing to hide"
    async with database.system() as connection:
        for table in ROWS:
            row = await (
                await connection.execute(sql.SQL("SELECT count(*) AS n FROM {}").format(sql.Identifier(table)))
            ).fetchone()
            assert row == {"n": 0}, table


async def test_rows_of_another_tenant_cannot_be_seen_changed_or_deleted(
    database: Database, rows: Rows, other_identity: Identity
) -> None:
    before = {table: await _count(database, rows.owner, table, rows.owner) for table in ROWS}
    for table in reversed(CHANGEABLE):  # children first: a delete that works must not take later tables' rows with it
        name, column = sql.Identifier(table), sql.Identifier(tenant_column(table))
        assert await _count(database, other_identity, table, rows.owner) == 0, f"{table} can be read"
        async with database.transaction(other_identity) as connection:
            update = sql.SQL("UPDATE {} SET {} = {} WHERE {} = %s").format(name, column, column, column)
            changed = await connection.execute(update, (rows.owner.tenant_id,))
            assert changed.rowcount == 0, f"{table} can be changed"
            delete = sql.SQL("DELETE FROM {} WHERE {} = %s").format(name, column)
            deleted = await connection.execute(delete, (rows.owner.tenant_id,))
            assert deleted.rowcount == 0, f"{table} can be deleted from"
    assert {table: await _count(database, rows.owner, table, rows.owner) for table in ROWS} == before


async def test_a_tenant_changes_neither_its_limits_nor_its_rank_nor_its_existence(
    database: Database, identity: Identity
) -> None:
    for change in ("storage_limit_bytes = NULL", "operates = true", "deleted_at = now()", "slug = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.transaction(identity) as connection:
                await connection.execute(f"UPDATE tenants SET {change}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.transaction(identity) as connection:
            await connection.execute("DELETE FROM tenants")


async def test_a_parent_of_another_tenant_is_no_parent(
    database: Database, rows: Rows, other_identity: Identity
) -> None:
    mine = Rows(other_identity)
    await mine.fill(database)
    for table, columns in ROWS.items():
        for column, value in columns.items():
            if isinstance(value, str) and value.startswith("@") and value[1:] in ROWS:
                row = mine.row(table)
                row[column] = rows.ids[value[1:]]
                with pytest.raises(psycopg.errors.ForeignKeyViolation):
                    async with database.transaction(other_identity) as connection:
                        await insert(connection, table, row)


async def test_every_parent_that_belongs_to_a_tenant_is_referenced_with_it(database: Database) -> None:
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT conrelid::regclass::text AS child, conname FROM pg_constraint c "
                "WHERE contype = 'f' AND cardinality(conkey) = 1 AND confrelid <> 'tenants'::regclass "
                "AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.confrelid AND a.attname = 'tenant_id')"
            )
        ).fetchall()
    assert rows == [], "declare these with CALL keep_in_family(...)"


async def test_a_statement_without_any_condition_stays_within_the_tenant(
    database: Database, rows: Rows, other_identity: Identity
) -> None:
    before = {table: await _count(database, rows.owner, table, rows.owner) for table in ROWS}
    await Rows(other_identity).fill(database)
    for table in reversed(CHANGEABLE):
        async with database.transaction(other_identity) as connection:
            await connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    assert {table: await _count(database, rows.owner, table, rows.owner) for table in ROWS} == before
    assert await _count(database, other_identity, "users", other_identity) == 0


@pytest.mark.parametrize("table", sorted(ROWS))
async def test_a_row_cannot_be_made_for_or_given_to_another_tenant(
    table: str, database: Database, rows: Rows, other_identity: Identity
) -> None:
    foreign = rows.row(table)  # acceptable in every way, as the next lines show, except that B writes it for A
    if table == "tenants":
        foreign["id"] = new_id()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"row-level security|permission denied"):
        async with database.transaction(other_identity) as connection:
            await insert(connection, table, foreign)
    if table not in {"tenants"} | READ_ONLY:
        async with database.transaction(rows.owner) as connection:
            await insert(connection, table, foreign)

    mine = Rows(other_identity)
    await mine.fill(database)
    column = sql.Identifier(tenant_column(table))
    give = sql.SQL("UPDATE {} SET {} = %s").format(sql.Identifier(table), column)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"row-level security|permission denied"):
        async with database.transaction(other_identity) as connection:
            await connection.execute(give, (rows.owner.tenant_id,))
