"""Microsoft's schema of the calendar as a judge of bodies, and what it does not say: queries, what may be written.

Without the schema beside the checkout every body passes; the hand-written rules judge always.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DOCUMENT = Path(__file__).parents[3].parent / "shared" / "specs" / "graph-calendar.json"

_WRITABLE = frozenset(
    "allowNewTimeProposals attendees body categories end hideAttendees importance isAllDay isOnlineMeeting isReminderOn"
    " location locations onlineMeetingProvider recurrence reminderMinutesBeforeStart responseRequested sensitivity"
    " showAs start subject".split()
)
_SHOW_AS = {"unknown", "free", "tentative", "busy", "oof", "workingElsewhere"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
_PATTERNS = {  # (needed, allowed besides), see recurrencePattern
    "daily": (set(), set()),
    "weekly": ({"daysOfWeek", "firstDayOfWeek"}, set()),
    "absoluteMonthly": ({"dayOfMonth"}, set()),
    "relativeMonthly": ({"daysOfWeek"}, {"index"}),
    "absoluteYearly": ({"dayOfMonth", "month"}, set()),
    "relativeYearly": ({"daysOfWeek", "month"}, {"index"}),
}
_RANGES = {"noEnd": set(), "endDate": {"endDate"}, "numbered": {"numberOfOccurrences"}}
_LIST = {"$top", "$skip", "$filter", "$orderby", "$select", "$count", "$expand"}
_WINDOW = {"startDateTime", "endDateTime"}
QUERIES: dict[str, tuple[set[str], set[str]]] = {  # route: (needed, allowed besides)
    "calendars": (set(), _LIST),
    "calendar": (set(), {"$select", "$expand"}),
    "events": (set(), _LIST),
    "event": (set(), {"$select", "$expand"}),
    "calendarView": (_WINDOW, _LIST),
    "instances": (_WINDOW, _LIST),
    "delta": (_WINDOW, set()),  # Graph's own links have a token instead
}


@cache
def _document() -> dict[str, Any] | None:
    return json.loads(DOCUMENT.read_text()) if DOCUMENT.exists() else None


@cache
def _validator(name: str) -> Draft202012Validator:
    document = _document()
    assert document
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": document["$defs"]})


def body_problems(name: str, body: Any) -> list[str]:
    """What is wrong with a ``name`` ("event"), asked or answered."""
    if _document() is None:
        return []
    return [f"{name}: {error.json_path} {error.message[:200]}" for error in _validator(name).iter_errors(body)]


def action_problems(name: str, body: Mapping[str, Any]) -> list[str]:
    """What is wrong with the parameters of an action ("getSchedule@calendar"); Graph forgives upper and lower case."""
    document = _document()
    if document is None:
        return []
    known = {key.lower(): schema for key, schema in document["actions"][name]["params"].items()}
    found = [f"{name}: no parameter {key}" for key in body if key.lower() not in known]
    for key, value in body.items():
        schema = {**known.get(key.lower(), {}), "$defs": document["$defs"]}
        found += [f"{name}: {key} {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(value)]
    return found


def write_problems(body: Mapping[str, Any], *, new: bool) -> list[str]:
    """What an event's POST or PATCH must not hold, or must."""
    allowed = _WRITABLE | {"transactionId"} if new else _WRITABLE
    found = [f"{name} is read-only" for name in body if name not in allowed]
    found += [f"{name} is missing" for name in ("start", "end", "subject") if new and name not in body]
    if body.get("showAs") is not None and body["showAs"] not in _SHOW_AS:
        found.append(f"showAs cannot be {body['showAs']}")
    for name in ("start", "end"):
        if name in body and not _WALL.fullmatch(str(body[name].get("dateTime"))):
            found.append(f"{name}.dateTime must have no offset")
        if name in body and not body[name].get("timeZone"):
            found.append(f"{name} needs a timeZone")
    if body.get("isAllDay"):
        found += [f"{name} is no midnight" for name in ("start", "end") if body[name]["dateTime"][11:19] != "00:00:00"]
        found += ["an all-day event has one zone"] if body["start"]["timeZone"] != body["end"]["timeZone"] else []
    return found + (_recurrence_problems(body["recurrence"]) if body.get("recurrence") else [])


def _recurrence_problems(recurrence: Mapping[str, Any]) -> list[str]:
    pattern, span = dict(recurrence.get("pattern") or {}), dict(recurrence.get("range") or {})
    needed, besides = _PATTERNS.get(str(pattern.get("type")), (set(), set()))
    found = [f"pattern needs {name}" for name in {"type", "interval", *needed} - pattern.keys()]
    found += [f"pattern takes no {name}" for name in pattern.keys() - {"type", "interval", *needed, *besides}]
    own = _RANGES.get(str(span.get("type")), set())
    found += [f"range needs {name}" for name in {"type", "startDate", *own} - span.keys()]
    found += [f"range takes no {name}" for name in span.keys() - {"type", "startDate", "recurrenceTimeZone", *own}]
    return found


def query_problems(route: str, query: Mapping[str, str]) -> list[str]:
    needed, besides = QUERIES.get(route, (set(), set()))
    if "$deltatoken" in query or "$skiptoken" in query:
        return [] if len(query) == 1 else [f"{route}: nothing goes beside a token"]
    found = [f"{route}: {name} is needed" for name in needed - query.keys()]
    found += [f"{route}: no parameter {name}" for name in query.keys() - needed - besides]
    found += [f"{name} needs an offset" for name in _WINDOW & query.keys() if not _INSTANT.fullmatch(query[name])]
    document = _document()
    if document and "$select" in query and route not in ("calendars", "calendar"):
        names = set(query["$select"].split(","))
        found += [f"$select: no {name}" for name in names - document["$defs"]["event"]["properties"].keys()]
    return found


def header_problems(headers: Mapping[str, str]) -> list[str]:
    """Every call asks for ids that stay."""
    return [] if 'IdType="ImmutableId"' in headers.get("Prefer", "") else ["Prefer: IdType is missing"]
