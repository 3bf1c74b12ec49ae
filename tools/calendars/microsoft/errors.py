"""What Graph's answers mean to a calendar. Sentences for people: no ids, no addresses, no URLs of the server's."""

from __future__ import annotations

import json
from typing import Any

from store.errors import VoiceLoopError
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    NeedsReconnect,
    NotSupported,
    RemoteEventGone,
    SyncTokenLost,
)
from tools.calendars.outside.requests import Answer

_SYNC_LOST = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired"})
_NO_MAILBOX = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi"})
_NO_SUCH = frozenset({"erroritemnotfound", "errorinvalididmalformed", "errorinvalidid"})


def error_of(answer: Answer) -> dict[str, Any]:
    """The ``error`` object of a refusal; empty when the body holds none."""
    try:
        body = json.loads(answer.body or b"null")
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def refusal(answer: Answer) -> VoiceLoopError:
    """The error to raise for an answer whose status is 400 or more."""
    code = str(error_of(answer).get("code", "")).lower()
    if answer.status == 410 or code in _SYNC_LOST:
        return SyncTokenLost("Outlook has forgotten what was read last; everything is read again.")
    if code in _NO_MAILBOX:
        return CalendarForbidden("This Microsoft account has no Outlook calendar.")
    if answer.status == 404 or code in _NO_SUCH:
        return RemoteEventGone("The event is no longer in the Outlook calendar.")
    if answer.status == 401:
        return NeedsReconnect("Outlook no longer accepts the sign-in. Connect the account again.")
    if answer.status == 403:
        return CalendarForbidden("Outlook does not allow that for this calendar.")
    if answer.status == 412:
        return ChangedElsewhere("The event was changed in Outlook in the meantime.")
    if code == "erroroccurrencecrossingboundary":
        return NotSupported("Outlook cannot move an occurrence to or past the day of the one before or after it.")
    if code == "timezonenotsupportedexception":
        return NotSupported("Outlook does not know this time zone.")
    if answer.status < 500:
        return NotSupported("Outlook does not accept this as it is.")
    return CalendarUnavailable("Outlook does not answer properly. Try again later.")
