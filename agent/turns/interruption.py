"""Whether a caller who speaks while the assistant does wants the floor. Pure; asked again at every new sign.

The sound alone decides what it can (a cough is short, side talk is quiet), words decide the rest, and words that come
later may still stop. Another detector: any object with ``decide``, named in VOICELOOP_INTERRUPTION (``plugged.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

from agent.turns.backchannels import Kind, kind_of, repeats
from agent.turns.evidence import Asked

Verdict = Literal["wait", "stop", "go_on"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

SIDE_TALK_DB = -9.5  # below how loud the caller usually is, gain control included: somebody else in the room
FAR_AWAY_DB = -12.0  # even a "stop" this quiet is not meant for the assistant
ECHO_DB = -6.0
NOTHING_YET_S = 0.3  # a decision by sound alone takes this much of it
BURST_S, BURST_OVER_S = 0.25, 0.2  # a cough, a click, a door: this short, and then this long nothing
VOICE_WITHOUT_WORDS_S = 1.8  # by now somebody is speaking, whatever the recogniser makes of it
LIVELY_DB = 3.0  # speech goes up and down by more than this, a fan does not
WORDLESS_S = 0.45  # of silence after a longer sound: a word would have been recognised by now
WORD_S = 0.8  # a single word that goes on for so long is more than a noise
CLICK_S = 0.2
MUMBLES = ((0.3, 2), (0.55, 3))  # seconds of sound, and so many words in it that nobody says that fast
NEARLY_OVER_S = 0.8  # what is unclear need not be decided any more: the assistant will be silent anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """The caller's voice over the assistant's, as far as it is known.

    ``words``: everything recognised since it began; ``over``: the caller is silent and the recogniser has heard it all.
    ``voiced_s``: seconds with sound, 0 if only words came; ``silence_s``: since the last sound. ``level_db``: relative
    to how loud this caller usually is (None: not heard yet). ``swing_db``: standard deviation of the level, None when
    too short.
    ``speaking``: the assistant is being heard (False: it prepares its answer). ``spoken``: its words of the last
    seconds. ``asked``: what the sentence it is just saying asks. ``left_s``: until it will have finished, if known.
    """

    voiced_s: float
    words: str = ""
    over: bool = False
    silence_s: float = 0.0
    level_db: float | None = None
    swing_db: float | None = None
    speaking: bool = True
    spoken: str = ""
    asked: Asked = Asked.NOTHING
    left_s: float | None = None


class InterruptionDetector(Protocol):
    """Called at every tick of sound (about 30 ms) and every new word; must not block.

    "wait": stay quiet and listen; "stop": the floor is the caller's; "go_on": full voice again. "stop" is final for an
    overlap, the others are not. With ``over`` a "wait" counts as "stop": no words are lost.
    """

    def decide(self, overlap: Overlap) -> Verdict: ...


class WordsAndSound:
    """The detector of this package."""

    def decide(self, overlap: Overlap) -> Verdict:
        return decide(overlap)


def decide(overlap: Overlap) -> Verdict:
    kind = kind_of(overlap.words)
    if _is_somebody_else(overlap, kind) or _is_echo(overlap):
        return "go_on" if overlap.over or overlap.voiced_s >= NOTHING_YET_S else "wait"
    if kind is Kind.NONE:
        return _by_sound(overlap)
    if kind is Kind.TALK and _is_mumble(overlap):
        kind = Kind.SOUND
    if kind in (Kind.HALT, Kind.TALK):
        return "stop"
    if kind is Kind.LISTENING:
        return "stop" if overlap.asked in (Asked.YES_NO, Asked.CHOICE) else "go_on"
    if kind is Kind.SOUND:
        return "go_on" if overlap.over or overlap.silence_s >= BURST_OVER_S else "wait"
    if kind is Kind.WORD and 0 < overlap.voiced_s < CLICK_S:
        return "go_on" if overlap.over else "wait"
    return "stop" if overlap.over or (kind is Kind.WORD and overlap.voiced_s >= WORD_S) else "wait"


def _by_sound(overlap: Overlap) -> Verdict:
    if overlap.over:
        return "go_on"
    if overlap.silence_s >= (BURST_OVER_S if overlap.voiced_s <= BURST_S else WORDLESS_S):
        return "go_on"
    if overlap.swing_db is not None and overlap.swing_db < LIVELY_DB and overlap.voiced_s >= 2 * NOTHING_YET_S:
        return "go_on"
    if not overlap.speaking or (overlap.left_s is not None and overlap.left_s <= NEARLY_OVER_S):
        return "wait"
    return "stop" if overlap.voiced_s >= VOICE_WITHOUT_WORDS_S else "wait"


def _is_somebody_else(overlap: Overlap, kind: Kind) -> bool:
    if overlap.level_db is None:
        return False
    return overlap.level_db <= (FAR_AWAY_DB if kind is Kind.HALT else SIDE_TALK_DB)


def _is_mumble(overlap: Overlap) -> bool:
    """More words than anybody says in so short a time: "mm-hm" comes out of a recogniser as "in a moment"."""
    count = len(overlap.words.split())
    return any(0 < overlap.voiced_s <= seconds and count >= words for seconds, words in MUMBLES)


def _is_echo(overlap: Overlap) -> bool:
    """The assistant's own words; a caller who repeats them to make sure is as loud as ever."""
    if not overlap.speaking or not repeats(overlap.words, overlap.spoken):
        return False
    if overlap.level_db is None:
        return len(overlap.words.split()) >= 3
    return overlap.level_db <= ECHO_DB
