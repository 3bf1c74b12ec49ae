"""One sentence of a caller, understood by itself: intent, confidence, when, what, who. Pure but for the vectors.

`Understanding` is what is stored with a message; the dialogue uses the same reading plus what it knows itself.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from agent.brain.intents import Intent, IntentIndex
from agent.brain.slots import booking, cancelling, corrected, moving
from agent.brain.state import Slots
from tools.calendars.language.when import When, read_when
from tools.knowledge.embedding import Embedder, MiniLM

_TASKS = {"book", "move", "cancel", "list", "find_free", "correction", "follow_up"}
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Understanding:
    """``entities`` is JSON, only what was said: day, last_day, time, part_of_day, duration_min, title, attendees,
    location, event, event_day, event_time (which existing one), shift_min, topic."""

    intent: str
    confidence: float
    entities: dict[str, Any] = field(default_factory=dict[str, Any])


class Reader:
    """Reads sentences; remembers the last intents by text, because a turn is read many times over."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._index = IntentIndex(embedder or MiniLM())
        self._known: OrderedDict[str, Intent] = OrderedDict()
        self._lock = Lock()

    def intent(self, text: str) -> Intent:
        with self._lock:
            known = self._known.get(text)
        if known is None:
            known = self._index.classify(text)
            with self._lock:
                self._known[text] = known
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        return known

    def understand(self, text: str, now: datetime) -> Understanding:
        """``now``: aware, on the caller's wall clock."""
        intent = self.intent(text)
        return Understanding(intent.name, intent.confidence, entities_of(intent, text, now))


def entities_of(intent: Intent, text: str, now: datetime) -> dict[str, Any]:
    """What was said, as JSON values, empty ones left out."""
    slots, when = Slots(), read_when(text, now, bare=intent.name == "correction")
    if intent.name == "book":
        slots, when = booking(text, now)
    elif intent.name == "move":
        slots, when = moving(text, now, None)
    elif intent.name == "cancel":
        slots, when = cancelling(text, now, None), When()
    elif intent.name == "correction":
        slots = corrected(text, when)
    entities = {
        "topic": intent.topic,
        "title": slots.title,
        "attendees": list(slots.attendees),
        "location": slots.location,
        "event": slots.event,
        "event_day": slots.event_day.isoformat() if slots.event_day else "",
        "event_time": slots.event_at.strftime("%H:%M") if slots.event_at else "",
        "shift_min": slots.shift_min,
    }
    if intent.name in _TASKS:
        entities |= _moment_of(when)
    return {name: value for name, value in entities.items() if value}


def _moment_of(when: When) -> dict[str, Any]:
    return {
        "day": when.day.isoformat() if when.day else "",
        "last_day": when.last_day.isoformat() if when.several_days and when.last_day else "",
        "time": when.time.strftime("%H:%M") if when.time else "",
        "part_of_day": when.part,
        "duration_min": when.duration_min,
    }
