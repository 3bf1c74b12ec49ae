"""A family of rows (an event or series with its exceptions) as what a server is told: drafts, patches. Pure.

What is delivered is the difference of two states, the rows as the server last had them and as they are now. Three
states meet when somebody changed the event there too: what only one side changed is merged, the rest is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tools.calendars.backend import Attendee, Draft, Patch, Recurrence, RemoteEvent
from tools.calendars.local.rows import Row, as_occurrence, first_times, recurrence_of
from tools.calendars.recurrence import checked_recurrence, shifted
from tools.calendars.series.rule import BadRule
from tools.plaintext import clean_line, clean_text

_TEXTS = ("summary", "description", "location", "busy")
_OF_SERIES = (*_TEXTS, "timezone", "all_day", "attendees", "people")
_TIMES = ("starts_at", "ends_at", "timezone", "all_day")
Said = dict[str, Any]  # what can be compared of an event: by what a person would call it


@dataclass(frozen=True, slots=True)
class Family:
    """An event, or a series, with its exceptions; None: there is none (yet)."""

    master: Row | None
    exceptions: tuple[Row, ...] = ()

    @property
    def is_there(self) -> bool:
        return self.master is not None and self.master["status"] == "confirmed"

    @property
    def guests(self) -> bool:
        """Whether anybody with an address is invited."""
        return self.master is not None and any(_guests(row) for row in (self.master, *self.exceptions))


def family_from(rows: Iterable[Row], root: UUID) -> Family:
    """The family of this root among ``rows``."""
    given = list(rows)
    master = next((row for row in given if row["id"] == root), None)
    return Family(master, tuple(row for row in given if row["master_id"] == root))


def draft_of(family: Family) -> Draft:
    """What to create of a family; its changed occurrences come after it."""
    row = family.master
    assert row is not None
    start, end = first_times(row)
    return Draft(
        summary=row["summary"],
        start=start,
        end=end,
        timezone=row["timezone"],
        all_day=row["all_day"],
        description=row["description"],
        location=row["location"],
        attendees=_guests(row),
        busy=row["busy"],
        recurrence=_recurrence(family) if row["repeats"] else None,
    )


def said_in(row: Row) -> Said:
    """A row as what can be compared."""
    return {
        **{name: row[name] for name in _TEXTS},
        "people": _addresses(one["email"] for one in row["people"]),
        "when": (*(row[name] for name in _TIMES), row["rrule"], frozenset(row["rdates"] or ())),
    }


def said_there(event: RemoteEvent) -> Said:
    """A server's event the way its row would say it."""
    rule, rdates = "", frozenset[datetime]()
    if event.recurrence is not None:
        try:
            rule = checked_recurrence(event.recurrence, event.start, all_day=event.all_day).rrule
        except BadRule:
            rule = event.recurrence.rrule
        rdates = frozenset(one.astimezone(UTC) for one in event.recurrence.rdates)
    times = (event.start.astimezone(UTC), event.end.astimezone(UTC), event.timezone, event.all_day)
    return {
        "summary": clean_line(event.summary, limit=200),
        "description": clean_text(event.description, limit=4000),
        "location": clean_line(event.location, limit=300),
        "busy": event.busy,
        "people": _addresses(one.email for one in event.attendees),
        "when": (*times, rule, rdates),
    }


def ours(before: Said, now: Said) -> set[str]:
    """What we changed."""
    return {name for name in now if now[name] != before[name]}


def merged(before: Said, now: Said, there: Said) -> tuple[set[str], set[str]]:
    """What of ours the server does not have yet; and of that, what somebody changed there to something else."""
    missing = {name for name in ours(before, now) if there[name] != now[name]}
    return missing, {name for name in missing if there[name] != before[name]}


