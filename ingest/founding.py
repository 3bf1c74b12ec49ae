"""A new tenant with all that belongs to it: its row, a calendar, the first personas. One place for `up`, HTTP and CLI.

One transaction: all of it is there afterwards, or nothing. `up` makes the first tenant's row and owner itself
(``seed.py``); the others are founded by who operates the installation, and their owner is invited.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.invitations import invite
from store import personas
from store.database import Connection, Database
from store.errors import Invalid
from store.founding import act_as, add_calendar
from store.identity import Identity
from store.ids import new_id
from store.policy import scopes_of_role
from store.tenants import found_tenant
from store.users import Member, create_user

if TYPE_CHECKING:
    from ingest.mails.outbox import Outbox

_DEFAULTS: Final = {"language": "en", "voice": "", "business_hours": {}, "escalation_contacts": [], "limits": {}}
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONGEST_NAME: Final = 200


def founder_of(tenant_id: UUID) -> Identity:
    """Who makes a tenant's first rows: nobody signed in, with the rights of an owner there."""
    return Identity(tenant_id, None, "owner", scopes_of_role("owner"), "VoiceLoop")


async def furnish(connection: Connection, founder: Identity, *, timezone: str, at: datetime) -> None:
    """Give the founder's tenant, whose row is there, its calendar and personas."""
    await add_calendar(connection, founder, timezone=timezone, at=at)
    for persona in first_personas():
        content = {**_DEFAULTS, **persona}
        await personas.create(connection, founder, content, is_default=bool(persona.get("is_default")), at=at)


async def found_with_owner(
    database: Database,
    operator: Identity,
    outbox: Outbox | None,
    public_url: str,
    *,
    slug: str,
    name: str,
    timezone: str,
    owner_email: str,
    owner_name: str,
    at: datetime,
) -> tuple[UUID, Member, str]:
    """A tenant whose owner is invited, in one transaction: its id, the owner, the invitation's URL.

    Raises Invalid, Conflict, and NotAllowed unless ``operator`` operates the installation.
    """
    if not _SLUG.fullmatch(slug):
        raise Invalid("A tenant's short name is of a-z, 0-9 and hyphens, 63 at most, as `harbour-house`.")
    if not 1 <= len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A tenant's name is one line of 1 to {_LONGEST_NAME} characters.")
    if not is_zone(timezone):
        raise Invalid(f"{timezone!r} is no IANA zone; write one such as Europe/Berlin.", code="invalid_timezone")
    founder = founder_of(new_id())
    async with database.transaction(operator) as connection:
        await found_tenant(connection, operator, founder.tenant_id, slug=slug, name=name, timezone=timezone, at=at)
        await act_as(connection, founder, operator.origin.channel)
        await furnish(connection, founder, timezone=timezone, at=at)
        owner = await create_user(connection, founder, email=owner_email, name=owner_name, role="owner", at=at)
        link = await invite(outbox, public_url, connection, founder, owner, at=at)
    return founder.tenant_id, owner, link


def first_personas() -> list[dict[str, Any]]:
    """The shipped personas: slug, name, kind, prompt, greeting, toolsets and, on one, is_default."""
    text = (resources.files("ingest") / "samples" / "personas.toml").read_text("utf-8")
    return [{**row, "prompt": _unwrapped(row["prompt"])} for row in tomllib.loads(text)["persona"]]


def _unwrapped(text: str) -> str:
    """Each paragraph on one line: the file's line ends mean nothing to whoever edits the prompt in the page."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def is_zone(name: str) -> bool:
    """Whether this is an IANA zone's name."""
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
