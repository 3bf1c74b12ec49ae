"""What every answer says to browsers: what they must not do with it, who may frame it, which other origins may ask.

Nothing here lets an inline script or style run; a page that needs a style of its own serves it as a file.
"""

from __future__ import annotations

from aiohttp import hdrs, web, web_response
from aiohttp.typedefs import Handler

from ingest.addresses import came_by_tls
from ingest.keys import SETTINGS
from ingest.limits import RATE_LIMIT
from store.errors import NotAllowed

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id")
SERVER = "VoiceLoop"
WIDGET = "/widget"
_ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE"
_ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-ID"
CHANGE_HEADER = "VoiceLoop-Change"  # what an answer without a body changed, for undoing
_EXPOSED = f"Retry-After, RateLimit, RateLimit-Policy, X-Request-ID, Idempotent-Replayed, {CHANGE_HEADER}"
_PREFLIGHT_S = 600
_HSTS = "max-age=31536000"

# also on the answers that the parser gives to broken requests, before the application is asked
web_response.SERVER_SOFTWARE = SERVER  # pyright: ignore[reportPrivateImportUsage]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """On every answer, streams included."""
    settings, headers = request.app[SETTINGS], response.headers
    is_framed = request.path == WIDGET and bool(settings.embedders)
    headers[hdrs.SERVER] = SERVER
    headers.setdefault("X-Request-ID", request.get(REQUEST_ID, ""))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
    if not is_framed:
        headers.setdefault("X-Frame-Options", "DENY")
    embedders = settings.embedders if is_framed else ()
    headers.setdefault("Content-Security-Policy", content_security_policy(settings.livekit_url, embedders))
    if came_by_tls(request):
        subdomains = "; includeSubDomains" if settings.hsts_subdomains else ""
        headers.setdefault("Strict-Transport-Security", _HSTS + subdomains)
    if is_interface(request):
        headers.setdefault("Cache-Control", "no-store")
        _let_origins_read(request, response, settings.cors)
    rate = request.get(RATE_LIMIT)
    if rate is not None:
        headers.update(rate.headers())


def content_security_policy(livekit_url: str, embedders: tuple[str, ...] = ()) -> str:
    """Own files only; connections to this origin and the LiveKit server (its socket and its validation request)."""
    framers = " ".join(embedders) or "'none'"
    http_url = livekit_url.replace("ws", "http", 1)
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob: mediastream:",
            "worker-src 'self' blob:",
            f"connect-src 'self' {livekit_url} {http_url}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framers}",
        )
    )


def is_interface(request: web.Request) -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


@web.middleware
async def answer_preflights(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A browser's question whether another origin's page may ask, before any authentication. Raises NotAllowed."""
    is_preflight = (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ORIGIN in request.headers
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    )
    if not (is_preflight and is_interface(request)):
        return await handler(request)
    if _origin_of(request) not in request.app[SETTINGS].cors:
        raise NotAllowed("This origin is not among VOICELOOP_CORS_ORIGINS.", code="origin_not_allowed")
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: _ALLOWED_METHODS,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: _ALLOWED_HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: str(_PREFLIGHT_S),
        },
    )


def _let_origins_read(request: web.Request, response: web.StreamResponse, origins: frozenset[str]) -> None:
    """Never with credentials: another origin's page has a bearer key, or nothing."""
    if not origins:
        return
    response.headers.add(hdrs.VARY, hdrs.ORIGIN)
    origin = _origin_of(request)
    if origin in origins:
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _EXPOSED


def _origin_of(request: web.Request) -> str:
    return request.headers.get(hdrs.ORIGIN, "")
