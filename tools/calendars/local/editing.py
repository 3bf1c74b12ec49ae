"""What becomes of rows when an event, one occurrence, those from one on, or all of a series change or end.

No rules of what may be booked (``service.py``), no conversion for servers (``local/calendar.py``): both call this
inside a ``Write``, which remembers, tells and places. RFC 5545's ways: exceptions are rows, a series is split by UNTIL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from store.errors import Invalid
from tools.calendars.backend import Interval, Recurrence, Scope
from tools.calendars.local.occurrences import Terms
from tools.calendars.local.rows import (
    Row,
    as_occurrence,
    attendee_columns,
    event_of,
    first_times,
    recurrence_columns,
    recurrence_of,
)
from tools.calendars.local.writing import Write
from tools.calendars.model import Event, EventChange, EventId, EventNotFound, OccurrenceId
from tools.calendars.recurrence import checked_recurrence, expand, shifted, split
from tools.calendars.series.step import Step, step_of

COPIED = (
    "calendar_id", "uid", "summary", "description", "location", "attendees", "people", "timezone", "all_day", "busy",
    "organizer", "guarded", "editable",
)  # fmt: skip
_TEXTS = ("summary", "description", "location", "attendees", "people", "timezone", "all_day", "busy")


@dataclass(frozen=True, slots=True)
class Target:
    """What is meant: an event or a series with its exceptions, and ``occurrence`` (a row as it would be of its own)
    when one is; ``scope`` is "all" for a single event."""

    master: Row
    exceptions: list[Row]
    scope: Scope
    occurrence: Row | None = None

    @property
    def row(self) -> Row:
        """With the times and texts that the one who asks has seen."""
        return self.occurrence if self.occurrence is not None else self.master

    @property
    def event(self) -> Event:
        return event_of({**self.row, "rrule": self.master["rrule"]})


async def find(write: Write, event_id: EventId, scope: Scope | None) -> Target:
    """The target, locked; without ``scope`` an occurrence means itself, a series all of it. Raises EventNotFound.

    What was cancelled is found too.
    """
    root = event_id.series_id if isinstance(event_id, OccurrenceId) else event_id
    master, exceptions = await write.family(root)
    return target_of(master, exceptions, event_id, scope)


def target_of(master: Row, exceptions: list[Row], event_id: EventId, scope: Scope | None) -> Target:
    if not isinstance(event_id, OccurrenceId):
        if master["repeats"] and scope in {"this", "following"}:
            raise Invalid("Say which occurrence of the series is meant.", code="occurrence_needed")
        return Target(master, exceptions, "all")
    original = event_id.original_start
    occurrence = next((row for row in exceptions if row["original_start"] == original), None)
    if occurrence is None:
        occurrence = _virtual(master, original)
    return Target(master, exceptions, scope or "this", occurrence)


def plain_occurrence(master: Row, original: datetime) -> Row:
    """The columns of an exception that says nothing but what the series says; left out when it is none any more."""
    try:
        row = _virtual(master, original)
    except EventNotFound:
        return {"status": "cancelled"}
    return {name: row[name] for name in (*_TEXTS, "starts_at", "ends_at", "status")}


def _virtual(master: Row, original: datetime) -> Row:
    start, end = first_times(master)
    window = (original, original + timedelta(seconds=1))
    found = expand(start, end, recurrence_of(master), window) if master["repeats"] else []
    for one in found:
        if one.original_start.astimezone(UTC) == original:
            return as_occurrence(master, original, (one.start.astimezone(UTC), one.end.astimezone(UTC)))
    raise EventNotFound


async def change(write: Write, target: Target, wanted: EventChange, terms: Terms) -> Event:
    """Change what is meant; the event that now holds the change. Raises Clashing, SlotLost, BadRule, Invalid."""
    if target.scope == "this" and target.occurrence is not None:
        return await _change_one(write, target, wanted, terms)
    if target.scope == "following" and (cut := await _cut(write, target)) is not None:
        await write.place(target.master["id"], terms)
        target = cut
    return await _change_all(write, target, wanted, terms)


async def cancel(write: Write, target: Target) -> Event:
    """End what is meant: the event, the occurrence or the series as it was, cancelled; once more changes nothing."""
    if target.scope == "this" and target.occurrence is not None:
        if target.occurrence["status"] == "cancelled":
            return target.event
        row = await _exception(write, target, {"status": "cancelled"})
        await write.place(target.master["id"])
        return event_of({**row, "rrule": target.master["rrule"]})
    if target.scope == "following" and (halves := _halves(target)) is not None:
        return await _cancel_rest(write, target, halves[0])
    if target.master["status"] == "cancelled":
        return target.event
    for row in target.exceptions:
        if row["status"] == "confirmed":
            await write.update(row, {"status": "cancelled"})
    master = await write.update(target.master, {"status": "cancelled"})
    await write.place(master["id"])
    return event_of(master)


async def _cancel_rest(write: Write, target: Target, before: Recurrence) -> Event:
    gone = target.row
    for row in _from(target.exceptions, gone["original_start"]):
        if row["status"] == "confirmed":
            await write.update(row, {"status": "cancelled"})
    await write.update(target.master, recurrence_columns(before))
    await write.place(target.master["id"])
    return event_of({**gone, "rrule": target.master["rrule"], "status": "cancelled"})


async def _change_one(write: Write, target: Target, wanted: EventChange, terms: Terms) -> Event:
    if wanted.recurrence or wanted.make_single:
        raise Invalid("One occurrence does not repeat by itself. Say from which one on.", code="scope_needed")
    row = target.row
    start, end = _times(row, wanted)
    columns = {**_texts(wanted, row), "starts_at": start, "ends_at": end}
    changed = await _exception(write, target, columns)
    await write.place(target.master["id"], terms)
    return event_of({**changed, "rrule": target.master["rrule"]})


async def _exception(write: Write, target: Target, columns: Mapping[str, Any]) -> Row:
    """The occurrence as a row of its own, made when there is none yet."""
    row = target.row
    if row["id"] != target.master["id"]:
        return await write.update(row, columns)
    own = {name: row[name] for name in (*COPIED, "starts_at", "ends_at", "original_start")}
    return await write.insert({**own, "master_id": target.master["id"], **columns})


def _halves(target: Target) -> tuple[Recurrence, Recurrence] | None:
    """The series before the occurrence and from it on; None when nothing comes before it."""
    start, _ = first_times(target.master)
    original = target.row["original_start"].astimezone(start.tzinfo)
    before, after = split(recurrence_of(target.master), start, original)
    return None if before is None else (before, after)


async def _cut(write: Write, target: Target) -> Target | None:
    """The series ended before the occurrence, and the rest as a new one with its exceptions; None: it is all of it."""
    halves = _halves(target)
    if halves is None:
        return None
    before, after = halves
    master, occurrence = target.master, target.row
    original = occurrence["original_start"]
    start, end = first_times(master)
    length = (end.replace(tzinfo=None) - start.replace(tzinfo=None)) if master["all_day"] else None
    first = original.astimezone(start.tzinfo)
    last = (
        (first.replace(tzinfo=None) + length).replace(tzinfo=start.tzinfo)
        if length
        else first.astimezone(UTC) + (end.astimezone(UTC) - start.astimezone(UTC))
    )
    await write.update(master, recurrence_columns(before))
    copied = {name: master[name] for name in COPIED if name != "uid"}
    second = await write.insert({**copied, "starts_at": first, "ends_at": last, **recurrence_columns(after)})
    exceptions = [await write.update(row, {"master_id": second["id"]}) for row in _from(target.exceptions, original)]
    return target_of(second, exceptions, OccurrenceId(second["id"], original), "all")


async def _change_all(write: Write, target: Target, wanted: EventChange, terms: Terms) -> Event:
    """All of it, as seen from the occurrence that is meant, at its place in the series: what that one had of its own
    gives way to what is wanted now; other exceptions keep theirs."""
    master, seen = target.master, _planned(target)
    start, end = _times(seen, wanted)
    zone = ZoneInfo(wanted.timezone or seen["timezone"])
    timed = wanted.start is not None or wanted.end is not None or wanted.timezone is not None
    step = step_of(seen["starts_at"].astimezone(ZoneInfo(seen["timezone"])), start.astimezone(zone)) if timed else None
    columns = _texts(wanted, master)
    if step is not None:
        columns |= _first(master, step, seen, (start, end))
    columns |= _recurrence(master, columns, wanted, step)
    changed = await write.update(master, columns)
    later_first = step is not None and step.by > timedelta(0)  # two exceptions never have one original start
    for row in sorted(target.exceptions, key=lambda one: one["original_start"], reverse=later_first):
        replaced = set(_texts(wanted, row)) if row["id"] == target.row["id"] else None
        await _follow(write, row, master, changed, step, replaced)
    await write.place(master["id"], terms)
    return event_of(await write.reread(master["id"]))


def _planned(target: Target) -> Row:
    """The occurrence where the series has it, or the series."""
    row = target.row
    if row["id"] == target.master["id"]:
        return row
    try:
        return _virtual(target.master, row["original_start"])
    except EventNotFound:  # an exception that no rule makes
        return row


def _first(master: Row, step: Step, seen: Row, times: Interval) -> Row:
    """The first times of what moves as the one that was seen does."""
    if seen["id"] == master["id"] and seen["starts_at"] == master["starts_at"]:
        return {"starts_at": times[0], "ends_at": times[1]}
    start = step(master["starts_at"])
    end = start + (times[1] - times[0])
    if master["all_day"]:
        days = round((times[1] - times[0]) / timedelta(days=1))
        wall = start.astimezone(step.after).replace(tzinfo=None) + timedelta(days=days)
        end = wall.replace(tzinfo=step.after).astimezone(UTC)
    return {"starts_at": start, "ends_at": end}


def _recurrence(master: Row, columns: Row, wanted: EventChange, step: Step | None) -> Mapping[str, Any]:
    if wanted.make_single:
        return recurrence_columns(None)
    zone = ZoneInfo(columns.get("timezone", master["timezone"]))
    start = columns.get("starts_at", master["starts_at"]).astimezone(zone)
    if wanted.recurrence is not None:
        return recurrence_columns(
            checked_recurrence(wanted.recurrence, start, all_day=columns.get("all_day", master["all_day"]))
        )
    if step is None or not master["repeats"]:
        return {}
    return recurrence_columns(shifted(recurrence_of(master), first_times(master)[0], start))


async def _follow(write: Write, row: Row, old: Row, new: Row, step: Step | None, replaced: set[str] | None) -> None:
    """An exception goes along: texts that were the series', its place in the rule, its time unless it had its own.

    ``replaced``: it is the one that is meant, and these texts of its own, and its own time, give way.
    """
    given = replaced or set[str]()
    columns: Row = {name: new[name] for name in _TEXTS if name in given or (row[name] == old[name] != new[name])}
    if not new["repeats"]:
        columns["status"] = "cancelled"
    elif step is not None:
        columns["original_start"] = step(row["original_start"])
        length = old["ends_at"] - old["starts_at"]
        own_time = row["starts_at"] != row["original_start"] or row["ends_at"] - row["starts_at"] != length
        if not own_time or replaced is not None:
            columns["starts_at"] = columns["original_start"]
            columns["ends_at"] = columns["original_start"] + (new["ends_at"] - new["starts_at"])
    original = columns.get("original_start", row["original_start"])
    if row["status"] == "confirmed" and new["repeats"] and new["rrule"] != old["rrule"] and not _fits(new, original):
        columns["status"] = "cancelled"
    if any(row[name] != value for name, value in columns.items()):
        await write.update(row, columns)


def _fits(master: Row, original: datetime) -> bool:
    try:
        _virtual(master, original)
    except EventNotFound:
        return False
    return True


def _times(row: Row, wanted: EventChange) -> Interval:
    """Start and end in UTC as wanted; with a start alone it keeps its length, a whole day its days."""
    start = (wanted.start or row["starts_at"]).astimezone(UTC)
    if wanted.end is not None:
        end = wanted.end.astimezone(UTC)
    elif row["all_day"] and wanted.all_day is not False and wanted.start is not None:
        old = ZoneInfo(row["timezone"])
        days = (row["ends_at"].astimezone(old).date() - row["starts_at"].astimezone(old).date()).days
        zone = ZoneInfo(wanted.timezone or row["timezone"])
        wall = start.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
        end = wall.replace(tzinfo=zone).astimezone(UTC)
    else:
        end = start + (row["ends_at"] - row["starts_at"])
    if start >= end:
        raise Invalid("An event must end after it starts.", code="bad_duration")
    return start, end


def _texts(wanted: EventChange, row: Row) -> Row:
    names = ("summary", "description", "location", "timezone", "all_day", "busy")
    columns: Row = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    if wanted.people is not None or wanted.attendees is not None:
        columns |= attendee_columns(wanted.attendees or (), wanted.people or (), row["people"])
    return columns


def _from(exceptions: Sequence[Row], original: datetime) -> list[Row]:
    return [row for row in exceptions if row["original_start"] >= original]
