"""Picks and fills the authored phrases. The same turn always says the same; neighbouring turns differ. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import cast

from tools.capture.model import Kind as Captured
from tools.spoken import SEPARATOR, listed, sentence

_ENDED = ('."', '!"', '?"', ".”", "!”", "?”")
TOOL_OF = {
    "book": "book_event", "list": "list_events", "find_free": "find_free_slots", "move": "move_event",
    "cancel": "cancel_event", "question": "search_knowledge", "citation": "read_citation",
    "alter": "change_event", "cancel_many": "cancel_events", "undo": "undo_last_change", "suggest": "suggest_times",
    "brief": "read_briefing",
}  # fmt: skip
CAPTURE_TOOL_OF = {kind: f"capture_{kind}" for kind in Captured}
CAPTURE_ANSWER = "capture_answer"
_NOT_TOLD = {"citation", "alter", "cancel_many", "undo", "suggest", "brief"}  # too many to listen to


@cache
def load_phrases() -> dict[str, list[str]]:
    """All variants by occasion."""
    text = (resources.files("agent.brain") / "phrases.toml").read_text("utf-8")
    return cast("dict[str, list[str]]", tomllib.loads(text))


def phrase(occasion: str, turn: int = 0, **values: str) -> str:
    """The variant of this turn, filled in."""
    variants = load_phrases()[occasion]
    chosen = variants[turn % len(variants)]
    for name, value in values.items():
        chosen = chosen.replace("{" + name + "}", value)
    return chosen.strip()


def abilities(offered: Collection[str]) -> str:
    """One sentence on what the offered tools allow."""
    can = [kind for kind, tool in TOOL_OF.items() if tool in offered and kind not in _NOT_TOLD]
    if not can:
        return phrase("can_nothing")
    if "move" in can and "cancel" in can:
        can[can.index("move")] = "change"
        can.remove("cancel")
    return phrase("can", list=listed([phrase(f"can_{kind}") for kind in can]))


def fact_of(output: str) -> str:
    """The speakable part of a tool's result."""
    fact = output.split(SEPARATOR)[0].strip().strip("|").strip()
    return fact if fact.endswith(_ENDED) else sentence(fact)


def joined(*parts: str) -> str:
    """Sentences in a row, empty ones left out."""
    return " ".join(part for part in parts if part)
