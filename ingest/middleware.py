"""The borders of a request: its id and log line, and the one place where errors become answers.

A log line names the route, never the address as it was asked for: query strings may hold anything.
"""

from __future__ import annotations

import json
import re
import time
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from ingest.errors import BodyTooSlow, Busy, MalformedBody, NotSignedIn, details_of, status_of
from ingest.headers import REQUEST_ID
from ingest.keys import METRICS
from ingest.limits import whole_seconds
from ingest.routes import IDENTITY, validation_details
from store.errors import TooMany, VoiceLoopError
from store.log import get_logger

log = get_logger(__name__)
_GIVEN_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_QUIET = {"/health", "/ready", "/metrics"}


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, count it, time it, write its log line."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if _GIVEN_ID.match(given) else _new_request_id()
    request[REQUEST_ID] = request_id
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        response = await handler(request)
        seconds = time.perf_counter() - started
        route = _template(request)
        metrics = request.app[METRICS]
        metrics.requests.labels(request.method, route, str(response.status)).inc()
        metrics.seconds.labels(request.method, route).observe(seconds)
        if route not in _QUIET:
            identity = request.get(IDENTITY)
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status,
                duration_ms=round(seconds * 1000, 1),
                tenant_id=str(identity.tenant_id) if identity else None,
            )
    return response


def _new_request_id() -> str:
    return token_hex(8)


def _template(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as RFC 9457 problem details; what is unexpected is logged and says nothing of the inside."""
    try:
        return await handler(request)
    except VoiceLoopError as error:
        return _told(request, error)
    except ValidationError as error:
        details = validation_details(error)
        text = "; ".join(f"{item['field'] or 'body'}: {item['problem']}" for item in details[:5])
        return _problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", text, {"errors": details})
    except web.HTTPRequestEntityTooLarge:
        return _problem(
            request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The request is larger than allowed."
        )
    except web.HTTPException as error:
        if error.status < 400:
            raise
        status = HTTPStatus(error.status)
        response = _problem(request, status, _code(status), _sentence(status))
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except web.RequestPayloadError:
        return _told(request, MalformedBody("The body of the request is broken: check its encoding and its length."))
    except ConnectionResetError:
        raise  # the client is gone; there is nobody to answer
    except Exception:  # the root of every request
        log.exception("request failed", route=_template(request))
        text = "Something went wrong inside. Try again; the request id leads to the log."
        return _problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", text)


def _told(request: web.Request, error: VoiceLoopError) -> web.Response:
    """One of our own errors, with the headers that belong to it."""
    response = _problem(request, status_of(error), error.code, error.message, details_of(error))
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany | Busy) and error.retry_after_s is not None:
        response.headers["Retry-After"] = str(whole_seconds(error.retry_after_s))
    if isinstance(error, BodyTooSlow):
        response.force_close()  # nobody knows where the next request would begin
    return response


def _code(status: HTTPStatus) -> str:
    return status.phrase.lower().replace(" ", "_")


def _sentence(status: HTTPStatus) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address. `GET /api/openapi.json` lists every route."
    return status.description or status.phrase


def _problem(
    request: web.Request, status: HTTPStatus, code: str, detail: str, extra: dict[str, Any] | None = None
) -> web.Response:
    body = {
        **(extra or {}),
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "request_id": request.get(REQUEST_ID, ""),
    }
    return web.Response(text=json.dumps(body, default=str), status=status, content_type="application/problem+json")
