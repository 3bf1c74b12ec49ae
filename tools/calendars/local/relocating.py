"""An event or a series goes into another calendar: a copy there, and the original cancelled, as one change.

It is another event from then on, with an id of its own; servers are told of the copy before the original goes
(``sync/outbox.py``). Undoing brings the original back and takes the copy away, as of any change.
"""

from __future__ import annotations

from uuid import UUID

from store.errors import Invalid, NotAllowed
from tools.calendars.local.editing import COPIED, Target, cancel
from tools.calendars.local.rows import Row
from tools.calendars.local.writing import Write

_ITS_SERVERS = {"uid", "organizer", "guarded", "editable", "calendar_id"}
_OWN = [name for name in COPIED if name not in _ITS_SERVERS]
_TIMES = ("starts_at", "ends_at")


async def lock_both(write: Write, root: UUID, calendar_id: UUID) -> None:
    """Both calendars, in the order in which everybody locks several, before anything is read.

    Raises EventNotFound; NotFound for a calendar that this identity does not see, NotAllowed for one that can only
    be read.
    """
    await write.lock([await write.calendar_of(root), calendar_id])


async def relocate(write: Write, target: Target, calendar_id: UUID) -> Target:
    """The copy, with its exceptions, not placed yet; nothing is left of the original's time. Raises Invalid."""
    if target.scope != "all":
        raise Invalid("One date of a series stays in its calendar. Move the whole series.", code="scope_needed")
    if not target.master["editable"]:
        raise NotAllowed("This event belongs to its server and stays in its calendar.", code="not_editable")
    master, exceptions = target.master, target.exceptions
    gone = await cancel(write, Target(master, exceptions, "all"))
    await write.tell("event.cancelled", gone)
    own = {name: master[name] for name in (*_OWN, *_TIMES, "rrule", "exdates", "rdates")}
    copy = await write.insert({**own, "calendar_id": calendar_id})
    copies = [await _insert_exception(write, row, copy) for row in exceptions]
    seen = next((row for row in copies if target.occurrence and _is_same(row, target.occurrence)), None)
    occurrence = {**target.occurrence, "id": copy["id"], "calendar_id": calendar_id} if target.occurrence else None
    return Target(copy, copies, "all", seen or occurrence)


async def _insert_exception(write: Write, row: Row, copy: Row) -> Row:
    own = {name: row[name] for name in (*_OWN, *_TIMES, "original_start", "status")}
    return await write.insert({**own, "calendar_id": copy["calendar_id"], "master_id": copy["id"]})


def _is_same(row: Row, occurrence: Row) -> bool:
    return row["original_start"] == occurrence["original_start"]
