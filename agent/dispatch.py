"""Who is asked for: the metadata of a dispatch, read leniently, because a call that starts wrong should still start.

The metadata is written by the token endpoint, a phone rule or an operator, all of which hold the LiveKit secret.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store.log import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """``persona`` and ``language`` are empty for the default ones."""

    tenant: str
    persona: str = ""
    language: str = ""
    user_id: UUID | None = None


def read_dispatch(metadata: str, *, default_tenant: str) -> Dispatch:
    """Parse the JSON object of a dispatch; anything missing or malformed falls back to the default."""
    if not metadata.strip():
        return Dispatch(default_tenant)
    try:
        value: Any = json.loads(metadata)
    except json.JSONDecodeError:
        log.warning("dispatch metadata is no JSON, using the default persona")
        return Dispatch(default_tenant)
    if not isinstance(value, dict):
        log.warning("dispatch metadata is no object, using the default persona")
        return Dispatch(default_tenant)
    return Dispatch(
        tenant=_text(value.get("tenant")) or default_tenant,
        persona=_text(value.get("persona")),
        language=_text(value.get("language")),
        user_id=_uuid(value.get("user")),
    )


def _text(value: object) -> str:
    return "".join(filter(str.isprintable, value)).strip()[:63] if isinstance(value, str) else ""


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
