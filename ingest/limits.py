"""How often an address, a user, a key, a tenant or an e-mail may ask; the limits hold over all sidecars.

Buckets are in the database (`store.allowances`); a sidecar takes a few tokens of one at once and spends them itself for
at most two seconds. Without the database requests are refused (503): each needs it anyway, and would only wait longer.
To add a limit: a setting, a line in `_SPECIAL` (by route: `limit="..."`) or a function like `take_for_identity`.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from aiohttp import web

from ingest.addresses import address_of, group_of
from ingest.keys import LIMITS, SETTINGS
from ingest.settings import Settings
from store import allowances, quotas, sign_in
from store.allowances import Allowance
from store.clock import Clock
from store.database import Database
from store.errors import TooMany
from store.identity import Identity

__all__ = [
    "RATE_LIMIT",
    "Limits",
    "RateLimit",
    "address_of",
    "take_for_address",
    "take_for_email",
    "take_for_failure",
    "take_for_identity",
    "whole_seconds",
]
LEASE_S = 2.0
_SIDECARS = 8  # as many may each lose a whole lease every two seconds before a slow client feels it
_TENANT_S = 10.0  # how long a tenant's limit is believed
_CROWD = 20_000  # buckets remembered before those that are over are forgotten
_ASKS = 2000  # questions to the database between two clean-ups of it


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How it stands with the limit of which least is left; ``retry_after_s`` when nothing is."""

    policy: str
    allowance: Allowance
    left: int
    retry_after_s: int | None = None

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit` of the IETF draft (draft-ietf-httpapi-ratelimit-headers-10)."""
        until = "" if self.retry_after_s is None else f";t={self.retry_after_s}"
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.allowance.requests};w={self.allowance.seconds}',
            "RateLimit": f'"{self.policy}";r={self.left}{until}',
        }


RATE_LIMIT: web.RequestKey[RateLimit] = web.RequestKey("rate_limit")


def whole_seconds(seconds: float | None) -> int:
    """For `Retry-After`: rounded up, at least one."""
    return max(1, math.ceil(seconds or 1))


@dataclass(slots=True)
class _Lease:
    """Tokens at hand until an instant (Unix seconds); ``size``: how many were asked for the last time."""

    tokens: int = 0
    until: float = 0.0
    size: int = 0
    left: int = 0  # in the bucket, when it was asked
    blocked_until: float = 0.0
    waiting: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_over(self, now: float) -> bool:
        return not self.waiting and self.until <= now and self.blocked_until <= now


class Limits:
    """The leases of one sidecar. The instants are the injected clock's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._leases: dict[str, _Lease] = {}
        self._tenants: dict[UUID, tuple[float, Allowance | None]] = {}
        self._asks = 0

    async def take(self, what_for: str, allowance: Allowance) -> int:
        """One token of the bucket; returns how many are left, as far as is known. Raises TooMany, Unavailable."""
        lease = self._leases.get(what_for) or self._new(what_for)
        if lease.tokens and self._now() < lease.until:
            lease.tokens -= 1
            return lease.left + lease.tokens
        lease.waiting += 1
        try:
            async with lease.lock:
                if not lease.tokens or self._now() >= lease.until:
                    await self._renew(lease, what_for, allowance)
                lease.tokens -= 1
                return lease.left + lease.tokens
        finally:
            lease.waiting -= 1

    async def of_tenant(self, identity: Identity) -> Allowance | None:
        """The tenant's requests in a minute; None without limit."""
        now, tenant_id = self._now(), identity.tenant_id
        known = self._tenants.get(tenant_id)
        if known is not None and now < known[0]:
            return known[1]
        limit = await quotas.requests_limit(self._database, identity)
        allowance = None if limit is None else Allowance(limit, 60)
        if len(self._tenants) > _CROWD:
            self._tenants.clear()
        self._tenants[tenant_id] = (now + _TENANT_S, allowance)
        return allowance

    async def _renew(self, lease: _Lease, what_for: str, allowance: Allowance) -> None:
        """A lease that was spent before its time doubles; unspent tokens are lost, so the first ones are small."""
        now = self._now()
        if now < lease.blocked_until:
            raise TooMany("", retry_after_s=lease.blocked_until - now)
        first = max(1, int(allowance.per_s * LEASE_S / _SIDECARS))
        most = max(1, allowance.requests // 20)
        lease.size = min(most, max(first, lease.size * 2 if now < lease.until else first))
        wanted = min(allowance.requests, max(lease.size, lease.waiting))
        grant = await allowances.take(self._database, what_for, wanted, allowance, self._clock.now())
        lease.tokens, lease.left, lease.until = grant.granted, grant.remaining, now + LEASE_S
        await self._clean_up()
        if not grant.granted:
            lease.blocked_until = now + grant.retry_after_s
            raise TooMany("", retry_after_s=grant.retry_after_s)

    async def _clean_up(self) -> None:
        self._asks += 1
        if self._asks % _ASKS == 0:
            await allowances.forget_full(self._database, self._clock.now())

    def _new(self, what_for: str) -> _Lease:
        if len(self._leases) >= _CROWD:
            now = self._now()
            self._leases = {name: lease for name, lease in self._leases.items() if not lease.is_over(now)}
        return self._leases.setdefault(what_for, _Lease())

    def _now(self) -> float:
        return self._clock.now().timestamp()


@dataclass(frozen=True, slots=True)
class _Special:
    """A route's own limits, by the setting that holds them; ``says`` what there was too much of."""

    says: str
    address: Callable[[Settings], str] | None = None
    email: Callable[[Settings], str] | None = None  # from one address, so that others cannot shut its person out
    email_anywhere: Callable[[Settings], str] | None = None  # from all addresses together
    user: Callable[[Settings], str] | None = None


_SPECIAL = {
    "sign_in": _Special(
        "attempts to sign in",
        address=lambda settings: settings.limit_sign_in_address,
        email=lambda settings: settings.limit_sign_in_email,
        email_anywhere=lambda settings: settings.limit_sign_in_email_anywhere,
    ),
    "password_reset": _Special(
        "requests for a new password",
        address=lambda settings: settings.limit_reset_address,
        email=lambda settings: settings.limit_reset_email,
        email_anywhere=lambda settings: settings.limit_reset_email_anywhere,
    ),
    "connect": _Special(
        "attempts to connect elsewhere",
        address=lambda settings: settings.limit_connect,
        user=lambda settings: settings.limit_connect,
    ),
    "calendar_push": _Special("calls of calendars' servers", address=lambda settings: settings.limit_calendar_push),
    "token": _Special("requests for room tokens", user=lambda settings: settings.limit_token),
}
KINDS = frozenset(_SPECIAL)
_parsed = lru_cache(maxsize=64)(Allowance.parse)


async def take_for_address(request: web.Request, limit: str = "") -> None:
    """Before anybody is authenticated; ``limit`` names the route's own. Raises TooMany."""
    settings, group = request.app[SETTINGS], group_of(address_of(request))
    await _take(request, "address", group, settings.limit_address, "requests from this address")
    special = _SPECIAL.get(limit)
    if special and special.address:
        await _take(request, f"{limit}_address", group, special.address(settings), f"{special.says} from this address")


async def take_for_failure(request: web.Request) -> None:
    """After wrong credentials. Raises TooMany when this address showed too many; right ones are taken all the same."""
    group = group_of(address_of(request))
    await _take(request, "failed", group, request.app[SETTINGS].limit_failed, "wrong credentials from this address")


async def take_for_identity(request: web.Request, identity: Identity, limit: str = "") -> None:
    """Once it is known who asks: the route's own limit, their key, themselves, their tenant. Raises TooMany.

    From the narrowest to the widest: what is refused to one must not use up what others share with them.
    """
    settings, special = request.app[SETTINGS], _SPECIAL.get(limit)
    if special and special.user:
        await _take(request, limit, _user_of(identity), special.user(settings), f"{special.says} by this user")
    if identity.key_id is not None:
        await _take(request, "key", str(identity.key_id), settings.limit_key, "requests with this key")
    await _take(request, "user", _user_of(identity), settings.limit_user, "requests by this user")
    tenant = await request.app[LIMITS].of_tenant(identity)
    if tenant is not None:
        await _count(request, "tenant", str(identity.tenant_id), tenant, "requests by this tenant")


async def take_for_email(request: web.Request, kind: str, email: str) -> None:
    """One attempt of ``kind`` (`sign_in`, `password_reset`) for an e-mail, anybody's or nobody's. Raises TooMany.

    First from this address, then from anywhere: one address alone never shuts a person out elsewhere.
    """
    special, settings = _SPECIAL[kind], request.app[SETTINGS]
    name, what = sign_in.normal_email(email), f"{special.says} for this e-mail address"
    if special.email:
        here = f"{group_of(address_of(request))} {name}"
        await _take(request, f"{kind}_email", here, special.email(settings), what)
    if special.email_anywhere:
        await _take(request, f"{kind}_email_anywhere", name, special.email_anywhere(settings), what)


def _user_of(identity: Identity) -> str:
    return str(identity.user_id or identity.tenant_id)


async def _take(request: web.Request, policy: str, subject: str, setting: str, what: str) -> None:
    allowance = _parsed(setting)
    if allowance is not None:
        await _count(request, policy, subject, allowance, what)


async def _count(request: web.Request, policy: str, subject: str, allowance: Allowance, what: str) -> None:
    try:
        left = await request.app[LIMITS].take(f"{policy} {subject}", allowance)
    except TooMany as error:
        seconds = whole_seconds(error.retry_after_s)
        request[RATE_LIMIT] = RateLimit(policy, allowance, 0, seconds)
        raise TooMany(
            f"Too many {what}. Try again in {seconds} second{'s' if seconds > 1 else ''}.",
            code="rate_limited",
            retry_after_s=error.retry_after_s,
        ) from error
    nearest = request.get(RATE_LIMIT)
    if nearest is None or left < nearest.left:
        request[RATE_LIMIT] = RateLimit(policy, allowance, left)
