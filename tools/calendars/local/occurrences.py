"""What each event takes of the time: its occurrences written down, and what is in the way of new ones. SQL.

``place`` is the only writer of ``event_occurrences`` but for holds. It runs in the transaction of the change, under
the calendar's row lock; the exclusion constraint stands behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import sql

from store.database import Connection
from store.ids import new_id
from tools.calendars.backend import Interval
from tools.calendars.changes import SeriesClash
from tools.calendars.local.rows import (
    OCCURRENCE_COLUMNS,
    Row,
    as_occurrence,
    event_of,
    first_times,
    held_event,
    hidden_event,
    in_utc,
    recurrence_of,
)
from tools.calendars.model import Event
from tools.calendars.recurrence import expand, next_occurrence
from tools.calendars.rules import BOOKABLE

_EXPANDED = BOOKABLE + timedelta(days=92)  # a series is written on for another quarter, then a write goes on with it
_MOST = 20_000  # occurrences of one series
_AT_ONCE = 3  # series that a write carries on though it need not

OnClash = Literal["refuse", "leave out", "overlap"]

_FAMILY = "SELECT * FROM events WHERE id = %(root)s OR master_id = %(root)s"
_WRITTEN = (
    "SELECT id, event_id, original_start, starts_at, ends_at, busy FROM event_occurrences WHERE event_id = ANY (%s)"
)
_WRITE = (
    "INSERT INTO event_occurrences (id, tenant_id, calendar_id, event_id, original_start, starts_at, ends_at, busy, "
    "guarded) SELECT n.id, %(tenant)s, %(calendar)s, n.event_id, n.original_start, n.starts_at, n.ends_at, n.busy, "
    "n.guarded FROM unnest(%(id)s::uuid[], %(event)s::uuid[], %(original)s::timestamptz[], %(start)s::timestamptz[], "
    "%(end)s::timestamptz[], %(busy)s::boolean[], %(guarded)s::boolean[]) "
    "AS n(id, event_id, original_start, starts_at, ends_at, busy, guarded)"
)
# what touches the window w; 24 hours and not a day, which would be 23 in the session's zone now and then
TOUCHING = sql.SQL(
    "(SELECT * FROM event_occurrences WHERE NOT lasts_long AND starts_at > w.starts - interval '24 hours 1 second' "
    "AND starts_at < w.ends AND ends_at > w.starts UNION ALL "
    "SELECT * FROM event_occurrences WHERE lasts_long AND ends_at > w.starts AND starts_at < w.ends)"
)
_CLASHES = sql.SQL(
    "SELECT w.n, o.hold_id, o.calendar_id AS o_calendar, o.starts_at AS o_start, o.ends_at AS o_end, {columns} "
    "FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS w(starts, ends, n) "
    "CROSS JOIN LATERAL (SELECT * FROM {touching} t WHERE t.busy "
    "AND (t.calendar_id = %(calendar)s OR t.calendar_id = ANY (%(beside)s) AND NOT EXISTS ("
    "SELECT FROM events copy WHERE copy.id = t.event_id AND copy.uid = ANY (%(uids)s))) "
    "AND (t.event_id IS NULL OR t.event_id <> ALL (%(family)s)) AND (t.hold_id IS NULL OR EXISTS ("
    "SELECT FROM calendar_holds h WHERE h.id = t.hold_id AND h.expires_at > %(at)s "
    "AND h.conversation_id IS DISTINCT FROM %(conversation)s)) "
    "ORDER BY t.calendar_id <> %(calendar)s, t.starts_at, t.id LIMIT 1) o "
    "LEFT JOIN events e ON e.id = o.event_id ORDER BY w.n"
).format(columns=OCCURRENCE_COLUMNS, touching=TOUCHING)


class Span(NamedTuple):
    """One occurrence as it should stand; the event is the single one, the series or the exception."""

    event_id: UUID
    original_start: datetime
    start: datetime
    end: datetime
    busy: bool


class Clashing(Exception):
    """New occurrences of a guarded event meet others; ``total`` is how many there would be.

    Said as TimeTaken or SeriesClashes once the transaction is over.
    """

    def __init__(self, clashes: Sequence[SeriesClash], total: int, *, repeats: bool) -> None:
        super().__init__("clashing")
        self.clashes, self.total, self.repeats = tuple(clashes), total, repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How occurrences are placed: seen from ``at``, beside the hold of ``conversation_id``, which blocks nothing.

    ``strict``: somebody here wants these times, so what was imported is asked about too. ``beside``: other calendars
    that must be free as well, and whether what stands in them may be told (``counting.py``).
    """

    at: datetime
    conversation_id: UUID | None = None
    on_clash: OnClash = "refuse"
    strict: bool = False
    beside: Mapping[UUID, bool] = field(default_factory=dict[UUID, bool])


