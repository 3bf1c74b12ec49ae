"""Rows of ``events`` as events, and answers kept for repeated requests. The only place that knows both shapes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import sql
from psycopg.types.json import Jsonb

from tools.calendars.backend import Attendee, Interval, Recurrence
from tools.calendars.model import Event, NewEvent, OccurrenceId, event_id_of

Row = dict[str, Any]

# of an occurrence o of the event e
OCCURRENCE_COLUMNS = sql.SQL(
    "e.id, e.calendar_id, e.summary, o.starts_at, o.ends_at, e.timezone, e.all_day, e.attendees, e.location, "
    "e.description, e.busy, e.status, e.sequence, e.repeats, e.master_id, o.original_start, "
    "CASE WHEN e.master_id IS NULL THEN e.rrule "
    "ELSE (SELECT m.rrule FROM events m WHERE m.id = e.master_id) END AS rrule"
)


def event_of(row: Row, *, change_id: UUID | None = None) -> Event:
    """A row of ``events`` as it stands, or one with OCCURRENCE_COLUMNS: a single event, a series, an exception."""
    series = row["master_id"] or (row["id"] if row["repeats"] else None)
    original = row["original_start"] if series else None
    recurrence = None
    if series:
        recurrence = Recurrence(row["rrule"], tuple(row.get("exdates") or ()), tuple(row.get("rdates") or ()))
    return Event(
        id=OccurrenceId(series, original) if series and original else row["id"],
        calendar_id=row["calendar_id"],
        summary=row["summary"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        timezone=row["timezone"],
        all_day=row["all_day"],
        attendees=tuple(row["attendees"]),
        location=row["location"],
        description=row["description"],
        busy=row["busy"],
        status=row["status"],
        sequence=row["sequence"],
        series_id=series,
        original_start=original,
        recurrence=recurrence,
        change_id=change_id,
    )


def in_utc(row: Row) -> Row:
    """The same instants in UTC: times of two zones are never equal in the hour that comes twice."""
    return {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()}


def adapted(columns: Mapping[str, Any]) -> list[object]:
    """The values of these columns, in their order, as the database takes them."""
    return [Jsonb(value) if name == "people" else value for name, value in columns.items()]


def updating(columns: Iterable[str]) -> sql.Composed:
    """The statement that changes these columns of one row, whose id comes after their values; answers the row."""
    names = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns)
    statement = sql.SQL("UPDATE events SET {}, sequence = sequence + 1, updated_at = now() WHERE id = %s RETURNING *")
    return statement.format(names)


def as_json(rows: Iterable[object]) -> Jsonb:
    """Rows of ``events`` as JSON that ``jsonb_populate_recordset`` reads again; or what was ``packed`` of events."""
    return Jsonb(list(rows), dumps=lambda plain: json.dumps(plain, default=str))


def as_occurrence(master: Row, original_start: datetime, times: Interval) -> Row:
    """The series' row as that of one occurrence nobody changed."""
    return {
        **master,
        "original_start": original_start,
        "starts_at": times[0],
        "ends_at": times[1],
        "exdates": [],
        "rdates": [],
    }


def held_event(hold_id: UUID, calendar_id: UUID, times: Interval) -> Event:
    """What is in the way when a time is kept for another caller."""
    return Event(hold_id, calendar_id, "A time held for another caller", *times, "UTC", status="held")


def hidden_event(calendar_id: UUID, times: Interval) -> Event:
    """What is in the way in a calendar that who asks may not see: only that the time is taken, under no event's id."""
    return Event(calendar_id, calendar_id, "Busy", *times, "UTC")


def recurrence_of(row: Row) -> Recurrence:
    """The repetition of a series' own row."""
    return Recurrence(row["rrule"], tuple(row["exdates"]), tuple(row["rdates"]))


def recurrence_columns(recurrence: Recurrence | None) -> Row:
    """The three columns of a repetition; None: it takes place once."""
    kept = recurrence or Recurrence("")
    return {"rrule": kept.rrule, "exdates": list(kept.exdates), "rdates": list(kept.rdates)}


def first_times(row: Row) -> Interval:
    """Start and end on the clocks of the event's zone."""
    zone = ZoneInfo(row["timezone"])
    return row["starts_at"].astimezone(zone), row["ends_at"].astimezone(zone)


def columns_of(new: NewEvent) -> Row:
    """The row that a new event becomes, but for its ids."""
    return {
        "summary": new.summary,
        "description": new.description,
        "location": new.location,
        "starts_at": new.start,
        "ends_at": new.end,
        "timezone": new.timezone,
        "all_day": new.all_day,
        "busy": new.busy,
        **recurrence_columns(new.recurrence),
        **attendee_columns(new.attendees, new.people),
    }


def attendee_columns(names: Sequence[str], people: Sequence[Attendee], known: Sequence[Row] = ()) -> Row:
    """Both columns that say who is invited; who is ``known`` keeps what is known of them."""
    listed = _listed(names, people, known)
    return {"attendees": [one["name"] or one["email"] for one in listed], "people": listed}


def _listed(names: Sequence[str], people: Sequence[Attendee], known: Sequence[Row]) -> list[Row]:
    """What ``events.people`` holds: those said, else these names."""
    if people:
        by_address = {one["email"].lower(): one for one in known if one["email"]}
        return [_merged(one, by_address.get(one.email.lower())) for one in people]
    by_name = {one["name"] or one["email"]: one for one in known}
    return [dict(by_name.get(name) or _named(name)) for name in names]


def _merged(said: Attendee, known: Row | None) -> Row:
    if known is None:
        return {"email": said.email, "name": said.name, "status": said.status}
    status = known["status"] if said.status == "needs-action" else said.status
    return {"email": known["email"], "name": said.name or known["name"], "status": status}


def _named(name: str) -> Row:
    address = "@" in name and " " not in name
    return {"email": name if address else "", "name": "" if address else name, "status": "needs-action"}


def packed(event: Event) -> Row:
    """JSON of which ``unpacked`` makes the same event."""
    whole: Row = {field.name: getattr(event, field.name) for field in fields(event)}
    for name in ("id", "calendar_id", "series_id", "change_id", "starts_at", "ends_at", "original_start"):
        whole[name] = None if whole[name] is None else str(whole[name])
    if event.recurrence:
        given = event.recurrence
        whole["recurrence"] = [given.rrule, [str(one) for one in given.exdates], [str(one) for one in given.rdates]]
    return whole


def unpacked(kept: Row) -> Event:
    """The event that ``packed`` was given."""
    values: Row = {**kept, "attendees": tuple(kept["attendees"]), "id": event_id_of(kept["id"])}
    for name in ("calendar_id", "series_id", "change_id"):
        values[name] = UUID(kept[name]) if kept[name] else None
    for name in ("starts_at", "ends_at", "original_start"):
        values[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
    if kept["recurrence"]:
        rule, exdates, rdates = kept["recurrence"]
        values["recurrence"] = Recurrence(rule, _moments(exdates), _moments(rdates))
    return Event(**values)


def _moments(texts: Sequence[str]) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text) for text in texts)
