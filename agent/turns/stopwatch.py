"""How long a caller waited, from the sound of both sides: their last voiced sound to the first of the answer.

Pure: it is told what sounds and what happens, with the time. Fillers are told apart from answers; what was not measured
is not invented. Figures are milliseconds: ``NAMES`` says which there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent.turns.soundtrack import BLOCK_S, Soundtrack, levels_of

NAMES: Final[Mapping[str, str]] = {
    "heard": "the caller's last sound to the first sound of the answer",
    "first_sound": "the same to the filler that came before the answer; only when one did",
    "wait": "the caller's last sound to the decision that the turn is over",
    "to_transcript": "the caller's last sound to the last of their words",
    "to_decision": "from there to the decision that the turn is over",
    "to_words": "from there to the first word of the answer",
    "to_voice": "from there to the first sound that the voice made",
    "to_sound": "from there to the first sound that the caller hears",
    "to_silence": "the first sound of a caller who interrupts to the assistant's silence",
}
AUDIBLE_DB: Final = -45.0
TAIL_S: Final = 0.3  # voice detection may miss so much of a word's end
BEFORE_S: Final = 0.7  # and notices a voice so much after its beginning
BREATH_S: Final = 0.3
SAME_S: Final = 0.6  # a pause shorter than this does not make it another interruption
ROUNDING_S: Final = 0.005
_KEPT: Final = 50  # moments; the latest one before a sound is looked for


@dataclass
class _Said:
    """Something the assistant says in one go. ``answer_from_s``: what of it comes before is a filler."""

    answer_from_s: float
    ends_at: float = 0.0
    first_at: float | None = None
    answer_at: float | None = None


@dataclass(frozen=True)
class _Turn:
    """A turn of the caller that waits for its answer; times."""

    ended_at: float
    transcript_at: float
    decided_at: float


class Stopwatch:
    """One a call. Times are seconds of one steady clock; sound is mono int16."""

    def __init__(self) -> None:
        self._caller = Soundtrack()
        self._spoke_at: float | None = None  # the caller's latest speech in no turn yet, as it was noticed
        self._rested_at = -inf
        self._onset: float | None = None  # of what the caller says over the assistant
        self._turn: _Turn | None = None
        self._said: deque[_Said] = deque(maxlen=8)
        self._lead_s = 0.0  # of a filler, in what will be said next
        self._words_at: deque[float] = deque(maxlen=_KEPT)
        self._voice_at: deque[float] = deque(maxlen=_KEPT)
        self._silence_s: float | None = None

    # ---------------------------------------------------------------- the caller

    def caller_sounds(self, samples: NDArray[np.int16], rate: int, now: float) -> None:
        self._caller.add(samples, rate, now)

    def caller_began(self, now: float) -> None:
        """Voice detection noticed them."""
        self._spoke_at = now
        if not self._is_sounding(now):
            self._onset = None
        elif self._onset is None or now - self._rested_at > SAME_S:
            self._onset = self._caller.onset(now - BEFORE_S, now)

    def caller_rested(self, now: float) -> None:
        self._rested_at = now

    def turn_ended(self, stopped_at: float | None, transcript_at: float | None, decided_at: float) -> None:
        """Their turn is over. ``stopped_at``: where voice detection puts its last speech. Typed turns have neither."""
        self._turn = None
        if self._spoke_at is None and stopped_at is None:
            return
        until = decided_at if stopped_at is None else min(decided_at, stopped_at + TAIL_S)
        since = min(self._spoke_at or until, until) - BEFORE_S
        ended_at = self._caller.last_voiced(since, until) or stopped_at
        self._spoke_at = None
        if ended_at is not None:
            self._turn = _Turn(ended_at, transcript_at or decided_at, decided_at)

    # ---------------------------------------------------------------- the assistant

    def words_began(self, now: float) -> None:
        """A mind wrote its first word."""
        self._words_at.append(now)

    def voice_began(self, now: float, lead_s: float) -> None:
        """A voice made its first sound; ``lead_s`` of a filler comes before it in the same breath."""
        self._voice_at.append(now)
        if not lead_s:
            return
        if self._said and self._said[-1].answer_from_s == inf:
            self._said[-1].answer_from_s = lead_s
        else:
            self._lead_s = lead_s

    def assistant_sounds(
        self, samples: NDArray[np.int16], rate: int, *, offset_s: float, at: float, filler: bool
    ) -> None:
        """A piece that is heard from ``at`` on, ``offset_s`` into what is said in one go; ``filler``: no answer yet."""
        if offset_s == 0.0 or not self._said:
            self._said.append(_Said(self._lead_s or (inf if filler else 0.0)))
            self._lead_s = 0.0
        said = self._said[-1]
        said.ends_at = at + len(samples) / rate
        if said.answer_at is not None:
            return
        for number, level in enumerate(levels_of(samples, rate)):
            if level < AUDIBLE_DB:
                continue
            sound_at = at + number * BLOCK_S
            said.first_at = sound_at if said.first_at is None else said.first_at
            if offset_s + number * BLOCK_S >= said.answer_from_s - ROUNDING_S:
                said.answer_at = sound_at
                return

    def assistant_silenced(self, now: float) -> None:
        """What was being said was cut off; whoever spoke over it made it so."""
        if not self._said:
            return
        self._said[-1].ends_at = silent_at = min(self._said[-1].ends_at, now)
        if self._onset is not None and self._onset < silent_at:
            self._silence_s = silent_at - self._onset
        self._onset = None

    # ---------------------------------------------------------------- the figures

    def figures(self, *, interrupted: bool) -> dict[str, float]:
        """Of a sentence of the assistant that has just been said; a turn's answer is measured once."""
        found = self._answered()
        if interrupted and self._silence_s is not None:
            found["to_silence"] = self._silence_s
        self._silence_s = None
        return {name: round(seconds * 1000, 1) for name, seconds in found.items()}

    def _answered(self) -> dict[str, float]:
        turn = self._turn
        if turn is None:
            return {}
        after = [said for said in self._said if _belongs(said, turn)]
        answer_at = next((said.answer_at for said in after if said.answer_at is not None), None)
        if answer_at is None:
            return {}
        self._turn = None
        found = {"heard": answer_at - turn.ended_at, "wait": max(0.0, turn.decided_at - turn.ended_at)}
        first_at = after[0].first_at
        if first_at is not None and first_at < answer_at:
            found["first_sound"] = first_at - turn.ended_at
        return found | self._stages(turn, answer_at)

    def _stages(self, turn: _Turn, answer_at: float) -> dict[str, float]:
        """They add up to ``heard``: what was made ready ahead took no time that anybody waited for."""
        voice_at = _latest(self._voice_at, answer_at)
        moments = (turn.transcript_at, turn.decided_at, _latest(self._words_at, voice_at), voice_at, answer_at)
        reached = [turn.ended_at]
        for moment in moments:
            reached.append(min(max(moment, reached[-1]), answer_at))
        names = ("to_transcript", "to_decision", "to_words", "to_voice", "to_sound")
        return {name: later - earlier for name, (earlier, later) in zip(names, pairwise(reached), strict=True)}

    def _is_sounding(self, now: float) -> bool:
        """Also between two clauses."""
        return bool(self._said) and self._said[-1].first_at is not None and now <= self._said[-1].ends_at + BREATH_S


def _belongs(said: _Said, turn: _Turn) -> bool:
    """Fillers may come before it is clear that the turn is over; an answer that does is to what was said before."""
    since = turn.ended_at if said.answer_from_s else turn.decided_at - ROUNDING_S
    return said.first_at is not None and said.first_at >= since


def _latest(moments: deque[float], before: float) -> float:
    return max((moment for moment in moments if moment <= before), default=-inf)
