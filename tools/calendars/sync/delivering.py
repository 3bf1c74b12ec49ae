"""One change to a server: what is missing there, in as few requests as it takes. No SQL.

It may be tried again at any point: creation carries a key, and what somebody changed meanwhile is read and compared,
so that a change whose answer was lost counts as done, and one that is in the way of theirs is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from store.errors import Conflict, Invalid, NotAllowed, NotFound
from tools.calendars.backend import (
    CalendarBackend,
    CalendarUnavailable,
    ChangedElsewhere,
    NeedsReconnect,
    NotSupported,
    Patch,
    RemoteEvent,
    RemoteEventGone,
)
from tools.calendars.local.rows import Row
from tools.calendars.sync.states import (
    Deviation,
    Family,
    Said,
    deviations,
    differing,
    draft_of,
    merged,
    ours,
    patch_of,
    said_in,
    said_there,
)

_TRIES = 3  # when somebody changes the event between our look at it and our write
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Errand:
    """What shall be delivered: the family as the server last had it, and as it is now; ``key`` makes it one."""

    key: str
    calendar: str  # the server's id
    calendar_name: str
    before: Family
    now: Family
    remote_id: str = ""
    etag: str = ""
    tried: bool = False

    @property
    def notify(self) -> bool:
        """Guests are told: whoever changed the event had confirmed it."""
        return self.now.guests or self.before.guests


@dataclass(slots=True)
class Delivered:
    """``event``: what the server has now (None: nothing); ``exceptions``: of changed occurrences, by row.

    ``merged``: somebody else's change is in it too, which the rows do not have yet.
    """

    event: RemoteEvent | None = None
    merged: bool = False
    exceptions: dict[UUID, RemoteEvent] = field(default_factory=dict[UUID, RemoteEvent])


class Refused(Exception):
    """The server will not have it. ``theirs``: the event as it is there; ``gone``: it is not there any more;
    ``partly``: some of it was carried out."""

    def __init__(
        self, code: str, sentence: str, *, theirs: RemoteEvent | None = None, gone: bool = False, partly: bool = False
    ) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.theirs, self.gone, self.partly = code, sentence, theirs, gone, partly


async def deliver(backend: CalendarBackend, errand: Errand) -> Delivered:
    """Make the server have what is here. Raises Refused, CalendarUnavailable, NeedsReconnect."""
    done = Delivered()
    try:
        if not errand.now.is_there:
            await _remove(backend, errand)
        elif not errand.remote_id:
            await _create(backend, errand, done)
        else:
            await _update(backend, errand, done)
    except Refused as error:
        error.partly = error.partly or done.event is not None
        raise
    except RemoteEventGone as error:
        sentence = f"It was removed in {errand.calendar_name} meanwhile, so it could not be changed."
        raise Refused("event_gone", sentence, gone=True) from error
    except (CalendarUnavailable, NeedsReconnect):
        raise
    except ChangedElsewhere as error:  # in the moment between a look and a write: once more
        if errand.tried:
            raise Refused(error.code, error.message, partly=done.event is not None) from error
        raise CalendarUnavailable(error.message) from error
    except (Invalid, NotAllowed, NotFound, Conflict) as error:  # said once more it would be answered the same
        raise Refused(error.code, error.message, partly=done.event is not None) from error
    return done


async def _create(backend: CalendarBackend, errand: Errand, done: Delivered) -> None:
    draft = draft_of(errand.now)
    done.event = await backend.create(errand.calendar, draft, key=errand.key, notify=errand.notify)
    if errand.tried:  # an earlier try may have made it, as it was then
        await _converge(backend, errand, done, done.event)
    whole = replace(errand, remote_id=done.event.id, etag="", before=Family(errand.now.master))
    await _deviate(backend, whole, done, fresh=True)


async def _converge(backend: CalendarBackend, errand: Errand, done: Delivered, there: RemoteEvent) -> None:
    master = errand.now.master
    assert master is not None
    said, now = said_there(there), said_in(master)
    missing = {name for name in now if said[name] != now[name]}
    if missing and (patch := patch_of(missing, None, errand.now)) is not None:
        done.event = await backend.update(errand.calendar, there.id, patch, notify=errand.notify)


async def _remove(backend: CalendarBackend, errand: Errand) -> None:
    if not errand.remote_id:
        if errand.tried and errand.now.master is not None:  # an earlier try may have made it, its answer lost
            made = await backend.create(errand.calendar, draft_of(errand.now), key=errand.key)
            await backend.delete(errand.calendar, made.id)
        return
    etag = errand.etag
    for _ in range(_TRIES):
        try:
            await backend.delete(errand.calendar, errand.remote_id, etag=etag, notify=errand.notify)
        except ChangedElsewhere:
            there = await _read(backend, errand)
            if there is None:
                return
            if errand.before.master is not None and _differs(said_in(errand.before.master), said_there(there)):
                raise _conflict(errand, there) from None
            etag = there.etag
        else:
            return
    raise _conflict(errand, None)


async def _update(backend: CalendarBackend, errand: Errand, done: Delivered) -> None:
    before, now = errand.before.master, errand.now.master
    assert now is not None
    if before is None:  # made by an earlier write of ours, which this one knows nothing of
        done.event = await backend.read(errand.calendar, errand.remote_id)
        await _converge(backend, errand, done, done.event)
    else:
        names = ours(said_in(before), said_in(now))
        patch = patch_of(names, before, errand.now)
        if patch is not None:
            done.event = await _patch(backend, errand, done, patch, before, now)
    await _deviate(backend, errand, done)


async def _patch(
    backend: CalendarBackend, errand: Errand, done: Delivered, patch: Patch, before: Row, now: Row
) -> RemoteEvent:
    """Change the whole event, where need be merged with what somebody else changed of it."""
    etag, wanted = errand.etag, patch
    for _ in range(_TRIES):
        try:
            return await backend.update(
                errand.calendar, errand.remote_id, wanted, etag=etag, notify=errand.notify, key=errand.key
            )
        except ChangedElsewhere:
            there = await backend.read(errand.calendar, errand.remote_id)
            done.merged = True
        missing, contested = merged(said_in(before), said_in(now), said_there(there))
        if contested:
            raise _conflict(errand, there)
        rest = patch_of(missing, before, errand.now)
        if rest is None:
            return there
        etag, wanted = there.etag, rest
    raise _conflict(errand, None)


async def _deviate(backend: CalendarBackend, errand: Errand, done: Delivered, *, fresh: bool = False) -> None:
    """Single occurrences: changed ones, and those left out."""
    found = deviations(errand.before, errand.now)
    if fresh:  # those left out went with the series
        found = [one for one in found if one.now is not None]
    for one in found:
        if one.now is None:
            await backend.delete(
                errand.calendar, errand.remote_id, scope="this", occurrence=one.original, notify=errand.notify
            )
        else:
            await _change_one(backend, errand, done, one)
    if found:
        done.event = await backend.read(errand.calendar, errand.remote_id)


async def _change_one(backend: CalendarBackend, errand: Errand, done: Delivered, one: Deviation) -> None:
    assert one.now is not None
    patch = one.patch
    known = {row["id"]: row for row in errand.before.exceptions}
    was = known.get(one.now["id"])
    if was is not None and was["status"] == "cancelled":
        patch = differing(one.now, _single(await _brought_back(backend, errand, one)))
    if patch == Patch():
        return
    if was is not None and was["status"] == "confirmed":
        there = await _occurrence(backend, errand, one)
        if there is None:
            raise RemoteEventGone("That occurrence is no longer in the calendar.")
        if was["etag"] and there.etag != was["etag"] and one.before["starts_at"] is not None:
            now = said_in({**one.now, "rrule": "", "rdates": []})
            _, contested = merged(said_in({**one.before, "rrule": "", "rdates": []}), now, _single(there))
            if contested:
                raise _conflict(errand, there)
    changed = await backend.update(
        errand.calendar, errand.remote_id, patch, scope="this", occurrence=one.original, notify=errand.notify
    )
    done.exceptions[one.now["id"]] = changed


async def _brought_back(backend: CalendarBackend, errand: Errand, one: Deviation) -> RemoteEvent:
    """An occurrence that was left out takes place again: where it is an EXDATE of the series, by that."""
    master = errand.now.master
    assert master is not None
    if (there := await _occurrence(backend, errand, one)) is not None:
        return there
    rule = patch_of({"when"}, {**master, "rrule": ""}, errand.now)
    if rule is not None:
        await backend.update(errand.calendar, errand.remote_id, rule)
    if (there := await _occurrence(backend, errand, one)) is not None:
        return there
    try:
        await backend.bring_back(errand.calendar, errand.remote_id, one.original, notify=errand.notify)
    except NotSupported as error:
        raise Refused(error.code, error.message, partly=True) from error
    if (there := await _occurrence(backend, errand, one)) is not None:
        return there
    sentence = f"{errand.calendar_name} cannot bring back one date of a series. Book it as an event of its own."
    raise Refused("not_supported", sentence, partly=True)


async def _occurrence(backend: CalendarBackend, errand: Errand, one: Deviation) -> RemoteEvent | None:
    """The occurrence as it is there, near where it was or shall be."""
    assert one.now is not None
    places: list[datetime] = [one.original, one.now["starts_at"]]
    if one.before["starts_at"] is not None:
        places.append(one.before["starts_at"])
    for place in dict.fromkeys(places):
        for event in await backend.occurrences(errand.calendar, place - _DAY, place + _DAY):
            if event.series_id == errand.remote_id and event.original_start == one.original:
                return event
    return None


def _single(event: RemoteEvent) -> Said:
    said = said_there(event)
    return {**said, "when": (*said["when"][:4], "", frozenset[datetime]())}


async def _read(backend: CalendarBackend, errand: Errand) -> RemoteEvent | None:
    try:
        return await backend.read(errand.calendar, errand.remote_id)
    except RemoteEventGone:
        return None


def _differs(before: Said, there: Said) -> bool:
    return any(there[name] != before[name] for name in before)


def _conflict(errand: Errand, theirs: RemoteEvent | None) -> Refused:
    sentence = f"Somebody changed it in {errand.calendar_name} at the same time. What stands there was kept."
    return Refused("changed_elsewhere", sentence, theirs=theirs)
