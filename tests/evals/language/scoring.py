"""Scores readings of spoken times: exactly right, rightly asked, asked without need, silently wrong, or nothing.

``held_in.jsonl`` may be tuned on, ``held_out.jsonl`` may not. ``tuned_after_first_run.jsonl`` is by somebody who did
not know the grammar: what its first run found was mended, so only that first figure tells how strangers are understood.
A line says a phrase (and perhaps the answer to what was asked back) and what it means; ``expect`` instead of a meaning:
"a question", "a problem", "nothing". ``may_ask``: who asks is right too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

NOWS: Mapping[str, datetime] = {
    "A": datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")),  # a Saturday
    "B": datetime(2026, 11, 25, 14, 20, tzinfo=ZoneInfo("Europe/Berlin")),  # a Wednesday
    "C": datetime(2027, 2, 1, 8, 5, tzinfo=ZoneInfo("America/New_York")),  # a Monday
    "D": datetime(2026, 12, 31, 16, 45, tzinfo=ZoneInfo("Europe/Berlin")),  # a Thursday
}
Outcome = Literal["exact", "asked", "asked needlessly", "wrong", "nothing"]
OUTCOMES: tuple[Outcome, ...] = ("exact", "asked", "asked needlessly", "wrong", "nothing")
RIGHT: frozenset[Outcome] = frozenset(("exact", "asked"))
_MEANING = ("start", "end", "minutes", "day", "last_day", "part", "all_day", "rrule", "zone")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reader made of a phrase: meanings, the likeliest first, in the words of the data files."""

    meanings: tuple[Mapping[str, Any], ...] = ()
    asks: bool = False
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    said: str
    outcome: Outcome
    wanted: Mapping[str, Any]
    got: Heard = field(default_factory=Heard)

    @property
    def right(self) -> bool:
        return self.outcome in RIGHT


def load(name: str) -> list[dict[str, Any]]:
    """The lines of one of the files, by its name without ``.jsonl``."""
    path = Path(__file__).with_name(f"{name}.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def score(line: Mapping[str, Any], listen: Callable[[str, str, datetime], Heard]) -> Scored:
    """``listen`` gets the phrase, the answer to a question (or an empty string) and now."""
    said, answer = line["said"], line.get("answer", "")
    got = listen(said, answer, NOWS[line["now"]])
    wanted = {name: line[name] for name in _MEANING if name in line}
    shown = f"{said} => {answer}" if answer else said
    return Scored(shown, _outcome(line, wanted, got), wanted or {"expect": line["expect"]}, got)


def _outcome(line: Mapping[str, Any], wanted: Mapping[str, Any], got: Heard) -> Outcome:
    expect = line.get("expect")
    if expect == "nothing":
        return "exact" if not got.meanings and not got.asks else "wrong"
    if expect:
        asked = got.problem if expect == "a problem" else got.asks or got.problem
        return "asked" if asked else "wrong" if got.meanings else "nothing"
    if got.asks or got.problem:
        among = any(same(meaning, wanted) for meaning in got.meanings)
        return "asked" if line.get("may_ask") and among else "asked needlessly"
    if not got.meanings:
        return "nothing"
    return "exact" if same(got.meanings[0], wanted) else "wrong"


def same(meaning: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether everything that was said was understood, and nothing that was not."""
    meaning, wanted = _plain(meaning), _plain(wanted)
    return all(meaning.get(name) == wanted.get(name) for name in _MEANING)


def _plain(meaning: Mapping[str, Any]) -> dict[str, Any]:
    """One way to say it: the start holds its day, the end its length, a rule's parts have no order."""
    plain = {name: value for name, value in meaning.items() if value}
    if "start" in plain:
        plain.pop("day", None)
        plain.pop("part", None)
        plain.pop("last_day", None)
        if "end" in plain:
            length = datetime.fromisoformat(plain.pop("end")) - datetime.fromisoformat(plain["start"])
            plain["minutes"] = int(length.total_seconds() // 60)
    if plain.get("last_day") == plain.get("day"):
        plain.pop("last_day", None)
    if "rrule" in plain:
        parts = (part.partition("=") for part in plain["rrule"].split(";"))
        plain["rrule"] = {(name, frozenset(value.split(","))) for name, _, value in parts}
    return plain
