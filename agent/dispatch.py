"""Who is asked for: the metadata of a dispatch. What is signed counts; what is not chooses little, or nothing.

Signed metadata is written by the sidecar (`/api/token`, the dispatch watch, phone rules). The rest is read leniently,
because a call that starts wrong should still start; only a tenant that it may not name is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.grants import Grant, object_of, read_metadata, tenant_of_unsigned
from store.log import get_logger
from store.seal import Keyring

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """``persona`` and ``language`` are empty for the default ones; the ids come from a grant only."""

    tenant: str
    persona: str = ""
    language: str = ""
    tenant_id: UUID | None = None
    user_id: UUID | None = None
    key_id: UUID | None = None
    session_id: UUID | None = None


def read_dispatch(
    metadata: str, *, keyring: Keyring, room: str, now: datetime, default_tenant: str, unsigned: str
) -> Dispatch:
    """What the metadata of a dispatch into ``room`` asks for; ``unsigned`` is one of UNSIGNED.

    Raises GrantRefused for a grant that does not hold, and for unsigned metadata that asks for more than it may.
    """
    grant = read_metadata(keyring, metadata, room=room, now=now)
    if grant is not None:
        return _granted(grant)
    value = object_of(metadata)
    if metadata.strip() and not value:
        log.warning("dispatch metadata is no object, using the default persona")
    tenant = tenant_of_unsigned(metadata, default=default_tenant, allowed=unsigned)
    return Dispatch(tenant, persona=_text(value.get("persona")), language=_text(value.get("language")))


def _granted(grant: Grant) -> Dispatch:
    return Dispatch(
        tenant=grant.tenant_slug,
        persona=grant.persona,
        language=grant.language,
        tenant_id=grant.tenant_id,
        user_id=grant.user_id,
        key_id=grant.key_id,
        session_id=grant.session_id,
    )


def _text(value: object) -> str:
    return "".join(filter(str.isprintable, value)).strip()[:63] if isinstance(value, str) else ""
