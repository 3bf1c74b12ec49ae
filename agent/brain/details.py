"""What is said of an event besides its time while it is asked about: how much longer, where, and who else comes. Pure.

The words are read by ``tools/calendars/commands``. A sentence that says none of it is None here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from agent.brain.state import Slots, Task
from tools.calendars.commands.names import with_people
from tools.calendars.commands.operations import wanted_of
from tools.calendars.commands.reading import understand

_USUAL_MIN, _LEAST_MIN = 30, 5
_LONGEST_PLACE = 120


def detailed(task: Task, text: str, now: datetime) -> Slots | None:
    """The slots with it; None when the sentence says nothing of the kind."""
    slots = task.slots
    if task.asked == "place" and task.stage == "asking":
        return _placed(slots, text)
    if wanted_of(text, says_when=False).operation != "update":
        return None
    said = understand(text, now, knows_last=True)
    if said.location:
        return replace(slots, location=said.location)
    if said.longer_min:
        return _longer(task, said.longer_min)
    if said.attendees:
        return _joined(task, said.attendees)
    return None


def _placed(slots: Slots, text: str) -> Slots | None:
    """The answer to "where?"."""
    place = text.strip(" .,!?")
    for lead in ("in ", "at ", "it's in ", "it's at ", "let's say "):
        place = place[len(lead) :] if place.lower().startswith(lead) else place
    return replace(slots, location=place) if 0 < len(place) <= _LONGEST_PLACE else None


def _longer(task: Task, minutes: int) -> Slots:
    if task.kind == "alter":
        return replace(task.slots, longer_min=(task.slots.longer_min or 0) + minutes, duration_min=None)
    length = max((task.slots.duration_min or _USUAL_MIN) + minutes, _LEAST_MIN)
    return replace(task.slots, duration_min=length)


def _joined(task: Task, people: tuple[str, ...]) -> Slots:
    """They come too; a title that names who comes names them, but no addresses."""
    slots, everyone = task.slots, tuple(dict.fromkeys((*task.slots.attendees, *people)))
    named = tuple(one for one in everyone if "@" not in one)
    if task.kind == "book" and slots.attendees and named:
        return replace(slots, attendees=everyone, title=with_people(slots.title, slots.attendees, named))
    return replace(slots, attendees=everyone)
