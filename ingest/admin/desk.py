"""What an administrator's command works with: the database, the tenant, who acts, the key, how links reach people.

Whoever may run this holds the database anyway, so the command acts as an owner with every scope; the audit log shows
the channel ``cli``. Works on DATABASE_URL or on the home's own database, whether an `up` runs there or not.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any, Final, TypeVar

import typer
from psycopg import errors

from ingest.admin.tables import masked
from ingest.laptop.database import database_url
from ingest.laptop.home import Home, is_locked
from ingest.laptop.secrets import secret_key
from ingest.mails.outbox import Outbox
from ingest.up import default_home
from store.clock import Clock, clock_from_environment
from store.database import Database
from store.errors import Conflict, Invalid, NotFound, SettingsError
from store.identity import ALL_SCOPES, Identity, Origin
from store.installation import check_key
from store.log import configure
from store.seal import Keyring
from store.tenants import Tenant, read_tenant, tenant_id_of_slug

T = TypeVar("T")
_NAME: Final = "voiceloop command"
_OLDER_SCHEMA: Final = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction)

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar="VOICELOOP_HOME", help="Directory for data, keys and logs.")
]
TenantOption = Annotated[
    str, typer.Option("--tenant", envvar="VOICELOOP_TENANT", metavar="SLUG", help="The tenant this is about.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """``keyring`` is None when the secret key is not known here."""

    home: Home
    environment: Mapping[str, str]
    database: Database
    tenant: Tenant
    identity: Identity
    clock: Clock
    keyring: Keyring | None
    public_url: str

    @property
    def outbox(self) -> Outbox | None:
        """None without the secret key: then no mail is sent, only the link is shown."""
        return Outbox(self.keyring, self.clock) if self.keyring else None

    def now(self) -> datetime:
        return self.clock.now()


def at_desk(home: Path | None, tenant: str, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Run ``work`` at the desk of this tenant. Raises VoiceLoopError with a sentence for the terminal."""
    configure(pretty=True, level=logging.WARNING)
    return asyncio.run(_at_desk(home or default_home(os.environ), tenant, work, os.environ))


async def _at_desk(
    folder: Path, tenant: str, work: Callable[[Desk], Awaitable[T]], environment: Mapping[str, str]
) -> T:
    async with open_desk(folder, tenant, environment) as desk:
        return await work(desk)


@asynccontextmanager
async def open_desk(folder: Path, slug: str, environment: Mapping[str, str]) -> AsyncGenerator[Desk]:
    """Raises NotFound for an unknown tenant, SettingsError for a database of another version or no database."""
    home = Home.at(folder)
    if not (environment.get("DATABASE_URL") or home.database.exists() or is_locked(home)):
        raise SettingsError(
            f"There is no VoiceLoop in {home.path}. Name its --home, set DATABASE_URL, or run `voiceloop up` first."
        )
    clock = clock_from_environment(environment)
    try:
        async with database_url(folder, environment) as url, await Database.open(url, max_size=2) as database:
            tenant = await _tenant(database, slug)
            yield Desk(
                home=home,
                environment=environment,
                database=database,
                tenant=tenant,
                identity=_identity(tenant),
                clock=clock,
                keyring=await _keyring(database, home, environment),
                public_url=_public_url(home, environment),
            )
    except _OLDER_SCHEMA as error:
        raise SettingsError("This database is not of this version. Run `voiceloop migrate` first.") from error


async def _tenant(database: Database, slug: str) -> Tenant:
    tenant_id = await tenant_id_of_slug(database, slug)
    if tenant_id is None:
        raise NotFound(f"There is no tenant {slug!r}. Name one with --tenant.", code="tenant_not_found")
    tenant = await read_tenant(database, Identity(tenant_id, None, ""))
    if tenant is None:
        raise Conflict(f"The tenant {slug!r} is deleted. Bring it back with `voiceloop tenant restore`.")
    return tenant


def _identity(tenant: Tenant) -> Identity:
    origin = Origin("cli", request_id=token_hex(8))
    return Identity(tenant.id, None, "owner", ALL_SCOPES, _NAME, origin=origin)


async def _keyring(database: Database, home: Home, environment: Mapping[str, str]) -> Keyring | None:
    """What mails and files are sealed with. Raises SettingsError when this database has another key."""
    key = environment.get("VOICELOOP_SECRET_KEY", "")
    if not key and not environment.get("DATABASE_URL"):
        key = secret_key(home, environment)
    if not key:
        return None
    keyring = Keyring.from_text(key)
    await check_key(database, keyring)
    return keyring


def _public_url(home: Home, environment: Mapping[str, str]) -> str:
    """Where people reach the page: as the sidecar is told, else where the running `up` listens."""
    told = environment.get("VOICELOOP_PUBLIC_URL", "")
    running: dict[str, Any] = home.read_state() if not told and is_locked(home) else {}
    return told or running.get("url") or f"http://127.0.0.1:{environment.get('VOICELOOP_PORT') or 8080}"


def confirm(question: str, *, yes: bool) -> None:
    """Ask before what cannot be undone. Raises Invalid when nobody agreed."""
    if not yes and not typer.confirm(masked(question), err=True):
        raise Invalid("Nothing was done.")
