"""What the parts of the dialogue share while one sentence is answered: the time, the offered tools, and phrases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from agent.brain.intents import Intent
from agent.brain.phrasing import TOOL_OF, abilities, phrase
from agent.brain.state import Action
from tools.spoken import on_day


@dataclass(frozen=True, slots=True)
class Turn:
    """``now``: aware wall time of the caller; ``offered``: names of the tools there are; ``read``: a text's intent."""

    now: datetime
    offered: frozenset[str]
    number: int
    name: str
    read: Callable[[str], Intent]

    def words(self, occasion: str, **values: str) -> str:
        """An authored phrase; {can} is filled in."""
        if "name" not in values:
            values["name"] = self.name
        return phrase(occasion, self.number, can=abilities(self.offered), **values)

    def say(self, occasion: str, **values: str) -> Action:
        return Action(say=self.words(occasion, **values))

    def has(self, kind: str) -> bool:
        return TOOL_OF[kind] in self.offered

    def on_day(self, day: date) -> str:
        return on_day(day, self.now.date())
