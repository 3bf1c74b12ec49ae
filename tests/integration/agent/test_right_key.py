"""A worker with another secret key than its database's does not start; a database that is away keeps nobody from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.serving import require_right_key, serve
from agent.settings import WorkerSettings
from store.errors import SettingsError
from store.seal import Keyring


async def test_another_key_than_the_databases_is_refused(settings: WorkerSettings) -> None:
    await require_right_key(settings)  # the first to ask decides which one it is
    await require_right_key(settings)
    wrong = replace(settings, keyring=Keyring.from_text("x" * 64))
    with pytest.raises(SettingsError, match="another VOICELOOP_SECRET_KEY"):
        await serve(wrong)
    await require_right_key(replace(settings, keyring=Keyring.from_text("x" * 64 + "," + "k" * 64)))


async def test_a_database_that_is_away_says_nothing_about_the_key(settings: WorkerSettings) -> None:
    await require_right_key(replace(settings, database_url="postgresql://127.0.0.1:1/nothing"))