def written_until(at: datetime) -> datetime:
    """Up to where occurrences are written down at this time."""
    return at + _EXPANDED


async def family_of(connection: Connection, root: UUID) -> tuple[Row | None, list[Row]]:
    """A series and its exceptions; a single event has none."""
    rows = [in_utc(row) for row in await (await connection.execute(_FAMILY, {"root": root})).fetchall()]
    master = next((row for row in rows if row["id"] == root), None)
    return master, [row for row in rows if row["id"] != root]


async def place(connection: Connection, root: UUID, terms: Terms) -> None:
    """Write down what the event with this id, and its exceptions, take of the time now.

    Raises Clashing when something new of a guarded one, or with ``strict``, meets something else ("refuse"). "leave
    out" makes EXDATEs of such dates; "overlap" lets them stand unguarded.
    """
    master, exceptions = await family_of(connection, root)
    if master is None:
        return
    wanted, until = await _spans_beside(master, exceptions, written_until(terms.at))
    ids = [master["id"], *(row["id"] for row in exceptions)]
    written = {_span(row): row["id"] for row in await (await connection.execute(_WRITTEN, (ids,))).fetchall()}
    kept = set(wanted)
    fresh = [span for span in wanted if span not in written]
    taken: dict[int, Event] = {}
    if master["guarded"] or terms.strict:
        windows = [(one.start, one.end) for one in fresh]
        taken = await clashes(connection, master["calendar_id"], windows, ids, terms, uid=master["uid"])
        taken |= _among_themselves(wanted, fresh, master, exceptions)
        taken = {n: event for n, event in taken.items() if fresh[n].busy and fresh[n].end > terms.at}
    if taken and terms.on_clash == "refuse":
        found = [SeriesClash(fresh[n].start, fresh[n].end, event) for n, event in sorted(taken.items())]
        raise Clashing(found, len(wanted), repeats=bool(master["repeats"]) and len(fresh) > 1)
    if taken and terms.on_clash == "leave out":
        out = [fresh[n].original_start for n in taken]
        if len(out) == len(wanted):
            found = [SeriesClash(fresh[n].start, fresh[n].end, event) for n, event in sorted(taken.items())]
            raise Clashing(found, len(wanted), repeats=True)
        await connection.execute("UPDATE events SET exdates = exdates || %s WHERE id = %s", (out, root))
        fresh, taken = [span for n, span in enumerate(fresh) if n not in taken], {}
    if fresh:
        await clear_holds(connection, master["calendar_id"], terms)
    if gone := [row_id for span, row_id in written.items() if span not in kept]:
        await connection.execute("DELETE FROM event_occurrences WHERE id = ANY (%s)", (gone,))
    guarded = [
        bool(master["guarded"]) and one.busy and one.end > terms.at and n not in taken for n, one in enumerate(fresh)
    ]
    await _write(connection, master, fresh, guarded)
    await _note_horizon(connection, master, until)


async def clear_holds(connection: Connection, calendar_id: UUID, terms: Terms) -> None:
    """Remove the calendar's holds that are over, and the conversation's own wherever it is: both block nothing."""
    await connection.execute(
        "DELETE FROM calendar_holds WHERE (calendar_id = %s AND expires_at <= %s) OR conversation_id = %s",
        (calendar_id, terms.at, terms.conversation_id),
    )


async def _spans_beside(master: Row, exceptions: Sequence[Row], until: datetime) -> tuple[list[Span], datetime]:
    """A daily series of decades takes half a second to count out, in which others want to be answered."""
    if not master["repeats"]:
        return spans_of(master, exceptions, until)
    return await asyncio.to_thread(spans_of, master, exceptions, until)


