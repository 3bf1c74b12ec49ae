"""Functions of the database that look past row-level security: each known, each with a reason, none helps a stranger.

To add one: a line in DEFINERS, and in TRIES when it takes a tenant's id from a program that acts for somebody.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.store.test_isolation import Rows

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_SECRET = "whose is this secret: asked before a tenant is known, answered only to who has it"
_OPERATOR = "the operator's, which asks itself whether the asker operates the installation"
_SWEEP = "housekeeping of all tenants: ids or counts, no content"
_OWN = "the current tenant's own ids and figures, which row-level security alone would find too slowly"
DEFINERS = {
    "identity_of_key": _SECRET,
    "identity_of_session": _SECRET + "; by id only after a signature was verified",
    "session_of_refresh_token": _SECRET,
    "user_of_account_link": _SECRET,
    "calendar_authorization_of": _SECRET,
    "calendar_channels_named": _SECRET + ": its hash is compared by who asks",
    "calendar_accounts_due": _SWEEP,
    "calendar_feed_of": _SECRET,
    "sign_in_candidates": "sign-in by e-mail, before a tenant is known; the password is verified after it",
    "sign_in_breadth": "one number, so that sign-in takes the same time for everybody",
    "tenant_of_slug": "which tenant a room, a dispatch or a setting names: its id",
    "appoint_operator": "the first tenant of the installation; once there is one it changes nothing",
    "operates_now": _OPERATOR,
    "visible_tenants": _OPERATOR,
    "usage_of_tenants": _OPERATOR,
    "found_tenant": _OPERATOR,
    "change_tenant": _OPERATOR,
    "delete_tenant": _OPERATOR,
    "restore_tenant": _OPERATOR,
    "begin_purge_of_tenant": _OPERATOR,
    "finish_purge_of_tenant": "removes only what an operator marked, and what nothing brings back",
    "tenants_to_purge": _SWEEP,
    "tenants_with_trash": _SWEEP,
    "ids_of_tenants": _SWEEP,
    "clear_old_sessions": _SWEEP,
    "close_lost_conversations": _SWEEP,
    "analyze_search": _SWEEP,
    "forget_old_queries": _SWEEP,
    "documents_to_search": _OWN,
    "words_of_question": _OWN,
    "find_chunks": _OWN,
    "places_of_workers": "how many calls each worker of the installation holds: counts, whoever's they are",
    "take_allowance": "counters under a hash, of nobody's tenant",
    "forget_allowances": "counters under a hash, of nobody's tenant",
}
# As tenant B: the statement, with A's id, and what it must answer.
TRIES: dict[str, tuple[str, list[Any]]] = {
    "operates_now": ("SELECT operates_now() OR %(a)s IS NULL AS x", [False]),
    "visible_tenants": ("SELECT id AS x FROM visible_tenants(true, %(a)s, NULL, NULL, NULL, 10)", []),
    "usage_of_tenants": (
        "SELECT tenant_id AS x FROM usage_of_tenants(true, ARRAY[%(a)s]::uuid[], %(now)s, interval '1 minute')",
        [],
    ),
    "found_tenant": ("SELECT found_tenant(%(new)s, 'third', 'Third', 'UTC', %(now)s) AS x", [False]),
    "change_tenant": ("SELECT change_tenant(%(a)s, '{\"calls_limit\": 0}', %(now)s) AS x", [False]),
    "delete_tenant": ("SELECT delete_tenant(%(a)s, %(now)s) AS x", [False]),
    "restore_tenant": ("SELECT restore_tenant(%(a)s, %(now)s) AS x", [False]),
    "begin_purge_of_tenant": ("SELECT begin_purge_of_tenant(%(a)s, %(now)s) AS x", [False]),
    "finish_purge_of_tenant": ("SELECT finish_purge_of_tenant(%(a)s, %(now)s) AS x", [False]),
    "tenants_to_purge": ("SELECT tenants_to_purge('infinity', %(now)s) AS x", []),
    "tenants_with_trash": ("SELECT tenants_with_trash('infinity') AS x", []),
    "ids_of_tenants": ("SELECT ids_of_tenants() AS x", []),
    "clear_old_sessions": ("SELECT clear_old_sessions('infinity') AS x", [0]),
    "forget_old_queries": ("SELECT forget_old_queries('infinity') AS x", [0]),
    "documents_to_search": (
        "SELECT unnest(documents_to_search(jsonb_build_object('created_from', '2000-01-01', 'a', %(a)s::text))) AS x",
        [],
    ),
    "words_of_question": ("SELECT stems AS x FROM words_of_question('breakfast ' || %(a)s::text)", []),
    "find_chunks": ("SELECT chunk_id AS x FROM find_chunks('breakfast #' || %(a)s::text, NULL, '', '{}', 50)", []),
    "close_lost_conversations": ("SELECT close_lost_conversations('-1 day') AS x", [0]),
}


async def _definers(database: Database) -> list[dict[str, Any]]:
    async with database.system() as connection:
        cursor = await connection.execute(
            "SELECT proname AS name, coalesce(proconfig::text, '') AS settings, pg_get_userbyid(proowner) AS owner "
            "FROM pg_proc p WHERE prosecdef AND pronamespace = 'public'::regnamespace "
            "AND has_function_privilege('voiceloop_app', p.oid, 'EXECUTE')"
        )
        return await cursor.fetchall()


async def test_every_function_that_looks_past_the_policies_has_a_reason(database: Database) -> None:
    assert {row["name"] for row in await _definers(database)} == set(DEFINERS)
    assert {name for name, reason in DEFINERS.items() if reason == _OPERATOR} <= set(TRIES)


async def test_none_of_them_can_be_led_astray_by_a_search_path_or_a_mighty_owner(database: Database) -> None:
    for row in await _definers(database):
        assert "search_path=public, pg_temp" in row["settings"], row["name"]
        assert row["owner"] == "voiceloop_lookup" or row["name"] == "analyze_search", row["name"]


@pytest.mark.parametrize("name", sorted(TRIES))
async def test_a_stranger_gets_nothing_from_it(
    name: str, database: Database, identity: Identity, other_identity: Identity
) -> None:
    await Rows(identity).fill(database)
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (identity.tenant_id,))
        await connection.execute("SELECT appoint_operator(%s)", (other_identity.tenant_id,))  # too late
    before = await _tenant(database, identity)
    statement, wanted = TRIES[name]
    async with database.transaction(other_identity) as connection:
        cursor = await connection.execute(statement.encode(), {"a": identity.tenant_id, "new": new_id(), "now": NOW})
        assert [row["x"] for row in await cursor.fetchall()] == wanted
    assert await _tenant(database, identity) == before


async def _tenant(database: Database, identity: Identity) -> Any:
    async with database.transaction(identity) as connection:
        return await (await connection.execute("SELECT * FROM tenants")).fetchone()
