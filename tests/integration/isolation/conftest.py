"""Tenant A with a full estate, tenant B with all rights of an owner, and the real sidecar between them."""

from __future__ import annotations

import aiohttp
import pytest

from ingest.settings import Settings
from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar, Upload, client, sidecar, stranger, upload  # noqa: F401
from tests.integration.ingest.conftest import settings as limited_settings  # noqa: F401
from tests.integration.isolation.estate import Estate
from tests.integration.isolation.walk import Stranger


@pytest.fixture
def settings(limited_settings: Settings) -> Settings:  # noqa: F811
    """Without limits, as the walk asks more often than anybody may; and nobody is an owner for being near."""
    limits = {name: "off" for name in Settings.model_fields if name.startswith("limit_")}
    return limited_settings.model_copy(update={**limits, "local_sign_in": False})


@pytest.fixture
async def estate(
    sidecar: Sidecar,  # noqa: F811
    database: Database,
    client: aiohttp.ClientSession,  # noqa: F811
    upload: Upload,  # noqa: F811
    fresh_database_url: str,
) -> Estate:
    made = Estate(sidecar, database, client, fresh_database_url)
    await made.furnish(upload)
    return made


@pytest.fixture
def b(sidecar: Sidecar, database: Database, other_identity: Identity) -> Stranger:  # noqa: F811
    return Stranger(sidecar, database, other_identity)
