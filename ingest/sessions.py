"""Signed tokens that stand for a user: the page's cookie and bearer JWTs. Signs and verifies; asks no database.

The signing keys come from VOICELOOP_SECRET_KEY, one per audience, so that a cookie never passes as a bearer token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt

from ingest.errors import NotSignedIn
from store.clock import Clock
from store.seal import Keyring

BEARER = "voiceloop-api"
COOKIE = "voiceloop-page"
_ISSUER = "voiceloop"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says: this user of this tenant. Whether they still exist, the database knows."""

    tenant_id: UUID
    user_id: UUID


class Sessions:
    """Issues and reads tokens of one installation."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keys = {audience: keyring.derive(f"session {audience}") for audience in (BEARER, COOKIE)}
        self._clock = clock

    def issue(self, claim: Claim, audience: str, lifetime: timedelta) -> str:
        now = self._clock.now()
        payload = {
            "iss": _ISSUER,
            "aud": audience,
            "sub": str(claim.user_id),
            "tenant": str(claim.tenant_id),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode(payload, self._keys[audience], algorithm="HS256")

    def read(self, token: str, audience: str) -> Claim:
        """Raises NotSignedIn when the token is not one of ours, is for something else, or is over."""
        try:
            payload: dict[str, Any] = jwt.decode(
                token,
                self._keys[audience],
                algorithms=["HS256"],
                audience=audience,
                issuer=_ISSUER,
                options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_iat": False},
            )
            claim = Claim(UUID(payload["tenant"]), UUID(payload["sub"]))
            expires_at = float(payload["exp"])
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise NotSignedIn("This token is not valid. Sign in again.", code="invalid_token") from error
        if expires_at <= self._clock.now().timestamp():  # by the injected clock, not the machine's
            raise NotSignedIn("This session is over. Sign in again.", code="expired_token")
        return claim
