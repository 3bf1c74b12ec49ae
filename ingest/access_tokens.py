"""Access tokens of programs: JWTs of 15 minutes that name a session. Signs and verifies; asks no database.

A token says which key signed it (`kid`), so keys can be rotated; whether its session is still good, the database knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from ingest.errors import NotSignedIn
from store.clock import Clock
from store.seal import Keyring, SealBroken

LIFETIME: Final = timedelta(minutes=15)
AUDIENCE: Final = "voiceloop-api"
_ISSUER: Final = "voiceloop"
_PURPOSE: Final = f"session {AUDIENCE}"
_HEADER: Final = {"alg", "typ", "kid"}
_CLAIMS: Final = ["exp", "iat", "sub", "sid", "tenant", "aud", "iss"]
_TOKEN: Final = re.compile(r"(?=.{1,2048}\Z)[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)  # ours have about 450 characters
_SKEW: Final = timedelta(minutes=1)  # between the clocks of two machines


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says: this session, of this user, of this tenant."""

    tenant_id: UUID
    user_id: UUID
    session_id: UUID
    expires_at: datetime


class AccessTokens:
    """Issues and reads the access tokens of one installation."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock
        self._keys: dict[str, bytes] = {}  # by key id, of the few secrets there are

    def issue(self, tenant_id: UUID, user_id: UUID, session_id: UUID) -> str:
        """A token for ``LIFETIME``, signed with the first secret."""
        now = self._clock.now()
        payload = {
            "iss": _ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "tenant": str(tenant_id),
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        key_id = self._keyring.current_id.hex()
        return jwt.encode(payload, self._key(key_id), algorithm="HS256", headers={"kid": key_id})

    def read(self, token: str) -> Claim:
        """Raises NotSignedIn when the token is not one of ours, is for something else, or is over."""
        try:
            claim, valid_from = self._verify(token)
        except (jwt.InvalidTokenError, SealBroken, KeyError, ValueError, TypeError, AttributeError) as error:
            raise NotSignedIn("This token is not valid. Sign in again.", code="invalid_token") from error
        now = self._clock.now()  # the injected clock, not the machine's
        if claim.expires_at <= now:
            raise NotSignedIn("This token is over. Refresh it, or sign in again.", code="expired_token")
        if valid_from > now + _SKEW:
            raise NotSignedIn("This token is not valid yet. Sign in again.", code="invalid_token")
        return claim

    def _verify(self, token: str) -> tuple[Claim, datetime]:
        if not _TOKEN.fullmatch(token):
            raise ValueError("no token of ours looks like this")
        header = jwt.get_unverified_header(token)
        if header.get("alg") != "HS256" or not header.keys() <= _HEADER or not isinstance(header.get("kid"), str):
            raise ValueError("not a header of ours")
        payload: dict[str, Any] = jwt.decode(
            token,
            self._key(header["kid"]),
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=_ISSUER,
            options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        claim = Claim(UUID(payload["tenant"]), UUID(payload["sub"]), UUID(payload["sid"]), _instant(payload["exp"]))
        return claim, max(_instant(payload["iat"]), _instant(payload.get("nbf", payload["iat"])))

    def _key(self, key_id: str) -> bytes:
        """The signing key made from the secret of this id. Raises SealBroken, ValueError for an id nobody has."""
        known = self._keys.get(key_id)
        if known is None:
            known = self._keys[key_id] = self._keyring.derive(_PURPOSE, key_id=bytes.fromhex(key_id))
        return known


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("an instant is a number")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not an instant") from error
