"""Migrations apply once, refuse a changed history, and leave nothing when one fails."""

from __future__ import annotations

import psycopg
import pytest

from store import migrate as module
from store.errors import SettingsError, Unavailable
from store.migrate import Migration, available, migrate


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
