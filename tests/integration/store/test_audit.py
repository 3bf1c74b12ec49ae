"""The audit log: every change of what counts is written down by the database itself, and stays as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from store.audit import NOT_AUDITED, AuditEntry, AuditFilter, list_entries
from store.database import Database
from store.identity import Identity, Origin
from store.ids import new_id

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORIGIN = Origin("http", "203.0.113.7", "request-1")
SECRETS = r"(hash|secret|token|sealed|password)"
KEY = "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scopes) VALUES (%s, %s, %s, 'desk', %s, '{}')"
SESSION = (
    "INSERT INTO sessions (id, tenant_id, user_id, kind, cookie_hash, created_at, used_at, expires_at) "
    "VALUES (%s, %s, %s, 'page', %s, %s, %s, %s)"
)
LINK = (
    "INSERT INTO account_links (id, tenant_id, user_id, purpose, token_hash, created_at, expires_at) "
    "VALUES (%s, %s, %s, 'invitation', %s, %s, %s)"
)
EVENT = (
    "INSERT INTO events (id, tenant_id, calendar_id, summary, description, starts_at, ends_at, timezone) "
    "VALUES (%s, %s, %s, 'Lunch', %s, '2026-11-24T12:00Z', '2026-11-24T13:00Z', 'UTC')"
)
DOCUMENT = (
    "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, status, "
    "uploaded_by, created_at) VALUES (%s, %s, 'Menu', 'menu.txt', 'text/plain', 1, 'x', '', 'received', %s, %s)"
)


class Desk:
    """Statements run as one person, and what the log says afterwards, oldest first."""

    def __init__(self, database: Database, identity: Identity) -> None:
        self.database = database
        self.identity = replace(identity, origin=ORIGIN)
        self._seen: set[UUID] = set()

    async def run(self, statement: str, values: Sequence[object] = ()) -> None:
        async with self.database.transaction(self.identity) as connection:
            await connection.execute(statement.encode(), values)

    async def entries(self) -> list[AuditEntry]:
        found = await list_entries(self.database, self.identity, AuditFilter(), limit=200)
        new = [one for one in reversed(found) if one.id not in self._seen]
        self._seen |= {one.id for one in new}
        return new

    async def actions(self) -> list[str]:
        return [one.action for one in await self.entries()]

    async def user(self, role: str = "viewer") -> UUID:
        user_id = new_id()
        statement = "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Ada', %s)"
        await self.run(statement, (user_id, self.identity.tenant_id, f"{user_id}@demo.test", role))
        return user_id

    async def calendar(self) -> UUID:
        calendar_id = new_id()
        statement = "INSERT INTO calendars (id, tenant_id, name, timezone) VALUES (%s, %s, 'Work', 'UTC')"
        await self.run(statement, (calendar_id, self.identity.tenant_id))
        return calendar_id


@pytest.fixture
async def desk(database: Database, identity: Identity) -> Desk:
    made = Desk(database, identity)
    await made.entries()
    return made


async def test_every_table_of_a_tenant_is_audited_or_says_why_not(database: Database) -> None:
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT c.relname AS name, EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                "WHERE t.tgrelid = c.oid AND p.proname = 'audit_row' AND t.tgenabled = 'O') AS audited "
                "FROM pg_class c WHERE relrowsecurity AND relkind = 'r'"
            )
        ).fetchall()
    audited = {row["name"] for row in rows if row["audited"]}
    silent = {row["name"] for row in rows} - audited
    assert silent == set(NOT_AUDITED), (
        "CALL audit_changes(...) in its migration, or a reason in store.audit.NOT_AUDITED"
    )
    assert all(NOT_AUDITED.values())


async def test_no_column_that_looks_like_a_secret_is_ever_written_down(database: Database) -> None:
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT c.relname || '.' || a.attname AS column, a.attname AS name, "
                "encode(t.tgargs, 'escape') AS arguments "
                "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname = 'audit_row' "
                "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                "WHERE NOT a.attisdropped AND (a.atttypid = 'bytea'::regtype OR a.attname ~ %s)",
                (SECRETS,),
            )
        ).fetchall()
    assert {"passwords.hash", "api_keys.key_hash"} <= {row["column"] for row in rows}
    shown = {row["column"] for row in rows if row["name"] not in _list(row["arguments"].split("\\000")[1])}
    assert shown == set(), "name these columns as hidden in CALL audit_changes(...)"


def _list(literal: str) -> set[str]:
    return set(literal.strip("{}").split(","))


async def test_an_entry_says_who_what_when_and_from_where(desk: Desk) -> None:
    user_id = await desk.user()
    await desk.run("UPDATE users SET name = 'Grace', role = 'editor', updated_at = now() WHERE id = %s", (user_id,))
    made, changed = await desk.entries()
    assert (made.action, made.before) == ("user.created", None)
    assert made.after == {"email": f"{user_id}@demo.test", "name": "Ada", "role": "viewer"}
    assert (changed.action, changed.resource_type, changed.resource_id) == ("user.updated", "user", str(user_id))
    assert (changed.before, changed.after) == (
        {"name": "Ada", "role": "viewer"},
        {"name": "Grace", "role": "editor"},
    )
    assert (changed.actor_user_id, changed.actor_role, changed.actor_name) == (
        desk.identity.user_id,
        "owner",
        "demo owner",
    )
    assert (changed.channel, changed.address, changed.request_id) == ("http", "203.0.113.7", "request-1")
    assert changed.at > made.at


async def test_a_change_that_is_rolled_back_was_never_made(desk: Desk) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await desk.run("WITH changed AS (UPDATE users SET name = 'Grace' RETURNING 1) SELECT 1 / 0 FROM changed")
    assert await desk.actions() == []


async def test_what_changes_by_itself_is_no_event(desk: Desk) -> None:
    user_id = await desk.user()
    await desk.run(KEY, (new_id(), desk.identity.tenant_id, user_id, b"hash"))
    await desk.run(SESSION, (new_id(), desk.identity.tenant_id, user_id, b"cookie", NOW, NOW, NOW))
    await desk.entries()
    await desk.run("UPDATE users SET last_sign_in_at = now(), updated_at = now()")
    await desk.run("UPDATE api_keys SET last_used_at = now()")
    await desk.run("UPDATE sessions SET used_at = now()")
    await desk.run("UPDATE users SET name = name")
    assert await desk.actions() == []


async def test_soft_deletion_restoring_and_purging_have_words_of_their_own(desk: Desk) -> None:
    user_id, key_id = await desk.user(), new_id()
    await desk.run(KEY, (key_id, desk.identity.tenant_id, desk.identity.user_id, b"hash"))
    for table, column, row_id in (("users", "deleted_at", user_id), ("api_keys", "revoked_at", key_id)):
        await desk.run(f"UPDATE {table} SET {column} = now() WHERE id = %s", (row_id,))
        await desk.run(f"UPDATE {table} SET {column} = NULL WHERE id = %s", (row_id,))
        await desk.run(f"DELETE FROM {table} WHERE id = %s", (row_id,))
    assert await desk.actions() == [
        "user.created",
        "key.created",
        "user.deleted",
        "user.restored",
        "user.purged",
        "key.revoked",
        "key.restored",
        "key.purged",
    ]


async def test_signing_in_passwords_and_invitations_are_told_without_what_is_secret(desk: Desk) -> None:
    tenant_id, user_id, link_id = desk.identity.tenant_id, await desk.user(), new_id()
    await desk.run(LINK, (link_id, tenant_id, user_id, b"sesame", NOW, NOW))
    invited = Desk(desk.database, replace(desk.identity, user_id=user_id))
    await invited.run("UPDATE account_links SET used_at = now() WHERE id = %s", (link_id,))
    for value in ("$argon2id$sesame", "$argon2id$sesame2"):
        await invited.run(
            "INSERT INTO passwords (user_id, tenant_id, hash, set_at) VALUES (%s, %s, %s, now()) "
            "ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
            (user_id, tenant_id, value),
        )
    await invited.run(SESSION, (new_id(), tenant_id, user_id, b"sesame", NOW, NOW, NOW))
    await invited.run("UPDATE sessions SET ended_at = now(), end_reason = 'signed_out'")
    found = await desk.entries()
    assert [one.action for one in found] == [
        "user.created",
        "invitation.sent",
        "invitation.accepted",
        "password.set",
        "password.set",
        "session.started",
        "session.ended",
    ]
    assert found[-1].after is not None
    assert found[-1].after["end_reason"] == "signed_out"
    assert found[4].resource_id == str(user_id)
    assert b"sesame".hex() not in repr(found)
    assert "sesame" not in repr(found)


async def test_an_invitation_somebody_else_ends_was_withdrawn(desk: Desk) -> None:
    await desk.run(LINK, (new_id(), desk.identity.tenant_id, await desk.user(), b"token", NOW, NOW))
    await desk.run("UPDATE account_links SET used_at = now()")
    assert await desk.actions() == ["user.created", "invitation.sent", "invitation.withdrawn"]


async def test_a_document_is_told_by_its_decisions_not_by_its_stages(desk: Desk) -> None:
    document_id = new_id()
    await desk.run(DOCUMENT, (document_id, desk.identity.tenant_id, desk.identity.user_id, NOW))
    for status in ("inspecting", "extracting", "analysing", "awaiting_confirmation", "indexing", "ready"):
        await desk.run("UPDATE documents SET status = %s, title = %s", (status, status))
    await desk.run("DELETE FROM documents")
    assert await desk.actions() == [
        "document.created",
        "document.awaiting_confirmation",
        "document.confirmed",
        "document.ready",
        "document.deleted",
    ]


async def test_of_a_call_only_its_deletion_is_told(desk: Desk) -> None:
    await desk.run(
        "INSERT INTO conversations (id, tenant_id, channel, started_at, heard_at) VALUES (%s, %s, 'web', now(), now())",
        (new_id(), desk.identity.tenant_id),
    )
    await desk.run("UPDATE conversations SET heard_at = now(), status = 'ended', ended_at = now()")
    for statement in ("SET deleted_at = now()", "SET deleted_at = NULL"):
        await desk.run(f"UPDATE conversations {statement}")
    await desk.run("DELETE FROM conversations")
    assert await desk.actions() == ["conversation.deleted", "conversation.restored", "conversation.purged"]


async def test_what_goes_with_its_parent_is_told_by_the_parent_alone(desk: Desk) -> None:
    user_id, tenant_id = await desk.user(), desk.identity.tenant_id
    await desk.run(KEY, (new_id(), tenant_id, user_id, b"hash"))
    await desk.run(SESSION, (new_id(), tenant_id, user_id, b"cookie", NOW, NOW, NOW))
    await desk.run(DOCUMENT, (new_id(), tenant_id, user_id, NOW))  # forgets who uploaded it
    await desk.entries()
    await desk.run("DELETE FROM users WHERE id = %s", (user_id,))
    assert await desk.actions() == ["user.purged"]
    calendar_id = await desk.calendar()
    await desk.run(EVENT, (new_id(), tenant_id, calendar_id, ""))
    await desk.run("DELETE FROM calendars")
    assert await desk.actions() == ["calendar.created", "event.created", "calendar.deleted"]


async def test_long_values_are_told_by_their_length(desk: Desk) -> None:
    await desk.run(EVENT, (new_id(), desk.identity.tenant_id, await desk.calendar(), "x" * 3000))
    made = (await desk.entries())[-1]
    assert made.after is not None
    assert made.after["description"] == "(3002 characters)"
    assert made.after["summary"] == "Lunch"


FORGERY = (
    "INSERT INTO audit_entries (tenant_id, action, resource_type, resource_id) "
    "VALUES (current_tenant(), 'user.deleted', 'user', 'x')"
)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries", FORGERY],
)
async def test_nobody_writes_or_rewrites_the_log(statement: str, desk: Desk) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await desk.run(statement)


async def test_no_trigger_of_another_table_writes_into_the_log(desk: Desk, fresh_database_url: str) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE own (id uuid, tenant_id uuid); ALTER TABLE own OWNER TO voiceloop_app")
    forge = "CREATE TRIGGER t AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION audit_row('forged', '{}', '{}')"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await desk.run(forge)


async def test_no_setting_hides_a_deletion(desk: Desk) -> None:
    user_id, ids = await desk.user(), str(desk.identity.tenant_id)
    await desk.entries()
    async with desk.database.transaction(desk.identity) as connection:
        await connection.execute("SELECT set_config('voiceloop.gone', %s, true)", (f"{ids} {user_id}",))
        await connection.execute("DELETE FROM users WHERE id = %s", (user_id,))
    assert await desk.actions() == ["user.purged"]


async def test_the_log_knows_of_every_parent_when_it_is_gone(fresh_database_url: str) -> None:
    with psycopg.connect(fresh_database_url) as connection:
        unknown = connection.execute(
            "SELECT conrelid::regclass, a.attname FROM pg_constraint c JOIN pg_attribute a "
            "ON a.attrelid = conrelid AND a.attnum = ANY (conkey) WHERE contype = 'f' AND EXISTS ("
            "SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid = conrelid AND proname = 'audit_row') "
            "AND audit_parent_is_gone(a.attname, gen_random_uuid()::text) IS NOT TRUE"
        ).fetchall()
    assert unknown == [], "name these columns in audit_parent_is_gone"


async def test_changes_nobody_signed_in_for_are_the_systems(desk: Desk) -> None:
    async with desk.database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (desk.identity.tenant_id,))
    (entry,) = await desk.entries()
    assert (entry.action, entry.actor_role, entry.actor_user_id) == ("tenant.updated", "system", None)
    assert entry.after == {"operates": True}


@pytest.fixture
async def operator(desk: Desk) -> Desk:
    """The desk of the tenant that operates the installation."""
    async with desk.database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (desk.identity.tenant_id,))
    await desk.entries()
    return desk


async def test_what_an_operator_does_to_another_tenant_stands_in_both_logs(
    operator: Desk, other_identity: Identity
) -> None:
    await operator.run("SELECT change_tenant(%s, '{\"calls_limit\": 7}', now())", (other_identity.tenant_id,))
    (mine,) = await operator.entries()
    theirs = (await Desk(operator.database, other_identity).entries())[-1]
    assert mine.action == theirs.action == "tenant.updated"
    assert mine.resource_id == theirs.resource_id == str(other_identity.tenant_id)
    assert mine.actor_user_id == operator.identity.user_id
    assert (theirs.actor_user_id, theirs.actor_role, theirs.actor_name) == (None, "operator", "")
    assert theirs.after == {"calls_limit": 7}


async def test_who_founds_a_tenant_stands_in_their_own_log_and_unnamed_in_the_new_one(desk: Desk) -> None:
    founder = replace(desk.identity, tenant_id=new_id())
    async with desk.database.transaction(founder) as connection:
        await connection.execute(
            "INSERT INTO tenants (id, slug, name) VALUES (%s, 'third', 'Third')", (founder.tenant_id,)
        )
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, name, timezone) VALUES (%s, %s, 'Work', 'UTC')",
            (new_id(), founder.tenant_id),
        )
    (mine,) = await desk.entries()
    assert (mine.action, mine.resource_id) == ("tenant.created", str(founder.tenant_id))
    assert (mine.actor_user_id, mine.channel) == (desk.identity.user_id, "http")
    theirs = await Desk(desk.database, founder).entries()
    assert [one.action for one in theirs] == ["tenant.created", "calendar.created"]
    assert {(one.actor_user_id, one.actor_role, one.actor_name, one.address) for one in theirs} == {
        (None, "operator", "", "")
    }


async def test_a_purged_tenant_takes_its_log_along_and_leaves_lines_with_the_operator(
    operator: Desk, other_identity: Identity
) -> None:
    theirs, tenant_id = Desk(operator.database, other_identity), other_identity.tenant_id
    await theirs.run(EVENT, (new_id(), tenant_id, await theirs.calendar(), ""))
    for step in ("delete_tenant", "restore_tenant", "begin_purge_of_tenant"):
        await operator.run(f"SELECT {step}(%s, now())", (tenant_id,))
    assert (await theirs.actions())[-3:] == ["tenant.deleted", "tenant.restored", "tenant.purged"]
    async with operator.database.system() as connection:
        await connection.execute("SELECT finish_purge_of_tenant(%s, now())", (tenant_id,))
    assert await list_entries(operator.database, other_identity, AuditFilter(), limit=10) == []
    lines = await operator.entries()
    assert [(one.action, one.resource_id) for one in lines] == [
        ("tenant.deleted", str(tenant_id)),
        ("tenant.restored", str(tenant_id)),
        ("tenant.purged", str(tenant_id)),
    ]
    assert {one.actor_user_id for one in lines} == {operator.identity.user_id}


FILTERS: dict[str, dict[str, Any]] = {
    "action": {"action": "calendar.created"},
    "resource_type": {"resource_type": "calendar"},
    "since": {"since": datetime(2000, 1, 1, tzinfo=UTC), "action": "calendar.created"},
}


@pytest.mark.parametrize("name", sorted(FILTERS))
async def test_entries_are_found_by_what_is_asked_for(name: str, desk: Desk) -> None:
    await desk.user()
    calendar_id = await desk.calendar()
    found = await list_entries(desk.database, desk.identity, AuditFilter(**FILTERS[name]), limit=10)
    assert [one.resource_id for one in found] == [str(calendar_id)]
    past = AuditFilter(until=datetime(2000, 1, 1, tzinfo=UTC))
    assert await list_entries(desk.database, desk.identity, past, limit=10) == []