def patch_of(names: set[str], before: Row | None, family: Family) -> Patch | None:
    """The patch that says these things of the family's event as they are now; None when there is nothing to say."""
    row = family.master
    assert row is not None
    values: dict[str, Any] = {name: row[name] for name in _TEXTS if name in names}
    if "people" in names:
        values["attendees"] = _guests(row)
    if "when" in names:
        start, end = first_times(row)
        if before is None or any(row[name] != before[name] for name in _TIMES):
            values |= {"start": start, "end": end, "timezone": row["timezone"], "all_day": row["all_day"]}
    if before is not None and before["repeats"] and not row["repeats"]:
        values["make_single"] = True
    elif row["repeats"] and (before is None or _rule_is_new(before, row)):
        values["recurrence"] = _recurrence(family)
    return Patch(**values) if values else None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One occurrence to be changed (``before`` as it is there) or left out (``now`` None)."""

    original: datetime
    before: Row
    now: Row | None

    @property
    def patch(self) -> Patch:
        assert self.now is not None
        return occurrence_patch(self.before, self.now)


def occurrence_patch(before: Row, now: Row) -> Patch:
    """What is different of one occurrence."""
    return differing(now, said_in({**before, "rrule": "", "rdates": []}))


def differing(now: Row, there: Said) -> Patch:
    """What makes the occurrence that is ``there`` say what its row does."""
    names = ours(there, said_in({**now, "rrule": "", "rdates": []}))
    values: dict[str, Any] = {name: now[name] for name in _TEXTS if name in names}
    if "people" in names:
        values["attendees"] = _guests(now)
    if "when" in names:
        start, end = first_times(now)
        values |= {"start": start, "end": end}
    return Patch(**values)


def deviations(before: Family, now: Family) -> list[Deviation]:
    """Occurrences that a change of the whole does not take along, in the order of their original starts.

    To say more than is needed does no harm: each is said as what it shall be.
    """
    master = now.master
    assert master is not None
    if not master["repeats"]:
        return []
    known = {row["id"]: row for row in before.exceptions}
    found: list[Deviation] = []
    for row in now.exceptions:
        was, zone = known.get(row["id"]), ZoneInfo(master["timezone"])
        original = row["original_start"].astimezone(zone)
        if row["status"] == "cancelled":
            if was is None or was["status"] != "cancelled":
                found.append(Deviation(original, row, None))
        elif was is None or was["status"] == "cancelled":
            found.append(Deviation(original, _plain(master, row), row))
        elif not _goes_along(before.master, master, was, row):
            found.append(Deviation(original, _moved_along(was, row), row))
    return sorted(found, key=lambda one: one.original)


def _goes_along(old: Row | None, new: Row, was: Row, row: Row) -> bool:
    """Whether the row says nothing but what it said, or what the series now says where it said what the series did."""
    if old is None:
        return False
    if was["original_start"] == row["original_start"]:
        same_time = all(was[name] == row[name] for name in ("starts_at", "ends_at"))
    else:  # the series moved: with it, or at its own time still
        step = row["original_start"] - was["original_start"]
        same_time = (row["starts_at"], row["ends_at"]) in (
            (was["starts_at"] + step, was["ends_at"] + step),
            (was["starts_at"], was["ends_at"]),
        )
    return same_time and all(row[name] == was[name] or row[name] == new[name] != old[name] for name in _OF_SERIES)


def _moved_along(was: Row, row: Row) -> Row:
    return was if was["original_start"] == row["original_start"] else {**was, "starts_at": None, "ends_at": None}


def _plain(master: Row, row: Row) -> Row:
    start, end = master["starts_at"], master["ends_at"]
    return as_occurrence(master, row["original_start"], (row["original_start"], row["original_start"] + (end - start)))


def _rule_is_new(before: Row, row: Row) -> bool:
    if not before["repeats"]:
        return True
    was = recurrence_of(before)
    if before["starts_at"] != row["starts_at"] or before["timezone"] != row["timezone"]:
        try:
            was = shifted(was, first_times(before)[0], first_times(row)[0])
        except BadRule:
            return True
    return _comparable(was) != _comparable(recurrence_of(row))


def _comparable(one: Recurrence) -> tuple[str, frozenset[datetime], frozenset[datetime]]:
    return (
        one.rrule,
        frozenset(at.astimezone(UTC) for at in one.exdates),
        frozenset(at.astimezone(UTC) for at in one.rdates),
    )


def _recurrence(family: Family) -> Recurrence:
    """With what is left out by cancelled exceptions: some servers know no other way."""
    row = family.master
    assert row is not None
    zone = ZoneInfo(row["timezone"])
    left_out = {*row["exdates"], *(one["original_start"] for one in family.exceptions if one["status"] == "cancelled")}
    return Recurrence(
        row["rrule"],
        tuple(sorted(at.astimezone(zone) for at in left_out)),
        tuple(at.astimezone(zone) for at in row["rdates"]),
    )


def _guests(row: Row) -> tuple[Attendee, ...]:
    """Those with an address: no server takes a name alone."""
    return tuple(Attendee(one["email"], one["name"], one["status"]) for one in row["people"] if one["email"])


def _addresses(emails: Iterable[str]) -> frozenset[str]:
    return frozenset(email.lower() for email in emails if email)


def rows_of(family: Family) -> Sequence[Row]:
    """All rows of a family."""
    return [*([family.master] if family.master else []), *family.exceptions]
