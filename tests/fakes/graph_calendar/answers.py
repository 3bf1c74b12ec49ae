"""Graph's JSON: events in UTC with seven digits, zeros for what a pattern does not use, bodies as HTML."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.graph_calendar.mailbox import Calendar, Event, Json, instant, wall

OWNER = {"emailAddress": {"name": "Olga Owner", "address": "owner@example.com"}}
_PLAIN = (
    "subject attendees showAs isAllDay sensitivity categories importance isReminderOn reminderMinutesBeforeStart"
    " isOnlineMeeting onlineMeetingProvider allowNewTimeProposals responseRequested".split()
)


def etag_of(event: Event, day: date | None = None) -> str:
    """An occurrence that nobody changed has its series' version."""
    change = event.exception_changes[day] if day in event.exceptions and day else event.change
    return f'W/"{change:08}"'


def kind_of(event: Event, day: date | None) -> str:
    if day is None:
        return "seriesMaster" if event.recurrence else "singleInstance"
    return "exception" if day in event.exceptions else "occurrence"


def event_json(event: Event, day: date | None = None, *, text: bool = False, master: bool = False) -> Json:
    """``text``: the body as plain text; ``master``: with the dates that are left out, which a list never has."""
    fields = event.at(day)
    shown: Json = {name: fields[name] for name in _PLAIN}
    shown |= thin_json(event, day)
    shown |= {
        "iCalUId": f"040000008200E00074C5{event.id.encode().hex()}" + (f"{day:%Y%m%d}" if day else ""),
        "changeKey": etag_of(event, day)[3:-1],
        "body": _body(fields["body"]["content"], text=text),
        "location": {**fields["location"], "locationType": "default"},
        "originalStartTimeZone": fields["start"]["timeZone"],
        "originalEndTimeZone": fields["end"]["timeZone"],
        "originalStart": _original(event, day) if day else None,
        "recurrence": _recurrence(event.recurrence) if event.recurrence and day is None else None,
        "organizer": OWNER if event.is_organizer else {"emailAddress": {"name": "Bo", "address": "boss@example.com"}},
        "isOrganizer": event.is_organizer,
        "isCancelled": event.cancelled,
        "responseStatus": {"response": event.response, "time": "0001-01-01T00:00:00Z"},
        "transactionId": event.transaction,
        "webLink": "https://outlook.office365.com/owa/",
        "hasAttachments": False,
    }
    if master and event.recurrence and day is None:
        shown["cancelledOccurrences"] = [f"OID.{event.id}.{one}" for one in sorted(event.left_out)]
    return shown


def thin_json(event: Event, day: date | None) -> Json:
    """All that delta tells of an occurrence that nobody changed."""
    fields = event.at(day)
    return {
        "@odata.etag": etag_of(event, day),
        "id": f"{event.id}.{day}" if day else event.id,
        "type": kind_of(event, day),
        "seriesMasterId": event.id if day else None,
        "start": _stamp(fields, "start"),
        "end": _stamp(fields, "end"),
    }


def calendar_json(calendar: Calendar) -> Json:
    return {
        "id": calendar.id,
        "name": calendar.name,
        "color": calendar.color,
        "hexColor": "",
        "canEdit": calendar.can_edit,
        "isDefaultCalendar": calendar.default,
        "owner": OWNER["emailAddress"],
    }


def selected(shown: Json, names: str) -> Json:
    """What ``$select`` leaves; the id and the version always come."""
    wanted = {"id", "@odata.etag", *names.split(",")}
    return {name: value for name, value in shown.items() if not names or name in wanted}


def utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000")


def _stamp(fields: Json, name: str) -> Json:
    """An all-day event is midnight in whatever zone is asked for."""
    moment = wall(fields[name]).replace(tzinfo=UTC) if fields["isAllDay"] else instant(fields[name])
    return {"dateTime": utc_text(moment), "timeZone": "UTC"}


def _original(event: Event, day: date) -> str:
    start = {**event.fields["start"], "dateTime": datetime.combine(day, wall(event.fields["start"]).time()).isoformat()}
    moment = datetime.combine(day, time(), UTC) if event.fields["isAllDay"] else instant(start)
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(content: str, *, text: bool) -> Json:
    lines = content.replace("\n", "\r\n")
    if text:
        return {"contentType": "text", "content": lines}
    return {"contentType": "html", "content": f"<html><head></head><body><pre>{escape(lines)}</pre></body></html>"}


def _recurrence(recurrence: Json) -> dict[str, Any]:
    pattern = {"month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first", "daysOfWeek": []}
    span = {"endDate": "0001-01-01", "numberOfOccurrences": 0, "recurrenceTimeZone": ""}
    return {"pattern": {**pattern, **recurrence["pattern"]}, "range": {**span, **recurrence["range"]}}
