"""Scores the offline brain on utterances: alone (intent and entities) or in a context (the tool call that follows).

The data lie beside this file: ``held_in.jsonl`` may be tuned on, ``held_out.jsonl`` may not. It is Saturday,
21 November 2026, 10:00 in Berlin. A line is right when the intent (or call) and every slot are.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.brain.dialogue import Setting, decide, fold
from agent.brain.reading import Reader
from agent.brain.state import Answered, Item, Said, Spoke

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
TOOLS = frozenset(
    ("book_event", "list_events", "find_free_slots", "move_event", "cancel_event", "search_knowledge", "end_call")
)
CHECKED = ("day", "last_day", "time", "part_of_day", "duration_min", "title", "attendees", "location", "event",
           "event_day", "event_time", "shift_min")  # fmt: skip
_ANNA = {"title": "Meeting with Anna", "start": "2026-11-22T15:00", "duration_min": 30, "attendees": ["Anna"],
         "location": "", "confirmed": False}  # fmt: skip
_READ_BACK = "I have Meeting with Anna tomorrow at 3 PM for 30 minutes. Shall I book it?"
_TAKEN = (
    "You already have Dentist on Tuesday, November 24th from 9 to 10 AM. I could do Tuesday, November 24th at 11 AM, "
    "1 PM, or Wednesday, November 25th at noon instead. | Ask which one suits."
)
_PROPOSED: list[Item] = [
    Said("Book a meeting with Anna tomorrow at three."),
    Answered("book_event", _ANNA, f"{_READ_BACK} | Wait for the yes."),
    Spoke(_READ_BACK),
]
_CLASH = {**_ANNA, "title": "Lunch", "start": "2026-11-24T09:00", "attendees": []}
CONTEXTS: Mapping[str, list[Item]] = {
    "proposed": _PROPOSED,
    "conflict": [
        Said("Book lunch on Tuesday at nine."),
        Answered("book_event", _CLASH, _TAKEN, failed=True),
        Spoke("Which one would you like?"),
    ],
    "asked_time": [Said("Book a call with Tom tomorrow."), Spoke("What time tomorrow?")],
    "asked_title": [Said("Book something tomorrow at three."), Spoke("What should I call it?")],
    "booked": [
        *_PROPOSED,
        Said("Yes."),
        Answered("book_event", {**_ANNA, "confirmed": True}, "Meeting with Anna tomorrow at 3 PM is booked. | Tell."),
        Spoke("Meeting with Anna tomorrow at 3 PM is booked. Anything else?"),
    ],
    "listed": [
        Said("What's on my calendar tomorrow?"),
        Answered("list_events", {"start_date": "2026-11-22", "end_date": "2026-11-22"}, "Nothing is on. | Tell."),
        Spoke("Nothing is on."),
    ],
    "found_free": [
        Said("When am I free on Tuesday?"),
        Answered(
            "find_free_slots",
            {"date": "2026-11-24", "duration_min": 30, "part_of_day": "any"},
            "On Tuesday, November 24th you are free from 9 AM to noon. | Offer one.",
        ),
        Spoke("On Tuesday, November 24th you are free from 9 AM to noon. Should I book a time?"),
    ],
}


@dataclass(frozen=True, slots=True)
class Scored:
    """One line's outcome; ``label`` is the expected intent, or context and expectation."""

    text: str
    label: str
    intent_right: bool
    slots_right: bool
    got: str
    ms: float

    @property
    def right(self) -> bool:
        return self.intent_right and self.slots_right


def load(name: str) -> list[dict[str, Any]]:
    """The lines of ``held_in`` or ``held_out``."""
    path = Path(__file__).with_name(f"{name}.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def score(line: Mapping[str, Any], reader: Reader) -> Scored:
    started = time.perf_counter()
    result = _in_context(line, reader) if "context" in line else _alone(line, reader)
    label, intent_right, slots_right, got = result
    return Scored(line["text"], label, intent_right, slots_right, got, (time.perf_counter() - started) * 1000)


def _alone(line: Mapping[str, Any], reader: Reader) -> tuple[str, bool, bool, str]:
    found = reader.understand(line["text"], NOW)
    entities = {name: value for name, value in found.entities.items() if name in CHECKED}
    got = f"{found.intent} {found.confidence} {entities}"
    return line["intent"], found.intent == line["intent"], entities == line["slots"], got


def _in_context(line: Mapping[str, Any], reader: Reader) -> tuple[str, bool, bool, str]:
    setting = Setting(NOW, TOOLS, "", reader.intent)
    items = [*CONTEXTS[line["context"]], Said(line["text"])]
    action = decide(items, setting)
    state, _ = fold(items, setting)
    expected = str(line["expect"])
    if action.tool:
        outcome = action.tool + (" confirmed" if action.arguments.get("confirmed") else "")
        outcome = "goodbye" if action.tool == "end_call" else outcome
    else:
        stage = state.task.stage if state.task else "dropped"
        outcome = stage if stage == expected else "kept" if state.task else stage
    label = f"{line['context']}: {expected.split(' ')[0]}"
    return (
        label,
        outcome == expected,
        _said(line["slots"], action.arguments),
        f"{outcome} {dict(action.arguments)} {action.say}",
    )


def _said(slots: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Whether the call's arguments carry the expected slots."""
    start = str(arguments.get("start") or arguments.get("new_start") or "")
    known = {
        "day": start[:10] or arguments.get("start_date") or arguments.get("date"),
        "time": start[11:],
        "part_of_day": arguments.get("part_of_day"),
        "title": arguments.get("title"),
        "attendees": arguments.get("attendees"),
        "duration_min": arguments.get("duration_min"),
    }
    return all(known.get(name) == value for name, value in slots.items())
