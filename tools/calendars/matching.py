"""Which event does a person mean? Words of its title, people and place, forgiving what recognition mishears. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from tools.calendars.model import Event

_LITTLE = {
    *("a", "an", "the", "my", "our", "your", "his", "her", "their", "this", "that", "it", "one"),
    *("with", "for", "at", "on", "in", "of", "to", "and", "from", "about", "please", "next", "upcoming"),
}
_GENERIC = {
    *("event", "events", "meeting", "meetings", "appointment", "appointments", "booking", "call", "calendar"),
    *("entry", "thing", "session", "slot"),
}
_FILLERS = _LITTLE | _GENERIC  # words that name no particular event
_ALMOST = 0.8  # "Ana" for "Anna", "dentists" for "dentist"
_FITS = 0.5


def words_of(text: str) -> list[str]:
    """The telling words of a spoken name, lower case; empty when it names nothing particular ("my meeting")."""
    return [word for word in _words(text) if word not in _FILLERS]


def best_matches(text: str, events: Sequence[Event]) -> list[Event]:
    """The events that fit ``text`` best, all of them when it names nothing particular; order is kept.

    A generic name still counts where it decides: "the meeting" prefers an event called "Team meeting".
    """
    wanted = words_of(text)
    if not wanted:
        kind = set(_words(text)) & _GENERIC
        named = [event for event in events if kind & set(_words(event.summary))]
        return named or list(events)
    scored = [(_score(wanted, event), event) for event in events]
    top = max((score for score, _ in scored), default=0.0)
    return [event for score, event in scored if score == top] if top >= _FITS else []


def _score(wanted: Sequence[str], event: Event) -> float:
    """The share of wanted words found; a word of the title counts more than one of the place."""
    title, rest = _words(event.summary), _words(" ".join((*event.attendees, event.location)))
    found = sum(max(_nearest(word, title), 0.95 * _nearest(word, rest)) for word in wanted)
    whole = 0.05 if [word for word in title if word not in _FILLERS] == list(wanted) else 0.0
    return round(found / len(wanted) + whole, 3)


def _nearest(word: str, words: Sequence[str]) -> float:
    if word in words:
        return 1.0
    best = max((difflib.SequenceMatcher(None, word, other).ratio() for other in words), default=0.0)
    return best if best >= _ALMOST else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("'s ", " ").replace("’s ", " "))
