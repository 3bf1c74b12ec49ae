"""Who asks: a bearer API key, a bearer access token, or the page's cookie. The only maker of Identities for HTTP.

A cookie is taken from the page itself only, for reads too, and writes need the page's header, so that no other site can
use it. The owner's session that this machine gives without a password is taken on this machine only.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import replace
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from aiohttp import HttpVersion11, web

from ingest.addresses import address_of, came_by_tls
from ingest.errors import NotSignedIn
from ingest.keys import CLOCK, CREDENTIALS, DATABASE, SETTINGS, TOKENS, USE_NOTES
from ingest.middleware import REQUEST_ID
from store import access
from store.access import SignedIn
from store.errors import Conflict, NotAllowed
from store.identity import Identity, Origin

COOKIE_NAME = "voiceloop_session"
CSRF_HEADER = "X-VoiceLoop"
PERSON_HEADER = "X-VoiceLoop-Person"  # TENANT/USER, as the page shows them: the tabs of a browser share one cookie
CREDENTIAL_KIND: web.RequestKey[str] = web.RequestKey("credential_kind")  # page, local, program, key
LEFT_OVER: web.RequestKey[bool] = web.RequestKey("left_over")  # the cookie is of a way to sign in that is off
CREDENTIAL_END: web.RequestKey[datetime | None] = web.RequestKey("credential_end")  # None: good until it is ended
_LONGEST_CREDENTIAL = 4096
_SIGNS_OF_A_PROXY = {
    "forwarded",
    "via",
    "x-real-ip",
    "x-forwarded",
    "x-client-ip",
    "x-cluster-client-ip",
    "cf-connecting-ip",
    "true-client-ip",
}
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
        found = await _bearer(request, value.strip())
    else:
        found = await signed_in_by_cookie(request)
        if found is not None:
            require_own_page(request)
            _require_expected_person(request, found.identity)
    if found is None:
        return None
    request[CREDENTIAL_KIND], request[CREDENTIAL_END] = found.kind, found.expires_at
    identity = replace(found.identity, origin=origin_of(request))
    request.app[USE_NOTES].note(request.app[DATABASE], identity)
    return identity


def origin_of(request: web.Request) -> Origin:
    """From where the request came, for the audit log."""
    return Origin("http", address_of(request), request.get(REQUEST_ID, ""))


async def _bearer(request: web.Request, value: str) -> SignedIn:
    if not value.isascii() or len(value) > _LONGEST_CREDENTIAL:
        raise NotSignedIn("This is no API key and no token.", code="invalid_key")
    if value.count(".") == 2:
        return await _session(request, value)
    database, at = request.app[DATABASE], request.app[CLOCK].now()
    found = await request.app[CREDENTIALS].recognise(
        _place("key", value), lambda: access.identity_of_key(database, value, at)
    )
    if found is None:
        raise NotSignedIn("This API key is unknown, was revoked, or is over.", code="invalid_key")
    return found


async def _session(request: web.Request, token: str) -> SignedIn:
    """The session that an access token names, as the database knows it now: a log-out counts at once."""
    claim = request.app[TOKENS].read(token)
    database, at = request.app[DATABASE], request.app[CLOCK].now()
    found = await request.app[CREDENTIALS].recognise(
        _place("session", str(claim.session_id)), lambda: access.identity_of_session(database, claim.session_id, at)
    )
    whose = found and (found.kind, found.identity.tenant_id, found.identity.user_id)
    if found is None or whose != ("program", claim.tenant_id, claim.user_id):
        raise NotSignedIn("This session is over. Sign in again.", code="session_over")
    return replace(found, expires_at=min(claim.expires_at, found.expires_at or claim.expires_at))


async def signed_in_by_cookie(request: web.Request) -> SignedIn | None:
    """Whose page this is; None without a cookie, and an old cookie is as good as none.

    Raises NotAllowed for this machine's own session when it comes from elsewhere.
    """
    cookie = request.cookies.get(COOKIE_NAME, "")
    if not cookie or not cookie.isascii() or len(cookie) > _LONGEST_CREDENTIAL:
        return None
    database, at = request.app[DATABASE], request.app[CLOCK].now()
    found = await request.app[CREDENTIALS].recognise(
        _place("cookie", cookie), lambda: access.identity_of_cookie(database, cookie, at)
    )
    if found is None or found.kind != "local":
        return found
    if not request.app[SETTINGS].local_sign_in:
        request[LEFT_OVER] = True
        return None
    if not is_local(request):
        raise NotAllowed("This session works on its own machine only. Sign in, or use an API key.", code="not_local")
    return found


def _place(kind: str, value: str) -> bytes:
    """Where a credential is remembered: by its hash, and a cookie never in the place of a key."""
    return hashlib.sha256(f"{kind}\0{value}".encode()).digest()


def require_own_page(request: web.Request) -> None:
    """Raise NotAllowed unless the request comes from our own page; writes need its header and an origin as well."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in {"same-origin", "none"} or (origin is not None and not _is_own(request, origin)):
        raise NotAllowed("Another site may not use the page's session.", code="cross_site")
    if request.method in _SAFE:
        return
    if request.headers.get(CSRF_HEADER) != "1":
        raise NotAllowed(
            f"Writes with the page's session need the header `{CSRF_HEADER}: 1`.", code="csrf_header_missing"
        )
    if origin is None and "Sec-Fetch-Site" not in request.headers:
        raise NotAllowed("Writes with the page's session need an Origin.", code="cross_site")


def _require_expected_person(request: web.Request, identity: Identity) -> None:
    """Raise Conflict when the page shows somebody else than whom its cookie stands for by now."""
    expected = request.headers.get(PERSON_HEADER)
    if expected is not None and expected != f"{identity.tenant_id}/{identity.user_id}":
        raise Conflict(
            "Somebody else is signed in in this browser now. Nothing was changed; reload the page.", code="other_person"
        )


def _is_own(request: web.Request, origin: str) -> bool:
    """The address the page was asked at, or the public one (a proxy may ask us under another name).

    A page that came without TLS may have been written by anybody on the way; on this machine nobody is there. One that
    came with TLS is ours even when the proxy does not tell of it.
    """
    asked, public = _split(origin), _split(request.app[SETTINGS].public_url)
    if (asked.scheme, asked.netloc) == (public.scheme, public.netloc):
        return True
    plain_is_ours = not came_by_tls(request) or _is_loopback(_host_name(request.host))
    return asked.netloc == request.host and asked.scheme in ({"http", "https"} if plain_is_ours else {"https"})


def may_sign_in_locally(request: web.Request) -> bool:
    """True when the owner needs no password here: so it is set, and the request was made on this machine."""
    return request.app[SETTINGS].local_sign_in and is_local(request)


def is_local(request: web.Request) -> bool:
    """True when the peer and the asked host are loopback and nothing tells of a proxy in between.

    No browser speaks HTTP/1.0; proxies that add no header at all often do.
    """
    names = {name.lower() for name in request.headers}
    forwarded = (
        request.version < HttpVersion11
        or not names.isdisjoint(_SIGNS_OF_A_PROXY)
        or any(name.startswith(("x-forwarded-", "x-original-")) for name in names)
    )
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return not forwarded and bool(peer) and _is_loopback(str(peer[0])) and _is_loopback(_host_name(request.host))


def _host_name(host: str) -> str:
    """The name in a Host header; empty for what is no host but more of a URL."""
    return "" if set(host) & set("@/?#\\") else _split(f"//{host}").hostname or ""


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
