"""Errors that only HTTP has, and which status every error of the house gets. Nothing else knows a status code."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from store.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    SettingsError,
    TooLarge,
    TooMany,
    Unavailable,
    VoiceLoopError,
)
from tools.calendars.changes import SeriesClashes
from tools.calendars.model import TimeTaken


class NotSignedIn(NotAllowed):
    """Nobody was authenticated."""

    code = "not_signed_in"


class UnsupportedType(Invalid):
    """Content of a kind that is not taken."""

    code = "unsupported_type"


class NoSuchRange(Invalid):
    """The bytes asked for are not in the file."""

    code = "no_such_range"


class BodyTooSlow(VoiceLoopError):
    """The client stopped sending in the middle of its request."""

    code = "request_timeout"


class MalformedBody(VoiceLoopError):
    """What came is no body: its compression or its chunks are broken."""

    code = "malformed_body"


class Busy(Unavailable):
    """Too much of this at once; ``retry_after_s``: seconds until asking again makes sense."""

    code = "busy"

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TookTooLong(Unavailable):
    """No answer could be made in time."""

    code = "took_too_long"


class DuplicateDocument(Conflict):
    """The same bytes are there already; ``details`` names the document."""

    code = "duplicate_document"

    def __init__(self, message: str, details: dict[str, Any]) -> None:
        super().__init__(message)
        self.details = details


class ChooseTenant(Conflict):
    """The password fits in several tenants, as (slug, name); who signs in says which they mean."""

    code = "choose_tenant"

    def __init__(self, tenants: Sequence[tuple[str, str]]) -> None:
        super().__init__("You are in several organisations. Say which one with `tenant`.")
        self.tenants = [{"slug": slug, "name": name} for slug, name in tenants]


_STATUS: tuple[tuple[type[VoiceLoopError], HTTPStatus], ...] = (  # the first that fits
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (NoSuchRange, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE),
    (UnsupportedType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (BodyTooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (MalformedBody, HTTPStatus.BAD_REQUEST),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (SettingsError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def details_of(error: VoiceLoopError) -> dict[str, Any]:
    """What a program may need beside the sentence; added to the problem's fields."""
    if isinstance(error, DuplicateDocument):
        return error.details
    if isinstance(error, ChooseTenant):
        return {"tenants": error.tenants}
    if isinstance(error, TimeTaken):
        return {"clash": error.clash.as_json(), "alternatives": [slot.as_json() for slot in error.alternatives]}
    if isinstance(error, SeriesClashes):
        return {
            "total": error.total,
            "clashes": [
                {"start": clash.start.isoformat(), "end": clash.end.isoformat(), "clash": clash.clash.as_json()}
                for clash in error.clashes[:50]
            ],
        }
    return {}


def status_of(error: VoiceLoopError) -> HTTPStatus:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
