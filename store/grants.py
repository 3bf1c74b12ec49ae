"""Who a call is for: the metadata of a dispatch, signed, so that nobody who can write metadata can choose a tenant.

Metadata is JSON with ``tenant``, ``persona``, ``language`` to read and ``grant``, a JWT that says the same and counts.
A grant for a room is good in that room until it ends; a phone rule's is good in every room, for good. The words of a
caller, a participant's metadata and its attributes are never read for this. Unsigned metadata was written by somebody
else who holds the LiveKit secret, such as an operator's script; VOICELOOP_UNSIGNED_DISPATCH says how far it is trusted.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import jwt
from jwt.types import Options

from store.errors import NotAllowed
from store.seal import Keyring, SealBroken

LIFETIME: Final = timedelta(hours=24)  # of a room's grant: a call taken over by another worker shows it again
UNSIGNED: Final = ("default-tenant", "any-tenant", "none")  # what metadata without a grant may name
_AUDIENCE: Final = "voiceloop dispatch"
_ALGORITHM: Final = "HS256"
_CHECKS: Final[Options] = {
    "require": ["aud", "tenant", "slug", "kind"],
    "verify_exp": False,  # by the clock of the call, below
    "verify_iat": False,
    "verify_nbf": False,
    "strict_aud": True,
}


class GrantRefused(NotAllowed):
    """The metadata of a dispatch is signed wrongly, for another room, over, or says what its signature does not."""

    code = "grant_refused"


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose call this is. ``persona`` and ``language`` are empty for the default ones.

    ``kind`` room: ``room`` and ``expires_at`` are there. ``kind`` rule: neither they nor a user.
    """

    tenant_id: UUID
    tenant_slug: str
    kind: Literal["room", "rule"]
    persona: str = ""
    language: str = ""
    user_id: UUID | None = None
    key_id: UUID | None = None
    session_id: UUID | None = None
    room: str | None = None
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        bound = (bool(self.room), self.expires_at is not None)
        if self.kind == "room" and bound != (True, True):
            raise ValueError("a room's grant names the room and its end")
        if self.kind == "rule" and (any(bound) or self.user_id or self.key_id or self.session_id):
            raise ValueError("a rule's grant is nobody's, for any room, and has no end")
        if self.kind not in {"room", "rule"}:
            raise ValueError(f"there is no kind of grant {self.kind!r}")


def write_metadata(keyring: Keyring, grant: Grant) -> str:
    """The metadata of a dispatch (JSON): what people may read of the grant, and the grant."""
    return json.dumps({**_shown(grant), "grant": sign(keyring, grant)})


def read_metadata(keyring: Keyring, metadata: str, *, room: str, now: datetime) -> Grant | None:
    """The grant in the metadata of a dispatch into ``room``; None when it is not signed at all.

    Raises GrantRefused when there is one that does not hold, or that the rest of the metadata contradicts.
    """
    value = object_of(metadata)
    if "grant" not in value:
        return None
    text = value["grant"]
    if not isinstance(text, str):
        raise GrantRefused("The grant of this dispatch is no text.")
    grant = read(keyring, text, room=room, now=now)
    if {name: value[name] for name in value if name != "grant"} != _shown(grant):
        raise GrantRefused("The metadata of this dispatch says something else than its grant.")
    return grant


def tenant_of_unsigned(metadata: str, *, default: str, allowed: str) -> str:
    """The slug that metadata without a grant may stand for; ``allowed`` is one of UNSIGNED. Raises GrantRefused."""
    if allowed == "none":
        raise GrantRefused("This dispatch is not signed, and VOICELOOP_UNSIGNED_DISPATCH allows none.")
    named = object_of(metadata).get("tenant")
    slug = named.strip() if isinstance(named, str) else ""
    if slug and slug != default and allowed != "any-tenant":
        raise GrantRefused("This dispatch names a tenant but is not signed; ask `/api/token` for one that is.")
    return slug or default


def object_of(metadata: str) -> Mapping[str, Any]:
    """The JSON object of any metadata; an empty one when it is none."""
    try:
        value = json.loads(metadata or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def sign(keyring: Keyring, grant: Grant) -> str:
    """The grant as a JWT, signed with this installation's first secret."""
    claims = {
        "aud": _AUDIENCE,
        "tenant": str(grant.tenant_id),
        "slug": grant.tenant_slug,
        "kind": grant.kind,
        "persona": grant.persona,
        "language": grant.language,
        "user": str(grant.user_id) if grant.user_id else None,
        "key": str(grant.key_id) if grant.key_id else None,
        "session": str(grant.session_id) if grant.session_id else None,
        "room": grant.room,
        "exp": int(grant.expires_at.timestamp()) if grant.expires_at else None,  # whole seconds
    }
    key_id = keyring.current_id
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        keyring.derive("dispatch", key_id=key_id),
        algorithm=_ALGORITHM,
        headers={"kid": key_id.hex()},
    )


def read(keyring: Keyring, text: str, *, room: str, now: datetime) -> Grant:
    """The grant that ``text`` is, good in ``room`` at ``now``. Raises GrantRefused."""
    try:
        key = keyring.derive("dispatch", key_id=bytes.fromhex(str(jwt.get_unverified_header(text)["kid"])))
        claims = jwt.decode(text, key, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=_CHECKS)
        grant = _grant(claims)
    except (jwt.PyJWTError, SealBroken, KeyError, TypeError, ValueError, OverflowError) as error:
        raise GrantRefused("The grant of this dispatch was not signed by this installation.") from error
    if not _is_canonical(text):
        raise GrantRefused("The grant of this dispatch was changed.")
    if grant.room is not None and grant.room != room:
        raise GrantRefused("The grant of this dispatch is for another room.")
    if grant.expires_at is not None and grant.expires_at <= now:
        raise GrantRefused("The grant of this dispatch is over.")
    return grant


def _grant(claims: Mapping[str, Any]) -> Grant:
    user, key, session, ends = (claims.get(name) for name in ("user", "key", "session", "exp"))
    return Grant(
        tenant_id=UUID(str(claims["tenant"])),
        tenant_slug=str(claims["slug"]),
        kind=claims["kind"],
        persona=str(claims.get("persona", "")),
        language=str(claims.get("language", "")),
        user_id=None if user is None else UUID(str(user)),
        key_id=None if key is None else UUID(str(key)),
        session_id=None if session is None else UUID(str(session)),
        room=claims.get("room"),
        expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
    )


def _shown(grant: Grant) -> dict[str, str]:
    values = {"tenant": grant.tenant_slug, "persona": grant.persona, "language": grant.language}
    return {name: value for name, value in values.items() if value}


def _is_canonical(text: str) -> bool:
    """Whether the signature is written as we write it: base64 has other spellings of the same bytes."""
    signature = text.rpartition(".")[2]
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=") == signature
