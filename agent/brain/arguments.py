"""From the slots of a task to a tool's arguments, and what is missing for them. Pure; decides nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from agent.brain.state import Kind, Slots, Task
from tools.calendars.language.when import resolve_start


def missing(kind: Kind, slots: Slots) -> str:
    """The slot to ask for next, or an empty string."""
    if kind == "cancel_many":
        return "" if slots.day else "day"
    if kind != "book" and not (slots.event or slots.known or slots.event_day or slots.event_at):
        return "event"
    if kind == "cancel":
        return ""
    if kind == "alter":
        return _address(slots)
    if kind == "move":
        return "" if slots.shift_min or slots.day or slots.at else "new"
    if slots.at is None:
        return "time" if slots.day else "day_time"
    if not slots.title:
        return "title"
    return _address(slots)


def _address(slots: Slots) -> str:
    return "email" if slots.invite and not any("@" in one for one in slots.attendees) else ""


def needs_lookup(task: Task) -> bool:
    """A move to another time of an unknown day (or another day at an unknown time) must see the event first."""
    slots = task.slots
    return task.kind == "move" and slots.known is None and (slots.day is None or slots.at is None)


def arguments(task: Task, now: datetime) -> dict[str, Any]:
    """The tool's arguments, confirmed=false."""
    slots = task.slots
    if task.kind == "book":
        start = resolve_start(slots.day, slots.at or time(9), now, guessed_half=slots.guessed_half)
        return {
            "title": slots.title,
            "start": _iso(start),
            "duration_min": slots.duration_min or 30,
            "attendees": list(slots.attendees),
            "location": slots.location,
            **({"notes": slots.notes} if slots.notes else {}),
            **_repeat(slots),
            **_skipping(slots),
            "confirmed": False,
        }
    if task.kind == "cancel_many":
        return _period(slots, now)
    which = {
        "event": slots.event or (slots.known.title if slots.known else ""),
        "event_start": _event_start(slots, now),
    }
    if slots.scope and slots.scope != "this":
        which["scope"] = slots.scope
    if task.kind == "cancel":
        return {**which, "confirmed": False}
    if task.kind == "alter":
        told = {
            "title": slots.title,
            "location": slots.location,
            "duration_min": slots.duration_min,
            "longer_min": slots.longer_min,
            "add_attendees": list(slots.attendees),
        }
        told = {name: value for name, value in told.items() if value}
        return {**which, **told, **_repeat(slots), **_skipping(slots), "confirmed": False}
    return {
        "event": which["event"],
        "new_start": _iso(new_start(slots, now)),
        **{name: value for name, value in which.items() if name != "event"},
        "confirmed": False,
    }


def _repeat(slots: Slots) -> dict[str, str]:
    return {"repeat": slots.repeat} if slots.repeat else {}


def _skipping(slots: Slots) -> dict[str, bool]:
    return {"skip_taken": True} if slots.skip_taken else {}


def _period(slots: Slots, now: datetime) -> dict[str, Any]:
    """All of some days, or of a part of them."""
    first = slots.day or now.date()
    wanted = {"start_date": first.isoformat(), "end_date": (slots.last_day or first).isoformat()}
    part = {"part_of_day": slots.part} if slots.part else {}
    return {**wanted, **part, **({"about": slots.event} if slots.event else {}), "confirmed": False}


def new_start(slots: Slots, now: datetime) -> datetime:
    """Where a moved event goes: what was not said stays as it was."""
    old = slots.known.start if slots.known else None
    if slots.shift_min and old:
        return old + timedelta(minutes=slots.shift_min)
    at = slots.at or (old.time() if old else time(9))
    day = slots.day or (old.date() if old else None)
    return resolve_start(day, at, now, guessed_half=slots.guessed_half)


def _event_start(slots: Slots, now: datetime) -> str:
    if slots.known:
        return _iso(slots.known.start)
    if slots.event_at:
        return _iso(resolve_start(slots.event_day, slots.event_at, now, guessed_half=True))
    return slots.event_day.isoformat() if slots.event_day else ""


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")
