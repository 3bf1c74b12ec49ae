"""What Google's refusals mean to a calendar: status and reason -> one of our errors. It must not repeat Google's words.

Google's messages and URLs hold calendar ids, which are e-mail addresses: only the reason (letters) is ever passed on.
"""

from __future__ import annotations

import json
import re

from store.errors import Invalid, VoiceLoopError
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    NeedsReconnect,
    NotSupported,
    RemoteEventGone,
)
from tools.calendars.outside.requests import Answer, retry_after_s

_LATER = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded", "accessNotConfigured", "calendarUsageLimitsExceeded"})
_SCOPES = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "authError"})
_CALLED_BACK = frozenset({"push.webhookUrlUnauthorized", "webhookUrlUnauthorized"})
_REASON = re.compile(r"[A-Za-z_.]{1,60}")


def reasons_of(answer: Answer) -> frozenset[str]:
    """Google's words for programs ("rateLimitExceeded"); empty when it gave none."""
    try:
        error = json.loads(answer.body)["error"]
        listed = [*error.get("errors", []), *error.get("details", [])]
        found = [one.get("reason") for one in listed]
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()
    return frozenset(reason for reason in found if isinstance(reason, str) and _REASON.fullmatch(reason))


def is_busy(answer: Answer) -> bool:
    """Whether a 403 means "later": Google says so where others answer 429."""
    return answer.status == 403 and bool(reasons_of(answer) & _LATER)


def is_refused_token(answer: Answer) -> bool:
    """Whether a 401 is about our token, and not about the address that Google should call back."""
    return answer.status == 401 and not reasons_of(answer) & _CALLED_BACK


def error_of(answer: Answer, *, of_event: bool) -> VoiceLoopError:
    """The error to raise for an answer that is no success. ``of_event``: an event was named, not only a calendar."""
    status, reasons = answer.status, reasons_of(answer)
    if is_refused_token(answer) or (status == 403 and reasons & _SCOPES):
        return NeedsReconnect("Google no longer accepts this account's consent. Connect it again.")
    if status == 403 and reasons & _USED_UP:
        wait_s = retry_after_s(answer.headers.get("retry-after", ""))
        return CalendarUnavailable("Google Calendar accepts no more requests for now. Try again later.", wait_s)
    if status == 403:
        return CalendarForbidden("Google Calendar does not allow this account to do that.")
    if status in (404, 410):
        if of_event:
            return RemoteEventGone("That event is no longer in the calendar.")
        return CalendarForbidden("This account cannot see that calendar in Google.")
    if status in (409, 412):
        return ChangedElsewhere("Somebody changed the event in Google Calendar. Look at it again.")
    if 400 <= status < 500:
        return _invalid(answer, reasons)
    return CalendarUnavailable("Google Calendar answered something unexpected. Try again later.")


def _invalid(answer: Answer, reasons: frozenset[str]) -> VoiceLoopError:
    if b"recurrence" in answer.body.lower():
        return NotSupported("Google Calendar cannot hold this repetition. Make single events of it.")
    why = f" ({', '.join(sorted(reasons))})" if reasons else ""
    return Invalid(f"Google Calendar does not accept this{why}.")