def spans_of(master: Row, exceptions: Sequence[Row], until: datetime) -> tuple[list[Span], datetime]:
    """What should be written down up to ``until``, and up to where that is: a series has its limit too.

    Nothing of what is cancelled; exceptions at their own time, however far.
    """
    if master["status"] != "confirmed":
        return [], until
    if not master["repeats"]:
        return [Span(master["id"], master["starts_at"], master["starts_at"], master["ends_at"], master["busy"])], until
    replaced = {row["original_start"] for row in exceptions}
    start, end = first_times(master)
    recurrence = recurrence_of(master)
    since = min(start, *recurrence.rdates) if recurrence.rdates else start
    found = expand(start, end, recurrence, (since, until), limit=_MOST)
    times = [(one.original_start.astimezone(UTC), one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in found]
    spans = [
        Span(master["id"], original, begins, ends, master["busy"])
        for original, begins, ends in times
        if original not in replaced
    ]
    spans += [
        Span(row["id"], row["original_start"], row["starts_at"], row["ends_at"], row["busy"])
        for row in exceptions
        if row["status"] == "confirmed"
    ]
    return sorted(spans, key=lambda span: span.start), times[-1][0] if len(times) == _MOST else until


def _among_themselves(
    wanted: Sequence[Span], fresh: Sequence[Span], master: Row, exceptions: Sequence[Row]
) -> dict[int, Event]:
    """Occurrences that would meet the one before or after them of their own series."""
    rows = {row["id"]: row for row in exceptions}
    numbers = {span: n for n, span in enumerate(fresh)}
    taken: dict[int, Event] = {}
    for one, following in pairwise(span for span in wanted if span.busy):
        if following.start < one.end and (at := numbers.get(following, numbers.get(one))) is not None:
            other = one if at == numbers.get(following) else following
            row = rows.get(other.event_id) or as_occurrence(master, other.original_start, (other.start, other.end))
            taken[at] = event_of(row)
    return taken


async def clashes(
    connection: Connection,
    calendar_id: UUID,
    windows: Sequence[Interval],
    family: Sequence[UUID],
    terms: Terms,
    *,
    uid: str = "",
) -> dict[int, Event]:
    """What is first in the way of each window in this calendar or those beside it, by the window's number.

    Events of ``family`` are not, nor copies of the same event (``uid``) in calendars beside it.
    """
    if not windows:
        return {}
    values = {
        "starts": [start for start, _ in windows],
        "ends": [end for _, end in windows],
        "calendar": calendar_id,
        "family": list(family),
        "beside": [one for one in terms.beside if one != calendar_id],
        "uids": [uid] if uid else [],
        "at": terms.at,
        "conversation": terms.conversation_id,
    }
    rows = await (await connection.execute(_CLASHES, values)).fetchall()
    return {row["n"] - 1: _in_the_way(row, terms) for row in rows}


def _in_the_way(row: Row, terms: Terms) -> Event:
    times = (row["o_start"], row["o_end"])
    if row["hold_id"] is not None:
        return held_event(row["hold_id"], row["o_calendar"], times)
    return event_of(row) if terms.beside.get(row["o_calendar"], True) else hidden_event(row["o_calendar"], times)


async def carry_on(connection: Connection, calendar_id: UUID, end: datetime, at: datetime) -> None:
    """Write endless series on: those not yet written up to ``end``, and a few others that are due."""
    rows = await (
        await connection.execute(
            "(SELECT id FROM events WHERE calendar_id = %(calendar)s AND expanded_until < %(end)s) UNION "
            "(SELECT id FROM events WHERE calendar_id = %(calendar)s AND expanded_until < %(due)s "
            "ORDER BY expanded_until LIMIT %(few)s)",
            {"calendar": calendar_id, "end": end, "due": at + BOOKABLE, "few": _AT_ONCE},
        )
    ).fetchall()
    for row in rows:
        await place(connection, row["id"], Terms(at=at, on_clash="overlap"))


async def _write(connection: Connection, master: Row, fresh: Sequence[Span], guarded: Sequence[bool]) -> None:
    if not fresh:
        return
    values: dict[str, Any] = {
        "tenant": master["tenant_id"],
        "calendar": master["calendar_id"],
        "id": [new_id() for _ in fresh],
        "event": [span.event_id for span in fresh],
        "original": [span.original_start for span in fresh],
        "start": [span.start for span in fresh],
        "end": [span.end for span in fresh],
        "busy": [span.busy for span in fresh],
        "guarded": list(guarded),
    }
    await connection.execute(_WRITE, values)


async def _note_horizon(connection: Connection, master: Row, until: datetime) -> None:
    """Up to where the series is written; null when that is all of it."""
    goes_on = False
    if master["repeats"] and master["status"] == "confirmed":
        start, _ = first_times(master)
        goes_on = next_occurrence(start, recurrence_of(master), until) is not None
    horizon = until if goes_on else None
    if horizon != master["expanded_until"]:
        await connection.execute("UPDATE events SET expanded_until = %s WHERE id = %s", (horizon, master["id"]))


def _span(row: Row) -> Span:
    row = in_utc(row)
    return Span(row["event_id"], row["original_start"], row["starts_at"], row["ends_at"], row["busy"])
