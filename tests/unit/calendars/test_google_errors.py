"""What Google's refusals become: one of our errors, without a word of Google's that may hold an address."""

from __future__ import annotations

import json

import pytest

from store.errors import Invalid
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    NeedsReconnect,
    NotSupported,
    RemoteEventGone,
)
from tools.calendars.google.errors import error_of, is_busy, is_refused_token, reasons_of
from tools.calendars.outside.requests import Answer

SECRET = "anna@example.com"


def answer(status: int, reason: str = "", **headers: str) -> Answer:
    message = f"Not Found: {SECRET}"
    errors = [{"domain": "calendar", "reason": reason, "message": message}]
    body = {"error": {"errors": errors, "code": status, "message": message}}
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(400, "timeRangeEmpty"), Invalid),
        (answer(401, "authError"), NeedsReconnect),
        (answer(403, "insufficientPermissions"), NeedsReconnect),
        (answer(403, "forbiddenForNonOrganizer"), CalendarForbidden),
        (answer(403, "quotaExceeded"), CalendarUnavailable),
        (answer(403), CalendarForbidden),
        (answer(404, "notFound"), RemoteEventGone),
        (answer(409, "conflict"), ChangedElsewhere),
        (answer(410, "deleted"), RemoteEventGone),
        (answer(412, "conditionNotMet"), ChangedElsewhere),
        (answer(413), Invalid),
        (answer(302), CalendarUnavailable),
        (Answer(418, {}, b"<html>"), Invalid),
    ],
)
def test_each_refusal_has_its_error_and_tells_no_address(given: Answer, expected: type[Exception]) -> None:
    error = error_of(given, of_event=True)
    assert type(error) is expected
    assert SECRET not in f"{error} {error.message}"


def test_a_calendar_that_is_not_there_may_not_be_seen() -> None:
    assert isinstance(error_of(answer(404, "notFound"), of_event=False), CalendarForbidden)


def test_a_used_up_quota_says_until_when() -> None:
    error = error_of(answer(403, "quotaExceeded", retry_after="60"), of_event=False)
    assert isinstance(error, CalendarUnavailable)
    assert error.retry_after_s == 60


def test_a_rule_that_is_refused_is_named() -> None:
    refused = Answer(400, {}, b'{"error": {"errors": [{"reason": "invalid"}], "message": "Invalid recurrence rule."}}')
    assert isinstance(error_of(refused, of_event=False), NotSupported)


def test_later_is_said_with_a_403_too() -> None:
    assert is_busy(answer(403, "rateLimitExceeded"))
    assert is_busy(answer(403, "userRateLimitExceeded"))
    assert not is_busy(answer(403, "quotaExceeded"))
    assert not is_busy(answer(200, "rateLimitExceeded"))


def test_a_401_may_be_about_the_address_to_call() -> None:
    assert is_refused_token(answer(401, "authError"))
    assert is_refused_token(Answer(401, {}, b""))
    assert not is_refused_token(answer(401, "push.webhookUrlUnauthorized"))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b'"x"', b"{}", b'{"error": null}', b'{"error": "invalid_grant"}'),
        *(b'{"error": {"errors": null}}', b'{"error": {"errors": ["x"]}}', b'{"error": {"errors": [{"reason": 7}]}}'),
        b'{"error": {"errors": [{"reason": "anna@example.com"}]}}',
    ],
)
def test_nonsense_has_no_reason(body: bytes) -> None:
    assert reasons_of(Answer(403, {}, body)) == frozenset()


def test_googles_newer_way_to_give_a_reason_is_read_too() -> None:
    body = {"error": {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}], "status": "PERMISSION_DENIED"}}
    assert isinstance(error_of(Answer(403, {}, json.dumps(body).encode()), of_event=True), NeedsReconnect)
