"""Who listens for changes of access hears of every tenant, whatever else is said on the channel."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import psycopg

from store.access import access_changes
from store.identity import Identity


async def test_what_somebody_else_says_on_the_channel_is_not_heard(fresh_database_url: str, identity: Identity) -> None:
    async with aclosing(access_changes(fresh_database_url)) as changes:
        assert await anext(changes) is None
        with psycopg.connect(fresh_database_url, autocommit=True) as connection:
            for payload in ("", "hello", "{}", str(identity.tenant_id)):
                connection.execute("SELECT pg_notify('voiceloop_access', %s)", (payload,))
        async with asyncio.timeout(10):
            assert await anext(changes) == identity.tenant_id
