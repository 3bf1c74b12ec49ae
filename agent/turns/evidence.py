"""What is known of a caller's pause at one moment: all that the policy may look at, and nothing else.

Values only, filled by whoever hears (recogniser, acoustic model, assistant); a new kind of evidence is a field here, a
feature in ``features.py``, a weight in ``weights.toml`` (``python -m bench.turns``) and a case in its tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Asked(StrEnum):
    """What the assistant's last sentence asked for."""

    NOTHING = ""
    YES_NO = "yes_no"
    CHOICE = "choice"  # one of a few, or a short value ("how many?")
    WHEN = "when"
    NAME = "name"  # of a person, a place, a title
    DIGITS = "digits"
    EMAIL = "email"
    SPELLING = "spelling"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One pause, seen ``silence_s`` seconds after the last speech. None: not known (yet).

    ``words``: everything of this turn so far; ``whole``: the recogniser has heard all audio up to the pause.
    ``unchanged_s``: for how long the words have stayed the same. ``acoustic``: probability of an end by the sound alone
    (0 to 1), early in the pause.
    ``words_per_s``: this caller's speed. ``pause_s``: the length that nine of ten of this caller's own pauses within a
    turn stay below. ``level_db``: sound in the pause, relative to the caller's speech (steady noise: near 0).
    ``digits``: how many the question asks for, if it says. ``language``: of the words; only English ones are judged.
    """

    silence_s: float
    words: str
    whole: bool = True
    unchanged_s: float = 0.0
    asked: Asked = Asked.NOTHING
    acoustic: float | None = None
    words_per_s: float | None = None
    pause_s: float | None = None
    level_db: float | None = None
    digits: int | None = None
    language: str = "en"
