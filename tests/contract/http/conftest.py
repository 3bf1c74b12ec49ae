"""The contract's clients talk to the same real sidecar as the integration tests; blocking tests have a house."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from uuid import uuid4

import argon2
import psycopg
import pytest
import requests

from ingest.settings import Settings
from tests.conftest import database_url
from tests.contract.http.house import House, open_house
from tests.integration.ingest.conftest import (  # noqa: F401  # pytest finds fixtures by name
    client,
    settings,
    sidecar,
    stranger,
    upload,
)

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.passwords._HASHER", CHEAP)


@pytest.fixture(scope="session")
def house(postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One sidecar with one furnished tenant for all blocking tests; without limits, and with cheap passwords."""
    name, limits = f"house_{uuid4().hex}", {one: "off" for one in Settings.model_fields if one.startswith("limit_")}
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}".encode())
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # no longer than that: tests of other folders come in between
            patch.setattr("store.passwords._HASHER", CHEAP)
            folder = tmp_path_factory.mktemp("house")
            opened = stack.enter_context(open_house(database_url(postgres_url, name), folder, **limits))
        yield opened
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="module")
def connection() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # or who is nobody would be the last owner
        yield session
