"""Who asks: a bearer API key, a bearer JWT, or the page's cookie on this machine. The only maker of Identities here.

The cookie is taken only from loopback (peer and Host, nothing forwarded), and writes with it need the page's own origin
and header, so another site or another local server cannot use it.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from aiohttp import HttpVersion11, web

from ingest.errors import NotSignedIn
from ingest.keys import CLOCK, DATABASE, SESSIONS, SETTINGS
from ingest.sessions import BEARER, COOKIE, Claim
from store import access, tenants
from store.database import Database
from store.errors import NotAllowed
from store.identity import Identity
from store.policy import scopes_of_role

COOKIE_NAME = "voiceloop_session"
CSRF_HEADER = "X-VoiceLoop"
_COOKIE_LIFETIME = timedelta(days=7)
_SIGNS_OF_A_PROXY = {"forwarded", "via", "x-real-ip"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def authenticate(request: web.Request) -> Identity | None:
    """The Identity behind the request, or None when it carries no credentials.

    Raises NotSignedIn for wrong credentials, NotAllowed for a cookie used from where it must not be.
    """
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, value = header.partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise NotSignedIn("Send `Authorization: Bearer` with an API key or a token.", code="invalid_authorization")
        return await _bearer(request, value.strip())
    cookie = request.cookies.get(COOKIE_NAME)
    if cookie and request.app[SETTINGS].local_sign_in:
        return await _cookie(request, cookie)
    return None


async def _bearer(request: web.Request, value: str) -> Identity:
    database = request.app[DATABASE]
    if not value.isascii():
        raise NotSignedIn("This is no API key and no token.", code="invalid_key")
    if value.count(".") == 2:
        return await _user(database, request.app[SESSIONS].read(value, BEARER))
    identity = await access.identity_of_key(database, value, request.app[CLOCK].now())
    if identity is None:
        raise NotSignedIn("This API key is unknown or was revoked.", code="invalid_key")
    return identity


async def _cookie(request: web.Request, cookie: str) -> Identity | None:
    if not is_local(request):
        raise NotAllowed("The page's session works on this machine only. Use an API key.", code="not_local")
    try:
        identity = await _user(request.app[DATABASE], request.app[SESSIONS].read(cookie, COOKIE))
    except NotSignedIn:
        return None  # an old cookie is as good as none: the page gets a new one
    _require_own_page(request)
    return identity


async def _user(database: Database, claim: Claim) -> Identity:
    """The user as the database knows them now, so that a removed user or a changed role counts at once."""
    wanted = Identity(claim.tenant_id, claim.user_id, "")
    user = await tenants.read_user(database, wanted)
    if user is None:
        raise NotSignedIn("This user no longer exists. Sign in again.", code="unknown_user")
    return Identity(claim.tenant_id, user.id, user.role, scopes_of_role(user.role), user.name)


def _require_own_page(request: web.Request) -> None:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"}:
        raise NotAllowed("Another site may not use the page's session.", code="cross_site")
    if request.method in _SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and _split(origin).netloc != request.host:
        raise NotAllowed("Another site may not use the page's session.", code="cross_site")
    if request.headers.get(CSRF_HEADER) != "1":
        raise NotAllowed(
            f"Writes with the page's session need the header `{CSRF_HEADER}: 1`.", code="csrf_header_missing"
        )
    if origin is None and "Sec-Fetch-Site" not in request.headers:
        raise NotAllowed("Writes with the page's session need an Origin.", code="cross_site")


def is_local(request: web.Request) -> bool:
    """True when the peer and the asked host are loopback and nothing tells of a proxy in between.

    No browser speaks HTTP/1.0; proxies that add no header at all often do.
    """
    names = {name.lower() for name in request.headers}
    forwarded = (
        request.version < HttpVersion11
        or not names.isdisjoint(_SIGNS_OF_A_PROXY)
        or any(name.startswith("x-forwarded-") for name in names)
    )
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return not forwarded and bool(peer) and _is_loopback(str(peer[0])) and _is_loopback(_host_name(request.host))


def _host_name(host: str) -> str:
    return _split(f"//{host}").hostname or ""


def _split(url: str) -> SplitResult:
    """The parts of a header's URL; all empty when it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


async def sign_in_owner(request: web.Request, response: web.StreamResponse) -> None:
    """Give the page on this machine the owner's session; does nothing for anybody else."""
    settings = request.app[SETTINGS]
    if not settings.local_sign_in or not is_local(request):
        return
    database = request.app[DATABASE]
    tenant_id = await tenants.tenant_id_of_slug(database, settings.tenant)
    if tenant_id is None:
        return
    owner = await tenants.first_owner(database, Identity(tenant_id, None, ""))
    if owner is None:
        return
    token = request.app[SESSIONS].issue(Claim(tenant_id, owner.id), COOKIE, _COOKIE_LIFETIME)
    response.set_cookie(
        COOKIE_NAME, token, max_age=int(_COOKIE_LIFETIME.total_seconds()), httponly=True, samesite="Strict", path="/"
    )
