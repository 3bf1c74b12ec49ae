"""Which event does a person mean? Words of its title, people and place, forgiving what recognition mishears. Pure."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

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
    Takes a moment for thousands of events: not on a call's loop.
    """
    wanted = words_of(text)
    if not wanted:
        kind = set(_words(text)) & _GENERIC
        named = [event for event in events if kind & set(_words(event.summary))]
        return named or list(events)
    named = [
        _Named(event, _words(event.summary), _words(" ".join((*event.attendees, event.location)))) for event in events
    ]
    found = _top(wanted, named, _same)
    if not found or found[0][0] < 1:  # comparing letters is slow, and never beats a title that has every word
        found = _top(wanted, named, functools.cache(_likeness))
    return [event for score, event in found if score >= _FITS]


class _Named(NamedTuple):
    event: Event
    title: list[str]
    rest: list[str]


def _top(
    wanted: Sequence[str], named: Sequence[_Named], likeness: Callable[[str, str], float]
) -> list[tuple[float, Event]]:
    """The events with the highest score, and that score."""
    scored = [(_score(wanted, one, likeness), one.event) for one in named]
    top = max((score for score, _ in scored), default=0.0)
    return [(score, event) for score, event in scored if score == top]


def _score(wanted: Sequence[str], named: _Named, likeness: Callable[[str, str], float]) -> float:
    """The share of wanted words found; a word of the title counts more than one of the place."""
    found = sum(
        max(_nearest(word, named.title, likeness), 0.95 * _nearest(word, named.rest, likeness)) for word in wanted
    )
    whole = 0.05 if [word for word in named.title if word not in _FILLERS] == list(wanted) else 0.0
    return round(found / len(wanted) + whole, 3)


def _nearest(word: str, words: Sequence[str], likeness: Callable[[str, str], float]) -> float:
    return 1.0 if word in words else max((likeness(word, other) for other in words), default=0.0)


def _same(word: str, other: str) -> float:
    return float(word == other)


def _likeness(word: str, other: str) -> float:
    """The share of common letters in order, 0 when it is not almost all of them."""
    most = 2 * min(len(word), len(other)) / (len(word) + len(other))
    if most < _ALMOST or word.startswith(other) or other.startswith(word):
        return most if most >= _ALMOST else 0.0
    matcher = difflib.SequenceMatcher(None, word, other)
    ratio = matcher.ratio() if matcher.quick_ratio() >= _ALMOST else 0.0
    return ratio if ratio >= _ALMOST else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("'s ", " ").replace("’s ", " "))
