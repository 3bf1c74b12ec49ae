"""Errors that only HTTP has, and which status every error of the house gets. Nothing else knows a status code."""

from __future__ import annotations

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
from tools.calendars.model import TimeTaken


class NotSignedIn(NotAllowed):
    """Nobody was authenticated."""

    code = "not_signed_in"


class UnsupportedType(Invalid):
    """Content of a kind that is not taken."""

    code = "unsupported_type"


class DuplicateDocument(Conflict):
    """The same bytes are there already; ``details`` names the document."""

    code = "duplicate_document"

    def __init__(self, message: str, details: dict[str, Any]) -> None:
        super().__init__(message)
        self.details = details


_STATUS: tuple[tuple[type[VoiceLoopError], HTTPStatus], ...] = (  # the first that fits
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnsupportedType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (SettingsError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def details_of(error: VoiceLoopError) -> dict[str, Any]:
    """What a program may need beside the sentence; added to the problem's fields."""
    if isinstance(error, DuplicateDocument):
        return error.details
    if isinstance(error, TimeTaken):
        return {"clash": error.clash.as_json(), "alternatives": [slot.as_json() for slot in error.alternatives]}
    return {}


def status_of(error: VoiceLoopError) -> HTTPStatus:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
